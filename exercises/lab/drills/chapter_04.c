/* Drills of chapter 04: what happens between two calls of the server, and beside the one that is served. */
#include "list.h"

#include <stdio.h>

#define ROUNDS   5
#define PATIENCE 3.0            /* seconds without an answer */
#define PAUSE    400            /* ms: until the server has come to rest, also one that is slowed by a fault */
#define MOMENT   30             /* ms: the time that the server takes to go on after an answer */

#define FLOODS      4
#define MIB         (1 << 20)
#define PIECES      6           /* 1 to 6 pieces, and two clients for each number */
#define LEAVERS     (2 * PIECES)
#define PIECE       60000       /* bytes: less than the server's buffer, so one recv can take it */

/* Says so, too. */
static bool speak(struct trial *t, struct peer *p, int bytes)
{
    note("%s sends %d bytes", p->name, bytes);
    if (!exchange(t, p, (unsigned)bytes, 10, PATIENCE))
        return false;
    note("and has them back");
    return true;
}

/* Each message comes when the one before has just been answered, while the server is on its way back to its wait. */
void drill_next_message(struct trial *t)
{
    struct peer a = { .name = "A", .no_half_close = true };

    if (!connect_client(t, &a))
        return;
    note("A is connected");
    Sleep(PAUSE);
    for (int i = 0; i < ROUNDS && speak(t, &a, 3); i++)
        Sleep(MOMENT);
    /* A reset wakes also a server that would not look at the bytes any more. */
    reset_peer(&a);
}

static unsigned long long sum_back(const struct peer *peers, int count)
{
    unsigned long long sum = 0;

    for (int i = 0; i < count; i++)
        sum += peers[i].received;
    return sum;
}

/* The small client has five messages, the floods as many bytes as they can send. */
void drill_floods_in_front(struct trial *t)
{
    struct peer peers[FLOODS + 1] = { 0 };
    struct peer *small = &peers[FLOODS];
    unsigned long long back = 0;
    bool fine = true;

    for (int i = 0; i < FLOODS; i++)
        peers[i] = (struct peer){ .name = "a flood", .forever = true };
    *small = (struct peer){ .name = "the small client", .to_send = 5 * 100, .piece = 100, .lockstep = true };
    for (int i = 0; i <= FLOODS && fine; i++)
        fine = connect_client(t, &peers[i]) && wait_for_output(&t->server, "connected", 2000);
    note("%d floods and a small client are connected", FLOODS);
    for (double end = now() + 30; fine && now() < end && !(small->done && back >= 4 * MIB) && back < 16 * MIB;
         back = sum_back(peers, FLOODS))
        run_peers_for(peers, FLOODS + 1, 0.05);
    note("the floods have %llu bytes back, the small client %llu of %llu", back, small->received, small->to_send);
    fine = fine && all_fine(peers, FLOODS + 1, &t->verdict);
    if (fine && !small->done)
        fine = fail(&t->verdict, SLOW, "while four floods had %llu bytes back, a small client had %llu of %llu", back,
                    small->received, small->to_send);
    if (fine && served_equally(t, peers, FLOODS)) {
        for (int i = 0; i < FLOODS; i++) {
            peers[i].forever = false;       /* and now to an orderly end */
            peers[i].to_send = peers[i].sent;
        }
        run_peers(peers, FLOODS + 1, 30, 5);
        all_fine(peers, FLOODS + 1, &t->verdict);
    }
    for (int i = 0; i <= FLOODS; i++)
        reset_peer(&peers[i]);
}

/* These two have sent their last piece and say so. What they are owed by now is in the server, in its system, and on
   its way. */
static bool leave_and_read(struct trial *t, struct peer *pair)
{
    for (int i = 0; i < 2; i++)
        pair[i].no_half_close = false;
    run_peers_for(pair, 2, 0.15);
    note("%s now reads", pair->name);
    for (int i = 0; i < 2; i++)
        pair[i].deaf = false;
    run_peers(pair, 2, 20, 5);
    return all_fine(pair, 2, &t->verdict);
}

/* For a server on a slow line (SLOW_LINE in trace/trace.h): it owes the rest of a piece for longer than the next one,
   or the goodbye, takes to come. Each pair says goodbye after one piece more, so that more and more is unread then. */
void drill_goodbyes(struct trial *t)
{
    struct peer peers[LEAVERS] = { 0 };
    char names[PIECES][60];
    bool fine = true;

    for (int i = 0; i < LEAVERS && fine; i++) {
        snprintf(names[i / 2], sizeof names[0], "a client that half-closes after %d x %d bytes", i / 2 + 1, PIECE);
        peers[i] = (struct peer){ .name = names[i / 2], .piece = PIECE, .deaf = true, .no_half_close = true };
        fine = connect_client(t, &peers[i]);
    }
    for (int piece = 0; piece < PIECES && fine; piece++) {
        for (int i = 2 * piece; i < LEAVERS; i++) {
            peers[i].to_send += PIECE;
            peers[i].no_half_close = true;
        }
        run_peers_for(&peers[2 * piece], LEAVERS - 2 * piece, 0.15);
        fine = leave_and_read(t, &peers[2 * piece]);
    }
    for (int i = 0; i < LEAVERS; i++)
        close_peer(&peers[i]);
}
