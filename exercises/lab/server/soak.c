/* The soak: for some seconds a mixture of all kinds of clients, as they come. */
#include "server.h"
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>

#define SECONDS 5
#define CROWD   30

static struct peer new_plan(void)
{
    struct peer plan = { 0 };

    plan.to_send = (unsigned)(rand() % 20 == 0 ? rand() * 100 : rand() % 20000);
    plan.piece = rand() % 3 == 0 ? 0 : (plan.to_send > 20000 ? 1000 : 1) + rand() % 5000;
    plan.random_cuts = rand() % 2 == 0;
    plan.lockstep = plan.to_send < 20000 && rand() % 4 == 0;
    plan.deaf = !plan.lockstep && rand() % 5 == 0;
    plan.no_half_close = rand() % 3 == 0;
    return plan;
}

/* One step for everyone; whoever is done, or is to be cut off, is replaced. Returns how many ended. */
static int step(struct trial *t, struct peer *peers)
{
    int ended = 0;

    run_peers_for(peers, CROWD, 0.02);
    for (int i = 0; i < CROWD && t->verdict.symptom == PASS; i++) {
        struct peer *p = &peers[i];

        if (p->deaf && rand() % 5 == 0)
            p->deaf = false;
        if (!all_fine(p, 1, &t->verdict))
            break;
        if (!p->done && rand() % 100 != 0)
            continue;
        if (p->done && rand() % 3 != 0)
            close_peer(p);
        else
            reset_peer(p);
        ended++;
        *p = new_plan();
        connect_client(t, p);
    }
    return ended;
}

void test_soak(const struct chapter *chapter)
{
    struct trial t = { .limit = chapter->limit };
    struct peer peers[CROWD];
    char command[80], name[120];
    double start = now();
    size_t memory = 0;
    int clients = CROWD;

    snprintf(command, sizeof command, "%s", program_of(chapter, "server"));
    t.command = command;
    start_dialogue();
    srand(1);
    if (start_server(&t)) {
        for (int i = 0; i < CROWD; i++) {
            peers[i] = new_plan();
            connect_client(&t, &peers[i]);
        }
        while (t.verdict.symptom == PASS && now() - start < SECONDS) {
            clients += step(&t, peers);
            if (memory == 0 && now() - start > 1)
                memory = measure(&t.server).memory;
        }
        for (int i = 0; i < CROWD; i++)
            peers[i].deaf = false;
        if (t.verdict.symptom == PASS) {
            run_peers(peers, CROWD, 30, 5);
            all_fine(peers, CROWD, &t.verdict);
        }
        for (int i = 0; i < CROWD; i++)
            close_peer(&peers[i]);
        note("%d clients came and went", clients);
        if (measure(&t.server).memory > memory + MEMORY_SLACK)
            fail(&t.verdict, LEAK, "its memory grew from %zu to %zu KiB", memory / 1024,
                 measure(&t.server).memory / 1024);
    }
    end_trial(&t);
    snprintf(name, sizeof name, "soak %s: %d clients of all kinds", chapter->name, clients);
    print_verdict(name, &t.verdict, now() - start);
}
