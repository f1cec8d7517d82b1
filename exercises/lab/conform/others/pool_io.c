/* pool_io - the system's own thread pool waits, and calls.

   CreateThreadpoolIo binds a socket to the pool. From then on the end of each operation on it calls on_end
   in one of the pool's threads: there is no thread of ours but main, which sleeps in accept.

   The pool must be told of each operation before it starts, with StartThreadpoolIo; if it then fails at
   once, there will be no call, and CancelThreadpoolIo takes the word back. A connection has one operation
   under way, so its calls come one after the other, and it needs no lock. A socket is a file here:
   ReadFile and WriteFile.

   gcc -std=c11 -D_WIN32_WINNT=0x0A00 -o pool_io pool_io.c -lws2_32
   pool_io [port] */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536

/* Of buffer, bytes 0 to filled came from the client and 0 to sent went back. */
struct connection {
    SOCKET socket;
    int id;
    PTP_IO io;
    WSAOVERLAPPED overlapped;
    BOOL receiving;                     /* which operation it is that is under way */
    ULONG filled, sent;
    unsigned long long echoed;
    char buffer[BUFFER_SIZE];
};

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

/* Nothing is under way. The io may be closed inside its own call: the pool frees it when that is over. */
static void close_connection(struct connection *c, int error)
{
    if (error == 0) {
        shutdown(c->socket, SD_SEND);
        say("#%d closed after %llu bytes\n", c->id, c->echoed);
    } else {
        say("#%d reset after %llu bytes: error %d\n", c->id, c->echoed, error);
    }
    closesocket(c->socket);
    CloseThreadpoolIo(c->io);
    free(c);
}

/* After a start that has not failed, c belongs to the next call, which may be over already. */
static void on_started(struct connection *c, BOOL done)
{
    int error = done ? 0 : (int)GetLastError();

    if (error == 0 || error == ERROR_IO_PENDING)
        return;
    CancelThreadpoolIo(c->io);
    close_connection(c, error);
}

static void start_receive(struct connection *c)
{
    c->receiving = TRUE;
    memset(&c->overlapped, 0, sizeof c->overlapped);
    StartThreadpoolIo(c->io);
    on_started(c, ReadFile((HANDLE)c->socket, c->buffer, BUFFER_SIZE, NULL, &c->overlapped));
}

static void start_send(struct connection *c)
{
    c->receiving = FALSE;
    memset(&c->overlapped, 0, sizeof c->overlapped);
    StartThreadpoolIo(c->io);
    on_started(c, WriteFile((HANDLE)c->socket, c->buffer + c->sent, c->filled - c->sent, NULL, &c->overlapped));
}

/* The pool calls. result is a number of the file system; Winsock's own is asked for. */
static void CALLBACK on_end(PTP_CALLBACK_INSTANCE instance, void *context, void *overlapped, ULONG result,
                            ULONG_PTR n, PTP_IO io)
{
    struct connection *c = context;
    DWORD bytes, flags;

    (void)instance;
    (void)io;
    if (result != NO_ERROR) {
        int error = (int)result;

        if (!WSAGetOverlappedResult(c->socket, overlapped, &bytes, FALSE, &flags))
            error = WSAGetLastError();
        close_connection(c, error);
    } else if (c->receiving && n == 0) {
        close_connection(c, 0);         /* it has sent everything, and has it all back */
    } else if (c->receiving) {
        c->filled = (ULONG)n;
        c->sent = 0;
        start_send(c);
    } else {
        c->sent += (ULONG)n;
        c->echoed += n;
        if (c->sent < c->filled)
            start_send(c);
        else
            start_receive(c);
    }
}

static void add_connection(SOCKET client, int id)
{
    struct connection *c = calloc(1, sizeof *c);

    if (c != NULL)
        c->io = CreateThreadpoolIo((HANDLE)client, on_end, c, NULL);
    if (c == NULL || c->io == NULL) {
        say("#%d refused\n", id);
        closesocket(client);
        free(c);
        return;
    }
    c->socket = client;
    c->id = id;
    say("#%d connected\n", id);
    start_receive(c);
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? atoi(argv[1]) : 5150, clients = 0;
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((u_short)port) };
    BOOL exclusive = TRUE;
    SOCKET listener;
    WSADATA data;
    int error = WSAStartup(MAKEWORD(2, 2), &data);

    if (error != 0)
        die("WSAStartup", error);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET || setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                                                 (const char *)&exclusive, sizeof exclusive) != 0
        || bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, SOMAXCONN) != 0)
        die("the listener", WSAGetLastError());
    say("listening on 127.0.0.1:%d\n", port);
    for (;;) {
        SOCKET client = accept(listener, NULL, NULL);

        if (client != INVALID_SOCKET)
            add_connection(client, ++clients);
        else                            /* this client has given up; the next may not */
            say("accept failed: error %d\n", WSAGetLastError());
    }
}
