/* Why: The system still has the OVERLAPPED and the buffer of each operation that is under way, and
   each ends as a packet that names the connection: also after a failure of the other one, also
   after closesocket, which only begins to cancel them [closesocket function]. Here two can be under
   way. The first that failed closed and freed the connection; the packet of the second came for
   memory that was gone. (VirtualFree takes it away at once, so this server crashes; after free it
   may go well for weeks.) So count what is under way, and let the last packet close: receiving and
   sending are such a count, up to two; with more operations it is a number, one more before each
   start, one less for each packet and each start that failed. CancelIoEx asks for the end of what
   might else last long; it does not wait for it, and the OVERLAPPED stays until the packet has come
   [CancelIoEx function]. */

/* Exercise 07b: memory freed while an operation runs. Made from the server of chapter 07.
 *
 *   make check-07b      builds your copy of this file, exercises/work/07b.c, and checks it
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

#define BUFFER_SIZE (1 << 20)

/* Two operations of a connection may be under way, and a packet names only the connection and the
   OVERLAPPED. CONTAINING_RECORD finds the operation around that OVERLAPPED; it says which one has
   ended. */
struct operation {
    WSAOVERLAPPED overlapped;
    enum { RECEIVE, SEND } kind;
};

/* The buffer is a ring: what came goes in at received, what goes back is taken out at sent, and
   both begin again at the end of the buffer. So the server goes on receiving while it sends, as
   long as there is room. */
struct connection {
    SOCKET socket;
    int id;
    struct operation receive, send;
    BOOL receiving, sending;            /* which of the two are under way */
    BOOL ended;                         /* the client has sent everything */
    int error;                          /* 0, or why the connection is lost */
    unsigned long long received, sent;
    char buffer[BUFFER_SIZE];
};

/* Two workers may have packets of the same connection: who handles one holds the lock. */
static SRWLOCK lock = SRWLOCK_INIT;

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void close_connection(struct connection *c)
{
    close_client(c->socket, c->id, c->sent, c->error);
    VirtualFree(c, 0, MEM_RELEASE);
}

/* Receives if there is room. 0 means "done already", WSA_IO_PENDING means "later". In both cases a
   packet will come. */
static void start_receive(struct connection *c)
{
    size_t at = c->received % BUFFER_SIZE, room = BUFFER_SIZE - (size_t)(c->received - c->sent);
    WSABUF space = { (ULONG)min(room, BUFFER_SIZE - at), c->buffer + at };
    DWORD flags = 0;

    if (c->receiving || c->ended || c->error != 0 || room == 0)
        return;
    c->receiving = TRUE;
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &c->receive.overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        c->error = WSAGetLastError();
        c->receiving = FALSE;
    }
}

/* Sends if something is owed. */
static void start_send(struct connection *c)
{
    size_t at = c->sent % BUFFER_SIZE, length = (size_t)(c->received - c->sent);
    WSABUF owed = { (ULONG)min(length, BUFFER_SIZE - at), c->buffer + at };

    if (c->sending || c->error != 0 || length == 0)
        return;
    c->sending = TRUE;
    if (WSASend(c->socket, &owed, 1, NULL, 0, &c->send.overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        c->error = WSAGetLastError();
        c->sending = FALSE;
    }
}

static void on_received(struct connection *c, int n)
{
    if (n == 0)
        c->ended = TRUE;
    c->received += n;
}

static void on_sent(struct connection *c, int n)
{
    c->sent += n;
}

/* GetLastError would give a file system error; WSAGetOverlappedResult has Winsock's number for it. */
static void on_failed(struct connection *c, struct operation *o)
{
    DWORD n, flags;

    WSAGetOverlappedResult(c->socket, &o->overlapped, &n, FALSE, &flags);
    c->error = WSAGetLastError();
}

/* After each packet: what can be started, and is this the end of the connection? */
static void go_on(struct connection *c)
{
    start_receive(c);
    start_send(c);
    if (c->error != 0 && (c->receiving || c->sending))
        CancelIoEx((HANDLE)c->socket, NULL);    /* a packet is still to come: the last one closes */
    else if (c->error != 0 || (c->ended && c->sent == c->received))
        close_connection(c);
}

static void on_packet(struct connection *c, struct operation *o, BOOL ok, int n)
{
    if (o->kind == RECEIVE)
        c->receiving = FALSE;
    else
        c->sending = FALSE;

    if (!ok)                            /* a packet, of an operation that has failed */
        on_failed(c, o);
    else if (o->kind == RECEIVE)
        on_received(c, n);
    else
        on_sent(c, n);
    go_on(c);
}

static unsigned __stdcall worker(void *completion_port)
{
    for (;;) {
        DWORD n;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        struct connection *c;
        BOOL ok;

        /* The wait. */
        ok = GetQueuedCompletionStatus(completion_port, &n, &key, &overlapped, INFINITE);

        c = (struct connection *)key;
        if (overlapped == NULL) {       /* no packet: the wait itself has failed */
            say("GetQueuedCompletionStatus failed: error %d\n", (int)GetLastError());
            continue;
        }
        AcquireSRWLockExclusive(&lock);
        on_packet(c, CONTAINING_RECORD(overlapped, struct operation, overlapped), ok, (int)n);
        ReleaseSRWLockExclusive(&lock);
    }
    return 0;
}

static void add_connection(HANDLE completion_port, SOCKET client, int id)
{
    /* So large a block comes from the system itself, by pages, and is zero. */
    struct connection *c = VirtualAlloc(NULL, sizeof *c, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    /* From now on each operation on this socket ends as a packet, whose key is the connection. */
    if (c == NULL || CreateIoCompletionPort((HANDLE)client, completion_port, (ULONG_PTR)c, 0) == NULL) {
        refuse(client, id, c == NULL ? "out of memory" : "the completion port does not take it");
        if (c != NULL)
            VirtualFree(c, 0, MEM_RELEASE);
        return;
    }
    c->socket = client;
    c->id = id;
    c->send.kind = SEND;
    say("#%d connected\n", id);
    AcquireSRWLockExclusive(&lock);
    go_on(c);
    ReleaseSRWLockExclusive(&lock);
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
