/* Why: AcceptEx is to accept what WSARecv is to recv: it is started before there is anything, and
   its end is told like every other. So there is no FD_ACCEPT, no WSAEnumNetworkEvents and no
   non-blocking listener any more: one kind of event, one kind of result. It is given a socket that
   was made before, which becomes the client's; length 0 means that it ends with the connection and
   does not wait for the client's first bytes, which a silent client would never send. Each address
   needs 16 bytes more than its size. Until SO_UPDATE_ACCEPT_CONTEXT is set, the socket is only good
   for sending, receiving and closing: on Windows shutdown and getpeername fail. WSAECONNRESET, a
   client that left before it was accepted, is that client's matter: a new AcceptEx is started in
   any case. [AcceptEx function; SOL_SOCKET Socket Options; WSAIoctl function] */

/* Exercise 05e: AcceptEx with an event. Made from the server of chapter 05.
 *
 *   make check-05e      builds your copy of this file, exercises/work/05e.c, and checks it
 *
 * The exercise's task.md says what is asked. All under "The same in all seven servers" is right.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define ADDRESS_SIZE (sizeof(struct sockaddr_in) + 16)  /* AcceptEx wants 16 bytes more than it has */

/* Of buffer, bytes 0 to filled came from the client and 0 to sent went back; the rest is owed. */
struct connection {
    SOCKET socket;
    int id;
    WSAOVERLAPPED overlapped;           /* of the one operation under way; hEvent tells its end */
    BOOL receiving;                     /* which operation that is */
    unsigned long long echoed;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
};

/* The accept that is under way. */
static LPFN_ACCEPTEX accept_ex;
static WSAOVERLAPPED accepting;         /* hEvent tells its end */
static SOCKET accepted;                 /* becomes the next client's */
static char addresses[2 * ADDRESS_SIZE];

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

/* Only the connection at the back is closed, which is the one that is being served, or a new one. No
   operation of it is under way. */
static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    WSACloseEvent(events[--count]);
    free(c);
}

/* 0 means "done already", WSA_IO_PENDING means "later". In both cases the event will be set. The call
   itself resets it first, so it is not still set from the last operation. */
static void start_receive(struct connection *c)
{
    WSABUF space = { BUFFER_SIZE, c->buffer };
    DWORD flags = 0;

    c->receiving = TRUE;
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &c->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        close_connection(c, WSAGetLastError());
}

static void start_send(struct connection *c)
{
    WSABUF owed = { (ULONG)(c->filled - c->sent), c->buffer + c->sent };

    c->receiving = FALSE;
    if (WSASend(c->socket, &owed, 1, NULL, 0, &c->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        close_connection(c, WSAGetLastError());
}

static void on_received(struct connection *c, int n)
{
    if (n == 0) {
        close_connection(c, 0);         /* it has sent everything, and has it all back */
        return;
    }
    c->filled = n;
    c->sent = 0;
    start_send(c);
}

static void on_sent(struct connection *c, int n)
{
    c->sent += n;
    c->echoed += n;
    if (c->sent < c->filled)
        start_send(c);
    else
        start_receive(c);
}

/* The operation of this connection has ended: how, and after how many bytes? */
static void on_completed(struct connection *c)
{
    DWORD n, flags;

    if (!WSAGetOverlappedResult(c->socket, &c->overlapped, &n, FALSE, &flags))
        close_connection(c, WSAGetLastError());
    else if (c->receiving)
        on_received(c, (int)n);
    else
        on_sent(c, (int)n);
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);
    WSAEVENT event = WSACreateEvent();
    BOOL full = count == WSA_MAXIMUM_WAIT_EVENTS;

    if (full || c == NULL || event == WSA_INVALID_EVENT) {
        refuse(client, id, full ? "no thread can wait for more events" : "no memory or no event for it");
        if (event != WSA_INVALID_EVENT)
            WSACloseEvent(event);
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    c->overlapped.hEvent = event;
    events[count] = event;
    connections[count++] = c;
    say("#%d connected\n", id);
    start_receive(c);
}

/* AcceptEx is in no header: its address is asked for. */
static void load_accept_ex(SOCKET listener)
{
    GUID id = WSAID_ACCEPTEX;
    DWORD n;

    if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex,
                 sizeof accept_ex, &n, NULL, NULL) == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAIoctl SIO_GET_EXTENSION_FUNCTION_POINTER");
}

/* As with WSARecv: done already, or later; the event will be set in both cases. If it could not be
   started, we set it, so that the next turn tries again. */
static void start_accept(SOCKET listener)
{
    DWORD n;

    accepted = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (accepted == INVALID_SOCKET
        || (!accept_ex(listener, accepted, addresses, 0, ADDRESS_SIZE, ADDRESS_SIZE, &n, &accepting)
            && WSAGetLastError() != ERROR_IO_PENDING)) {
        say("accept failed: error %d\n", WSAGetLastError());
        if (accepted != INVALID_SOCKET)
            closesocket(accepted);
        accepted = INVALID_SOCKET;
        WSASetEvent(accepting.hEvent);
    }
}

/* The accept has ended. The socket is not like an accepted one yet: shutdown would fail. */
static void on_accepted(SOCKET listener)
{
    static int clients;
    DWORD n, flags;

    if (accepted != INVALID_SOCKET) {
        if (WSAGetOverlappedResult(listener, &accepting, &n, FALSE, &flags)
            && setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&listener,
                          sizeof listener) != SOCKET_ERROR) {
            add_connection(accepted, ++clients);
        } else {                        /* one client gave up; the next may be fine */
            say("accept failed: error %d\n", WSAGetLastError());
            closesocket(accepted);
        }
    }
    WSAResetEvent(accepting.hEvent);
    start_accept(listener);
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
            on_accepted(listener);
        else
            on_completed(connections[count - 1]);
    }
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);

    accepting.hEvent = events[0] = WSACreateEvent();
    if (events[0] == WSA_INVALID_EVENT)
        die(WSAGetLastError(), "WSACreateEvent");
    load_accept_ex(listener);
    start_accept(listener);
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
