/* lab strict test: the strict system on trial. Each rule and each freedom has a small wrong program in mutants/: it
   must be convicted of its rule and of no other, or be surprised by its freedom alone, and by nothing if no freedom is
   taken. */
#include "inside.h"

#include <windows.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define TIME_LIMIT 15000        /* milliseconds */
#define SURPRISED  3            /* as in mutants/mutants.h */

/* Runs it to its end. Returns the exit code; ULONG_MAX: it has none. */
static unsigned long run_mutant(const char *program, const char *id, int seed, const char *only,
                                struct strict_board *seen)
{
    struct strict_board *board = set_board(seed);
    struct process mutant = { 0 };
    struct tally tally = { 0 };
    unsigned long code = ULONG_MAX;
    char command[100];

    snprintf(command, sizeof command, BUILD_FOLDER "/mutant_%s.exe %s", program, id);
    note("%s, seed %d, freedoms: %s", command, seed, only);
    take_only(only);
    if (!start_process(&mutant, command, NULL, NULL))
        die("%s could not be started", command);
    wait_for_exit(&mutant, TIME_LIMIT, &code);
    take_only(NULL);
    stop_process(&mutant);
    *seen = *board;
    take_board(board, seed, (struct verdict){ 0 }, &tally);
    return code;
}

/* The freedoms without which some of the rules cannot be seen. */
#define FOR_RULES "p,q,i2,m"

static void try_rule(enum rule rule)
{
    struct strict_board seen;
    struct verdict v = { 0 };
    double start = now();
    char name[120];

    start_dialogue();
    run_mutant("rules", rule_id(rule), 1, FOR_RULES, &seen);
    if (seen.broken[rule] == 0)
        fail(&v, MESSAGE, "the mutant breaks rule %s, and nothing is said", rule_id(rule));
    for (int i = 1; i < RULES; i++)
        if (i != (int)rule && seen.broken[i] > 0)
            fail(&v, MESSAGE, "the mutant breaks rule %s only, and rule %s is said to be broken", rule_id(rule),
                 rule_id(i));
    snprintf(name, sizeof name, "rule %s convicts its mutant", rule_id(rule));
    print_verdict(name, &v, now() - start);
}

/* Those of overlapped operations are in a program of their own. */
static const char *program_for(enum freedom freedom)
{
    return strchr("fghijp", freedom_id(freedom)[0]) != NULL ? "freedoms_overlapped" : "freedoms";
}

/* What some systems do by themselves (routines, resets, addresses), and what a busy machine looks like. With any other
   one a surprise without freedoms is a fault of the layer. */
#define BY_ITSELF "i1 i2 k l1 f2 g m"

static void try_freedom(enum freedom freedom)
{
    static const int seeds[] = { 1, 5, 2, 3, 4 };
    const char *id = freedom_id(freedom);
    struct strict_board seen;
    struct verdict v = { 0 };
    double start = now();
    unsigned long code;
    bool surprised = false;
    char name[120];

    start_dialogue();
    code = run_mutant(program_for(freedom), id, 0, id, &seen);
    if (code == SURPRISED && has_word(BY_ITSELF, id))
        skip(&v, "this system does it by itself");
    else if (code != 0)
        fail(&v, MESSAGE, "without freedoms the mutant ends with exit code %lu, not 0", code);
    for (int i = 0; i < 5 && v.symptom == PASS && !surprised; i++)
        surprised = run_mutant(program_for(freedom), id, seeds[i], id, &seen) == SURPRISED && seen.taken[freedom] > 0;
    if (v.symptom == PASS && !surprised)
        fail(&v, MESSAGE, "with five seeds the mutant's belief held: %s", freedom_words(freedom));
    snprintf(name, sizeof name, "freedom %s surprises its mutant", id);
    print_verdict(name, &v, now() - start);
}

/* A false alarm is worse than none: right servers, written in other ways than the seven. */
static void try_right_servers(void)
{
    static const char *const names[] = { "acceptex_pool", "poll", "pool_io" };

    for (int i = 0; i < 3; i++) {
        char command[80], name[120];
        struct subject subject = { .command = command, .limit = 0, .quick = true };
        struct tally tally = { 0 };
        double start = now();
        struct verdict v;

        snprintf(command, sizeof command, BUILD_FOLDER "/other_%s.exe", names[i]);
        v = conform_quietly(&subject, NULL, false, 5, &tally);
        snprintf(name, sizeof name, "%s: a right server, nothing to report, seeds 1 to 5", names[i]);
        print_verdict(name, &v, now() - start);
    }
}

void test_strict_system(const char *only)
{
    if (only != NULL && find_rule(only) == NO_RULE && find_freedom(only) == NO_FREEDOM)
        die("\"%s\": neither a rule nor a freedom; lab rules lists them", only);
    for (int i = 1; i < RULES; i++)
        if (only == NULL || (int)find_rule(only) == i)
            try_rule(i);
    for (int i = 1; i < FREEDOMS; i++)
        if (only == NULL || (int)find_freedom(only) == i)
            try_freedom(i);
    if (only == NULL)
        try_right_servers();
}
