/* acceptex_pool - a completion port that brings the clients, too, and two operations for each of them.

   Sixteen AcceptEx are under way at any time: each has a socket ready, and its end is a packet like any
   other. Of a connection a receive and a send are under way at the same time. Each has a buffer, and when
   both have ended, they change places: what was received is sent, and what was sent is room.

   Each operation that is under way has a reference to its connection, and so has each thread that handles
   one. After an error CancelIoEx ends what is left. Who gives back the last reference closes and frees.

   gcc -std=c11 -D_WIN32_WINNT=0x0A00 -o acceptex_pool acceptex_pool.c -lws2_32
   acceptex_pool [port] */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_SIZE  16384
#define POOL         16
#define ADDRESS_SIZE (sizeof(struct sockaddr_in) + 16)      /* AcceptEx wants so much for each of the two */

/* One of the sixteen. Its packet brings overlapped, the first member. */
struct place {
    WSAOVERLAPPED overlapped;
    SOCKET client;
    char addresses[2 * ADDRESS_SIZE];
};

struct connection {
    SOCKET socket;
    int id;
    volatile LONG references;
    SRWLOCK lock;                       /* guards what follows, and the order of the calls */
    WSAOVERLAPPED receive, send;
    BOOL receiving, sending;            /* is it under way? */
    char *in, *out;                     /* the two buffers: who receives, who sends */
    ULONG received;                     /* bytes in the buffer in, which wait until the other one is sent */
    ULONG length, sent;                 /* of the buffer out */
    BOOL ended;                         /* the client has sent everything */
    int error;                          /* the first one; then nothing more is started */
    unsigned long long echoed;
    char buffers[2][BUFFER_SIZE];
};

static SOCKET listener;
static HANDLE completion_port;
static LPFN_ACCEPTEX accept_ex;
static struct place places[POOL];

static void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
}

static _Noreturn void die(const char *what, int error)
{
    fprintf(stderr, "server: %s: error %d\n", what, error);
    exit(1);
}

/* The last one knows that nothing is under way, and that no thread is inside the lock. */
static void release(struct connection *c)
{
    if (InterlockedDecrement(&c->references) > 0)
        return;
    if (c->error == 0) {
        shutdown(c->socket, SD_SEND);
        say("#%d closed after %llu bytes\n", c->id, c->echoed);
    } else {
        say("#%d reset after %llu bytes: error %d\n", c->id, c->echoed, c->error);
    }
    closesocket(c->socket);
    free(c);
}

/* The other operation, if it is under way, still has its packet to come. */
static void fail(struct connection *c, int error)
{
    if (c->error != 0)
        return;
    c->error = error;
    CancelIoEx((HANDLE)c->socket, NULL);
}

/* One that has failed at once brings no packet. The caller has a reference, too: it is never the last. */
static void on_started(struct connection *c, BOOL *under_way, int result)
{
    if (result == 0 || WSAGetLastError() == WSA_IO_PENDING)
        return;
    *under_way = FALSE;
    fail(c, WSAGetLastError());
    release(c);
}

/* Starts what can be started. If that is nothing, and nothing is under way, the references run out. */
static void go_on(struct connection *c)
{
    if (c->error == 0 && !c->sending && c->sent == c->length && c->received > 0) {
        char *empty = c->out;

        c->out = c->in;
        c->in = empty;
        c->length = c->received;
        c->sent = c->received = 0;
    }
    if (c->error == 0 && !c->sending && c->sent < c->length) {
        WSABUF owed = { c->length - c->sent, c->out + c->sent };

        c->sending = TRUE;
        InterlockedIncrement(&c->references);
        on_started(c, &c->sending, WSASend(c->socket, &owed, 1, NULL, 0, &c->send, NULL));
    }
    if (c->error == 0 && !c->receiving && c->received == 0 && !c->ended) {
        WSABUF space = { BUFFER_SIZE, c->in };
        DWORD flags = 0;

        c->receiving = TRUE;
        InterlockedIncrement(&c->references);
        on_started(c, &c->receiving, WSARecv(c->socket, &space, 1, NULL, &flags, &c->receive, NULL));
    }
}

/* GetLastError's number is one of the file system; WSAGetOverlappedResult has Winsock's. */
static void on_packet(struct connection *c, WSAOVERLAPPED *overlapped, BOOL ok, DWORD n)
{
    BOOL *under_way = overlapped == &c->receive ? &c->receiving : &c->sending;
    DWORD flags;

    AcquireSRWLockExclusive(&c->lock);
    *under_way = FALSE;
    if (!ok && !WSAGetOverlappedResult(c->socket, overlapped, &n, FALSE, &flags)) {
        fail(c, WSAGetLastError());
    } else if (overlapped == &c->receive) {
        c->received = n;
        c->ended = n == 0;
    } else {
        c->sent += n;
        c->echoed += n;
    }
    go_on(c);
    ReleaseSRWLockExclusive(&c->lock);
    release(c);                         /* the reference of the operation that has ended */
}

/* Before the option is set, the socket knows nothing of its connection, and shutdown would fail. */
static void add_connection(SOCKET client)
{
    static volatile LONG clients;
    struct connection *c = calloc(1, sizeof *c);

    if (c == NULL || setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&listener,
                                sizeof listener) != 0
        || CreateIoCompletionPort((HANDLE)client, completion_port, (ULONG_PTR)c, 0) == NULL) {
        closesocket(client);
        free(c);
        return;
    }
    InitializeSRWLock(&c->lock);
    c->socket = client;
    c->id = InterlockedIncrement(&clients);
    c->references = 1;                  /* this thread's */
    c->in = c->buffers[0];
    c->out = c->buffers[1];
    say("#%d connected\n", c->id);
    AcquireSRWLockExclusive(&c->lock);
    go_on(c);
    ReleaseSRWLockExclusive(&c->lock);
    release(c);
}

/* Once it is started, the place belongs to the worker that takes its packet. */
static void start_accept(struct place *p)
{
    DWORD n;

    for (;;) {
        p->client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        /* Room for 0 bytes: it ends when the client is there, and does not wait until he says something. */
        if (p->client != INVALID_SOCKET
            && (accept_ex(listener, p->client, p->addresses, 0, ADDRESS_SIZE, ADDRESS_SIZE, &n, &p->overlapped)
                || WSAGetLastError() == ERROR_IO_PENDING))
            return;
        if (WSAGetLastError() != WSAECONNRESET) {   /* a client that has given up already is no reason to wait */
            say("no accept: error %d\n", WSAGetLastError());
            Sleep(100);
        }
        if (p->client != INVALID_SOCKET)
            closesocket(p->client);
    }
}

static unsigned __stdcall work(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD n = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL ok = GetQueuedCompletionStatus(completion_port, &n, &key, &overlapped, INFINITE);

        if (overlapped == NULL)
            die("GetQueuedCompletionStatus", (int)GetLastError());
        if (key != 0) {
            on_packet((struct connection *)key, overlapped, ok, n);
        } else {                        /* the listener's */
            SOCKET client = ((struct place *)overlapped)->client;

            start_accept((struct place *)overlapped);
            if (ok)
                add_connection(client);
            else
                closesocket(client);
        }
    }
}

int main(int argc, char **argv)
{
    u_short port = (u_short)(argc > 1 ? atoi(argv[1]) : 5150);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
    GUID id = WSAID_ACCEPTEX;
    BOOL exclusive = TRUE;
    SYSTEM_INFO machine;
    WSADATA data;
    DWORD n;
    int error = WSAStartup(MAKEWORD(2, 2), &data);

    if (error != 0)
        die("WSAStartup", error);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET || setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                                                 (const char *)&exclusive, sizeof exclusive) != 0
        || bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, SOMAXCONN) != 0
        || WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex,
                    &n, NULL, NULL) != 0)
        die("the listener", WSAGetLastError());
    completion_port = CreateIoCompletionPort((HANDLE)listener, NULL, 0, 0);
    if (completion_port == NULL)
        die("CreateIoCompletionPort", (int)GetLastError());
    say("listening on 127.0.0.1:%d\n", port);
    for (int i = 0; i < POOL; i++)
        start_accept(&places[i]);
    GetSystemInfo(&machine);
    for (DWORD i = 1; i < 2 * machine.dwNumberOfProcessors; i++)
        if (_beginthreadex(NULL, 0, work, NULL, 0, NULL) == 0)
            die("_beginthreadex", 0);
    work(NULL);
}
