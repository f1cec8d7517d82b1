/* Drills of chapter 03: clients that ask a database through the server (a message that begins with "ask "), and clients
   that are gone before their messages are handled. */
#include "list.h"

#include <stdio.h>
#include <string.h>

#define QUESTION     "ask the database who I am"
#define LENGTH       ((int)sizeof QUESTION - 1)
#define SOONEST      0.1        /* seconds: the database takes 0.2 */
#define PATIENCE     5.0
#define ASKERS       5
#define MOST_DELAY   0.5        /* seconds for an echo beside them: one after the other they take 1.0 */
#define PAUSE        50         /* ms: until the server has come to rest */

struct asker {
    SOCKET socket;
    double asked_at;
};

static bool connect_asker(struct trial *t, struct asker *a)
{
    int error;

    a->socket = connect_to("127.0.0.1", t->port, &error);
    return a->socket != INVALID_SOCKET || fail(&t->verdict, REFUSED, "a client could not connect: error %d", error);
}

static bool ask(struct trial *t, struct asker *a)
{
    a->asked_at = now();
    return send(a->socket, QUESTION, LENGTH, 0) == LENGTH
           || fail(&t->verdict, RESET, "a client cannot ask: the connection is gone");
}

/* The answer is the question, not before the database can know it. */
static bool expect_answer(struct trial *t, const struct asker *a)
{
    char buffer[LENGTH];
    int got = 0, n = 1;

    while (got < LENGTH && (n = receive_until(a->socket, buffer + got, LENGTH - got, a->asked_at + PATIENCE)) > 0)
        got += n;
    note("%d of %d bytes have come back %.0f ms after the question", got, LENGTH, (now() - a->asked_at) * 1000);
    if (n == 0)
        return fail(&t->verdict, EARLY_CLOSE, "the connection was closed before the answer had come");
    if (got < LENGTH)
        return fail(&t->verdict, STALL, "a client asked, and had %d of %d bytes back after %.0f s", got, LENGTH,
                    PATIENCE);
    if (memcmp(buffer, QUESTION, LENGTH) != 0)
        return fail(&t->verdict, CORRUPT, "what came back is not what was asked");
    if (now() - a->asked_at < SOONEST)
        return fail(&t->verdict, MESSAGE, "the answer came after %.0f ms: the database was not asked",
                    (now() - a->asked_at) * 1000);
    return true;
}

static bool expect_close(struct trial *t, const struct asker *a)
{
    char byte;
    int n = receive_until(a->socket, &byte, 1, now() + PATIENCE);

    if (n == 0)
        return true;
    return fail(&t->verdict, n > 0 ? EXTRA : NO_CLOSE, n > 0 ? "more came back than was sent"
                : "a client half-closed after its question, and had the answer, but the connection stays open");
}

void drill_question(struct trial *t)
{
    struct asker a = { INVALID_SOCKET, 0 };

    if (connect_asker(t, &a) && ask(t, &a))
        expect_answer(t, &a);
    if (a.socket != INVALID_SOCKET)
        closesocket(a.socket);
}

/* A lively client that asks nothing, beside five that ask at the same moment. */
void drill_echo_beside_questions(struct trial *t)
{
    struct peer lively = { .name = "a client that asks nothing", .to_send = 20, .piece = 2, .lockstep = true };
    struct asker askers[ASKERS];
    bool fine = connect_client(t, &lively);

    for (int i = 0; i < ASKERS; i++) {
        askers[i].socket = INVALID_SOCKET;
        fine = fine && connect_asker(t, &askers[i]);
    }
    Sleep(PAUSE);
    for (int i = 0; i < ASKERS; i++)
        fine = fine && ask(t, &askers[i]);
    note("%d clients ask the database", ASKERS);
    Sleep(PAUSE);
    if (fine) {
        run_peers(&lively, 1, 10, PATIENCE);
        note("meanwhile the slowest echo of a client that asks nothing took %.0f ms", lively.slowest * 1000);
        fine = all_fine(&lively, 1, &t->verdict);
        if (fine && lively.slowest > MOST_DELAY)
            fine = fail(&t->verdict, SLOW, "while %d clients asked the database, a client that asks nothing waited "
                        "%.0f ms for its echo", ASKERS, lively.slowest * 1000);
    }
    for (int i = 0; i < ASKERS; i++) {
        fine = fine && expect_answer(t, &askers[i]);
        if (askers[i].socket != INVALID_SOCKET)
            closesocket(askers[i].socket);
    }
    close_peer(&lively);
}

/* Each second one half-closes and still has its answer; the others reset, and their places are taken by new clients. */
void drill_ask_and_go(struct trial *t)
{
    struct asker askers[2 * ASKERS];
    struct peer next[ASKERS] = { 0 };
    bool fine = true;

    for (int i = 0; i < 2 * ASKERS; i++)
        askers[i].socket = INVALID_SOCKET;
    for (int i = 0; i < 2 * ASKERS && fine; i++) {
        fine = connect_asker(t, &askers[i]) && ask(t, &askers[i]);
        if (fine && i % 2 == 0)
            shutdown(askers[i].socket, SD_SEND);
    }
    Sleep(PAUSE);
    note("%d clients have asked; %d half-close, %d reset", 2 * ASKERS, ASKERS, ASKERS);
    for (int i = 1; i < 2 * ASKERS && fine; i += 2) {
        reset_socket(askers[i].socket);
        askers[i].socket = INVALID_SOCKET;
    }
    for (int i = 0; i < ASKERS; i++)
        next[i].to_send = 5000;
    fine = fine && serve_all(t, next, ASKERS, 10);
    for (int i = 0; i < 2 * ASKERS; i += 2) {
        fine = fine && expect_answer(t, &askers[i]) && expect_close(t, &askers[i]);
        if (askers[i].socket != INVALID_SOCKET)
            closesocket(askers[i].socket);
    }
}

/* Everything that happens to such a client is in the server's queue before the first message of it is handled. */
void drill_gone_at_once(struct trial *t)
{
    for (int round = 0; round < 5; round++) {
        struct peer peers[8] = { 0 };

        for (int i = 0; i < 8; i++)
            peers[i] = (struct peer){ .name = "a client that says 5 bytes and goodbye", .to_send = 5 };
        if (!serve_all(t, peers, 8, 10))
            return;
    }
}
