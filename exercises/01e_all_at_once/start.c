/* Exercise 01e: send everything, then read. Made from the client of chapter 01.
 *
 *   make check-01e      builds your copy of this file, exercises/work/01e.c, and checks it
 *
 * The exercise's task.md says what is asked. All under "The same in all seven clients" is right.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE 16384
#define PATIENCE   5000                 /* milliseconds */

static const char *host, *port;

/* The same in all seven clients; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static struct sockaddr_in server_address(int argc, char **argv);
static int read_input(char *space, int size);
static void write_output(const char *bytes, int n);

/* recv with words for everything that is not an echo. 0: the server has closed the connection. */
static int receive(SOCKET network, char *buffer, int size)
{
    int n = recv(network, buffer, size, 0);

    if (n == SOCKET_ERROR && WSAGetLastError() == WSAETIMEDOUT)
        die(0, "no answer for %d seconds", PATIENCE / 1000);
    if (n == SOCKET_ERROR)
        die(WSAGetLastError(), "recv");
    return n;
}

static void send_piece(SOCKET network, const char *piece, int length)
{
    for (int sent = 0; sent < length; ) {
        int n = send(network, piece + sent, length - sent, 0);

        if (n == SOCKET_ERROR)
            die(WSAGetLastError(), "send");
        sent += n;
    }
}

static void print_echo(SOCKET network, char *piece, unsigned long long owed)
{
    while (owed > 0) {
        int n = receive(network, piece, owed < PIECE_SIZE ? (int)owed : PIECE_SIZE);

        if (n == 0)
            die(0, "the server closed the connection; %llu bytes have not come back", owed);
        write_output(piece, n);
        owed -= (unsigned)n;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = server_address(argc, argv);
    SOCKET network = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    DWORD patience = PATIENCE;
    static char piece[PIECE_SIZE];
    unsigned long long owed = 0;
    int length;

    if (network == INVALID_SOCKET)
        die(WSAGetLastError(), "socket");
    if (setsockopt(network, SOL_SOCKET, SO_RCVTIMEO, (const char *)&patience, sizeof patience)
        == SOCKET_ERROR)
        die(WSAGetLastError(), "setsockopt SO_RCVTIMEO");
    if (connect(network, (struct sockaddr *)&server, sizeof server) == SOCKET_ERROR)
        die(WSAGetLastError(), "connect %s:%s", host, port);

    while ((length = read_input(piece, sizeof piece)) > 0) {
        send_piece(network, piece, length);
        owed += (unsigned)length;
    }
    print_echo(network, piece, owed);

    /* Our end is said; the server's answer to it is the end of the connection, and nothing else. */
    if (shutdown(network, SD_SEND) == SOCKET_ERROR)
        die(WSAGetLastError(), "shutdown");
    if (receive(network, piece, sizeof piece) > 0)
        die(0, "the server sent more bytes than it was given");
    return 0;
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
