/* Why: The limit of 64 belongs to one wait, and each thread can make a wait of its own. So 63
   clients and an event to wake it up make a group, and a group has a thread. The thread that
   accepts looks for a group with room, beginning with the oldest, so that places that have become
   free are used again, and starts a new group when there is none. Its lock is the group's rule: the
   thread of the group lets go of it only for its wait, and waits for as many as it has counted
   under the lock. The groups stay when their clients have left: asleep, and ready for the next. A
   crowd of 200 costs four threads. [WSAWaitForMultipleEvents function] */

/* Exercise 05d: more than 64 events. Made from the server of chapter 05.
 *
 *   make check-05d      builds your copy of this file, exercises/work/05d.c, and checks it
 *
 * The exercise's task.md says what is asked. All under "The same in all seven servers" is right.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536

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

/* What one thread waits for. events[i] belongs to connections[i]; NULL is that of wake_up. First in the
   arrays, first served. */
struct group {
    CRITICAL_SECTION lock;              /* held by whoever uses events, connections and count */
    WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS];
    struct connection *connections[WSA_MAXIMUM_WAIT_EVENTS];
    DWORD count;
    WSAEVENT wake_up;                   /* the main thread sets it: there is one more to wait for */
    struct group *next;                 /* the one that was started after it; the main thread's */
};

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void move_to_back(struct group *g, DWORD i)
{
    WSAEVENT event = g->events[i];
    struct connection *c = g->connections[i];

    memmove(&g->events[i], &g->events[i + 1], (g->count - i - 1) * sizeof g->events[0]);
    memmove(&g->connections[i], &g->connections[i + 1], (g->count - i - 1) * sizeof g->connections[0]);
    g->events[g->count - 1] = event;
    g->connections[g->count - 1] = c;
}

/* Called only when no operation is under way. Frees the connection; it is out of its group already. */
static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    WSACloseEvent(c->overlapped.hEvent);
    free(c);
}

/* These two return 0 if the event will be set, or else the error. */
static int start_receive(struct connection *c)
{
    WSABUF space = { BUFFER_SIZE, c->buffer };
    DWORD flags = 0;

    c->receiving = TRUE;
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &c->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        return WSAGetLastError();
    return 0;
}

static int start_send(struct connection *c)
{
    WSABUF owed = { (ULONG)(c->filled - c->sent), c->buffer + c->sent };

    c->receiving = FALSE;
    if (WSASend(c->socket, &owed, 1, NULL, 0, &c->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        return WSAGetLastError();
    return 0;
}

/* The operation of the connection at the group's back has ended. What is next for it? */
static void on_completed(struct group *g)
{
    struct connection *c = g->connections[g->count - 1];
    DWORD n, flags;
    BOOL said_all = FALSE;
    int error;

    if (!WSAGetOverlappedResult(c->socket, &c->overlapped, &n, FALSE, &flags)) {
        error = WSAGetLastError();
    } else if (c->receiving) {
        said_all = n == 0;              /* it has sent everything, and has it all back */
        c->filled = (int)n;
        c->sent = 0;
        error = said_all ? 0 : start_send(c);
    } else {
        c->sent += (int)n;
        c->echoed += n;
        error = c->sent < c->filled ? start_send(c) : start_receive(c);
    }
    if (said_all || error != 0) {
        g->count--;
        close_connection(c, error);
    }
}

/* The thread of a group. */
static unsigned __stdcall serve(void *argument)
{
    struct group *g = argument;
    DWORD waited_for = 1;

    for (;;) {
        /* The wait. */
        DWORD woken = WSAWaitForMultipleEvents(waited_for, g->events, FALSE, WSA_INFINITE, FALSE);

        if (woken == WSA_WAIT_FAILED) {
            say("WSAWaitForMultipleEvents failed: error %d\n", WSAGetLastError());
            continue;
        }
        EnterCriticalSection(&g->lock);
        move_to_back(g, woken - WSA_WAIT_EVENT_0);
        if (g->connections[g->count - 1] == NULL)
            WSAResetEvent(g->wake_up);  /* the next wait is for the new one as well */
        else
            on_completed(g);
        waited_for = g->count;
        LeaveCriticalSection(&g->lock);
    }
    return 0;
}

/* A group without clients, and its thread. NULL: not possible now. */
static struct group *start_group(void)
{
    struct group *g = calloc(1, sizeof *g);
    uintptr_t thread;

    if (g == NULL)
        return NULL;
    g->wake_up = g->events[0] = WSACreateEvent();
    g->count = 1;
    InitializeCriticalSection(&g->lock);
    thread = g->wake_up == WSA_INVALID_EVENT ? 0 : _beginthreadex(NULL, 0, serve, g, 0, NULL);
    if (thread == 0) {
        if (g->wake_up != WSA_INVALID_EVENT)
            WSACloseEvent(g->wake_up);
        DeleteCriticalSection(&g->lock);
        free(g);
        return NULL;
    }
    CloseHandle((HANDLE)thread);        /* nobody will wait for its end */
    return g;
}

/* FALSE: the group is full. */
static BOOL add_to_group(struct group *g, struct connection *c)
{
    int error = 0;
    BOOL has_room;

    EnterCriticalSection(&g->lock);
    has_room = g->count < WSA_MAXIMUM_WAIT_EVENTS;
    if (has_room) {
        g->events[g->count] = c->overlapped.hEvent;
        g->connections[g->count] = c;
        say("#%d connected\n", c->id);
        error = start_receive(c);
        if (error == 0)
            g->count++;
        else
            close_connection(c, error);
    }
    LeaveCriticalSection(&g->lock);
    WSASetEvent(g->wake_up);
    return has_room;
}

/* The first group that has room; if none has, a new one. The main thread alone knows the list. */
static BOOL find_place(struct connection *c)
{
    static struct group *first;
    struct group **link = &first;

    for (; *link != NULL; link = &(*link)->next)
        if (add_to_group(*link, c))
            return TRUE;
    *link = start_group();
    return *link != NULL && add_to_group(*link, c);
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);
    WSAEVENT event = WSACreateEvent();

    if (c != NULL && event != WSA_INVALID_EVENT) {
        c->socket = client;
        c->id = id;
        c->overlapped.hEvent = event;
        if (find_place(c))
            return;
    }
    refuse(client, id, c == NULL ? "out of memory" : "no thread can wait for its event");
    if (event != WSA_INVALID_EVENT)
        WSACloseEvent(event);
    free(c);
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    int clients = 0;

    for (;;) {
        SOCKET client = accept(listener, NULL, NULL);

        if (client != INVALID_SOCKET)
            add_connection(client, ++clients);
        else                            /* one client gave up; the next may be fine */
            say("accept failed: error %d\n", WSAGetLastError());
    }
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
