/* Drills of chapter 07: how long things live. Workers that leave (07a), packets that do not come (07d), a server that
   is told to stop (07g), a pool of accepts that must be filled up again (07h), connections that end because nothing is
   said (07i). */
#include "list.h"

#include <stdio.h>

/* Reads, and throws away what comes, until the server closes or resets. false: not within the time. */
static bool sees_the_end(struct peer *p, double seconds)
{
    double end = now() + seconds;
    char bytes[4096];
    int n;

    do
        n = receive_until(p->socket, bytes, sizeof bytes, end);
    while (n > 0 || (n < 0 && WSAGetLastError() == WSAEWOULDBLOCK && now() < end));
    return n == 0 || (WSAGetLastError() != WSAETIMEDOUT && WSAGetLastError() != WSAEWOULDBLOCK);
}

/* ---- 07b: a connection that ends on the server's side ---- */

/* The server's first send is made to fail (see the plan): the connection is lost, and its client must be told so. */
void drill_failed_send(struct trial *t)
{
    struct peer peer = { .name = "the client whose answer could not be sent", .to_send = 5, .no_half_close = true };

    if (!connect_client(t, &peer))
        return;
    send(peer.socket, "hello", 5, 0);
    if (!sees_the_end(&peer, 3))
        fail(&t->verdict, NO_CLOSE, "the server's send has failed, and 3 s later %s is still connected", peer.name);
    close_peer(&peer);
}

/* ---- 07a: workers that leave ---- */

#define MORE_THAN_WORKERS 140   /* two workers for each processor, and a processor group has 64 at most */

void drill_reset_by_reset(struct trial *t)
{
    for (int i = 1; i <= MORE_THAN_WORKERS; i++) {
        struct peer resets = { .name = "the client that will reset", .to_send = 5, .no_half_close = true };
        struct peer next = { .to_send = 5 };
        char name[60];

        snprintf(name, sizeof name, "the healthy client after reset %d", i);
        next.name = name;
        if (!connect_client(t, &resets))
            return;
        run_peers(&resets, 1, 6, 3);
        if (!all_fine(&resets, 1, &t->verdict)) {
            close_peer(&resets);
            return;
        }
        reset_peer(&resets);            /* while the server waits for its next bytes */
        note("reset %d", i);
        if (!connect_client(t, &next))
            return;
        run_peers(&next, 1, 6, 3);
        close_peer(&next);
        if (!all_fine(&next, 1, &t->verdict))
            return;
    }
}

/* ---- 07d: packets that do not come ---- */

void drill_message_by_message(struct trial *t)
{
    struct peer peer = { .name = "the client", .no_half_close = true };
    static const char *const numbers[] = { "first", "second", "third", "fourth", "fifth" };

    if (!connect_client(t, &peer))
        return;
    Sleep(100);                         /* now the server waits for the first one */
    for (int i = 0; i < 5 && t->verdict.symptom == PASS; i++) {
        if (exchange(t, &peer, 5, 6, 3))
            note("the %s message has come back", numbers[i]);
    }
    close_peer(&peer);
}

/* ---- 07g: told to stop ---- */

#define TIME_TO_STOP 3.0

static int goodbyes(struct trial *t)
{
    return count_in_output(&t->server, "closed after") + count_in_output(&t->server, "reset after");
}

/* The server has been told. Within three seconds: everybody is closed, it has said so, it ends with 0. */
static void expect_stop(struct trial *t, struct peer *peers, int count, int clients)
{
    double end = now() + TIME_TO_STOP;
    unsigned long code;

    for (int i = 0; i < count; i++) {
        if (!sees_the_end(&peers[i], end - now())) {
            fail(&t->verdict, NO_CLOSE, "the server has been told to stop, and 3 s later %s is still connected",
                 peers[i].name);
            stop_process(&t->server);   /* else it ends as soon as our clients have gone, and that would be told */
            return;
        }
        note("%s is closed", peers[i].name);
    }
    if (!wait_for_exit(&t->server, (int)(max(end - now(), 0.1) * 1000), &code)) {
        fail(&t->verdict, NO_EXIT, "3 s after it was told to stop, the server still runs");
        return;
    }
    note("the server has ended with exit code %lu", code);
    if (code != 0)
        fail(&t->verdict, symptom_of_exit(code), "it ended with exit code 0x%lx, not 0", code);
    if (goodbyes(t) != clients)
        fail(&t->verdict, MESSAGE,
             "of %d clients it said of %d that they are closed (or reset): whom it does not close itself, "
             "the end of the process cuts off",
             clients, goodbyes(t));
    stop_process(&t->server);           /* it is meant to be gone: end_trial shall not miss it */
}

void drill_stop_alone(struct trial *t)
{
    struct peer peer = { .name = "the client", .to_send = 5 };

    if (!serve_all(t, &peer, 1, 10))
        return;
    note("the client has left; stdin ends");
    feed_process(&t->server, NULL, 0);
    expect_stop(t, NULL, 0, 1);
}

void drill_stop_busy(struct trial *t)
{
    struct peer peers[4] = { { .name = "the client that never spoke" },
                             { .name = "the client that spoke", .to_send = 5 },
                             { .name = "the client whose bytes are owed", .to_send = 64 << 20, .deaf = true },
                             { .name = "the flooding client", .forever = true } };
    bool fine = true;

    for (int i = 0; i < 4; i++) {
        peers[i].no_half_close = true;
        fine = fine && connect_client(t, &peers[i]);
    }
    if (fine) {
        run_peers(&peers[1], 1, 10, 5);
        run_peers_for(&peers[2], 1, 0.3);
        run_peers_for(&peers[3], 1, 0.3);
        note("four clients are connected, two in the middle of a transfer; a line is written to stdin");
        feed_process(&t->server, "stop\n", 5);
        expect_stop(t, peers, 4, 4);
    }
    for (int i = 0; i < 4; i++)
        close_peer(&peers[i]);
}

/* ---- 07h: accepts that must be filled up again ---- */

#define MORE_THAN_A_POOL 40

void drill_one_after_another(struct trial *t)
{
    for (int i = 0; i < MORE_THAN_A_POOL; i++) {
        char name[40];
        struct peer peer = { .name = name, .to_send = 100 };

        snprintf(name, sizeof name, "client %d of %d", i + 1, MORE_THAN_A_POOL);
        if (!connect_client(t, &peer))
            return;
        run_peers(&peer, 1, 6, 3);
        close_peer(&peer);
        if (!all_fine(&peer, 1, &t->verdict))
            return;
    }
}

/* ---- 07i: connections that end because nothing is said ---- */

#define IDLE_TIME 2.0           /* seconds, as in the exercise */

/* until: seconds since start. Two are silent and must be closed in that time, one speaks again and again. */
static bool expect_two_closed(struct trial *t, struct peer *silent, struct peer *speaking, double start, double until)
{
    bool closed[2] = { false, false };

    while (now() < start + until) {
        for (int i = 0; i < 2; i++) {
            if (closed[i] || !sees_the_end(&silent[i], 0.1))
                continue;
            closed[i] = true;
            note("%s is closed", silent[i].name);
            if (now() - start < IDLE_TIME / 2)
                return fail(&t->verdict, EARLY_CLOSE, "%s was closed after %.1f s; it may be silent for %.0f s",
                            silent[i].name, now() - start, IDLE_TIME);
        }
        if (!exchange(t, speaking, 10, 6, 3))
            return false;
        if (closed[0] && closed[1])
            return true;
    }
    return fail(&t->verdict, NO_CLOSE, "%.0f s later %s is still connected", until, silent[closed[0] ? 1 : 0].name);
}

/* While its echo was on the way it could say nothing: the idle time begins when it is back. Each send is delayed (see
   the plan). */
void drill_after_slow_echo(struct trial *t)
{
    struct peer peer = { .name = "the client whose echo took long", .no_half_close = true };

    if (connect_client(t, &peer) && exchange(t, &peer, 5, 10, 8)) {
        Sleep(1200);
        exchange(t, &peer, 5, 10, 8);
    }
    close_peer(&peer);
}

void drill_silent_clients(struct trial *t)
{
    struct peer peers[4] = { { .name = "the client that never spoke" },
                             { .name = "the client that spoke once", .to_send = 5 },
                             { .name = "the client that speaks again and again" },
                             { .name = "the client that is slow to read", .to_send = 64 << 20, .deaf = true } };
    struct peer *slow = &peers[3];
    double start;
    bool fine;

    slow->no_half_close = true;
    fine = connect_client(t, slow);
    if (fine)
        fill_server(slow, slow->to_send, 0.4);  /* less would lie in the system's buffers, and nothing would be owed */
    start = now();
    for (int i = 0; i < 3; i++) {
        peers[i].no_half_close = true;
        fine = fine && connect_client(t, &peers[i]);
    }
    if (fine) {
        run_peers(&peers[1], 1, 10, 5);
        note("two are silent from now on; %s is owed bytes", slow->name);
        fine = expect_two_closed(t, peers, &peers[2], start, 2 * IDLE_TIME);
    }
    if (fine) {
        Sleep((DWORD)(IDLE_TIME / 2 * 1000));
        fine = exchange(t, &peers[2], 10, 6, 3);
    }
    if (fine) {
        note("now the slow one reads");
        slow->to_send = slow->sent;
        slow->deaf = false;
        run_peers(slow, 1, 20, 5);
        fine = all_fine(slow, 1, &t->verdict);
    }
    if (fine && goodbyes(t) != 2)
        fail(&t->verdict, MESSAGE, "two clients were closed, and the server said so %d times", goodbyes(t));
    for (int i = 0; i < 4; i++)
        close_peer(&peers[i]);
}
