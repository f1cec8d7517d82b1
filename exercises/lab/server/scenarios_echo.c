/* Scenarios: does every byte come back, however it is cut, and does the connection end well? */
#include "scenarios.h"

#include <iphlpapi.h>
#include <stdio.h>
#include <stdlib.h>

#define QUIET 0.4               /* seconds without progress: the server takes no more */
#define LEAST (256 << 10)       /* bytes: more than the buffers of our own side of the connection */

/* The system's list of sockets that listen; the caller frees it. NULL: there is none. Of IPv4 only: Wine has no list of
   the others. */
static MIB_TCPTABLE_OWNER_PID *list_listeners(void)
{
    DWORD size = 0, error;
    MIB_TCPTABLE_OWNER_PID *table = NULL;

    do {
        free(table);
        size += 4096;               /* the list may grow between two calls */
        table = malloc(size);
        if (table == NULL)
            die("out of memory");
        error = GetExtendedTcpTable(table, &size, FALSE, AF_INET, TCP_TABLE_OWNER_PID_LISTENER, 0);
    } while (error == ERROR_INSUFFICIENT_BUFFER);
    if (error == NO_ERROR)
        return table;
    free(table);
    return NULL;
}

/* Its port must be there once, on 127.0.0.1. Which process a socket belongs to Wine does not tell (0), Windows does:
   then the server must have no other. */
void try_listening(struct trial *t)
{
    MIB_TCPTABLE_OWNER_PID *table = list_listeners();
    int seen = 0;

    for (DWORD i = 0; table != NULL && i < table->dwNumEntries; i++) {
        const MIB_TCPROW_OWNER_PID *row = &table->table[i];
        struct in_addr address = { .s_addr = row->dwLocalAddr };
        bool is_its_port = ntohs((u_short)row->dwLocalPort) == t->port;

        if (!is_its_port && row->dwOwningPid != t->server.id)
            continue;
        seen += is_its_port;
        if (!is_its_port || row->dwLocalAddr != htonl(INADDR_LOOPBACK))
            fail(&t->verdict, EXPOSED, "it was not given an address, and listens on %s:%u", inet_ntoa(address),
                 ntohs((u_short)row->dwLocalPort));
    }
    if (seen == 0)
        skip(&t->verdict, "this system does not list who listens");
    free(table);
}

void try_sizes(struct trial *t)
{
    static const int sizes[] = { 1, 4095, 4096, 4097, 65536 };

    for (int i = 0; i < 5; i++) {
        struct peer peer = { .name = "the client", .to_send = (unsigned)sizes[i] };

        if (!serve_all(t, &peer, 1, 10))
            return;
    }
}

/* Nothing is sent: the half-close is answered by a close, and a connection that just ends is no harm. */
void try_empty(struct trial *t)
{
    for (int i = 0; i < 10; i++) {
        struct peer silent = { .name = "the silent client" };
        struct peer gone = { .name = "the client that goes at once" };

        if (!serve_all(t, &silent, 1, 10) || !connect_client(t, &gone))
            return;
        close_peer(&gone);
    }
}

void try_both_ways(struct trial *t)
{
    struct peer peer = { .name = "the client", .to_send = 32 << 20 };

    serve_all(t, &peer, 1, 60);
}

void try_byte_by_byte(struct trial *t)
{
    struct peer peer = { .name = "the client", .to_send = 300, .piece = 1, .lockstep = true };

    serve_all(t, &peer, 1, 30);
}

void try_random_cuts(struct trial *t)
{
    struct peer peers[4] = { 0 };

    for (int i = 0; i < 4; i++) {
        peers[i].to_send = 1 << 20;
        peers[i].piece = i < 2 ? 9000 : 100000;
        peers[i].random_cuts = true;
    }
    serve_all(t, peers, 4, 60);
}

/* So many, or as many as the model can serve. */
static int at_most(const struct trial *t, int count)
{
    return t->limit > 0 && t->limit < count ? t->limit : count;
}

void try_fifty(struct trial *t)
{
    struct peer peers[50] = { 0 };
    int count = at_most(t, 50);

    for (int i = 0; i < count; i++)
        peers[i].to_send = 200000;
    serve_all(t, peers, count, 60);
}

void try_idle_beside(struct trial *t)
{
    struct peer peers[61] = { 0 };
    int silent = at_most(t, 61) - 1;
    struct peer *speaker = &peers[silent];

    for (int i = 0; i <= silent; i++)
        if (!connect_client(t, &peers[i]))
            break;
    speaker->name = "the one that speaks, beside many that are silent,";
    speaker->to_send = 100000;
    speaker->piece = 1000;
    speaker->lockstep = true;
    if (t->verdict.symptom == PASS) {
        run_peers(speaker, 1, 30, 5);
        measured("%d silent clients; the slowest of %llu echoes took %.0f ms", silent,
                 speaker->received / 1000, speaker->slowest * 1000);
        if (all_fine(speaker, 1, &t->verdict)) {
            /* Now the silent ones say goodbye. */
            run_peers(peers, silent, 10, 5);
            all_fine(peers, silent, &t->verdict);
        }
    }
    for (int i = 0; i <= silent; i++)
        close_peer(&peers[i]);
}

/* The client sends 1 MiB, closes its half, and only then begins to read. */
void try_half_close(struct trial *t)
{
    struct peer peer = { .name = "the client that half-closes, then reads,", .to_send = 1 << 20,
                         .deaf = true };

    if (!connect_client(t, &peer))
        return;
    run_peers_for(&peer, 1, 0.3);
    peer.deaf = false;
    run_peers(&peer, 1, 30, 5);
    all_fine(&peer, 1, &t->verdict);
    close_peer(&peer);
}

/* The client sends until the server takes no more (or has taken 16 MiB), closes its half, then reads:
   now the server itself owes bytes, not only the buffers of its system. */
void try_half_close_full(struct trial *t)
{
    struct peer peer = { .name = "the client that half-closes when the server is full", .deaf = true,
                         .no_half_close = true };

    if (!connect_client(t, &peer))
        return;
    /* On a busy machine a pause may come from the machine: so little is in the system's buffers alone. */
    if (fill_server(&peer, 16 << 20, QUIET) && peer.sent < LEAST)
        fill_server(&peer, 16 << 20, 5 * QUIET);
    measured("the server has taken %llu bytes", peer.sent);
    peer.to_send = peer.sent;
    peer.no_half_close = false;
    run_peers_for(&peer, 1, 0.1);
    peer.deaf = false;
    run_peers(&peer, 1, 30, 5);
    all_fine(&peer, 1, &t->verdict);
    close_peer(&peer);
}

/* Bytes and FIN arrive together: whoever sees the close first must not forget the bytes. */
void try_half_close_at_once(struct trial *t)
{
    for (int i = 0; i < 30; i++) {
        struct peer peer = { .name = "the client that sends and half-closes at once", .deaf = true };

        peer.to_send = i < 15 ? 1 : 50000;
        if (!connect_client(t, &peer))
            return;
        run_peers_for(&peer, 1, 0.002);
        peer.deaf = false;
        run_peers(&peer, 1, 10, 5);
        close_peer(&peer);
        if (!all_fine(&peer, 1, &t->verdict))
            return;
    }
}

/* Each sends without reading and then resets the connection in the middle. */
void try_resets(struct trial *t)
{
    for (int i = 0; i < 200; i++) {
        struct peer peer = { .name = "the client that will reset", .to_send = 1 << 20,
                             .deaf = i % 2 == 0, .no_half_close = true };

        if (!connect_client(t, &peer))
            return;
        run_peers_for(&peer, 1, i % 10 == 0 ? 0.02 : 0.001);
        reset_peer(&peer);
    }
    note("200 clients have reset their connections");
}

static bool expect_line(struct trial *t, const char *line)
{
    return wait_for_output(&t->server, line, 2000) || fail(&t->verdict, MESSAGE, "the line \"%s\" is missing", line);
}

/* A client is announced before it has said anything. Its bytes are counted over all pieces. Wine may tell a recv that
   comes after the reset that the connection was closed: Wine 8 often, Wine 10 seldom. */
void try_lines(struct trial *t)
{
    struct peer peers[2] = { { .name = "#1", .to_send = 12, .piece = 5, .lockstep = true },
                             { .name = "#2", .to_send = 5 } };
    struct peer third = { .name = "#3", .to_send = 7, .no_half_close = true };
    char listening[60];

    snprintf(listening, sizeof listening, "listening on 127.0.0.1:%d", t->port);
    if (!serve_all(t, &peers[0], 1, 5) || !expect_line(t, listening) || !expect_line(t, "#1 connected")
        || !expect_line(t, "#1 closed after 12 bytes"))
        return;
    if (!serve_all(t, &peers[1], 1, 5) || !expect_line(t, "#2 connected") || !expect_line(t, "#2 closed after 5 bytes"))
        return;
    if (!connect_client(t, &third) || !expect_line(t, "#3 connected"))
        return;
    run_peers(&third, 1, 5, 5);
    all_fine(&third, 1, &t->verdict);
    reset_peer(&third);
    if (is_wine() && !wait_for_output(&t->server, "#3 reset after 7 bytes", 300))
        expect_line(t, "#3 closed after 7 bytes");
    else
        expect_line(t, "#3 reset after 7 bytes");
    if (count_in_output(&t->server, "failed") > 0)
        fail(&t->verdict, MESSAGE, "it says that something has failed, and nothing has");
}
