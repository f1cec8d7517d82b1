/* The room "conform": programs on the strict system (the room "strict", which is linked into them). A run with a seed
   plays a mixture of clients, or of servers that misbehave; the program must do its work, and break no rule. */
#ifndef CONFORM_H
#define CONFORM_H

#include "server/server.h"

/* What several runs have seen; all zero at the start. */
struct tally {
    long runs, broken;
    long taken[60];                 /* by enum freedom */
};

/* One run of a traced server: scenario, or NULL for the mixture. BROKEN_RULE before any other symptom; v.reason names
   the rule, its page and the lines. */
struct verdict conform_server(const struct subject *subject, const struct scenario *scenario, int seed,
                              struct tally *tally);

/* One run of a traced client, in a case of client/client.h. */
struct verdict conform_client(const char *program, const char *key, int seed, struct tally *tally);

/* Several seeds, nothing printed, until one fails. plays: a scenario beside the mixture, or NULL; only_it: no mixture.
   */
struct verdict conform_quietly(const struct subject *subject, const struct scenario *plays, bool only_it, int seeds,
                               struct tally *tally);
/* One seed, both plays even if the first fails without a broken rule: a broken rule counts more. Nobody asks for the
   freedom that is the cause. */
struct verdict conform_once(const struct subject *subject, const struct scenario *plays, bool only_it, int seed,
                            struct tally *tally);

struct verdict conform_client_quietly(const char *program, int seeds, struct tally *tally);

/* "rules broken: 0; freedoms taken: 5,214 times, of 27 kinds" */
void print_tally(const struct tally *tally);

/* lab strict 05: the chapter's traced server and client, with so many seeds from the first on. Each scenario of the
   battery and each case for clients is played once at least. Prints a line each. */
void test_chapter_strictly(const struct chapter *chapter, int seeds, int first);

/* lab strict PROGRAM.exe: a traced server; prints a line for each seed, until one fails. */
void test_program_strictly(const char *program, int seeds, int first);

/* lab strict test: does the strict system find what its rules say, and do what its freedoms say? only: one of them, by
   its id; NULL: all. */
void test_strict_system(const char *only);

/* A report says in which notes its rule stands. The id of a rule that stands in no chapter's "What goes wrong", though
   it counts for some; NULL: there is none. */
const char *rule_without_notes(void);

/* lab rules */
int list_rules(void);

#endif
