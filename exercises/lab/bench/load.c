/* The load: many clients of one server, driven by one thread. */
#include "load.h"

#include <windows.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD      (1 << 20)    /* a stream's bytes that are on their way, at most */
#define PIECE      65536
#define PIECES     4            /* in one send of a stream */
#define WARM_UP    0.2          /* of the measured time, before it */
#define SLICE      20           /* ms; so often the thread looks at the clock when nothing comes */

struct client {
    SOCKET socket;
    OVERLAPPED receiving, sending;
    int index;
    unsigned start;             /* where in the pattern it begins */
    unsigned long long sent, received;
    double sent_at;             /* now(), when its last message, or its connection, began */
    bool send_is_pending, skips_packets;
    bool said_all;              /* has half-closed */
    int space_size;
    char *space;                /* what comes in; its own bytes, or the stream's common ones */
    char own_space[2 * MESSAGE_SIZE];
};

enum kind { PING_PONG, STREAM, CHURN };

struct load {
    struct trial *trial;
    HANDLE port;
    double patience, last_progress;
    enum kind kind;
    bool going_on;              /* whoever has its message back sends the next */
    bool measuring, skips_packets;
    int speaking;
    int open, unanswered, pending;          /* clients; clients that are owed bytes; operations */
    int born, most_born;        /* clients since the beginning; of a churn: at most */
    struct client *clients[MOST_CLIENTS];
    int count;
    unsigned got[MOST_CLIENTS]; /* messages in the measured time */
    unsigned long long messages, bytes;
    struct latencies latencies;
    char stream_space[PIECES * PIECE];
};

struct load *new_load(struct trial *t, double patience)
{
    struct load *l = calloc(1, sizeof *l);

    if (l == NULL)
        die("out of memory");
    l->trial = t;
    l->patience = patience;
    l->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (l->port == NULL)
        die("CreateIoCompletionPort: error %lu", GetLastError());
    return l;
}

/* ---- One client ---- */

static bool is_fine(const struct load *l)
{
    return l->trial->verdict.symptom == PASS;
}

static void give_up(struct load *l, struct client *c, enum symptom symptom, const char *what)
{
    fail(&l->trial->verdict, symptom, "client %d %s (sent %llu bytes, %llu came back)", c->index + 1, what, c->sent,
         c->received);
}

/* Of an operation that is done at once there need not be a packet: so a message costs one instead of two. An old kind
   of filter between program and system (a layered provider whose sockets are no handles) does not know this mode. */
static bool can_skip_packets(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    int size = sizeof info;

    return getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size) == 0
           && (info.dwServiceFlags1 & XP1_IFS_HANDLES) != 0;
}

static void start_receive(struct load *l, struct client *c)
{
    WSABUF space = { (ULONG)c->space_size, c->space };
    DWORD flags = 0, n;
    int result = WSARecv(c->socket, &space, 1, &n, &flags, &c->receiving, NULL);

    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING) {
        give_up(l, c, RESET, "finds the connection reset while receiving");
        return;
    }
    l->pending++;
    /* Through the port all the same: so whoever is quick does not keep the others waiting. */
    if (result == 0 && c->skips_packets)
        PostQueuedCompletionStatus(l->port, n, (ULONG_PTR)c, &c->receiving);
}

static void on_sent(struct load *l, struct client *c);

static void start_send(struct load *l, struct client *c, int length)
{
    WSABUF pieces[PIECES];
    DWORD count = 0;
    int unused, result;

    for (int done = 0; done < length; done += PIECE, count++) {
        pieces[count].buf = (char *)pattern(c->start, c->sent + (unsigned)done, &unused);
        pieces[count].len = (ULONG)(length - done < PIECE ? length - done : PIECE);
    }
    c->sent += (unsigned)length;
    c->send_is_pending = true;
    result = WSASend(c->socket, pieces, count, NULL, 0, &c->sending, NULL);
    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING)
        give_up(l, c, RESET, "finds the connection reset while sending");
    else if (result == 0 && c->skips_packets)
        on_sent(l, c);
    else
        l->pending++;
}

static void start_message(struct load *l, struct client *c)
{
    l->unanswered++;
    c->sent_at = now();
    start_send(l, c, MESSAGE_SIZE);
}

static bool open_client(struct load *l, struct client *c)
{
    int index = c->index, error = 0;

    *c = (struct client){ .index = index, .start = (unsigned)++l->born * 7919u, .sent_at = now() };
    c->space = l->kind == STREAM ? l->stream_space : c->own_space;
    c->space_size = l->kind == STREAM ? (int)sizeof l->stream_space : (int)sizeof c->own_space;
    c->socket = connect_to("127.0.0.1", l->trial->port, &error);
    if (c->socket == INVALID_SOCKET)
        return fail(&l->trial->verdict, REFUSED, "client %d cannot connect: error %d", index + 1, error);
    l->open++;
    if (CreateIoCompletionPort((HANDLE)c->socket, l->port, (ULONG_PTR)c, 0) == NULL)
        die("CreateIoCompletionPort: error %lu", GetLastError());
    if (l->born == 1)
        l->skips_packets = can_skip_packets(c->socket);
    c->skips_packets = l->skips_packets
                       && SetFileCompletionNotificationModes((HANDLE)c->socket, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    start_receive(l, c);
    return is_fine(l);
}

static void say_goodbye(struct client *c)
{
    c->said_all = true;
    shutdown(c->socket, SD_SEND);
}

static void on_closed(struct load *l, struct client *c)
{
    if (!c->said_all) {
        give_up(l, c, EARLY_CLOSE, "finds the connection closed, though it has more to say");
        return;
    }
    if (c->received < c->sent) {
        give_up(l, c, LOST_TAIL, "finds the connection closed before everything has come back");
        return;
    }
    closesocket(c->socket);
    c->socket = INVALID_SOCKET;
    l->open--;
    if (l->kind != CHURN)
        return;
    if (l->measuring) {
        add_latency(&l->latencies, (now() - c->sent_at) * 1e6);
        l->messages++;
        l->got[c->index]++;
    }
    l->unanswered--;
    if (l->going_on && l->born < l->most_born && open_client(l, c)) {
        l->unanswered++;
        start_send(l, c, MESSAGE_SIZE);
    }
}

/* Everything that the client has sent is back. */
static void on_answered(struct load *l, struct client *c)
{
    if (l->kind == CHURN) {
        say_goodbye(c);
        return;
    }
    l->unanswered--;
    if (l->measuring) {
        add_latency(&l->latencies, (l->last_progress - c->sent_at) * 1e6);
        l->messages++;
        l->got[c->index]++;
    }
    if (l->going_on && c->index < l->speaking)
        start_message(l, c);
}

static void send_on(struct load *l, struct client *c)
{
    if (l->going_on && !c->send_is_pending && c->sent + PIECES * PIECE <= c->received + AHEAD)
        start_send(l, c, PIECES * PIECE);
}

static bool is_as_sent(struct load *l, struct client *c, int n)
{
    for (int done = 0; done < n; done += PIECE) {
        int unused, length = n - done < PIECE ? n - done : PIECE, same = 0;
        const char *expected = pattern(c->start, c->received + (unsigned)done, &unused), *came = c->space + done;

        if (memcmp(came, expected, (size_t)length) == 0)
            continue;
        while (came[same] == expected[same])
            same++;
        return fail(&l->trial->verdict, CORRUPT, "client %d: byte %llu came back as 0x%02x, not 0x%02x", c->index + 1,
                    c->received + (unsigned)(done + same), (unsigned char)came[same], (unsigned char)expected[same]);
    }
    return true;
}

static void on_received(struct load *l, struct client *c, int n)
{
    if (n == 0) {
        on_closed(l, c);
        return;
    }
    if (c->received + (unsigned)n > c->sent) {
        give_up(l, c, EXTRA, "gets more bytes than it has sent");
        return;
    }
    if (!is_as_sent(l, c, n))
        return;
    c->received += (unsigned)n;
    if (l->measuring)
        l->bytes += (unsigned)n;
    start_receive(l, c);        /* before the next message: so what comes for it finds the buffer ready */
    if (l->kind == STREAM)
        send_on(l, c);
    else if (c->received == c->sent)
        on_answered(l, c);
}

static void on_sent(struct load *l, struct client *c)
{
    c->send_is_pending = false;
    if (l->kind == STREAM)
        send_on(l, c);
}

/* ---- All of them ---- */

/* Handles one packet, or nothing for a short time. false: something is wrong. */
static bool take_packet(struct load *l)
{
    DWORD n;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(l->port, &n, &key, &overlapped, SLICE);
    struct client *c = (struct client *)key;

    if (overlapped == NULL) {
        if (now() - l->last_progress > l->patience)
            return fail(&l->trial->verdict, STALL, "for %.1f s nothing came back, and %d of %d clients wait",
                        now() - l->last_progress, l->unanswered, l->open);
        return true;
    }
    l->pending--;
    l->last_progress = now();
    if (!ok)
        give_up(l, c, RESET, "finds the connection reset");
    else if (overlapped == &c->sending)
        on_sent(l, c);
    else
        on_received(l, c, (int)n);
    return is_fine(l);
}

/* However many others go on: nobody waits longer than that for what it is owed when all have been told to stop. */
static bool wait_for_answers(struct load *l)
{
    double end = now() + 2 * l->patience;

    l->last_progress = now();
    while (l->unanswered > 0 && is_fine(l)) {
        if (now() > end)
            return fail(&l->trial->verdict, SLOW, "%d of %d clients still wait for their bytes after %.0f s",
                        l->unanswered, l->open, 2 * l->patience);
        take_packet(l);
    }
    return is_fine(l);
}

static bool run_for(struct load *l, double seconds)
{
    double end = now() + seconds;

    l->last_progress = now();
    while (now() < end && take_packet(l))
        if (l->kind == CHURN && l->open == 0)
            break;              /* there were most_born */
    return is_fine(l);
}

static struct client *new_client(struct load *l)
{
    struct client *c = calloc(1, sizeof *c);

    if (c == NULL)
        die("out of memory");
    c->index = l->count;
    c->socket = INVALID_SOCKET;
    l->clients[l->count++] = c;
    return c;
}

bool open_clients(struct load *l, int count)
{
    l->kind = PING_PONG;
    while (l->count < count && is_fine(l)) {
        struct client *c = new_client(l);

        if (open_client(l, c))
            start_message(l, c);
    }
    return wait_for_answers(l);
}

/* Warms up, then measures. The server's use is asked for outside of the time. */
static bool measure_for(struct load *l, double warm_up, double seconds, struct figures *f)
{
    struct usage use;
    double cpu;

    if (!run_for(l, warm_up))
        return false;
    memset(l->got, 0, sizeof l->got);
    clear_latencies(&l->latencies);
    l->messages = l->bytes = 0;
    cpu = measure(&l->trial->server).cpu;
    l->measuring = true;
    f->from = now();
    run_for(l, seconds);
    f->to = now();
    l->measuring = false;
    use = measure(&l->trial->server);
    f->cpu = use.cpu - cpu;
    f->memory = use.memory;
    f->threads = use.threads;
    f->messages = l->messages;
    f->bytes = l->bytes;
    f->p50 = latency_at(&l->latencies, 0.5);
    f->p99 = latency_at(&l->latencies, 0.99);
    f->longest = l->latencies.longest;
    f->fairness = fairness(l->got, l->speaking);
    f->starved = count_starved(l->got, l->speaking);
    l->going_on = false;
    return is_fine(l);
}

bool ping_pong(struct load *l, int speaking, double seconds, struct figures *f)
{
    *f = (struct figures){ .clients = l->count, .speaking = speaking };
    l->kind = PING_PONG;
    l->speaking = speaking;
    l->going_on = true;
    for (int i = 0; i < speaking && is_fine(l); i++)
        start_message(l, l->clients[i]);
    return measure_for(l, seconds * WARM_UP, seconds, f) && wait_for_answers(l);
}

bool stream(struct load *l, double seconds, struct figures *f)
{
    struct client *c = new_client(l);

    *f = (struct figures){ .clients = 1, .speaking = 1 };
    l->kind = STREAM;
    l->speaking = 1;
    l->going_on = true;
    if (!open_client(l, c))
        return false;
    l->unanswered = 1;
    send_on(l, c);
    if (!measure_for(l, seconds * WARM_UP, seconds, f))
        return false;
    f->fairness = 1;
    f->starved = f->bytes == 0;
    l->last_progress = now();
    while (c->received < c->sent && take_packet(l))
        ;
    l->unanswered = 0;
    return is_fine(l);
}

bool churn(struct load *l, int at_once, int most, double seconds, struct figures *f)
{
    *f = (struct figures){ .clients = at_once, .speaking = at_once };
    l->kind = CHURN;
    l->speaking = at_once;
    l->most_born = most;
    l->going_on = true;
    while (l->count < at_once) {
        struct client *c = new_client(l);

        if (!open_client(l, c))
            return false;
        l->unanswered++;
        start_send(l, c, MESSAGE_SIZE);
    }
    return measure_for(l, 0, seconds, f) && wait_for_answers(l);
}

bool close_clients(struct load *l)
{
    double end = now() + 2 * l->patience;

    for (int i = 0; i < l->count && is_fine(l); i++)
        if (l->clients[i]->socket != INVALID_SOCKET)
            say_goodbye(l->clients[i]);
    l->last_progress = now();
    while (l->open > 0 && is_fine(l) && now() < end)
        take_packet(l);
    if (l->open > 0)
        fail(&l->trial->verdict, NO_CLOSE, "%d clients have everything back, but are not closed", l->open);
    return is_fine(l);
}

/* What the system still writes into must stay: so after a fault the memory is left to the end of the program. */
void free_load(struct load *l)
{
    for (int i = 0; i < l->count; i++) {
        struct client *c = l->clients[i];

        if (c->socket != INVALID_SOCKET) {
            CancelIoEx((HANDLE)c->socket, NULL);
            closesocket(c->socket);
        }
        if (l->pending == 0)
            free(c);
    }
    CloseHandle(l->port);
    if (l->pending == 0)
        free(l);
}
