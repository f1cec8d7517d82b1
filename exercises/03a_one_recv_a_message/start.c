/* Exercise 03a: one recv for each message. Made from the server of chapter 03.
 *
 *   make predict-03a    asks you what this server will do, runs it, and compares
 *
 * The exercise's task.md says more. All under "The same in all seven servers" is right.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define MAX_CLIENTS 1000
#define MAX_ACCEPTS 16                  /* a message: many may come at once, and others are waiting */

/* Each connection has a message number of its own: its place in the table follows from it. */
#define WM_LISTENER (WM_APP + 0)
#define WM_CLIENT   (WM_APP + 1)        /* up to WM_CLIENT + MAX_CLIENTS - 1 */

/* Of buffer, bytes 0 to filled came from the client and 0 to sent went back; the rest is owed. */
struct connection {
    SOCKET socket;
    int id;
    int place;                          /* in connections[] */
    BOOL no_more_to_come;               /* FD_CLOSE was posted: FD_READ may not come any more */
    unsigned long long echoed;
    int filled;
    int sent;
    char buffer[BUFFER_SIZE];
};

static struct connection *connections[MAX_CLIENTS];

/* The same in all seven servers; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static void say(const char *format, ...);
static void refuse(SOCKET client, int id, const char *why);
static void close_client(SOCKET client, int id, unsigned long long echoed, int error);
static SOCKET open_listener(int argc, char **argv);

static void close_connection(struct connection *c, int error)
{
    close_client(c->socket, c->id, c->echoed, error);
    connections[c->place] = NULL;
    free(c);
}

/* FALSE: some is owed still, and FD_WRITE will say when to go on; or the connection is gone. */
static BOOL send_owed(struct connection *c)
{
    while (c->sent < c->filled) {
        int n = send(c->socket, c->buffer + c->sent, c->filled - c->sent, 0);

        if (n == SOCKET_ERROR) {
            if (WSAGetLastError() != WSAEWOULDBLOCK)
                close_connection(c, WSAGetLastError());
            return FALSE;
        }
        c->sent += n;
        c->echoed += n;
    }
    return TRUE;
}

/* What one recv may take of this client's bytes. 0: recv is not called for it. */
static int most(const struct connection *c)
{
    switch (c->id) {
    case 2:  return 4;                  /* B */
    case 3:  return 0;                  /* C */
    default: return BUFFER_SIZE;        /* A, and everybody else */
    }
}

static void on_readable(struct connection *c)
{
    if (c->sent < c->filled || most(c) == 0)
        return;

    /* One recv a message: FD_READ is posted again if bytes are left. After FD_CLOSE: on to the end. */
    do {
        int n = recv(c->socket, c->buffer, most(c), 0);

        if (n == 0)
            close_connection(c, 0);     /* it has sent everything, and has it all back */
        else if (n < 0 && WSAGetLastError() != WSAEWOULDBLOCK)
            close_connection(c, WSAGetLastError());
        if (n <= 0)
            return;
        c->filled = n;
        c->sent = 0;
    } while (send_owed(c) && c->no_more_to_come);
}

static void on_writable(struct connection *c)
{
    if (send_owed(c))
        on_readable(c);
}

static void on_closed(struct connection *c)
{
    c->no_more_to_come = TRUE;          /* but there may be bytes left to read, and to send */
    on_writable(c);
}

static void add_connection(HWND window, SOCKET client, int id)
{
    struct connection *c;
    int place = id % MAX_CLIENTS;

    /* In turn, so that a place rests for long: messages of its last client may still be in the queue. */
    for (int i = 1; connections[place] != NULL && i < MAX_CLIENTS; i++)
        place = (place + 1) % MAX_CLIENTS;
    if (connections[place] != NULL) {
        refuse(client, id, "the table is full");
        return;
    }
    /* The new socket has inherited the listener's message; now it gets its own. */
    c = calloc(1, sizeof *c);
    if (c == NULL || WSAAsyncSelect(client, window, WM_CLIENT + place,
                                    FD_READ | FD_WRITE | FD_CLOSE) == SOCKET_ERROR) {
        refuse(client, id, c == NULL ? "out of memory" : "WSAAsyncSelect failed");
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    c->place = place;
    connections[place] = c;
    say("#%d connected\n", id);
}

static void accept_clients(HWND window, SOCKET listener)
{
    static int clients;
    SOCKET client = listener;

    for (int i = 0; i < MAX_ACCEPTS && client != INVALID_SOCKET; i++) {
        client = accept(listener, NULL, NULL);
        if (client != INVALID_SOCKET)
            add_connection(window, client, ++clients);
        else if (WSAGetLastError() != WSAEWOULDBLOCK)   /* one client gave up; the next may be fine */
            say("accept failed: error %d\n", WSAGetLastError());
    }
    /* If somebody is still waiting, FD_ACCEPT is posted again, behind the other messages. Each accept has
       enabled it already; only under Wine one that fails has not. */
    if (WSAAsyncSelect(listener, window, WM_LISTENER, FD_ACCEPT) == SOCKET_ERROR)
        say("WSAAsyncSelect failed: error %d\n", WSAGetLastError());
}

/* wparam is the socket, lparam the event. Its error code is not needed: recv or send will tell. */
static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    struct connection *c;

    if (message == WM_LISTENER) {
        accept_clients(window, (SOCKET)wparam);
        return 0;
    }
    if (message < WM_CLIENT || message >= WM_CLIENT + MAX_CLIENTS)
        return DefWindowProcA(window, message, wparam, lparam);

    c = connections[message - WM_CLIENT];
    if (c == NULL || c->socket != (SOCKET)wparam)
        return 0;                       /* was posted before that connection was closed */
    switch (WSAGETSELECTEVENT(lparam)) {
    case FD_READ:  on_readable(c); break;
    case FD_WRITE: on_writable(c); break;
    case FD_CLOSE: on_closed(c);   break;
    }
    return 0;
}

int main(int argc, char **argv)
{
    SOCKET listener = open_listener(argc, argv);
    WNDCLASSA class = { .lpfnWndProc = on_message, .lpszClassName = "server" };
    HWND window;
    MSG message;

    if (RegisterClassA(&class) == 0)
        die((int)GetLastError(), "RegisterClass");
    window = CreateWindowExA(0, "server", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    if (window == NULL)
        die((int)GetLastError(), "CreateWindowEx");
    if (WSAAsyncSelect(listener, window, WM_LISTENER, FD_ACCEPT) == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAAsyncSelect");

    for (;;) {
        /* The wait. */
        if (GetMessageA(&message, NULL, 0, 0) == -1)
            say("GetMessage failed: error %d\n", (int)GetLastError());
        else
            DispatchMessageA(&message);
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
