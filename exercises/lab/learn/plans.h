/* How each exercise is checked: the table in plans.c is the one place. */
#ifndef PLANS_H
#define PLANS_H

#include <stdbool.h>

#define MOST_STEPS 6

struct step {
    const char *words;          /* what the learner reads */
    const char *plays;          /* the key of a scenario (server/battery.c) or a drill (drills/drills.c); for a client
                                   the name of a case (client/cases.c) */
    const char *fault;          /* NULL, or a variable of trace/trace.h, such as "SHORT_SENDS=1000": then the traced
                                   build is played */
    bool counts_calls;          /* the traced build is played as well, and the drill reads its trace */
};

struct plan {
    const char *id;
    struct step steps[MOST_STEPS];
    int limit; /* clients that it can serve at once, if not as many as its chapter's server; 0: as many */
    bool is_client;             /* the exercise is a client, and the laboratory plays the server */
    bool unlimited;             /* must serve more clients than its chapter's server can */
    bool has_keyboard;          /* reads stdin, which then stays open */
    bool only_steps;            /* makes other promises than S1 to S12: the battery is not for it */
};

/* NULL: a predict exercise, which has questions instead (predict.c), or none at all. */
const struct plan *find_plan(const char *id);

#endif
