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
    char rule[8];               /* of the strict system, that the starter breaks: "3"; "" if it breaks none */
    char answers[12];           /* predict: what hash_of_answers makes of a real run's answers; else "" */
    char title[80];
    char folder[120];           /* "exercises/04c_lost_wakeup" */
};

/* Reads exercises/list.txt, once. Ends the program at a line that is not right, or whose folder is not there. */
int count_exercises(void);
const struct exercise *exercise_at(int i);
const struct exercise *find_exercise(const char *id);   /* NULL: there is none */
const struct exercise *must_find(const char *id);       /* ends the program if there is none */

/* Learners read list.txt, too, so it has the answers of a predict exercise as a number: of "ba" for exercise 01a
   "1f2e3d4c". In a buffer that the next call reuses. */
const char *hash_of_answers(const struct exercise *e, const char *letters);

/* "exercises/work/04c.c", in a buffer that the next call reuses. */
const char *work_file(const struct exercise *e, const char *ending);

#endif
