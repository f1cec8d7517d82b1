/* How the cost of one wait grows with the number of clients: one of them speaks, the others are connected and
   silent. */
#include "measure.h"

#define PATIENCE 5

const int wait_points[WAIT_POINTS] = { 1, 10, 60, 250, 500, 1000 };

/* One server, from few clients to many. A limited one stops at its limit. */
static void measure_server(struct bench *b, int i, int round, double seconds)
{
    const char *name = i == MANY_SELECT ? MANY_SELECT_PROGRAM : servers[i].name;
    int limit = i == MANY_SELECT ? 0 : servers[i].limit;
    struct trial t = { .command = i == MANY_SELECT ? MANY_SELECT_PROGRAM : servers[i].program, .limit = limit };
    struct load *l;

    start_dialogue();
    if (!start_server(&t))
        die_of(&t, name, "the cost of one wait");
    l = new_load(&t, PATIENCE);
    for (int n = 0; n < WAIT_POINTS; n++) {
        if (wait_points[n] > b->most_clients || (limit > 0 && wait_points[n] > limit))
            break;
        progress(b, false, "the cost of one wait, %s, %d clients", name, wait_points[n]);
        if (!open_clients(l, wait_points[n]) || !ping_pong(l, 1, seconds, &b->waits[i][n][round]))
            die_of(&t, name, "the cost of one wait");
    }
    if (!close_clients(l))
        die_of(&t, name, "the cost of one wait");
    free_load(l);
    end_trial(&t);
    if (t.verdict.symptom != PASS)
        die_of(&t, name, "the cost of one wait");
}

void measure_waits(struct bench *b, int rounds, double seconds)
{
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < WAIT_SERVERS; i++)
            if (is_measured(b, i == MANY_SELECT ? 1 : i))
                measure_server(b, i, round, seconds);
        b->wait_rounds = round + 1;
    }
}
