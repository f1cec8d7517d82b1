/* poll - one thread, and one question about all sockets: WSAPoll.

   A connection has a buffer with a front and an end. While there is room behind, it asks for POLLRDNORM;
   while there are bytes in it, for POLLWRNORM. Nothing is sent before WSAPoll says that there is room.

   POLLHUP and POLLERR come without being asked for, and say nothing certain: the call that follows does.
   They also come again at each turn. A client that has ended its half and reads nothing would keep the
   server busy, so it is left out of the question for a moment.

   gcc -std=c11 -D_WIN32_WINNT=0x0A00 -o poll poll.c -lws2_32
   poll [port] */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_SIZE 32768
#define PAUSE       20                  /* milliseconds without a question */

struct connection {
    struct connection *next, **link;    /* in the list; link is what points here */
    SOCKET socket;
    int id;
    int front, end;                     /* the bytes between them are owed */
    BOOL ended;                         /* the client has sent everything */
    BOOL pausing;                       /* it has answered with POLLHUP only */
    unsigned long long echoed;
    char buffer[BUFFER_SIZE];
};

static struct connection *first;
static int count, room;

/* One place more than there are connections: polled[0] is the listener's, polled[i] belongs to asked[i]. */
static WSAPOLLFD *polled;
static struct connection **asked;

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

static void close_connection(struct connection *c, int error)
{
    if (error == 0) {
        shutdown(c->socket, SD_SEND);
        say("#%d closed after %llu bytes\n", c->id, c->echoed);
    } else {
        say("#%d reset after %llu bytes: error %d\n", c->id, c->echoed, error);
    }
    closesocket(c->socket);
    *c->link = c->next;
    if (c->next != NULL)
        c->next->link = c->link;
    count--;
    free(c);
}

/* FALSE: the connection is closed. */
static BOOL receive_some(struct connection *c)
{
    int n = recv(c->socket, c->buffer + c->end, BUFFER_SIZE - c->end, 0);

    if (n == SOCKET_ERROR) {
        if (WSAGetLastError() == WSAEWOULDBLOCK)    /* it was readable, and is not now */
            return TRUE;
        close_connection(c, WSAGetLastError());
        return FALSE;
    }
    c->end += n;
    c->ended = n == 0;
    if (c->ended && c->front == c->end) {
        close_connection(c, 0);
        return FALSE;
    }
    return TRUE;
}

static void send_some(struct connection *c)
{
    int n = send(c->socket, c->buffer + c->front, c->end - c->front, 0);

    if (n == SOCKET_ERROR) {
        if (WSAGetLastError() != WSAEWOULDBLOCK)
            close_connection(c, WSAGetLastError());
        return;
    }
    c->front += n;
    c->echoed += (unsigned)n;
    if (c->front == c->end) {
        c->front = c->end = 0;
        if (c->ended)
            close_connection(c, 0);
    }
}

/* An answer with neither of the two: the call that is still to be made says why. */
static void on_answer(struct connection *c, short answer)
{
    BOOL owes = c->front < c->end;

    if ((answer & (POLLRDNORM | POLLWRNORM)) == 0)
        c->pausing = c->ended || c->end == BUFFER_SIZE;
    if (!c->ended && c->end < BUFFER_SIZE && (answer & ~POLLWRNORM) != 0 && !receive_some(c))
        return;
    if (owes && ((answer & POLLWRNORM) != 0 || c->pausing))
        send_some(c);
}

static void accept_client(SOCKET listener)
{
    static int clients;
    SOCKET client = accept(listener, NULL, NULL);
    u_long yes = 1;
    struct connection *c;

    if (client == INVALID_SOCKET) {
        if (WSAGetLastError() != WSAEWOULDBLOCK)
            say("accept failed: error %d\n", WSAGetLastError());
        return;
    }
    c = calloc(1, sizeof *c);
    if (c == NULL || ioctlsocket(client, FIONBIO, &yes) == SOCKET_ERROR) {
        closesocket(client);
        free(c);
        return;
    }
    c->socket = client;
    c->id = ++clients;
    c->next = first;
    c->link = &first;
    if (first != NULL)
        first->link = &c->next;
    first = c;
    count++;
    say("#%d connected\n", c->id);
}

static void make_room(void)
{
    if (count + 1 <= room)
        return;
    room = 2 * (count + 1);
    polled = realloc(polled, (size_t)room * sizeof *polled);
    asked = realloc(asked, (size_t)room * sizeof *asked);
    if (polled == NULL || asked == NULL)
        die("realloc: out of memory", 0);
}

static void serve(SOCKET listener)
{
    for (;;) {
        ULONG n = 1;
        INT timeout = -1;

        make_room();
        polled[0] = (WSAPOLLFD){ .fd = listener, .events = POLLRDNORM };
        for (struct connection *c = first; c != NULL; c = c->next) {
            short events = 0;

            if (c->pausing) {
                c->pausing = FALSE;     /* only for this turn */
                timeout = PAUSE;
                continue;
            }
            if (!c->ended && c->end < BUFFER_SIZE)
                events |= POLLRDNORM;
            if (c->front < c->end)
                events |= POLLWRNORM;
            asked[n] = c;
            polled[n++] = (WSAPOLLFD){ .fd = c->socket, .events = events };
        }

        if (WSAPoll(polled, n, timeout) == SOCKET_ERROR)
            die("WSAPoll", WSAGetLastError());

        /* Closing one connection leaves the others where they are: the arrays are made anew for each turn. */
        for (ULONG i = 1; i < n; i++)
            if (polled[i].revents != 0)
                on_answer(asked[i], polled[i].revents);
        if (polled[0].revents != 0)
            accept_client(listener);
    }
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? atoi(argv[1]) : 5150;
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((u_short)port) };
    BOOL exclusive = TRUE;
    u_long yes = 1;
    SOCKET listener;
    WSADATA data;
    int error = WSAStartup(MAKEWORD(2, 2), &data);

    if (error != 0)
        die("WSAStartup", error);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET || setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                                                 (const char *)&exclusive, sizeof exclusive) != 0
        || bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, SOMAXCONN) != 0
        || ioctlsocket(listener, FIONBIO, &yes) != 0)
        die("the listener", WSAGetLastError());
    say("listening on 127.0.0.1:%d\n", port);
    serve(listener);
}
