/*
 * 07_iocp - the completion port is the only queue.
 *
 * The end of the connect, of each receive and of each send becomes a packet at the port, and so does
 * each piece of the keyboard: its thread posts it there itself. One thread takes the packets out, with
 * a timeout for the server's silence.
 *
 * The calls of this model: CreateIoCompletionPort, ConnectEx, WSARecv, WSASend,
 * PostQueuedCompletionStatus, GetQueuedCompletionStatus.
 * Watch for: ConnectEx wants a bound socket, and afterwards SO_UPDATE_CONNECT_CONTEXT, without which
 * shutdown would not work.
 *
 *   gcc -std=c11 -o client client.c -lws2_32
 *   client [host [port]] <book.pdf >copy.pdf
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
#define PIECE_SIZE  65536
#define PATIENCE    5000                /* milliseconds */

/* What was typed. The buffer is lent to the keyboard's thread when piece_free is set, and comes back
   full; then the main thread sends it. So stdin is read no faster than the network takes it. */
static char piece[PIECE_SIZE];
static int piece_length, piece_sent;    /* the main thread's */
static HANDLE piece_free;

enum { NETWORK, KEYBOARD };             /* the keys: where a packet comes from */
static HANDLE completion_port;
static WSAOVERLAPPED connecting, receiving, sending;
static char buffer[BUFFER_SIZE];

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
    int n;

    (void)argument;
    do {
        if (WaitForSingleObject(piece_free, INFINITE) == WAIT_FAILED)
            die((int)GetLastError(), "WaitForSingleObject");
        n = read_input(piece, sizeof piece);
        if (!PostQueuedCompletionStatus(completion_port, (DWORD)n, KEYBOARD, NULL))
            die((int)GetLastError(), "PostQueuedCompletionStatus");
    } while (n > 0);
    return 0;
}

/* ConnectEx is not exported by a library: the socket's provider is asked for its address. */
static void start_connect(SOCKET network, const struct sockaddr_in *server)
{
    struct sockaddr_in any = { .sin_family = AF_INET };
    LPFN_CONNECTEX connect_ex;
    GUID id = WSAID_CONNECTEX;
    DWORD n;

    if (WSAIoctl(network, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex,
                 sizeof connect_ex, &n, NULL, NULL) == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAIoctl ConnectEx");
    if (bind(network, (struct sockaddr *)&any, sizeof any) == SOCKET_ERROR)
        die(WSAGetLastError(), "bind");
    last_news = GetTickCount64();
    if (!connect_ex(network, (const struct sockaddr *)server, sizeof *server, NULL, 0, NULL,
                    &connecting)
        && WSAGetLastError() != WSA_IO_PENDING)
        die(WSAGetLastError(), "connect %s:%s", host, port);
}

/* 0 means "done already", WSA_IO_PENDING means "later". In both cases a packet will come. */
static void start_receive(SOCKET network)
{
    WSABUF space = { BUFFER_SIZE, buffer };
    DWORD flags = 0;

    if (WSARecv(network, &space, 1, NULL, &flags, &receiving, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        die(WSAGetLastError(), "WSARecv");
}

static void start_send(SOCKET network)
{
    WSABUF rest = { (ULONG)(piece_length - piece_sent), piece + piece_sent };

    if (WSASend(network, &rest, 1, NULL, 0, &sending, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        die(WSAGetLastError(), "WSASend");
}

static void on_connected(SOCKET network)
{
    if (setsockopt(network, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == SOCKET_ERROR)
        die(WSAGetLastError(), "setsockopt SO_UPDATE_CONNECT_CONTEXT");
    connected = TRUE;
    if (_beginthreadex(NULL, 0, read_keyboard, NULL, 0, NULL) == 0)
        die(0, "_beginthreadex: no thread for the keyboard");
    start_receive(network);
}

static void on_received(SOCKET network, int n)
{
    if (n == 0)
        server_closed();
    take_back(buffer, n);
    start_receive(network);
}

static void on_sent(SOCKET network, int n)
{
    piece_sent += n;
    if (piece_sent < piece_length)
        start_send(network);
    else if (!SetEvent(piece_free))
        die((int)GetLastError(), "SetEvent");
}

static void on_keyboard(SOCKET network, int typed)
{
    piece_length = typed;
    piece_sent = 0;
    if (piece_length > 0) {
        count_out(piece_length);        /* before the send: the echo may be quicker than its end */
        start_send(network);
    } else {
        say_all(network);
    }
}

/* GetLastError would give a file system error; WSAGetOverlappedResult has Winsock's number for it. */
static void on_failed(SOCKET network, OVERLAPPED *overlapped)
{
    DWORD n, flags;

    WSAGetOverlappedResult(network, overlapped, &n, FALSE, &flags);
    if (overlapped == &connecting)
        die(WSAGetLastError(), "connect %s:%s", host, port);
    die(WSAGetLastError(), overlapped == &receiving ? "WSARecv" : "WSASend");
}

static void exchange(SOCKET network)
{
    for (;;) {
        DWORD n;
        ULONG_PTR key;
        OVERLAPPED *overlapped = NULL;
        BOOL ok;

        /* The wait. */
        ok = GetQueuedCompletionStatus(completion_port, &n, &key, &overlapped, time_left());

        if (!ok && overlapped != NULL)  /* a packet, of an operation that has failed */
            on_failed(network, overlapped);
        else if (!ok && GetLastError() == WAIT_TIMEOUT)
            no_answer();
        else if (!ok)
            die((int)GetLastError(), "GetQueuedCompletionStatus");
        else if (key == KEYBOARD)
            on_keyboard(network, (int)n);
        else if (overlapped == &connecting)
            on_connected(network);
        else if (overlapped == &receiving)
            on_received(network, (int)n);
        else
            on_sent(network, (int)n);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = server_address(argc, argv);
    SOCKET network = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    if (network == INVALID_SOCKET)
        die(WSAGetLastError(), "socket");
    completion_port = CreateIoCompletionPort((HANDLE)network, NULL, NETWORK, 0);
    piece_free = CreateEvent(NULL, FALSE, TRUE, NULL);
    if (completion_port == NULL || piece_free == NULL)
        die((int)GetLastError(), "CreateIoCompletionPort or CreateEvent");
    start_connect(network, &server);
    exchange(network);
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
