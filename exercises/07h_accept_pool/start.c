/* Exercise 07h: a pool of AcceptEx. Made from the server of chapter 07.
 *
 *   make check-07h      builds your copy of this file, exercises/work/07h.c, and checks it
 *
 * The exercise's task.md says what is asked. All under "The same in all seven servers" is right.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define POOL         16                 /* accepts that are under way at the same time */
#define BATCH        32                 /* packets that a worker takes at once, at most */
#define ADDRESS_SIZE (sizeof(struct sockaddr_in) + 16)  /* as AcceptEx wants it */

/* A place in the pool: an accept, and the socket that it will connect with a client. A packet of an
   accept brings the OVERLAPPED, and CONTAINING_RECORD finds the place around it. */
struct place {
    WSAOVERLAPPED overlapped;
    SOCKET socket;
    char addresses[2 * ADDRESS_SIZE];
};

/* Of buffer, bytes 0 to filled came from the client and 0 to sent went back; the rest is owed. */
struct connection {
    SOCKET socket;
    int id;
    WSAOVERLAPPED overlapped;           /* of the one operation under way: so one worker at a time */
    BOOL receiving;                     /* which operation that is */
    unsigned long long echoed;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
};

/* Set before the first worker runs, and never changed. */
static SOCKET listener;
static HANDLE completion_port;
static LPFN_ACCEPTEX accept_ex;

static struct place pool[POOL];

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

/* Called only when no operation is under way: nobody else knows of the connection any more. */
static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    free(c);
}

/* 0 means "done already", WSA_IO_PENDING means "later". In both cases a packet will come, and a worker
   may take it before the call returns. So c is touched again only if the call has failed. */
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

static void add_connection(SOCKET client, int id)
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
    say("#%d connected\n", id);
    start_receive(c);
}

/* TRUE means "done already", WSA_IO_PENDING means "later". In both cases a packet will come. */
static void start_accept(struct place *p)
{
    DWORD n;

    for (;;) {
        p->socket = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        /* Length 0: it ends when a client is there, and does not wait for its first bytes. */
        if (p->socket != INVALID_SOCKET
            && (accept_ex(listener, p->socket, p->addresses, 0, ADDRESS_SIZE, ADDRESS_SIZE, &n,
                          &p->overlapped)
                || WSAGetLastError() == WSA_IO_PENDING))
            return;
        if (WSAGetLastError() != WSAECONNRESET) {
            say("a place of the pool is lost: error %d\n", WSAGetLastError());
            return;
        }
        closesocket(p->socket);         /* one client gave up; the next may be fine */
    }
}

/* TODO 1: what becomes of the place? And of a client that gave up (ok is FALSE)? */
static void on_accepted(struct place *p, BOOL ok)
{
    static LONG clients;

    (void)ok;
    /* Until then it is no full socket: shutdown would not work. */
    if (setsockopt(p->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&listener,
                   sizeof listener) == SOCKET_ERROR)
        say("setsockopt SO_UPDATE_ACCEPT_CONTEXT failed: error %d\n", WSAGetLastError());
    add_connection(p->socket, InterlockedIncrement(&clients));
}

/* Of a packet that came in a batch nobody has said yet whether its operation has failed: it is
   asked. */
static void on_packet(const OVERLAPPED_ENTRY *packet)
{
    struct connection *c = (struct connection *)packet->lpCompletionKey;
    SOCKET asked = c == NULL ? listener : c->socket;
    DWORD n, flags;
    BOOL ok = WSAGetOverlappedResult(asked, packet->lpOverlapped, &n, FALSE, &flags);

    if (c == NULL)                      /* the listener's key: an accept has ended */
        on_accepted(CONTAINING_RECORD(packet->lpOverlapped, struct place, overlapped), ok);
    else if (!ok)
        close_connection(c, WSAGetLastError());
    else if (c->receiving)
        on_received(c, (int)n);
    else
        on_sent(c, (int)n);
}

static unsigned __stdcall worker(void *unused)
{
    (void)unused;
    for (;;) {
        OVERLAPPED_ENTRY packets[BATCH];
        ULONG count;

        /* The wait. It brings one packet at least, and count of them. */
        if (!GetQueuedCompletionStatusEx(completion_port, packets, BATCH, &count, INFINITE, FALSE))
            say("GetQueuedCompletionStatusEx failed: error %d\n", (int)GetLastError());
        else
            on_packet(&packets[0]);     /* TODO 2: and the others? */
    }
    return 0;
}

/* AcceptEx is not exported by ws2_32: the socket's provider is asked for its address. */
static void load_accept_ex(void)
{
    GUID id = WSAID_ACCEPTEX;
    DWORD n;

    if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex,
                 sizeof accept_ex, &n, NULL, NULL) == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAIoctl AcceptEx");
}

int main(int argc, char **argv)
{
    SYSTEM_INFO machine;

    listener = open_listener(argc, argv);
    completion_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (completion_port == NULL
        || CreateIoCompletionPort((HANDLE)listener, completion_port, 0, 0) == NULL)
        die((int)GetLastError(), "CreateIoCompletionPort");
    load_accept_ex();
    for (int i = 0; i < POOL; i++)
        start_accept(&pool[i]);

    GetSystemInfo(&machine);
    /* Twice as many as run at a time: while one worker waits inside a call, another takes its place. */
    for (DWORD i = 1; i < 2 * machine.dwNumberOfProcessors; i++) {
        HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, worker, NULL, 0, NULL);

        if (thread == NULL)
            die(0, "_beginthreadex: no thread for a worker");
        CloseHandle(thread);            /* the thread goes on; only our handle to it is closed */
    }
    worker(NULL);                       /* nobody has to sleep in accept: main is a worker, too */
    return 0;
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
