/* Why: The index that add_connection writes to and the count that it raises are two steps, and
   between them the other thread may take a connection out: then the new one lies behind the end of
   what is waited for, and in its place stands one that is gone, with an event that is closed. The
   next wait fails with 6, WSA_INVALID_HANDLE, and so does each one after it. Data that two threads
   use needs a rule that both keep, also for reading the count. Here: whoever uses the arrays holds
   the lock; the worker lets go of it only for the wait, and waits for as many as it has counted
   under the lock. Another good rule: the accepting thread hands over the socket alone, and only the
   worker touches the arrays. And the best: no second thread, as in the chapter. [Critical Section
   Objects; WSAWaitForMultipleEvents function] */

/* Exercise 05c: two threads, one array. Made from the server of chapter 05.
 *
 *   make check-05c      builds your copy of this file, exercises/work/05c.c, and checks it
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

/* events[i] belongs to connections[i]; NULL is that of wake_up. First in the arrays, first served. */
static WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS];
static struct connection *connections[WSA_MAXIMUM_WAIT_EVENTS];
static DWORD count = 1;                 /* wake_up */
static WSAEVENT wake_up;                /* the main thread sets it: there is one more to wait for */
static CRITICAL_SECTION lock;           /* held by whoever uses events, connections and count */

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

/* Called only when no operation is under way, and for a connection that is not waited for. */
static void end_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    WSACloseEvent(c->overlapped.hEvent);
    free(c);
}

/* Only the connection at the back is closed, which is the one that is being served, or a new one. No
   operation of it is under way. */
static void close_connection(struct connection *c, int error)
{
    count--;
    end_connection(c, error);
}

/* 0 means "done already", WSA_IO_PENDING means "later": the event will be set in both cases. FALSE: it
   will not, and WSAGetLastError tells why. */
static BOOL start_receive(struct connection *c)
{
    WSABUF space = { BUFFER_SIZE, c->buffer };
    DWORD flags = 0;

    c->receiving = TRUE;
    return WSARecv(c->socket, &space, 1, NULL, &flags, &c->overlapped, NULL) != SOCKET_ERROR
           || WSAGetLastError() == WSA_IO_PENDING;
}

static BOOL start_send(struct connection *c)
{
    WSABUF owed = { (ULONG)(c->filled - c->sent), c->buffer + c->sent };

    c->receiving = FALSE;
    return WSASend(c->socket, &owed, 1, NULL, 0, &c->overlapped, NULL) != SOCKET_ERROR
           || WSAGetLastError() == WSA_IO_PENDING;
}

static void on_received(struct connection *c, int n)
{
    if (n == 0) {
        close_connection(c, 0);         /* it has sent everything, and has it all back */
        return;
    }
    c->filled = n;
    c->sent = 0;
    if (!start_send(c))
        close_connection(c, WSAGetLastError());
}

static void on_sent(struct connection *c, int n)
{
    c->sent += n;
    c->echoed += n;
    if (c->sent < c->filled ? !start_send(c) : !start_receive(c))
        close_connection(c, WSAGetLastError());
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

/* The worker: waits for everything in the arrays. */
static unsigned __stdcall serve(void *argument)
{
    DWORD waited_for = 1;

    (void)argument;
    for (;;) {
        /* The wait. */
        DWORD woken = WSAWaitForMultipleEvents(waited_for, events, FALSE, WSA_INFINITE, FALSE);

        if (woken == WSA_WAIT_FAILED) {
            say("WSAWaitForMultipleEvents failed: error %d\n", WSAGetLastError());
            continue;
        }
        EnterCriticalSection(&lock);
        move_to_back(woken - WSA_WAIT_EVENT_0);
        if (connections[count - 1] == NULL)
            WSAResetEvent(wake_up);     /* the next wait is for the new one as well */
        else
            on_completed(connections[count - 1]);
        waited_for = count;
        LeaveCriticalSection(&lock);
    }
    return 0;
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
    connections[count] = c;
    say("#%d connected\n", id);
    if (start_receive(c))
        count++;
    else
        end_connection(c, WSAGetLastError());
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    int clients = 0;

    wake_up = events[0] = WSACreateEvent();
    if (wake_up == WSA_INVALID_EVENT)
        die(WSAGetLastError(), "WSACreateEvent");
    InitializeCriticalSection(&lock);
    if (_beginthreadex(NULL, 0, serve, NULL, 0, NULL) == 0)
        die(0, "_beginthreadex: no thread for the worker");
    for (;;) {
        SOCKET client = accept(listener, NULL, NULL);

        if (client == INVALID_SOCKET) {         /* one client gave up; the next may be fine */
            say("accept failed: error %d\n", WSAGetLastError());
            continue;
        }
        EnterCriticalSection(&lock);
        add_connection(client, ++clients);
        LeaveCriticalSection(&lock);
        WSASetEvent(wake_up);
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
