/* Exercise 04d: the lowest event is always served first. Made from the server of chapter 04.
 *
 *   make check-04d      builds your copy of this file, exercises/work/04d.c, and checks it
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

/* Of buffer, bytes 0 to filled came from the client and 0 to sent went back; the rest is owed. */
struct connection {
    SOCKET socket;
    int id;
    BOOL no_more_to_come;               /* FD_CLOSE has come: FD_READ may not come any more */
    unsigned long long echoed;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
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

static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    for (DWORD i = 0; i < count; i++)       /* the last one takes its place */
        if (connections[i] == c) {
            WSACloseEvent(events[i]);
            events[i] = events[--count];
            connections[i] = connections[count];
            break;
        }
    free(c);
}

/* FALSE: some is owed still, and FD_WRITE will say when to go on; or the connection is gone. */
static BOOL send_owed(struct connection *c)
{
    while (c->sent < c->filled) {
        int n = send(c->socket, c->buffer + c->sent, c->filled - c->sent, 0);

        if (n == SOCKET_ERROR) {
            if (WSAGetLastError() != WSAEWOULDBLOCK)
                close_connection(c, WSAGetLastError());
            return FALSE;
        }
        c->sent += n;
        c->echoed += n;
    }
    return TRUE;
}

static void on_readable(struct connection *c)
{
    if (c->sent < c->filled)
        return;                         /* it is owed bytes: receive nothing more; see on_writable */

    /* One recv a turn: FD_READ is recorded again if bytes are left. After FD_CLOSE: on to the end. */
    do {
        int n = recv(c->socket, c->buffer, BUFFER_SIZE, 0);

        if (n == 0)
            close_connection(c, 0);     /* it has sent everything, and has it all back */
        else if (n < 0 && WSAGetLastError() != WSAEWOULDBLOCK)
            close_connection(c, WSAGetLastError());
        if (n <= 0)
            return;
        c->filled = n;
        c->sent = 0;
    } while (send_owed(c) && c->no_more_to_come);
}

static void on_writable(struct connection *c)
{
    if (send_owed(c))
        on_readable(c);
}

static void on_closed(struct connection *c)
{
    c->no_more_to_come = TRUE;          /* but there may be bytes left to read, and to send */
    on_writable(c);
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);
    WSAEVENT event = WSACreateEvent();
    BOOL full = count == WSA_MAXIMUM_WAIT_EVENTS;

    /* The new socket has inherited the listener's event; now it gets its own. */
    if (full || c == NULL || event == WSA_INVALID_EVENT
        || WSAEventSelect(client, event, FD_READ | FD_WRITE | FD_CLOSE) == SOCKET_ERROR) {
        refuse(client, id, full ? "no thread can wait for more events" : "no memory or no event for it");
        if (event != WSA_INVALID_EVENT)
            WSACloseEvent(event);
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    events[count] = event;
    connections[count++] = c;
    say("#%d connected\n", id);
}

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

/* What happened to this socket? The answer resets event and record of events in one step. */
static void on_event(struct connection *c, WSAEVENT event)
{
    WSANETWORKEVENTS happened;

    /* Each handler does the work of those below it, too. Only one is called: it may have closed c. */
    if (WSAEnumNetworkEvents(c->socket, event, &happened) == SOCKET_ERROR)
        close_connection(c, WSAGetLastError());
    else if (happened.lNetworkEvents & FD_CLOSE)
        on_closed(c);
    else if (happened.lNetworkEvents & FD_WRITE)
        on_writable(c);
    else if (happened.lNetworkEvents & FD_READ)
        on_readable(c);
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
        woken -= WSA_WAIT_EVENT_0;
        if (connections[woken] == NULL)
            accept_client(listener, events[woken]);
        else
            on_event(connections[woken], events[woken]);
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
