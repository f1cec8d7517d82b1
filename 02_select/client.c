/*
 * 02_select - keyboard and network in one select.
 *
 * select waits for sockets only, and the keyboard is none. So a second thread reads stdin and writes
 * it into a socket of its own, whose other end lies in the same select as the network: a pair of
 * sockets is a pipe that select can wait for.
 *
 * The calls of this model: ioctlsocket(FIONBIO), connect, select, getsockopt(SO_ERROR), recv, send.
 * Watch for: a connect that succeeds makes the socket writable; one that fails puts it into the
 * third set, the failed ones.
 *
 *   gcc -std=c11 -o client client.c -lws2_32
 *   client [host [port]] <book.pdf >copy.pdf
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define PIECE_SIZE  65536
#define PATIENCE    5000                /* milliseconds */

/* What was typed, and how much of it is sent. While some is not, the keyboard is not asked for more. */
static char piece[PIECE_SIZE];
static int piece_length, piece_sent;

static const char *host, *port;
static BOOL connected, said_all;        /* said_all: our half of the connection is closed */
static unsigned long long bytes_out, bytes_back;
static ULONGLONG last_news;             /* from the server, in milliseconds */

/* The same in all clients that wait for keyboard and network; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static struct sockaddr_in server_address(int argc, char **argv);
static int read_input(char *space, int size);
static void write_output(const char *bytes, int n);
static DWORD time_left(void);
static _Noreturn void no_answer(void);
static void count_out(int n);
static void take_back(const char *bytes, int n);
static void say_all(SOCKET network);
static _Noreturn void server_closed(void);

/* The keyboard's thread. It ends with the program, or at the end of stdin; nobody waits for it, so its handle is kept
   by nobody. */
static unsigned __stdcall read_keyboard(void *argument)
{
    SOCKET to_main = *(SOCKET *)argument;
    static char typed[PIECE_SIZE];
    int n;

    while ((n = read_input(typed, sizeof typed)) > 0)
        for (int sent = 0, part; sent < n; sent += part) {
            part = send(to_main, typed + sent, n - sent, 0);
            if (part == SOCKET_ERROR)
                die(WSAGetLastError(), "send from the keyboard");
        }
    if (shutdown(to_main, SD_SEND) == SOCKET_ERROR)
        die(WSAGetLastError(), "shutdown from the keyboard");
    return 0;
}

/* Two sockets that are connected with each other. */
static void make_pair(SOCKET *one, SOCKET *other)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in caller = { 0 };
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    int size = sizeof here;

    *one = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) == SOCKET_ERROR
        || listen(listener, 1) == SOCKET_ERROR
        || getsockname(listener, (struct sockaddr *)&here, &size) == SOCKET_ERROR
        || connect(*one, (struct sockaddr *)&here, size) == SOCKET_ERROR
        || getsockname(*one, (struct sockaddr *)&here, &size) == SOCKET_ERROR
        || (*other = accept(listener, (struct sockaddr *)&caller, &size)) == INVALID_SOCKET)
        die(WSAGetLastError(), "the keyboard's pair of sockets");
    if (caller.sin_port != here.sin_port)
        die(0, "the keyboard's pair of sockets: another program got in between");
    closesocket(listener);
}

static void set_nonblocking(SOCKET network)
{
    u_long nonblocking = 1;

    if (ioctlsocket(network, FIONBIO, &nonblocking) == SOCKET_ERROR)
        die(WSAGetLastError(), "ioctlsocket FIONBIO");
}

static void connect_within_time(SOCKET network, const struct sockaddr_in *server)
{
    struct timeval patience = { PATIENCE / 1000, 0 };
    fd_set writable, failed;
    int error, size = sizeof error;

    if (connect(network, (const struct sockaddr *)server, sizeof *server) == SOCKET_ERROR
        && WSAGetLastError() != WSAEWOULDBLOCK)
        die(WSAGetLastError(), "connect %s:%s", host, port);

    FD_ZERO(&writable);
    FD_ZERO(&failed);
    FD_SET(network, &writable);
    FD_SET(network, &failed);
    switch (select(0, NULL, &writable, &failed, &patience)) {
    case SOCKET_ERROR:
        die(WSAGetLastError(), "select");
        break;
    case 0:
        no_answer();
    }
    if (getsockopt(network, SOL_SOCKET, SO_ERROR, (char *)&error, &size) == SOCKET_ERROR)
        die(WSAGetLastError(), "getsockopt SO_ERROR");
    if (error != 0 || FD_ISSET(network, &failed))
        die(error, "connect %s:%s", host, port);
    connected = TRUE;
}

static void on_readable(SOCKET network)
{
    static char buffer[BUFFER_SIZE];
    int n = recv(network, buffer, sizeof buffer, 0);

    if (n > 0)
        take_back(buffer, n);
    else if (n == 0)
        server_closed();
    else if (WSAGetLastError() != WSAEWOULDBLOCK)
        die(WSAGetLastError(), "recv");
}

static void on_writable(SOCKET network)
{
    int n = send(network, piece + piece_sent, piece_length - piece_sent, 0);

    if (n != SOCKET_ERROR) {
        count_out(n);
        piece_sent += n;
    } else if (WSAGetLastError() != WSAEWOULDBLOCK) {
        die(WSAGetLastError(), "send");
    }
}

static void on_keyboard(SOCKET network, SOCKET keyboard)
{
    piece_sent = 0;
    piece_length = recv(keyboard, piece, sizeof piece, 0);
    if (piece_length == SOCKET_ERROR)
        die(WSAGetLastError(), "recv from the keyboard");
    if (piece_length == 0)
        say_all(network);
}

static void exchange(SOCKET network, SOCKET keyboard)
{
    for (;;) {
        DWORD left = time_left();
        struct timeval timeout = { (long)(left / 1000), (long)(left % 1000 * 1000) };
        fd_set readable, writable;
        int ready;

        FD_ZERO(&readable);
        FD_ZERO(&writable);
        FD_SET(network, &readable);
        if (piece_sent < piece_length)
            FD_SET(network, &writable);
        else if (!said_all)
            FD_SET(keyboard, &readable);

        /* The wait. A set may be left out, but must not be empty. */
        ready = select(0, &readable, writable.fd_count > 0 ? &writable : NULL, NULL,
                       left == INFINITE ? NULL : &timeout);

        if (ready == SOCKET_ERROR)
            die(WSAGetLastError(), "select");
        if (ready == 0)
            no_answer();
        if (FD_ISSET(network, &readable))
            on_readable(network);
        if (FD_ISSET(network, &writable))
            on_writable(network);
        if (FD_ISSET(keyboard, &readable))
            on_keyboard(network, keyboard);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = server_address(argc, argv);
    SOCKET network = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    static SOCKET keyboard, to_main;    /* static: the new thread reads to_main through a pointer */

    if (network == INVALID_SOCKET)
        die(WSAGetLastError(), "socket");
    set_nonblocking(network);
    connect_within_time(network, &server);

    make_pair(&to_main, &keyboard);
    if (_beginthreadex(NULL, 0, read_keyboard, &to_main, 0, NULL) == 0)
        die(0, "_beginthreadex: no thread for the keyboard");
    exchange(network, keyboard);
}

/* ---- The same in all seven clients ---- */

/* Ends the program. Says what was tried, on what, and the system's reason (error 0: none). */
static _Noreturn void die(int error, const char *format, ...)
{
    char reason[256] = "";
    va_list arguments;

    fputs("client: ", stderr);
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

static u_short parse_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || port < 1 || port > 65535)
        die(0, "port \"%s\": not a decimal number from 1 to 65535", text);
    return (u_short)port;
}

/* client [host [port]]: the server's address, or the end of the program. */
static struct sockaddr_in server_address(int argc, char **argv)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    struct sockaddr_in address;
    u_short number;
    WSADATA data;
    int error;

    if (argc > 3)
        die(0, "too many arguments; usage: client [host [port]]");
    host = argc > 1 ? argv[1] : "127.0.0.1";
    port = argc > 2 ? argv[2] : "5150";
    number = parse_port(port);
    error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0)
        die(error, "WSAStartup");
    /* An empty name would mean this computer. */
    error = *host != '\0' ? getaddrinfo(host, NULL, &hints, &found) : WSAHOST_NOT_FOUND;
    if (error != 0)
        die(error, "host \"%s\"", host);
    memcpy(&address, found->ai_addr, sizeof address);
    freeaddrinfo(found);
    address.sin_port = htons(number);
    return address;
}

/* Waits for bytes on stdin. 0: there will be no more. Bytes are bytes: no text mode. */
static int read_input(char *space, int size)
{
    DWORD n = 0;

    if (!ReadFile(GetStdHandle(STD_INPUT_HANDLE), space, (DWORD)size, &n, NULL)
        && GetLastError() != ERROR_BROKEN_PIPE)     /* which is how a pipe ends */
        die((int)GetLastError(), "stdin");
    return (int)n;
}

static void write_output(const char *bytes, int n)
{
    DWORD written;

    for (; n > 0; n -= (int)written, bytes += written)
        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, (DWORD)n, &written, NULL))
            die((int)GetLastError(), "stdout");
}

/* ---- The same in clients 02 to 07: what the server owes us, and since when ---- */

/* Milliseconds for which it may still be silent: INFINITE while it owes nothing. */
static DWORD time_left(void)
{
    ULONGLONG silent = GetTickCount64() - last_news;

    if (connected && !said_all && bytes_back == bytes_out)
        return INFINITE;
    return silent < PATIENCE ? (DWORD)(PATIENCE - silent) : 0;
}

static _Noreturn void no_answer(void)
{
    if (!connected)
        die(0, "connect %s:%s: no answer for %d seconds", host, port, PATIENCE / 1000);
    die(0, "no answer for %d seconds; %llu bytes have not come back", PATIENCE / 1000,
        bytes_out - bytes_back);
}

/* n bytes have been handed to the network; as many are to come back. A server that takes bytes and never answers would
   let no wait time out: so the clock is looked at here, too. */
static void count_out(int n)
{
    if (bytes_back == bytes_out)
        last_news = GetTickCount64();
    else if (time_left() == 0)
        no_answer();
    bytes_out += (unsigned)n;
}

/* n bytes have come back. */
static void take_back(const char *bytes, int n)
{
    bytes_back += (unsigned)n;
    if (bytes_back > bytes_out)
        die(0, "the server sent more bytes than it was given");
    write_output(bytes, n);
    last_news = GetTickCount64();
}

/* The end of the keyboard: nothing more will be sent, but the rest of the echo is waited for. */
static void say_all(SOCKET network)
{
    said_all = TRUE;
    last_news = GetTickCount64();
    if (shutdown(network, SD_SEND) == SOCKET_ERROR)
        die(WSAGetLastError(), "shutdown");
}

/* The end of the network: a good one if everything was said and everything has come back. */
static _Noreturn void server_closed(void)
{
    if (bytes_back < bytes_out)
        die(0, "the server closed the connection; %llu bytes have not come back",
            bytes_out - bytes_back);
    if (!said_all)
        die(0, "the server closed the connection");
    exit(0);
}
