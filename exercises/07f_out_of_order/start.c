/* Exercise 07f: packets handled out of order. Made from the server of chapter 07.
 *
 *   make check-07f      builds your copy of this file, exercises/work/07f.c, and checks it
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
#define AHEAD       4           /* receives of one connection at a time */
#define LOG_PIECES  64          /* so many pieces are noted before the log is written */

/* Several operations of a connection are under way, and a packet names only the connection and the
   OVERLAPPED. CONTAINING_RECORD finds the operation around that OVERLAPPED. Each has a buffer,
   which is received into and then sent from: 0 to filled came from the client and 0 to sent went
   back. */
struct operation {
    WSAOVERLAPPED overlapped;
    enum { RECEIVE, SEND } kind;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
};

struct connection {
    SOCKET socket;
    int id;
    int error;                          /* 0, or why the connection is lost */
    LONG under_way;                     /* operations, and whoever else still needs the connection */
    SRWLOCK lock;                       /* held by who handles it, and calls WSARecv and WSASend */
    unsigned long long echoed;
    struct operation operations[AHEAD];
};

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

/* One less needs the connection. When nobody does, no packet can come any more. */
static void release(struct connection *c)
{
    if (InterlockedDecrement(&c->under_way) > 0)
        return;
    close_client(c->socket, c->id, c->echoed, c->error);
    free(c);
}

/* The connection is lost: what else is under way shall end soon, each with its packet. */
static void give_up(struct connection *c, int error)
{
    if (c->error == 0)
        c->error = error;
    CancelIoEx((HANDLE)c->socket, NULL);
}

/* 0 means "done already", WSA_IO_PENDING means "later". In both cases a packet will come. */
static void start_receive(struct connection *c, struct operation *o)
{
    WSABUF space = { BUFFER_SIZE, o->buffer };
    DWORD flags = 0;

    o->kind = RECEIVE;
    o->filled = o->sent = 0;
    if (c->error != 0)
        return;
    InterlockedIncrement(&c->under_way);
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &o->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        give_up(c, WSAGetLastError());
        release(c);                     /* never the last: the caller needs it, too */
    }
}

static void start_send(struct connection *c, struct operation *o)
{
    WSABUF owed = { (ULONG)(o->filled - o->sent), o->buffer + o->sent };

    o->kind = SEND;
    if (c->error != 0)
        return;
    InterlockedIncrement(&c->under_way);
    if (WSASend(c->socket, &owed, 1, NULL, 0, &o->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        give_up(c, WSAGetLastError());
        release(c);
    }
}

/* 0 bytes are the end: this receive is not started again, and the others will bring 0 bytes as well. */
static void on_received(struct connection *c, struct operation *o, int n)
{
    o->filled = n;
    if (n > 0)
        start_send(c, o);
}

static void on_sent(struct connection *c, struct operation *o, int n)
{
    o->sent += n;
    c->echoed += n;
    if (o->sent < o->filled)
        start_send(c, o);
    else
        start_receive(c, o);
}

/* GetLastError would give a file system error; WSAGetOverlappedResult has Winsock's number for it. */
static void on_failed(struct connection *c, struct operation *o)
{
    DWORD n, flags;

    WSAGetOverlappedResult(c->socket, &o->overlapped, &n, FALSE, &flags);
    give_up(c, WSAGetLastError());
}

/* Notes a piece in the log. Now and then the log is written, which takes its time: Sleep stands for
   a slow disk. */
static void log_piece(void)
{
    static LONG pieces;

    if (InterlockedIncrement(&pieces) % LOG_PIECES == 0)
        Sleep(20);
}

static unsigned __stdcall worker(void *completion_port)
{
    for (;;) {
        DWORD n;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        struct connection *c;
        struct operation *o;
        BOOL ok;

        /* The wait. */
        ok = GetQueuedCompletionStatus(completion_port, &n, &key, &overlapped, INFINITE);

        c = (struct connection *)key;
        if (overlapped == NULL) {       /* no packet: the wait itself has failed */
            say("GetQueuedCompletionStatus failed: error %d\n", (int)GetLastError());
            continue;
        }
        o = CONTAINING_RECORD(overlapped, struct operation, overlapped);
        if (ok && o->kind == RECEIVE && n > 0)
            log_piece();

        AcquireSRWLockExclusive(&c->lock);
        if (!ok)                        /* a packet, of an operation that has failed */
            on_failed(c, o);
        else if (o->kind == RECEIVE)
            on_received(c, o, (int)n);
        else
            on_sent(c, o, (int)n);
        ReleaseSRWLockExclusive(&c->lock);
        release(c);
    }
    return 0;
}

static void add_connection(HANDLE completion_port, SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);

    /* From now on each operation on this socket ends as a packet, whose key is the connection. */
    if (c == NULL || CreateIoCompletionPort((HANDLE)client, completion_port, (ULONG_PTR)c, 0) == NULL) {
        refuse(client, id, c == NULL ? "out of memory" : "the completion port does not take it");
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    c->under_way = 1;                   /* this function, up to its release */
    InitializeSRWLock(&c->lock);
    say("#%d connected\n", id);
    AcquireSRWLockExclusive(&c->lock);
    for (int i = 0; i < AHEAD; i++)     /* filled in this order */
        start_receive(c, &c->operations[i]);
    ReleaseSRWLockExclusive(&c->lock);
    release(c);
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    HANDLE completion_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SYSTEM_INFO machine;
    int clients = 0;

    if (completion_port == NULL)
        die((int)GetLastError(), "CreateIoCompletionPort");
    GetSystemInfo(&machine);
    /* Twice as many as run at a time: while one worker waits inside a call, another takes its place. */
    for (DWORD i = 0; i < 2 * machine.dwNumberOfProcessors; i++) {
        HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, worker, completion_port, 0, NULL);

        if (thread == NULL)
            die(0, "_beginthreadex: no thread for a worker");
        CloseHandle(thread);            /* the thread goes on; only our handle to it is closed */
    }

    for (;;) {
        SOCKET client = accept(listener, NULL, NULL);

        if (client != INVALID_SOCKET)
            add_connection(completion_port, client, ++clients);
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
