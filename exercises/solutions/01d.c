/* Why: send returns how many bytes it has taken, and its page says that this can be less than it
   was asked to send. Only SOCKET_ERROR was looked at, so every smaller number counted as success,
   and the next recv overwrote the rest. The page gives the reason, too little room, for
   non-blocking sockets; on a blocking one you may work for years without seeing it, until somebody
   makes the socket non-blocking, as chapter 02 does. So the result is added to what is sent, and
   the next send goes on there until nothing is owed: from buffer + sent, for from the beginning
   again it would be the wrong bytes. [send function] */

/* Exercise 01d: the result of send is ignored. Made from the server of chapter 01.
 *
 *   make check-01d      builds your copy of this file, exercises/work/01d.c, and checks it
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
    unsigned long long echoed;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
};

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    free(c);
}

/* Sends back all of the buffer. FALSE: the connection is lost. */
static BOOL send_owed(struct connection *c)
{
    while (c->sent < c->filled) {
        int n = send(c->socket, c->buffer + c->sent, c->filled - c->sent, 0);

        if (n == SOCKET_ERROR)
            return FALSE;
        c->sent += n;
        c->echoed += n;
    }
    return TRUE;
}

/* A client's thread: asleep in recv while the client is silent, in send while it does not read. */
static unsigned __stdcall serve_client(void *argument)
{
    struct connection *c = argument;

    say("#%d connected\n", c->id);
    do {
        c->sent = 0;
        c->filled = recv(c->socket, c->buffer, BUFFER_SIZE, 0);
    } while (c->filled > 0 && send_owed(c));

    /* 0: the client has sent everything, and has it all back. Otherwise recv or send failed. */
    close_connection(c, c->filled == 0 ? 0 : WSAGetLastError());
    return 0;
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);
    HANDLE thread;

    if (c == NULL) {
        refuse(client, id, "out of memory");
        return;
    }
    c->socket = client;
    c->id = id;
    thread = (HANDLE)_beginthreadex(NULL, 0, serve_client, c, 0, NULL);
    if (thread == NULL) {
        refuse(client, id, "no more threads");
        free(c);
        return;
    }
    CloseHandle(thread);        /* the thread goes on; only our handle to it is closed */
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
