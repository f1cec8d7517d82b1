/* Drills of chapter 02. */
#include "list.h"
#include "timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE 3              /* seconds without a byte for the one that speaks */

/* One sends and does not read, the other speaks and waits for each echo. S2 of the battery asks the same, but waits
   longer. */
void drill_slow_reader(struct trial *t)
{
    struct peer peers[2] = {
        { .name = "A, which does not read,", .deaf = true, .no_half_close = true },
        { .name = "B, which speaks,", .to_send = 2000, .piece = 20, .lockstep = true },
    };
    struct peer *deaf = &peers[0], *lively = &peers[1];

    if (!connect_client(t, deaf))
        return;
    fill_server(deaf, 16 << 20, 0.4);
    deaf->to_send = 64 << 20;
    note("A has sent %llu bytes, until nobody took more, and reads none", deaf->sent);
    if (connect_client(t, lively)) {
        note("B connects and speaks");
        lively->last_progress = now();
        /* A goes on, too: if there is room for it only now, it shall be in the way now. */
        while (!lively->done && now() - lively->last_progress < PATIENCE)
            run_peers_for(peers, 2, 0.1);
        if (!lively->done)
            fail(&t->verdict, STALL, "beside A, which does not read, B waits for its bytes: %llu sent, %llu came back",
                 lively->sent, lively->received);
        else if (all_fine(lively, 1, &t->verdict))
            measured("B's slowest echo took %.0f ms", lively->slowest * 1000);
        close_peer(lively);
    }
    reset_peer(deaf);
}

/* ---- Does it sleep while somebody is owed bytes? ---- */

#define WATCHED    1000         /* milliseconds */
#define MOST_CALLS 3            /* in that time, in which nothing can be done */

/* The calls that have returned so far, by the server's trace, and the sockets that were made blocking. */
static int count_calls(int *made_blocking)
{
    char *text = read_trace(), *rest = text;
    struct event e;
    int calls = 0;

    if (text == NULL)
        die("the traced server has left no trace");
    *made_blocking = 0;
    while (next_event(&rest, &e)) {
        calls += strcmp(e.kind, "event") != 0;
        *made_blocking += strcmp(e.name, "ioctlsocket") == 0 && strcmp(e.arguments, "FIONBIO, 0") == 0;
    }
    free(text);
    return calls;
}

/* One is owed bytes and does not read, another one is silent. Calls are counted, not milliseconds of a processor: a
   server that asks again each 50 ms uses next to none. */
void drill_quiet_while_owed(struct trial *t)
{
    struct peer deaf = { .name = "A, which does not read,", .deaf = true, .no_half_close = true };
    struct peer silent = { .name = "B, which is silent,", .no_half_close = true };
    int calls, made_blocking;

    if (!connect_client(t, &deaf) || !connect_client(t, &silent))
        return;
    fill_server(&deaf, 16 << 20, 0.4);
    Sleep(300);
    calls = -count_calls(&made_blocking);
    Sleep(WATCHED);
    calls += count_calls(&made_blocking);
    measured("A is owed bytes and does not read: %d calls in %d ms", calls, WATCHED);
    if (calls > MOST_CALLS)
        fail(&t->verdict, BUSY, "in %d ms, in which A did not read and B said nothing, the server made %d calls: it "
             "does not sleep until something can be done", WATCHED, calls);
    if (made_blocking > 0)
        fail(&t->verdict, STALL, "a client's socket makes calls wait (FIONBIO, 0): a send that is longer than there is "
             "room for sleeps, and everybody with it");
    reset_peer(&deaf);
    close_peer(&silent);
}

/* More clients than an fd_set has room for, but one after the other: all must be served. */
void drill_come_and_go_alone(struct trial *t)
{
    for (int i = 1; i <= 100; i++) {
        struct peer peer = { .name = "the next one", .to_send = 5 };

        if (!connect_client(t, &peer))
            return;
        run_peers(&peer, 1, 10, 5);
        close_peer(&peer);
        if (peer.verdict.symptom != PASS) {
            fail(&t->verdict, FEWER_CLIENTS, "of clients that come one after the other %d were served; then: %s", i - 1,
                 peer.verdict.reason);
            return;
        }
        wait_until_empty(t);
    }
}

/* Says goodbye, and waits until everything is back and the connection is closed. */
static bool leave(struct trial *t, struct peer *peer)
{
    peer->no_half_close = false;
    peer->done = false;
    run_peers(peer, 1, 10, 5);
    close_peer(peer);
    return all_fine(peer, 1, &t->verdict);
}

/* A, B, C come; A leaves, and perhaps C takes its place in a table; C leaves; is B still there? */
void drill_first_and_last_leave(struct trial *t)
{
    struct peer peers[3] = {
        { .name = "A", .no_half_close = true },
        { .name = "B, which has stayed,", .no_half_close = true },
        { .name = "C", .no_half_close = true },
    };
    struct peer *a = &peers[0], *b = &peers[1], *c = &peers[2];
    bool fine = true;

    for (int i = 0; i < 3 && fine; i++)
        fine = connect_client(t, &peers[i]) && exchange(t, &peers[i], 5, 10, 5);
    if (fine && leave(t, a) && exchange(t, c, 5, 10, 5) && leave(t, c) && exchange(t, b, 5, 10, 5))
        leave(t, b);
    for (int i = 0; i < 3; i++)
        close_peer(&peers[i]);
}
