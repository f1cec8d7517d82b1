/* Judging an exercise's program. A stem is its path without the ending: "exercises/work/04c" stands for
   exercises/work/04c.exe and, where a step needs the traced build, for exercises/work/04c_traced.exe. */
#ifndef JUDGE_H
#define JUDGE_H

#include "catalog.h"

/* Plays the steps, until one fails. loud: prints a line each. *failed_step: 1, 2 ...; 0: all have passed. */
struct verdict run_steps(const struct exercise *e, const char *stem, bool loud, int *failed_step);

/* After the steps: the battery for servers or for clients; prints it. Returns 0, or 1 if something failed. */
int check_rest(const struct exercise *e, const char *stem);

/* Does the program show the declared symptom in the declared step (starter), or none (solution)? */
bool shows(const struct exercise *e, const char *stem, bool is_starter, struct verdict *v);

#endif
