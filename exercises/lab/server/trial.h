/* A server on trial: started for one scenario, watched, and ended in an orderly way. */
#ifndef TRIAL_H
#define TRIAL_H

#include "peer.h"

/* What is to be tried. */
struct subject {
    const char *command;        /* the command line without the port */
    int limit;                  /* clients that the model can serve at once; 0: no limit, -1: unknown */
    const char *input;          /* stdin as in start_process: NULL: empty; OPEN_STDIN */
    bool quick;                 /* fewer connections, and fewer bytes, where a scenario has very many */
};

struct trial {
    const char *command;        /* these four as in struct subject */
    int limit;
    const char *input;
    bool quick;
    int port;
    struct process server;
    struct verdict verdict;
    int clients;                /* that were connected */
    unsigned long long bytes;   /* that came back to those of serve_all and exchange */
};

/* Starts t->command on a free port and waits until it listens. */
bool start_server(struct trial *t);

/* Connects peer to the server, or notes the fault. */
bool connect_client(struct trial *t, struct peer *peer);

/* Connects count peers, runs them to their end with the given limits, closes them. */
bool serve_all(struct trial *t, struct peer *peers, int count, double seconds);

/* The peer sends so many bytes more, and waits until all are back: seconds at most, patience without a byte. */
bool exchange(struct trial *t, struct peer *peer, unsigned bytes, double seconds, double patience);

/* Have these floods as many bytes back, but for a factor of three? Bytes are counted, not seconds, so a slow machine
   changes nothing. */
bool served_equally(struct trial *t, const struct peer *floods, int count);

/* After the scenario: is the server still there, does it serve the next client? Then ends it. */
void end_trial(struct trial *t);

/* Until as many clients have gone as came, by the server's own words, or two seconds. */
void wait_until_empty(struct trial *t);

/* One thing to try with a server: of the battery, or a drill. */
struct scenario {
    const char *key;            /* the name by which tables and commands call it: "many-clients" */
    const char *promise;        /* "S8": of the contract in README.md; "" for a drill */
    const char *words;          /* for people */
    void (*run)(struct trial *t);
};

/* Starts the server, runs the scenario, ends the server; nothing printed. Returns its verdict. */
struct verdict run_scenario(const struct subject *subject, const struct scenario *scenario);

#endif
