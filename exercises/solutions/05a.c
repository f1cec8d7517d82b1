/* Why: An OVERLAPPED stands for one operation, from its start to its end; operations that are
   outstanding at the same time need one each, and an event each. With one for both, the start of
   the receive resets the event that the end of the send has set, and the result that stands in the
   OVERLAPPED is that of whoever ended last. So the bytes of the second message were taken for the
   bytes sent of the first: 950 of 1000, and the "rest" was sent once more. Two OVERLAPPEDs and two
   events tell the ends apart: which event is set says which operation it was. The price: two places
   in the wait for each client. [WSARecv function; Synchronization and Overlapped Input and Output;
   WSAGetOverlappedResult function] */

/* Exercise 05a: one OVERLAPPED for two operations. Made from the server of chapter 05.
 *
 *   make check-05a      builds your copy of this file, exercises/work/05a.c, and checks it
 *
 * The exercise's task.md says what is asked. All under "The same in all seven servers" is right.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536

/* Two buffers: what has arrived in one is sent from there, while the next bytes come into the other. */
struct connection {
    SOCKET socket;
    int id;
    WSAOVERLAPPED for_receive, for_send;        /* hEvent of each tells its end */
    BOOL receiving, sending;            /* what is under way: perhaps both */
    int error;                          /* of the first operation that failed; 0: none */
    unsigned long long echoed;
    char *in, *out;                     /* the two buffers */
    int arrived;                        /* bytes in "in", when the receive has ended */
    int filled, sent;                   /* of "out", bytes sent to filled are owed */
    char buffers[2][BUFFER_SIZE];
};

/* events[i] belongs to connections[i]; NULL is the listener's. First in the arrays, first served. */
static WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS];
static struct connection *connections[WSA_MAXIMUM_WAIT_EVENTS];
static DWORD count = 1;                 /* the listener */

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void move_to_back(DWORD i)
{
    WSAEVENT event = events[i];
    struct connection *c = connections[i];

    memmove(&events[i], &events[i + 1], (count - i - 1) * sizeof events[0]);
    memmove(&connections[i], &connections[i + 1], (count - i - 1) * sizeof connections[0]);
    events[count - 1] = event;
    connections[count - 1] = c;
}

/* Gives the OVERLAPPED an event, and puts that into the wait. */
static BOOL watch(struct connection *c, WSAOVERLAPPED *overlapped)
{
    WSAEVENT event = WSACreateEvent();

    if (event == WSA_INVALID_EVENT)
        return FALSE;
    overlapped->hEvent = event;
    events[count] = event;
    connections[count++] = c;
    return TRUE;
}

/* Takes everything of this connection out of the wait. */
static void unwatch(struct connection *c)
{
    DWORD kept = 0;

    for (DWORD i = 0; i < count; i++) {
        if (connections[i] == c) {
            WSACloseEvent(events[i]);
        } else {
            events[kept] = events[i];
            connections[kept++] = connections[i];
        }
    }
    count = kept;
}

/* Called only when nothing is under way. */
static void close_connection(struct connection *c)
{
    close_client(c->socket, c->id, c->echoed, c->error);
    unwatch(c);
    free(c);
}

static void start_receive(struct connection *c)
{
    WSABUF space = { BUFFER_SIZE, c->in };
    DWORD flags = 0;

    c->receiving = TRUE;
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &c->for_receive, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        c->error = WSAGetLastError();
        c->receiving = FALSE;
    }
}

static void start_send(struct connection *c)
{
    WSABUF owed = { (ULONG)(c->filled - c->sent), c->out + c->sent };

    c->sending = TRUE;
    if (WSASend(c->socket, &owed, 1, NULL, 0, &c->for_send, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        c->error = WSAGetLastError();
        c->sending = FALSE;
    }
}

/* The buffers change places: what has arrived is sent, and beside it the next bytes are received. */
static void send_what_arrived(struct connection *c)
{
    char *free_again = c->out;

    c->out = c->in;
    c->filled = c->arrived;
    c->sent = 0;
    c->in = free_again;
    c->arrived = 0;
    start_send(c);
    if (c->error == 0)
        start_receive(c);
}

/* Starts what can be started now. If nothing is under way then, there is nothing more to do. */
static void go_on(struct connection *c)
{
    if (c->error == 0 && !c->sending && c->sent < c->filled)
        start_send(c);                  /* the rest */
    if (c->error == 0 && !c->sending && c->arrived > 0)
        send_what_arrived(c);
    if (c->error != 0)
        CancelIoEx((HANDLE)c->socket, NULL);    /* what is under way will end, and set its event */
    if (!c->sending && !c->receiving)
        close_connection(c);
}

/* An operation of this connection has ended: which, how, and after how many bytes? */
static void on_completed(struct connection *c, WSAEVENT event)
{
    BOOL was_send = event == c->for_send.hEvent;
    WSAOVERLAPPED *overlapped = was_send ? &c->for_send : &c->for_receive;
    DWORD n = 0, flags;

    WSAResetEvent(event);               /* it may be long until the next start of this operation */
    if (!WSAGetOverlappedResult(c->socket, overlapped, &n, FALSE, &flags) && c->error == 0)
        c->error = WSAGetLastError();
    if (was_send) {
        c->sending = FALSE;
        c->sent += (int)n;
        c->echoed += n;
    } else {
        c->receiving = FALSE;
        c->arrived = (int)n;
    }
    go_on(c);
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);
    BOOL full = count + 2 > WSA_MAXIMUM_WAIT_EVENTS;

    /* The new socket has inherited the listener's event, and has no use for it. */
    if (full || c == NULL || WSAEventSelect(client, NULL, 0) == SOCKET_ERROR
        || !watch(c, &c->for_receive) || !watch(c, &c->for_send)) {
        refuse(client, id, full ? "no thread can wait for more events" : "no memory or no event for it");
        if (c != NULL)
            unwatch(c);
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    c->in = c->buffers[0];
    c->out = c->buffers[1];
    say("#%d connected\n", id);
    start_receive(c);
    go_on(c);
}

/* accept is not overlapped, but non-blocking: the listener's event says when to call it. */
static void accept_client(SOCKET listener, WSAEVENT event)
{
    static int clients;
    WSANETWORKEVENTS happened;
    SOCKET client;

    if (WSAEnumNetworkEvents(listener, event, &happened) == SOCKET_ERROR)
        return;                         /* the event is still set: the next wait comes back here */
    client = accept(listener, NULL, NULL);

    /* Once a turn: if more clients are waiting, FD_ACCEPT is recorded again after accept. */
    if (client != INVALID_SOCKET)
        add_connection(client, ++clients);
    else if (WSAGetLastError() != WSAEWOULDBLOCK)   /* one client gave up; the next may be fine */
        say("accept failed: error %d\n", WSAGetLastError());
}

static void serve(SOCKET listener)
{
    for (;;) {
        /* The wait. */
        DWORD woken = WSAWaitForMultipleEvents(count, events, FALSE, WSA_INFINITE, FALSE);

        if (woken == WSA_WAIT_FAILED) {
            say("WSAWaitForMultipleEvents failed: error %d\n", WSAGetLastError());
            continue;
        }
        move_to_back(woken - WSA_WAIT_EVENT_0);
        if (connections[count - 1] == NULL)
            accept_client(listener, events[count - 1]);
        else
            on_completed(connections[count - 1], events[count - 1]);
    }
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);

    events[0] = WSACreateEvent();
    if (events[0] == WSA_INVALID_EVENT)
        die(WSAGetLastError(), "WSACreateEvent");
    if (WSAEventSelect(listener, events[0], FD_ACCEPT) == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAEventSelect");
    serve(listener);
}

/* ---- The same in all seven servers ---- */

/* Ends the program. Says what was tried, on what, and the system's reason (error 0: none). */
static _Noreturn void die(int error, const char *format, ...)
{
    char reason[256] = "";
    va_list arguments;

    fputs("server: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (error != 0) {
        FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                       (DWORD)error, 0, reason, sizeof reason, NULL);
        reason[strcspn(reason, "\r\n")] = '\0';
        fprintf(stderr, ": error %d%s%s", error, *reason != '\0' ? ": " : "", reason);
    }
    fputc('\n', stderr);
    exit(1);
}

/* Prints on stdout at once, also into a file or a pipe. */
static void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
}

/* For the client that cannot be served: an end at once is better than silence. If it has sent something
   already, closesocket resets the connection. */
static void refuse(SOCKET client, int id, const char *why)
{
    say("#%d refused: %s\n", id, why);
    closesocket(client);
}

/* The end of a connection; orderly, if error is 0: the client has sent everything, and has it all back. */
static void close_client(SOCKET client, int id, unsigned long long echoed, int error)
{
    if (error == 0) {
        shutdown(client, SD_SEND);
        say("#%d closed after %llu bytes\n", id, echoed);
    } else {
        say("#%d reset after %llu bytes: error %d\n", id, echoed, error);
    }
    closesocket(client);
}

static u_short parse_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || port < 1 || port > 65535)
        die(0, "port \"%s\": not a decimal number from 1 to 65535", text);
    return (u_short)port;
}

/* server [port [address]]: opens the socket that clients connect to, or ends the program. */
static SOCKET open_listener(int argc, char **argv)
{
    const char *port = argc > 1 ? argv[1] : "5150";
    const char *address = argc > 2 ? argv[2] : "127.0.0.1";
    struct sockaddr_in here = { .sin_family = AF_INET };
    BOOL exclusive = TRUE;
    WSADATA data;
    SOCKET listener;
    int error;

    if (argc > 3)
        die(0, "too many arguments; usage: server [port [address]]");
    here.sin_port = htons(parse_port(port));
    error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0)
        die(error, "WSAStartup");
    if (inet_pton(AF_INET, address, &here.sin_addr) != 1)
        die(0, "address \"%s\": not an IPv4 address such as 127.0.0.1", address);

    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET)
        die(WSAGetLastError(), "socket");
    /* On Windows SO_REUSEADDR would let a second program take the port over; this forbids it. */
    if (setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&exclusive,
                   sizeof exclusive) == SOCKET_ERROR)
        die(WSAGetLastError(), "setsockopt SO_EXCLUSIVEADDRUSE");
    if (bind(listener, (struct sockaddr *)&here, sizeof here) == SOCKET_ERROR)
        die(WSAGetLastError(), "bind %s:%s", address, port);
    if (listen(listener, SOMAXCONN) == SOCKET_ERROR)
        die(WSAGetLastError(), "listen on %s:%s", address, port);
    say("listening on %s:%s\n", address, port);
    return listener;
}
