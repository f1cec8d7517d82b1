/* Connections that send a pattern and compare what comes back. */
#define FD_SETSIZE 1024
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK  65536

bool connect_peer(struct peer *p, int port, int *error)
{
    static int count;
    u_long nonblocking = 1;
    int small = 65536;

    p->socket = connect_to("127.0.0.1", port, error);
    if (p->socket == INVALID_SOCKET)
        return false;
    ioctlsocket(p->socket, FIONBIO, &nonblocking);
    /* So that what a server has "taken" is in the server, or in its system, and not on our side. */
    setsockopt(p->socket, SOL_SOCKET, SO_SNDBUF, (const char *)&small, sizeof small);
    setsockopt(p->socket, SOL_SOCKET, SO_RCVBUF, (const char *)&small, sizeof small);
    p->number = ++count;
    p->start = (unsigned)p->number * 7919u;
    p->last_progress = now();
    return true;
}

static const char *name_of(struct peer *p)
{
    static char text[40];

    if (p->name != NULL)
        return p->name;
    snprintf(text, sizeof text, "a client (the laboratory's %d.)", p->number);
    return text;
}

static void end_peer(struct peer *p, enum symptom symptom, const char *what)
{
    if (symptom != PASS)
        fail(&p->verdict, symptom, "%s %s (sent %llu bytes, %llu came back%s)", name_of(p), what,
             p->sent, p->received, p->said_all ? ", half-closed" : "");
    note("%s %s", name_of(p), what);
    p->done = true;
}

static bool wants_to_send(const struct peer *p)
{
    return !p->done && (p->forever || p->sent < p->to_send)
           && !(p->lockstep && p->received < p->sent);
}

/* What is there to do when the last byte is out, and when the last byte is back. */
static void check_end(struct peer *p)
{
    if (p->done || p->forever || p->sent < p->to_send)
        return;
    if (!p->said_all && !p->no_half_close) {
        shutdown(p->socket, SD_SEND);
        p->said_all = true;
        note("%s half-closes after %llu bytes", name_of(p), p->sent);
    }
    if (p->no_half_close && p->received == p->sent)
        p->done = true;
}

static void send_some(struct peer *p)
{
    int length, n;
    const char *bytes = pattern(p->start, p->sent, &length);

    if (p->piece > 0 && p->piece < length)
        length = p->piece;
    if (p->random_cuts)
        length = 1 + rand() % length;
    if (!p->forever && (unsigned long long)length > p->to_send - p->sent)
        length = (int)(p->to_send - p->sent);
    n = send(p->socket, bytes, length, 0);
    if (n > 0) {
        p->sent += (unsigned)n;
        p->last_progress = p->piece_sent_at = now();
        check_end(p);
    } else if (WSAGetLastError() != WSAEWOULDBLOCK) {
        end_peer(p, RESET, "finds the connection reset while sending");
    }
}

static void compare(struct peer *p, const char *bytes, int n)
{
    int length;
    const char *expected = pattern(p->start, p->received, &length);
    int same = 0;

    if (p->received + (unsigned)n > p->sent) {
        p->received += (unsigned)n;
        end_peer(p, EXTRA, "gets more bytes than it has sent");
        return;
    }
    if (memcmp(bytes, expected, (size_t)n) != 0) {
        while (bytes[same] == expected[same])
            same++;
        fail(&p->verdict, CORRUPT, "%s: byte %llu came back as 0x%02x, not 0x%02x", name_of(p),
             p->received + (unsigned)same, (unsigned char)bytes[same], (unsigned char)expected[same]);
        p->done = true;
        return;
    }
    p->received += (unsigned)n;
    p->last_progress = now();
    if (p->lockstep && p->received == p->sent && p->last_progress - p->piece_sent_at > p->slowest)
        p->slowest = p->last_progress - p->piece_sent_at;
    check_end(p);
}

static void receive_some(struct peer *p)
{
    static char buffer[BLOCK];
    int n = recv(p->socket, buffer, sizeof buffer, 0);

    if (n > 0)
        compare(p, buffer, n);
    else if (n < 0 && WSAGetLastError() != WSAEWOULDBLOCK)
        end_peer(p, RESET, "finds the connection reset while receiving");
    else if (n == 0 && !p->said_all)
        end_peer(p, EARLY_CLOSE, "finds the connection closed, though it has more to say");
    else if (n == 0 && p->received < p->sent)
        end_peer(p, LOST_TAIL, "finds the connection closed before everything has come back");
    else if (n == 0)
        end_peer(p, PASS, "has everything back, and the connection is closed");
}

/* One select for all of them. Returns how many are not done. */
static int turn(struct peer *peers, int count, double seconds)
{
    struct timeval timeout = { (long)seconds, (long)((seconds - (long)seconds) * 1e6) };
    fd_set readable, writable;
    int active = 0;

    FD_ZERO(&readable);
    FD_ZERO(&writable);
    for (int i = 0; i < count; i++) {
        struct peer *p = &peers[i];

        check_end(p);
        if (p->done)
            continue;
        active++;
        if (!p->deaf)
            FD_SET(p->socket, &readable);
        if (wants_to_send(p))
            FD_SET(p->socket, &writable);
    }
    if (readable.fd_count + writable.fd_count == 0) {
        if (active > 0)
            Sleep((DWORD)(seconds * 1000));
        return active;
    }
    if (select(0, readable.fd_count > 0 ? &readable : NULL, writable.fd_count > 0 ? &writable : NULL,
               NULL, &timeout) == SOCKET_ERROR)
        die("select: error %d", WSAGetLastError());
    for (int i = 0; i < count; i++) {
        if (!peers[i].done && FD_ISSET(peers[i].socket, &readable))
            receive_some(&peers[i]);
        if (!peers[i].done && FD_ISSET(peers[i].socket, &writable))
            send_some(&peers[i]);
    }
    return active;
}

void run_peers_for(struct peer *peers, int count, double seconds)
{
    double end = now() + seconds;
    double left;

    while ((left = end - now()) > 0 && turn(peers, count, left < 0.05 ? left : 0.05) > 0)
        ;
}

bool fill_server(struct peer *p, unsigned long long most, double quiet)
{
    double moved = now();

    p->to_send = most;
    while (!p->done && p->sent < most && now() - moved < quiet) {
        unsigned long long before = p->sent;

        run_peers_for(p, 1, 0.02);
        if (p->sent > before)
            moved = now();
    }
    return !p->done && p->sent < most;
}

static double last_progress(struct peer *peers, int count)
{
    double last = 0;

    for (int i = 0; i < count; i++)
        if (!peers[i].done && peers[i].last_progress > last)
            last = peers[i].last_progress;
    return last;
}

static void judge_late(struct peer *p, double patience)
{
    if (p->done)
        return;
    if (patience > 0 && now() - p->last_progress < patience)
        end_peer(p, SLOW, "is not done in time, though bytes still come");
    else if (p->received < p->sent || p->sent < p->to_send)
        end_peer(p, STALL, "waits for bytes that do not come");
    else
        end_peer(p, NO_CLOSE, "has everything back, but the connection stays open");
}

void run_peers(struct peer *peers, int count, double seconds, double patience)
{
    double end = now() + seconds;

    for (int i = 0; i < count; i++)
        peers[i].last_progress = now();
    while (now() < end && turn(peers, count, 0.05) > 0)
        if (patience > 0 && now() - last_progress(peers, count) > patience)
            break;
    for (int i = 0; i < count; i++)
        judge_late(&peers[i], patience);
}

void close_peer(struct peer *p)
{
    if (p->socket != INVALID_SOCKET && p->socket != 0)
        closesocket(p->socket);
    p->socket = INVALID_SOCKET;
}

void reset_peer(struct peer *p)
{
    if (p->socket != INVALID_SOCKET && p->socket != 0)
        reset_socket(p->socket);
    p->socket = INVALID_SOCKET;
}

bool all_fine(struct peer *peers, int count, struct verdict *v)
{
    for (int i = 0; i < count; i++)
        if (peers[i].verdict.symptom != PASS)
            return fail(v, peers[i].verdict.symptom, "%s", peers[i].verdict.reason);
    return true;
}
