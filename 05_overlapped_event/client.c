/*
 * 05_overlapped_event - three things under way at once, three events in one wait.
 *
 * A receive is always under way, except while its bytes go to stdout: so the server's bytes nearly always
 * have a buffer. At the same time a piece is being sent, or the keyboard's thread reads the next one. The
 * main thread waits for all three, and handles the one that ends first.
 *
 * The calls of this model: WSARecv, WSASend, WSAWaitForMultipleEvents, WSAGetOverlappedResult.
 * Watch for: a receive and a send at the same time need an OVERLAPPED and an event each.
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

/* What was typed. The buffer is lent to the keyboard's thread when piece_free is set, and comes back
   full; then the main thread sends it. So stdin is read no faster than the network takes it. */
static char piece[PIECE_SIZE];
static int piece_length, piece_sent;    /* the main thread's */
static HANDLE piece_free;
static int typed;                       /* the keyboard thread's answer: bytes, or 0 for the end */

enum { RECEIVED, SENT, KEYBOARD, EVENTS };
static WSAEVENT events[EVENTS];
static WSAOVERLAPPED receiving, sending;
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
    (void)argument;
    do {
        if (WaitForSingleObject(piece_free, INFINITE) == WAIT_FAILED)
            die((int)GetLastError(), "WaitForSingleObject");
        typed = read_input(piece, sizeof piece);
        if (!SetEvent(events[KEYBOARD]))
            die((int)GetLastError(), "SetEvent");
    } while (typed > 0);
    return 0;
}

/* 0 means "done already", WSA_IO_PENDING means "later". In both cases the event will be set. The call
   itself resets it first, so it is not still set from the last operation. */
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

static void on_received(SOCKET network)
{
    DWORD n, flags;

    if (!WSAGetOverlappedResult(network, &receiving, &n, FALSE, &flags))
        die(WSAGetLastError(), "WSARecv");
    if (n == 0)
        server_closed();
    take_back(buffer, (int)n);
    start_receive(network);
}

static void on_sent(SOCKET network)
{
    DWORD n, flags;

    if (!WSAGetOverlappedResult(network, &sending, &n, FALSE, &flags))
        die(WSAGetLastError(), "WSASend");
    /* The next send would do it, but that may be long in coming. */
    if (!WSAResetEvent(sending.hEvent))
        die(WSAGetLastError(), "WSAResetEvent");
    piece_sent += (int)n;
    if (piece_sent < piece_length)
        start_send(network);
    else if (!SetEvent(piece_free))
        die((int)GetLastError(), "SetEvent");
}

static void on_keyboard(SOCKET network)
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

static void exchange(SOCKET network)
{
    start_receive(network);
    for (;;) {
        /* The wait. */
        switch (WSAWaitForMultipleEvents(EVENTS, events, FALSE, time_left(), FALSE)) {
        case WSA_WAIT_EVENT_0 + RECEIVED:
            on_received(network);
            break;
        case WSA_WAIT_EVENT_0 + SENT:
            on_sent(network);
            break;
        case WSA_WAIT_EVENT_0 + KEYBOARD:
            on_keyboard(network);
            break;
        case WSA_WAIT_TIMEOUT:
            no_answer();
            break;
        default:
            die(WSAGetLastError(), "WSAWaitForMultipleEvents");
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = server_address(argc, argv);
    SOCKET network = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    if (network == INVALID_SOCKET)
        die(WSAGetLastError(), "socket");
    /* This call waits, for as long as the system likes: 07 has an overlapped one. */
    if (connect(network, (struct sockaddr *)&server, sizeof server) == SOCKET_ERROR)
        die(WSAGetLastError(), "connect %s:%s", host, port);
    connected = TRUE;

    events[RECEIVED] = receiving.hEvent = WSACreateEvent();
    events[SENT] = sending.hEvent = WSACreateEvent();
    events[KEYBOARD] = CreateEvent(NULL, FALSE, FALSE, NULL);   /* the wait itself resets it */
    piece_free = CreateEvent(NULL, FALSE, TRUE, NULL);
    if (events[RECEIVED] == NULL || events[SENT] == NULL || events[KEYBOARD] == NULL
        || piece_free == NULL)
        die((int)GetLastError(), "CreateEvent");
    if (_beginthreadex(NULL, 0, read_keyboard, NULL, 0, NULL) == 0)
        die(0, "_beginthreadex: no thread for the keyboard");
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
