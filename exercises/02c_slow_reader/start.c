/* Exercise 02c: a client that does not read. Made from the server of chapter 02.
 *
 *   make check-02c      builds your copy of this file, exercises/work/02c.c, and checks it
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
#define MAX_CLIENTS (FD_SETSIZE - 1)    /* an fd_set holds FD_SETSIZE sockets, listener included */
#define MAX_ACCEPTS 16                  /* a turn: many may come at once, and others are waiting */

/* TODO 1: remember here what is owed to this client, from one turn to the next. */
struct connection {
    SOCKET socket;
    int id;
    int place;                          /* in connections[] */
    unsigned long long echoed;
    char buffer[BUFFER_SIZE];
};

static struct connection *connections[MAX_CLIENTS];
static int count;

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);

    /* The last connection moves into the place that becomes free. */
    connections[c->place] = connections[--count];
    connections[c->place]->place = c->place;
    free(c);
}

/* Receives once, and sends all of it back. */
static void on_readable(struct connection *c)
{
    int n = recv(c->socket, c->buffer, BUFFER_SIZE, 0);
    int sent = 0;

    /* TODO 2: never wait here. Send what there is room for; the rest goes when select says that
       there is room again. */
    while (sent < n) {
        int part = send(c->socket, c->buffer + sent, n - sent, 0);

        if (part == SOCKET_ERROR) {
            close_connection(c, WSAGetLastError());
            return;
        }
        sent += part;
        c->echoed += part;
    }
    if (n == 0)
        close_connection(c, 0);         /* it has sent everything, and has it all back */
    else if (n == SOCKET_ERROR)
        close_connection(c, WSAGetLastError());
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c;
    u_long nonblocking = 0;             /* TODO 3: this makes it blocking; on_readable counts on it */

    if (count == MAX_CLIENTS) {         /* FD_SET would leave the socket out without a word */
        refuse(client, id, "the fd_set is full");
        return;
    }
    c = calloc(1, sizeof *c);
    if (c == NULL || ioctlsocket(client, FIONBIO, &nonblocking) == SOCKET_ERROR) {
        refuse(client, id, c == NULL ? "out of memory" : "ioctlsocket failed");
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    c->place = count;
    connections[count++] = c;
    say("#%d connected\n", id);
}

static void accept_clients(SOCKET listener)
{
    static int clients;
    SOCKET client = listener;

    for (int i = 0; i < MAX_ACCEPTS && client != INVALID_SOCKET; i++) {
        client = accept(listener, NULL, NULL);
        if (client != INVALID_SOCKET)
            add_connection(client, ++clients);
        else if (WSAGetLastError() != WSAEWOULDBLOCK)   /* one client gave up; the next may be fine */
            say("accept failed: error %d\n", WSAGetLastError());
    }
}

static void serve(SOCKET listener)
{
    for (;;) {
        fd_set readable;

        /* TODO 4: nothing is received from who is owed bytes; it is in another set. */
        FD_ZERO(&readable);
        FD_SET(listener, &readable);
        for (int i = 0; i < count; i++)
            FD_SET(connections[i]->socket, &readable);

        /* The wait. No timeout: idle means idle. A set may be left out, but must not be empty. */
        if (select(0, &readable, NULL, NULL, NULL) == SOCKET_ERROR) {
            say("select failed: error %d\n", WSAGetLastError());
            continue;
        }

        /* One turn for everyone. Backwards: a closed one's place is taken by the last. */
        for (int i = count - 1; i >= 0; i--) {
            struct connection *c = connections[i];

            if (FD_ISSET(c->socket, &readable))
                on_readable(c);
        }
        if (FD_ISSET(listener, &readable))
            accept_clients(listener);
    }
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    u_long nonblocking = 1;

    if (ioctlsocket(listener, FIONBIO, &nonblocking) == SOCKET_ERROR)
        die(WSAGetLastError(), "ioctlsocket FIONBIO");
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
