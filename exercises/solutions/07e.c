/* Why: One worker holds A's lock, for A has spoken, and waits for B's; another holds B's and waits
   for A's. EnterCriticalSection waits without a limit [EnterCriticalSection function], so both wait
   for ever, and so does each worker that comes to A or B later. Nobody waits for another in a
   circle if nobody waits for a lock while he holds another. (That c->lock is taken again inside the
   loop is no harm: its owner may do so.) The speaker's lock is not needed in the loop: its receive
   has ended and receiving is still TRUE, so no one starts the next one, changes speech, or gives
   the place away. Also right: all locks are always taken in one order, or one lock for all
   connections. The completion port has no part in this: any two threads with two locks can do it.
   */

/* Exercise 07e: two locks taken in two orders. Made from the server of chapter 07.
 *
 *   make check-07e      builds your copy of this file, exercises/work/07e.c, and checks it
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

#define SPOKEN_SIZE  4096
#define HEARD_SIZE   65536
#define MOST_CLIENTS 16

/* Two operations of a connection may be under way, and a packet names only the connection and the
   OVERLAPPED. CONTAINING_RECORD finds the operation around that OVERLAPPED; it says which one has
   ended. */
struct operation {
    WSAOVERLAPPED overlapped;
    enum { RECEIVE, SEND } kind;
};

/* Of heard, bytes 0 to filled were said by somebody and 0 to sent went to this client; the rest is
   owed. */
struct connection {
    SOCKET socket;                      /* INVALID_SOCKET: this place is free */
    int id;
    CRITICAL_SECTION lock;              /* of all the rest: who handles the connection holds it */
    struct operation receive, send;
    BOOL receiving, sending;            /* which of the two are under way */
    BOOL leaving;                       /* the client has nothing more to say, or is lost */
    int error;                          /* 0, or why it is lost */
    unsigned long long spoken;
    int filled;
    int sent;
    char speech[SPOKEN_SIZE];
    char heard[HEARD_SIZE];
};

/* The places stay, clients come and go: so a worker may look at each of them at any time, under its
   lock. */
static struct connection connections[MOST_CLIENTS];

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void give_up(struct connection *c, int error)
{
    if (c->error == 0)
        c->error = error;
    c->leaving = TRUE;
    /* What else is under way ends soon, each with its packet. */
    CancelIoEx((HANDLE)c->socket, NULL);
}

/* Receives if that is not under way. 0 means "done already", WSA_IO_PENDING means "later": a packet
   will come. */
static void start_receive(struct connection *c)
{
    WSABUF space = { SPOKEN_SIZE, c->speech };
    DWORD flags = 0;

    if (c->receiving || c->leaving)
        return;
    c->receiving = TRUE;
    if (WSARecv(c->socket, &space, 1, NULL, &flags, &c->receive.overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        c->receiving = FALSE;
        give_up(c, WSAGetLastError());
    }
}

/* Sends what is owed, if no send is under way: that one will go on with it. */
static void start_send(struct connection *c)
{
    WSABUF owed = { (ULONG)(c->filled - c->sent), c->heard + c->sent };

    if (c->sending || c->error != 0 || owed.len == 0)
        return;
    c->sending = TRUE;
    if (WSASend(c->socket, &owed, 1, NULL, 0, &c->send.overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING) {
        c->sending = FALSE;
        give_up(c, WSAGetLastError());
    }
}

/* Leaves out the words that this client does not want to hear: Sleep stands for a look into its
   list. */
static void check_words(void)
{
    Sleep(20);
}

/* Who does not read, and has HEARD_SIZE bytes to come, misses the rest. */
static void hear(struct connection *c, const char *speech, int n)
{
    if (c->socket == INVALID_SOCKET || c->error != 0)
        return;
    if (n > HEARD_SIZE - c->filled) {
        say("#%d reads too slowly and misses %d bytes\n", c->id, n);
        return;
    }
    memcpy(c->heard + c->filled, speech, (size_t)n);
    check_words();
    c->filled += n;
    start_send(c);
}

/* What one says goes to all, back to the speaker, too. */
static void on_received(struct connection *c, int n)
{
    if (n == 0) {
        c->leaving = TRUE;              /* it has said everything */
        return;
    }
    c->spoken += n;
    LeaveCriticalSection(&c->lock);     /* nobody waits for a lock while he holds another */
    for (int i = 0; i < MOST_CLIENTS; i++) {
        struct connection *hearer = &connections[i];

        EnterCriticalSection(&hearer->lock);
        hear(hearer, c->speech, n);
        LeaveCriticalSection(&hearer->lock);
    }
    EnterCriticalSection(&c->lock);
}

static void on_sent(struct connection *c, int n)
{
    c->sent += n;
    if (c->sent == c->filled)
        c->sent = c->filled = 0;
}

/* GetLastError would give a file system error; WSAGetOverlappedResult has Winsock's number for it. */
static void on_failed(struct connection *c, struct operation *o)
{
    DWORD n, flags;

    WSAGetOverlappedResult(c->socket, &o->overlapped, &n, FALSE, &flags);
    give_up(c, WSAGetLastError());
}

/* After each packet: what can be started, and was it the last one of a client that leaves? */
static void go_on(struct connection *c)
{
    start_receive(c);
    start_send(c);
    if (!c->leaving || c->receiving || c->sending)
        return;
    close_client(c->socket, c->id, c->spoken, c->error);
    c->socket = INVALID_SOCKET;
}

static void on_packet(struct connection *c, struct operation *o, BOOL ok, int n)
{
    EnterCriticalSection(&c->lock);
    if (!ok)                            /* a packet, of an operation that has failed */
        on_failed(c, o);
    else if (o->kind == RECEIVE)
        on_received(c, n);
    else
        on_sent(c, n);

    if (o->kind == RECEIVE)
        c->receiving = FALSE;
    else
        c->sending = FALSE;
    go_on(c);
    LeaveCriticalSection(&c->lock);
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
        if (overlapped == NULL)         /* no packet: the wait itself has failed */
            say("GetQueuedCompletionStatus failed: error %d\n", (int)GetLastError());
        else
            on_packet(c, CONTAINING_RECORD(overlapped, struct operation, overlapped), ok, (int)n);
    }
    return 0;
}

static struct connection *free_place(void)
{
    for (int i = 0; i < MOST_CLIENTS; i++) {
        BOOL is_free;

        EnterCriticalSection(&connections[i].lock);
        is_free = connections[i].socket == INVALID_SOCKET;
        LeaveCriticalSection(&connections[i].lock);
        if (is_free)
            return &connections[i];
    }
    return NULL;
}

static void add_connection(HANDLE completion_port, SOCKET client, int id)
{
    struct connection *c = free_place();

    /* From now on each operation on this socket ends as a packet, whose key is the connection. */
    if (c == NULL || CreateIoCompletionPort((HANDLE)client, completion_port, (ULONG_PTR)c, 0) == NULL) {
        refuse(client, id, c == NULL ? "the room is full" : "the completion port does not take it");
        return;
    }
    EnterCriticalSection(&c->lock);
    c->socket = client;
    c->id = id;
    c->leaving = FALSE;
    c->error = c->filled = c->sent = 0;
    c->spoken = 0;
    say("#%d connected\n", id);
    go_on(c);
    LeaveCriticalSection(&c->lock);
}

static void make_places(void)
{
    for (int i = 0; i < MOST_CLIENTS; i++) {
        InitializeCriticalSection(&connections[i].lock);
        connections[i].socket = INVALID_SOCKET;
        connections[i].send.kind = SEND;
    }
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    HANDLE completion_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SYSTEM_INFO machine;
    int clients = 0;

    if (completion_port == NULL)
        die((int)GetLastError(), "CreateIoCompletionPort");
    make_places();
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
