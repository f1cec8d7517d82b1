/* A server on trial: started for one scenario, watched, and ended in an orderly way. */
#ifndef TRIAL_H
#define TRIAL_H

#include "peer.h"
#include "process.h"
#include "report.h"

/* What is to be tried. */
struct subject {
    const char *command;        /* the command line without the port */
    int limit;                  /* clients that the model can serve at once; 0: no limit, -1: unknown */
    const char *input;          /* stdin as in start_process: NULL: empty; OPEN_STDIN */
};

struct trial {
    const char *command;        /* these three as in struct subject */
    int limit;
    const char *input;
    int port;
    struct process server;
    struct verdict verdict;
};

/* Starts t->command on a free port and waits until it listens. */
bool start_server(struct trial *t);

/* Connects peer to the server, or notes the fault. */
bool call(struct trial *t, struct peer *peer);

/* Connects count peers, runs them to their end with the given limits, closes them. */
bool serve_all(struct trial *t, struct peer *peers, int count, double seconds);

/* After the scenario: is the server still there, does it serve the next client? Then ends it. */
void end_trial(struct trial *t);

/* Until as many clients have gone as came, by the server's own words, or two seconds. */
void wait_until_empty(struct trial *t);

/* The scenarios of the battery; the table in battery.c has them in order. */
void try_listening(struct trial *t);
void try_sizes(struct trial *t);
void try_empty(struct trial *t);
void try_both_ways(struct trial *t);
void try_byte_by_byte(struct trial *t);
void try_random_cuts(struct trial *t);
void try_fifty(struct trial *t);
void try_idle_beside(struct trial *t);
void try_half_close(struct trial *t);
void try_half_close_full(struct trial *t);
void try_half_close_at_once(struct trial *t);
void try_resets(struct trial *t);
void try_deaf(struct trial *t);
void try_deaf_and_lively(struct trial *t);
void try_floods(struct trial *t);
void try_many(struct trial *t);
void try_churn(struct trial *t);
void try_idle(struct trial *t);
void try_lines(struct trial *t);
void try_second_server(struct trial *t);
void try_bad_ports(struct trial *t);
void try_bad_addresses(struct trial *t);

struct scenario {
    const char *name;
    void (*run)(struct trial *t);
};

/* The battery: all scenarios, or those whose name contains only (NULL: all). Prints a line each and counts them. */
void check_server(const struct subject *subject, const char *only);

/* One scenario by its exact name, of the battery or of the drills; nothing printed. Returns its verdict. */
struct verdict check_one(const struct subject *subject, const char *scenario);

/* The scenario that only exercises have (drills.c); NULL: there is none of that name. */
const struct scenario *find_drill(const char *name);

#endif
