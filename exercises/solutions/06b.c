/* Why: OVERLAPPED and buffer belong to the system from the call to its end, and start_receive
   returns long before. Its piece of the stack is free again then: the next call of start_receive,
   for another client, gets the same piece, so two receives that are under way have one OVERLAPPED
   and one buffer, and who was there last gets the bytes of both. With one client that sends little
   nothing is seen, because nobody else goes that deep into the stack; with big messages the bytes
   run over the frames of the functions that are being called. Memory that an operation uses must
   live as long as the operation: here in the connection, which is freed only when nothing is under
   way. [WSARecv function; LPWSAOVERLAPPED_COMPLETION_ROUTINE callback function; closesocket
   function] */

/* Exercise 06b: a buffer on the stack. Made from the server of chapter 06.
 *
 *   make check-06b      builds your copy of this file, exercises/work/06b.c, and checks it
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
struct operation {
    WSAOVERLAPPED overlapped;
    struct connection *connection;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
};

struct connection {
    SOCKET socket;
    int id;
    struct connection *next;            /* in the list of those that are to receive */
    unsigned long long echoed;
    struct operation operation;         /* the one that is under way */
};

static struct connection *to_receive;

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void CALLBACK on_received(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags);
static void CALLBACK on_sent(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags);

/* Called only when no operation is under way: nobody else knows of the connection any more. */
static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    free(c);
}

/* 0 means "done already", WSA_IO_PENDING means "later"; on_received will be called in both cases. */
static void start_receive(struct connection *c)
{
    struct operation *operation = &c->operation;
    WSABUF space = { BUFFER_SIZE, operation->buffer };
    DWORD flags = 0;

    memset(&operation->overlapped, 0, sizeof operation->overlapped);
    operation->connection = c;
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &operation->overlapped, on_received) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        close_connection(c, WSAGetLastError());
}

static void start_send(struct operation *o)
{
    struct connection *c = o->connection;
    WSABUF owed = { (ULONG)(o->filled - o->sent), o->buffer + o->sent };

    if (WSASend(c->socket, &owed, 1, NULL, 0, &o->overlapped, on_sent) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        close_connection(c, WSAGetLastError());
}

static void CALLBACK on_received(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags)
{
    struct operation *o = CONTAINING_RECORD(overlapped, struct operation, overlapped);

    (void)flags;
    if (error != 0 || n == 0) {         /* no error, no bytes: it has everything back */
        close_connection(o->connection, (int)error);
        return;
    }
    o->filled = (int)n;
    o->sent = 0;
    start_send(o);
}

static void CALLBACK on_sent(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags)
{
    struct operation *o = CONTAINING_RECORD(overlapped, struct operation, overlapped);
    struct connection *c = o->connection;

    (void)flags;
    if (error != 0) {
        close_connection(c, (int)error);
        return;
    }
    o->sent += (int)n;
    c->echoed += n;
    if (o->sent < o->filled) {
        start_send(o);
        return;
    }
    /* Not start_receive: if more bytes are there already, routine would follow routine in one wait,
       and a client that never pauses would keep new ones from being accepted. */
    c->next = to_receive;
    to_receive = c;
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);

    /* The new socket has inherited the listener's event, and has no use for it. */
    if (c == NULL || WSAEventSelect(client, NULL, 0) == SOCKET_ERROR) {
        refuse(client, id, c == NULL ? "out of memory" : "WSAEventSelect failed");
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    say("#%d connected\n", id);
    start_receive(c);
}

/* accept has no completion routine, but an event can say when to call it. */
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

static void serve(SOCKET listener, WSAEVENT event)
{
    for (;;) {
        /* The wait. TRUE: alertable. In here, and in SleepEx, on_received and on_sent run. */
        DWORD woken = WSAWaitForMultipleEvents(1, &event, FALSE, WSA_INFINITE, TRUE);

        /* Routines have run; the event may be set as well. A flood must not keep new clients waiting. */
        if (woken == WSA_WAIT_IO_COMPLETION)
            woken = WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE);
        if (woken == WSA_WAIT_EVENT_0) {
            accept_client(listener, event);
            SleepEx(0, TRUE);           /* new clients must not keep the others waiting: run what is queued */
        } else if (woken == WSA_WAIT_FAILED)
            say("WSAWaitForMultipleEvents failed: error %d\n", WSAGetLastError());

        while (to_receive != NULL) {
            struct connection *c = to_receive;

            to_receive = c->next;
            start_receive(c);
        }
    }
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    WSAEVENT event = WSACreateEvent();

    if (event == WSA_INVALID_EVENT)
        die(WSAGetLastError(), "WSACreateEvent");
    if (WSAEventSelect(listener, event, FD_ACCEPT) == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAEventSelect");
    serve(listener, event);
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
