/* The room "learn": the exercises. What list.txt says of them (catalog.h), how each is checked (plans.h), and what a
   learner, a teacher and the test do with them. The int functions return the exit code. */
#ifndef LEARN_H
#define LEARN_H

#include "catalog.h"

/* For learners. */
int list_exercises(void);
int show_next(void);                        /* the task of the first that is not passed */
int take_exercise(const char *id);          /* copies the starter to exercises/work, if there is no copy yet */
int reset_exercise(const char *id);         /* the starter again; the old file is kept */
int show_hint(const char *id);              /* one more of three, each time */
int show_why(const char *id);               /* the difference to the solution, and so the reason */
int judge(const char *id);                  /* exercises/work/ID.exe, step by step */
int predict(const char *id);                /* asks, runs exercises/work/ID_traced.exe, compares */

/* For teachers. */
int collect(const char *folder);            /* copies FOLDER/student/ID.c to where make can build it */
int grade(const char *folder);              /* judges what "collect" has copied and make has built; writes the CSV */
int judge_submission(const char *id, const char *stem);     /* like judge; its last line is for grade */

/* For the test: every starter fails as declared, every solution passes. only: the beginning of an id; NULL: all. Ends
   the program if there is no such exercise. */
void test_exercises(const char *only);


/* Wrong fixes: writes them to where make builds them; tries those that are built. ids: "all", or the beginning of the
   ids, "04" or "04c"; only: a name, NULL: all. */
int write_fixes(void);
void test_fixes(const char *ids, const char *only);

#endif
