/* Judging an exercise's program. A stem is its path without the ending: "exercises/work/04c" stands for
   exercises/work/04c.exe and, where a step needs the traced build, for exercises/work/04c_traced.exe. */
#ifndef JUDGE_H
#define JUDGE_H

#include "catalog.h"
#include "plans.h"

#include "conform/conform.h"
#include "server/server.h"

/* Does the program show the declared symptom in the declared step (starter), or none (solution)? */
bool shows(const struct exercise *e, const char *stem, bool is_starter, struct verdict *v);

/* Plays the steps until one fails, nothing printed; *failed_step: 1, 2 ..., 0 if all have passed. Where there is no
   plain build, as of wrong fixes, the traced one is played. */
struct verdict judge_steps(const struct exercise *e, const char *stem, int *failed_step);

/* One scenario of the battery, or one case for clients, by its key. */
struct verdict judge_part(const struct exercise *e, const char *stem, const char *key);

/* Does the program keep all other promises: the battery, quick, or all cases for clients? */
bool keeps_promises(const struct exercise *e, const char *stem, struct verdict *v);

/* Seeds 1 to seeds on the strict system, with what the exercise's last step without a fault plays, and the mixture. */
struct verdict play_strictly(const struct exercise *e, const char *stem, int seeds, struct tally *tally);

/* The same of a server with one seed; a broken rule counts more than whatever else is wrong. */
struct verdict play_one_seed(const struct exercise *e, const char *stem, int seed);

/* What a step plays, if it is a server's; NULL: there is nothing of that key. */
const struct scenario *scenario_of(const struct step *step);

#endif
