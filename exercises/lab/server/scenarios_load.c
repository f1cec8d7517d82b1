/* Scenarios: does it stay fair, bounded and quiet when clients are slow, greedy or many? */
#include "scenarios.h"

#include <windows.h>
#include <math.h>

#define MIB   (1 << 20)
#define QUIET 0.4               /* seconds without progress: the server takes no more */

#define HANDLE_SLACK 20

/* The share of a processor that an idle server may use: a spinning one has 0.15 and more, even under
   Wine, where most of its work is done in another process. */
#define MOST_IDLE_CPU 0.05

/* For so many seconds. Windows counts in ticks of 15.6 ms: of a second two of them are 3 %. */
#define WATCHED 1.0

static void expect_quiet(struct trial *t, const char *when, double seconds)
{
    double before = measure(&t->server).cpu;
    double used;

    Sleep((DWORD)(seconds * 1000));
    used = measure(&t->server).cpu - before;
    measured("%s: %.0f ms of processor time in %.0f ms", when, used * 1000, seconds * 1000);
    if (used > seconds * MOST_IDLE_CPU)
        fail(&t->verdict, BUSY, "%s it used %.0f ms of processor time within %.0f ms", when,
             used * 1000, seconds * 1000);
}

void try_idle(struct trial *t)
{
    struct peer peers[10] = { 0 };
    bool fine = true;

    expect_quiet(t, "with no client", WATCHED);
    for (int i = 0; i < 10 && fine; i++) {
        peers[i].to_send = 5;
        peers[i].no_half_close = true;
        fine = connect_client(t, &peers[i]);
    }
    if (fine) {
        run_peers(peers, 10, 10, 5);
        if (all_fine(peers, 10, &t->verdict))
            expect_quiet(t, "with ten silent clients", WATCHED);
    }
    for (int i = 0; i < 10; i++)
        close_peer(&peers[i]);
}

/* Sends to a server without reading, until the server takes no more. */
static bool fill_up(struct trial *t, struct peer *peer)
{
    size_t memory, after, grown;

    wait_for_output(&t->server, "connected", 2000);     /* now it has all threads that it starts for itself */
    memory = measure(&t->server).memory;
    fill_server(peer, peer->to_send, QUIET);
    after = measure(&t->server).memory;
    grown = after > memory ? after - memory : 0;
    measured("%s sent %llu bytes and read none; the server's memory grew by %zu KiB", peer->name, peer->sent,
             grown / 1024);
    if (peer->sent >= 16 * MIB)
        return fail(&t->verdict, LEAK,
                    "it took %llu bytes from a client that reads nothing: it does not stop reading, so "
                    "it keeps them without bound, or has thrown them away",
                    peer->sent);
    if (grown > MEMORY_SLACK)
        return fail(&t->verdict, LEAK, "its memory grew by %zu KiB for a client that reads nothing",
                    grown / 1024);
    return all_fine(peer, 1, &t->verdict);
}

void try_deaf(struct trial *t)
{
    struct peer deaf = { .name = "the client that does not read", .to_send = (t->quick ? 20 : 64) * MIB, .deaf = true };

    if (!connect_client(t, &deaf))
        return;
    if (fill_up(t, &deaf)) {
        expect_quiet(t, "with a client that does not read", WATCHED);
        note("now it reads");
        deaf.deaf = false;
        run_peers(&deaf, 1, 60, 5);
        all_fine(&deaf, 1, &t->verdict);
    }
    close_peer(&deaf);
}

void try_deaf_and_lively(struct trial *t)
{
    struct peer deaf = { .name = "the client that does not read", .to_send = 64 * MIB, .deaf = true,
                         .no_half_close = true };
    struct peer lively = { .name = "the lively client", .to_send = 2000, .piece = 20,
                           .lockstep = true };

    if (!connect_client(t, &deaf))
        return;
    if (fill_up(t, &deaf) && connect_client(t, &lively)) {
        run_peers(&lively, 1, 20, 5);
        if (lively.received > 0)
            measured("the lively client's slowest echo took %.0f ms", lively.slowest * 1000);
        if (all_fine(&lively, 1, &t->verdict) && lively.slowest > 1)
            fail(&t->verdict, SLOW, "beside a client that does not read, an echo took %.0f ms",
                 lively.slowest * 1000);
        close_peer(&lively);
    }
    reset_peer(&deaf);
}

/* To an orderly end: no more is sent, and what is on its way comes back. The small client comes after them. A Wine
   that queues what is sent drops that queue at a half-close, so there everything comes back first. */
static void end_floods(struct trial *t, struct peer *peers, int floods)
{
    for (int i = 0; i < floods; i++) {
        peers[i].forever = false;
        peers[i].to_send = peers[i].sent;
        peers[i].no_half_close = queues_sends();
    }
    run_peers(peers, floods + 1, 30, 5);
    for (int i = 0; i < floods && queues_sends(); i++) {
        peers[i].no_half_close = false;
        peers[i].done = peers[i].verdict.symptom != PASS;
    }
    if (queues_sends())
        run_peers(peers, floods + 1, 30, 5);
    all_fine(peers, floods + 1, &t->verdict);
}

void try_floods(struct trial *t)
{
    struct peer peers[5] = { 0 };
    struct peer *small = &peers[4];
    bool fine = true;

    for (int i = 0; i < 4 && fine; i++) {
        peers[i].name = "a flooding client";
        peers[i].forever = true;
        fine = connect_client(t, &peers[i]);
    }
    if (fine)
        run_peers_for(peers, 4, 0.3);
    small->name = "the small client beside four floods";
    small->to_send = 1000;
    small->piece = 100;
    small->lockstep = true;
    fine = fine && connect_client(t, small);
    /* Whoever waits five seconds for one echo need not be waited for any longer. */
    for (double end = now() + 15; fine && !small->done && now() < end
         && !(small->received < small->sent && now() - small->piece_sent_at > 5); )
        run_peers_for(peers, 5, 0.1);
    if (fine && !small->done)
        fail(&t->verdict, small->received > 0 || peers[0].received > 0 ? SLOW : STALL,
             "beside four floods a small client had only %llu of 1000 bytes back, and then nothing for %.0f s",
             small->received, now() - small->piece_sent_at);
    measured("the small client's slowest echo took %.0f ms", small->slowest * 1000);
    if (small->done && small->slowest > 1)
        fail(&t->verdict, SLOW, "beside four floods an echo took %.0f ms", small->slowest * 1000);
    served_equally(t, peers, 4);
    if (fine)
        end_floods(t, peers, 4);
    for (int i = 0; i < 5; i++)
        close_peer(&peers[i]);
}

/* ---- Clients that come, speak and leave again ---- */

#define VISITORS      16
#define VISIT_SECONDS 4.0
#define MOST_VISITS   6000      /* each leaves a port in TIME_WAIT on our side */
#define MOST_PASSED   (3 * VISITORS)

/* A visit lasts from connect to the server's close. How many others end in the meantime tells how fair the server is,
   and does not depend on the machine: if all have their turn, about as many as there are visitors. A thread that loses
   its processor for a moment makes a few visits late; so one of a hundred may be. */
static int passed_by[MOST_VISITS];
static int visit_count;
static double longest_visit;    /* seconds */

/* A visit that is under way: what there was when it began. */
struct visit {
    double began;
    int visits;
};

/* Connects and sends 64 bytes; peers half-close by themselves. */
static bool begin_visit(struct trial *t, struct peer *p, struct visit *visit)
{
    *p = (struct peer){ .name = "a client that comes and goes", .to_send = 64 };
    *visit = (struct visit){ now(), visit_count };
    return connect_client(t, p);
}

/* Ends the visits that are done, and begins the next ones if it is not over. Returns how many are under way. */
static int go_round(struct trial *t, struct peer *peers, struct visit *under, bool is_over)
{
    int under_way = 0;

    run_peers_for(peers, VISITORS, 0.002);
    for (int i = 0; i < VISITORS && t->verdict.symptom == PASS; i++) {
        if (peers[i].done && peers[i].socket != INVALID_SOCKET) {
            passed_by[visit_count] = visit_count - under[i].visits;
            visit_count++;
            longest_visit = fmax(longest_visit, now() - under[i].began);
            t->bytes += peers[i].received;
            close_peer(&peers[i]);
            if (all_fine(&peers[i], 1, &t->verdict) && !is_over)
                begin_visit(t, &peers[i], &under[i]);
        }
        under_way += !peers[i].done;
    }
    return under_way;
}

static void visit_for_some_seconds(struct trial *t)
{
    struct peer peers[VISITORS] = { 0 };
    struct visit under[VISITORS];
    double start = now();
    int under_way = VISITORS;

    visit_count = 0;
    longest_visit = 0;
    for (int i = 0; i < VISITORS; i++)
        if (!begin_visit(t, &peers[i], &under[i]))
            return;
    while (under_way > 0 && t->verdict.symptom == PASS && now() - start < VISIT_SECONDS + 6)
        under_way = go_round(t, peers, under,
                             now() - start > VISIT_SECONDS || visit_count > MOST_VISITS - 2 * VISITORS);
    for (int i = 0; i < VISITORS; i++)
        if (!peers[i].done) {
            fail(&t->verdict, STALL, "a client has waited %.1f s, while %d others came and went",
                 now() - under[i].began, visit_count - under[i].visits);
            close_peer(&peers[i]);
        }
}

/* Who comes again and again must not be served ahead of who has come earlier. */
void try_coming_and_going(struct trial *t)
{
    double sum = 0;
    int most = 0, late = 0;

    visit_for_some_seconds(t);
    if (t->verdict.symptom != PASS || visit_count < 10 * VISITORS)
        return;
    for (int i = 0; i < visit_count; i++) {
        sum += passed_by[i];
        most = passed_by[i] > most ? passed_by[i] : most;
        late += passed_by[i] > MOST_PASSED;
    }
    measured("of %d visits %d were passed by more than %d others (%.0f is usual), one by %d; the longest took %.0f ms",
             visit_count, late, MOST_PASSED, sum / visit_count, most, longest_visit * 1000);
    if (late * 100 > visit_count)
        fail(&t->verdict, SLOW, "of %d visits %d were passed by more than %d others (%.0f is usual), one by %d; "
             "the longest took %.0f ms", visit_count, late, MOST_PASSED, sum / visit_count, most, longest_visit * 1000);
}

/* count connections, one after the other: each tenth ends in an orderly way, the others are cut off
   after the echo, for an orderly end leaves a port in TIME_WAIT on our side. */
static bool come_and_leave(struct trial *t, int count)
{
    for (int i = 0; i < count; i++) {
        struct peer peer = { .name = "a client", .to_send = (unsigned)(i % 100 + 1) };

        peer.no_half_close = i % 10 != 0;
        if (!connect_client(t, &peer))
            return false;
        run_peers(&peer, 1, 10, 5);
        if (peer.no_half_close)
            reset_peer(&peer);
        close_peer(&peer);
        if (!all_fine(&peer, 1, &t->verdict))
            return false;
    }
    wait_until_empty(t);
    return true;
}

void try_churn(struct trial *t)
{
    struct usage before, after;
    int first = t->quick ? 200 : 1000, more = t->quick ? 800 : 9000;

    if (!come_and_leave(t, first))
        return;
    before = measure(&t->server);
    if (!come_and_leave(t, more))
        return;
    after = measure(&t->server);
    if (before.memory == 0 || before.handles == 0)
        skip(&t->verdict, "this system does not say how many handles the server has");
    measured("after %d: %zu KiB, %d handles; after %d: %zu KiB, %d handles", first, before.memory / 1024,
             before.handles, first + more, after.memory / 1024, after.handles);
    if (after.memory > before.memory + MEMORY_SLACK)
        fail(&t->verdict, LEAK, "%d connections later its memory has grown from %zu to %zu KiB", more,
             before.memory / 1024, after.memory / 1024);
    if (after.handles > before.handles + HANDLE_SLACK)
        fail(&t->verdict, LEAK, "%d connections later it has %d handles instead of %d", more,
             after.handles, before.handles);
}
