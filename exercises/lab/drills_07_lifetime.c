/* Drills of chapter 07: how long things live. A server that is told to stop (07g), a pool of accepts that must be filled
   up again (07h), connections that end because nothing is said (07i). */
#include "drills.h"

#include <stdlib.h>
#include <string.h>

/* Reads, and throws away what comes, until the server closes or resets. false: not within the time. */
static bool sees_the_end(struct peer *p, double seconds)
{
    double end = now() + seconds, left;
    char bytes[4096];

    while ((left = end - now()) > 0) {
        struct timeval timeout = { (long)left, (long)((left - (long)left) * 1e6) };
        fd_set readable;
        int n;

        FD_ZERO(&readable);
        FD_SET(p->socket, &readable);
        if (select(0, &readable, NULL, NULL, &timeout) != 1)
            return false;
        n = recv(p->socket, bytes, sizeof bytes, 0);
        if (n == 0 || (n < 0 && WSAGetLastError() != WSAEWOULDBLOCK))
            return true;
    }
    return false;
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
    DWORD code;

    for (int i = 0; i < count; i++) {
        if (!sees_the_end(&peers[i], end - now())) {
            fail(&t->verdict, NO_CLOSE, "the server has been told to stop, and 3 s later %s is still connected", peers[i].name);
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
        fail(&t->verdict, code >= 0xc0000000 || code == 5 ? CRASH : EXITED, "it ended with exit code 0x%lx, not 0", code);
    if (goodbyes(t) != clients)
        fail(&t->verdict, MESSAGE, "of %d clients it said of %d that they are closed (or reset): whom it does not close itself, "
             "the end of the process cuts off", clients, goodbyes(t));
    stop_process(&t->server);           /* it is meant to be gone: end_trial shall not miss it */
}

void try_stop_alone(struct trial *t)
{
    struct peer peer = { .name = "the client", .to_send = 5 };

    if (!serve_all(t, &peer, 1, 10))
        return;
    note("the client has left; stdin ends");
    feed_process(&t->server, NULL, 0);
    expect_stop(t, NULL, 0, 1);
}

void try_stop_busy(struct trial *t)
{
    struct peer peers[4] = { { .name = "the client that never spoke" }, { .name = "the client that spoke", .to_send = 5 },
                             { .name = "the client whose bytes are owed", .to_send = 64 << 20, .deaf = true },
                             { .name = "the flooding client", .forever = true } };
    bool fine = true;

    for (int i = 0; i < 4; i++) {
        peers[i].no_half_close = true;
        fine = fine && call(t, &peers[i]);
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
