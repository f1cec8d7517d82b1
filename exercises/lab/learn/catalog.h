/* The exercises: what exercises/list.txt says of them. */
#ifndef CATALOG_H
#define CATALOG_H

#include "common/common.h"

#define MAX_EXERCISES 60

struct exercise {
    char id[8];                 /* "04c" */
    char kind[12];              /* "fix", "predict", "extend" */
    int minutes;
    enum symptom symptom;       /* what the starter's check must say */
    int step;                   /* ... and in which step, counted from 1 */
    char answers[8];            /* predict: what a real run answers, a letter for each question; else "" */
    char title[80];
    char folder[120];           /* "exercises/04c_lost_wakeup" */
};

/* Reads exercises/list.txt, once. Ends the program at a line that is not right, or whose folder is not there. */
int count_exercises(void);
const struct exercise *exercise_at(int i);
const struct exercise *find_exercise(const char *id);   /* NULL: there is none */
const struct exercise *must_find(const char *id);       /* ends the program if there is none */

/* "exercises/work/04c.c", in a buffer that the next call reuses. */
const char *work_file(const struct exercise *e, const char *ending);

#endif
