/* Scenarios: as many clients as the model can serve, and more. */
#include "scenarios.h"

#include <stdlib.h>

/* Of count clients that are connected at the same time and send 100 bytes: how many are served? The
   others must have been closed cleanly, and the server must have said why. */
static int count_served(struct trial *t, struct peer *peers, int count)
{
    int served = 0, refused = 0, ignored = 0;

    run_peers(peers, count, 20, 5);
    for (int i = 0; i < count; i++) {
        struct peer *p = &peers[i];

        if (p->verdict.symptom == PASS && p->received == p->to_send)
            served++;
        else if ((p->verdict.symptom == EARLY_CLOSE || p->verdict.symptom == RESET)
                 && p->received == 0)
            refused++;
        else if (p->verdict.symptom == STALL && p->received == 0)
            ignored++;
        else
            all_fine(p, 1, &t->verdict);
    }
    measured("of %d clients at once %d were served and %d turned away", count, served, refused);
    if (ignored > 0)
        fail(&t->verdict, FEWER_CLIENTS, "of %d clients at once %d were served, and %d neither served "
             "nor turned away", count, served, ignored);
    if (!wait_for_count(&t->server, "refused", refused, 2000))
        fail(&t->verdict, MESSAGE, "%d clients were turned away, but it said so of %d", refused,
             count_in_output(&t->server, "refused"));
    return served;
}

void try_many(struct trial *t)
{
    static const struct peer plan = { .to_send = 100, .no_half_close = true };
    struct peer peers[200], later[10];
    int served = 0, expected = t->limit == 0 || t->limit > 200 ? 200 : t->limit > 0 ? t->limit : 60;
    bool fine = true;

    for (int i = 0; i < 200; i++)
        peers[i] = plan;
    for (int i = 0; i < 200 && fine; i++)
        fine = connect_client(t, &peers[i]);
    if (fine)
        served = count_served(t, peers, 200);
    if (fine && served < expected)
        fail(&t->verdict, FEWER_CLIENTS, "of 200 clients at once %d were served; it should be %d",
             served, expected);
    for (int i = 0; i < 200; i++)
        close_peer(&peers[i]);
    wait_until_empty(t);

    note("they have left; ten new ones come");
    for (int i = 0; i < 10; i++)
        later[i] = plan;
    if (t->verdict.symptom == PASS && serve_all(t, later, 10, 10))
        note("and are served");
}

/* ---- One more than the limit ---- */

#define REFUSED 100             /* so many are turned away, twice */

/* Each comes, and must be closed without an answer. */
static bool are_turned_away(struct trial *t, int count)
{
    for (int i = 0; i < count; i++) {
        struct peer peer = { .name = "a client beyond the limit", .no_half_close = true, .to_send = 1 };

        if (!connect_client(t, &peer))
            return false;
        run_peers(&peer, 1, 5, 5);
        close_peer(&peer);
        if (peer.verdict.symptom == STALL || peer.verdict.symptom == PASS)
            return fail(&t->verdict, FEWER_CLIENTS, "a client beyond the limit of %d was not turned away: %s", t->limit,
                        peer.verdict.symptom == PASS ? "it was served" : peer.verdict.reason);
    }
    return true;
}

static void expect_same_usage(struct trial *t, const struct usage *before, const struct usage *after)
{
    measured("%d clients were turned away: memory grew from %zu to %zu KiB, handles from %d to %d", REFUSED,
             before->memory / 1024, after->memory / 1024, before->handles, after->handles);
    if (before->memory == 0 || before->handles == 0)
        return;                         /* this system does not say */
    if (after->handles > before->handles + REFUSED / 2)
        fail(&t->verdict, LEAK, "%d clients were turned away, and it has %d handles instead of %d", REFUSED,
             after->handles, before->handles);
    if (after->memory > before->memory + REFUSED / 2 * 65536)
        fail(&t->verdict, LEAK, "%d clients were turned away, and its memory has grown from %zu to %zu KiB", REFUSED,
             before->memory / 1024, after->memory / 1024);
}

/* The table is full: all that are in it are served, the next is turned away, and leaves nothing behind. */
void try_full(struct trial *t)
{
    static const struct peer plan = { .to_send = 10, .no_half_close = true };
    struct peer *peers = t->limit > 0 ? calloc((size_t)t->limit, sizeof *peers) : NULL;
    struct usage before, after;
    bool fine = peers != NULL;

    if (t->limit <= 0)
        note("a server without a limit");
    for (int i = 0; i < t->limit && fine; i++) {
        peers[i] = plan;
        fine = connect_client(t, &peers[i]);
    }
    if (fine) {
        run_peers(peers, t->limit, 20, 5);
        fine = all_fine(peers, t->limit, &t->verdict);
    }
    if (fine && are_turned_away(t, REFUSED)) {
        before = measure(&t->server);
        if (are_turned_away(t, REFUSED)) {
            after = measure(&t->server);
            expect_same_usage(t, &before, &after);
        }
        for (int i = 0; i < t->limit && t->verdict.symptom == PASS; i += t->limit - 1)
            exchange(t, &peers[i], 10, 10, 5);
    }
    for (int i = 0; i < t->limit && peers != NULL; i++)
        close_peer(&peers[i]);
    free(peers);
}
