/* Wrong servers: one small select server with a choice of faults, each of which tutorials have. They are
   here so that the battery can be tested: a checker that finds nothing wrong here finds nothing. */
#define FD_SETSIZE 1024
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define MAX_CLIENTS 1000

enum fault {
    NO_FAULT, SENDS_TOO_MUCH, IGNORES_SHORT_SENDS, DROPS_AT_HALF_CLOSE, DIES_ON_RESET,
    QUEUES_WITHOUT_BOUND, SPINS, SPINS_FOR_THE_DEAF, IGNORES_CLIENT_65, CRASHES_AT_65,
    LISTENS_EVERYWHERE, ONE_AT_A_TIME, TREATS_BYTES_AS_TEXT, NEVER_CLOSES, RESETS_AT_THE_END, LEAKS,
    LOWEST_FIRST, NEWEST_FIRST, TRUNCATES_PORTS, GOES_ON_WITHOUT_PORT, SAYS_NOTHING, FAULTS
};

static const char *const fault_names[FAULTS] = {
    "no-fault", "sends-too-much", "ignores-short-sends", "drops-at-half-close", "dies-on-reset",
    "queues-without-bound", "spins", "spins-for-the-deaf", "ignores-client-65", "crashes-at-65",
    "listens-everywhere", "one-at-a-time", "treats-bytes-as-text", "never-closes", "resets-at-the-end",
    "leaks", "lowest-first", "newest-first", "truncates-ports", "goes-on-without-port", "says-nothing",
};

/* queue: bytes sent to filled are owed to the client. */
struct connection {
    SOCKET socket;
    int id;
    unsigned long long echoed;
    char *queue;
    size_t size, filled, sent;
    bool ended;
};

static enum fault fault;
static struct connection connections[MAX_CLIENTS];
static int count;

static void say_end(struct connection *c, const char *how)
{
    if (fault != SAYS_NOTHING) {
        printf("#%d %s after %llu bytes\n", c->id, how, c->echoed);
        fflush(stdout);
    }
}

static void close_connection(struct connection *c, bool reset)
{
    struct linger now = { 1, 0 };

    if (reset && fault == DIES_ON_RESET)
        exit(3);
    say_end(c, reset ? "reset" : "closed");
    if (fault == NEVER_CLOSES && !reset) {
        c->ended = true;
        return;
    }
    if (fault == RESETS_AT_THE_END)
        setsockopt(c->socket, SOL_SOCKET, SO_LINGER, (const char *)&now, sizeof now);
    closesocket(c->socket);
    if (fault != LEAKS)
        free(c->queue);
    memmove(c, c + 1, (size_t)(&connections[--count] - c) * sizeof *c);
}

static void send_owed(struct connection *c)
{
    int n = send(c->socket, c->queue + c->sent, (int)(c->filled - c->sent), 0);

    if (n > 0) {
        c->sent += (unsigned)n;
        c->echoed += (unsigned)n;
    } else if (WSAGetLastError() != WSAEWOULDBLOCK) {
        close_connection(c, true);
        return;
    }
    if (c->sent == c->filled || fault == IGNORES_SHORT_SENDS)
        c->sent = c->filled = 0;
}

static void receive(struct connection *c)
{
    int n;

    if (fault == LOWEST_FIRST || fault == NEWEST_FIRST)
        Sleep(2);                   /* some work: meanwhile there are others who have more to say */
    if (c->size - c->filled < BUFFER_SIZE) {
        c->size = c->size * 2 + BUFFER_SIZE;
        c->queue = realloc(c->queue, c->size);
        if (c->queue == NULL)
            exit(1);
    }
    n = recv(c->socket, c->queue + c->filled, BUFFER_SIZE - 1, 0);
    if (n > 0 && fault == TREATS_BYTES_AS_TEXT) {
        c->queue[c->filled + (unsigned)n] = '\0';
        n = (int)strlen(c->queue + c->filled);
    }
    if (n > 0 && fault == SENDS_TOO_MUCH)
        n++;
    if (n > 0) {
        c->filled += (unsigned)n;
        send_owed(c);
    } else if (n == 0) {
        close_connection(c, false);
    } else if (WSAGetLastError() != WSAEWOULDBLOCK) {
        close_connection(c, true);
    }
}

static void accept_client(SOCKET listener)
{
    SOCKET socket = accept(listener, NULL, NULL);
    u_long nonblocking = 1;
    static int clients;

    if (socket == INVALID_SOCKET)
        return;
    clients++;
    if (count >= 63 && fault == CRASHES_AT_65)
        *(volatile int *)NULL = 0;
    if (count >= 63 && fault == IGNORES_CLIENT_65)
        return;
    if (count == MAX_CLIENTS) {
        printf("#%d refused: the table is full\n", clients);
        fflush(stdout);
        closesocket(socket);
        return;
    }
    ioctlsocket(socket, FIONBIO, &nonblocking);
    connections[count++] = (struct connection){ .socket = socket, .id = clients };
    if (fault != SAYS_NOTHING) {
        printf("#%d connected\n", clients);
        fflush(stdout);
    }
}

static bool reads_on(const struct connection *c)
{
    bool owes = c->sent < c->filled;

    if (c->ended)
        return false;
    if (fault == QUEUES_WITHOUT_BOUND)
        return true;
    if (fault == DROPS_AT_HALF_CLOSE)
        return c->filled < 64 << 20;
    return !owes;
}

/* One a turn: the last one that has come, among those that have something. */
static void serve_newest(const fd_set *readable, const fd_set *writable)
{
    int i = count - 1;

    while (i >= 0 && !FD_ISSET(connections[i].socket, readable) && !FD_ISSET(connections[i].socket, writable))
        i--;
    if (i >= 0 && FD_ISSET(connections[i].socket, writable))
        send_owed(&connections[i]);
    else if (i >= 0)
        receive(&connections[i]);
}

static void serve(SOCKET listener)
{
    struct timeval zero = { 0, 0 };

    for (;;) {
        fd_set readable, writable;
        bool served = false;

        FD_ZERO(&readable);
        FD_ZERO(&writable);
        if (fault != ONE_AT_A_TIME || count == 0)
            FD_SET(listener, &readable);
        for (int i = 0; i < count; i++) {
            if (reads_on(&connections[i]))
                FD_SET(connections[i].socket, &readable);
            if (connections[i].sent < connections[i].filled)
                FD_SET(connections[i].socket, &writable);
        }
        select(0, readable.fd_count > 0 ? &readable : NULL, writable.fd_count > 0 ? &writable : NULL, NULL,
               fault == SPINS || (fault == SPINS_FOR_THE_DEAF && writable.fd_count > 0) ? &zero : NULL);
        if (FD_ISSET(listener, &readable))
            accept_client(listener);
        if (fault == NEWEST_FIRST)
            serve_newest(&readable, &writable);
        for (int i = 0; i < count && fault != NEWEST_FIRST && !(fault == LOWEST_FIRST && served); i++) {
            int before = count;

            served = true;
            if (FD_ISSET(connections[i].socket, &writable))
                send_owed(&connections[i]);
            else if (FD_ISSET(connections[i].socket, &readable))
                receive(&connections[i]);
            else
                served = false;
            i -= before - count;        /* the next one has moved here */
        }
    }
}

void be_wrong_server(int argc, char **argv)
{
    struct sockaddr_in here = { .sin_family = AF_INET };
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    u_long nonblocking = 1;
    int port = argc > 1 ? atoi(argv[1]) : 0;

    while (fault < FAULTS && (argc == 0 || strcmp(argv[0], fault_names[fault]) != 0))
        fault++;
    if (fault == FAULTS)
        die("there is no wrong server \"%s\"", argc > 0 ? argv[0] : "");
    if (fault != TRUNCATES_PORTS && (port < 1 || port > 65535))
        die("port \"%s\": not a port", argc > 1 ? argv[1] : "");
    here.sin_port = htons((u_short)port);
    here.sin_addr.s_addr = htonl(fault == LISTENS_EVERYWHERE ? INADDR_ANY : INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) == SOCKET_ERROR
        && fault != GOES_ON_WITHOUT_PORT)
        die("bind 127.0.0.1:%d: error %d", port, WSAGetLastError());
    if (listen(listener, SOMAXCONN) == SOCKET_ERROR && fault != GOES_ON_WITHOUT_PORT)
        die("listen: error %d", WSAGetLastError());
    ioctlsocket(listener, FIONBIO, &nonblocking);
    printf("listening on 127.0.0.1:%d\n", port);
    fflush(stdout);
    serve(listener);
    exit(0);
}
