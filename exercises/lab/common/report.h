/* What the laboratory found out, and how it says so: symptoms, verdicts, the dialogue, the count. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

/* The closed list of what can be wrong. symptom_names in report.c has a sentence for each. */
enum symptom {
    PASS, NO_LISTEN, REFUSED, STALL, SLOW, LOST_TAIL, CORRUPT, EXTRA, EARLY_CLOSE, RESET, NO_CLOSE,
    CRASH, EXITED, NO_EXIT, FEWER_CLIENTS, LEAK, BUSY, WASTE, MESSAGE, EXPOSED, BROKEN_RULE, SKIPPED, SYMPTOMS
};

struct verdict {
    enum symptom symptom;
    char reason[700];
};

const char *symptom_name(enum symptom symptom);
const char *symptom_meaning(enum symptom symptom);

/* The symptom called name, or SYMPTOMS if there is none. */
enum symptom symptom_by_name(const char *name);

/* Sets *v unless something is in it already: the first thing that went wrong counts. Returns false,
   so that a step can end with "return fail(...)". */
bool fail(struct verdict *v, enum symptom symptom, const char *format, ...);

/* The same for what cannot be tried on this machine: SKIPPED. */
bool skip(struct verdict *v, const char *format, ...);

/* Seconds since the program started. */
double now(void);

/* The dialogue of the scenario that is running: the last lines are shown if it fails. */
void start_dialogue(void);
void note(const char *format, ...);
void print_dialogue(void);

/* A note that is a measurement: with show_measured(), "lab check -v", it is printed behind an ok, too. */
void measured(const char *format, ...);
void show_measured(void);

/* One line "ok/FAIL name seconds", with reason and dialogue if it failed; counts it. */
void print_verdict(const char *name, const struct verdict *v, double seconds);

/* What the first failed verdict that was printed has said; PASS: none has failed. */
enum symptom first_symptom(void);

/* Adds what another laboratory process has counted. */
void add_counts(int passed, int failed, int skipped);

/* "N passed, N failed, N skipped" on a line of its own. Returns the exit code: 0 or 1. */
int print_totals(void);

/* Ends the program with one line on stderr and exit code 1. */
_Noreturn void die(const char *format, ...);

#endif
