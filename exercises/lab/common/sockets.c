/* Winsock for the laboratory's clients and servers. */
#include "sockets.h"
#include "report.h"

#include <ws2tcpip.h>
#include <stdio.h>

#define PERIOD 65521            /* prime: it does not fit any buffer, so a shifted block shows */
#define BLOCK  65536

/* The period and one block more, so that a block lies in one piece wherever it begins. */
static char table[PERIOD + BLOCK];

void start_winsock(void)
{
    WSADATA data;
    unsigned x = 12345;
    int error = WSAStartup(MAKEWORD(2, 2), &data);

    if (error != 0)
        die("WSAStartup: error %d", error);
    for (int i = 0; i < PERIOD + BLOCK; i++) {
        x = x * 1103515245u + 12345u;
        table[i] = i < PERIOD ? (char)(x >> 16) : table[i - PERIOD];
    }
}

const char *pattern(unsigned start, unsigned long long offset, int *length)
{
    *length = BLOCK;
    return table + (start + offset) % PERIOD;
}

SOCKET connect_to(const char *address, int port, int *error)
{
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons((u_short)port) };
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    inet_pton(AF_INET, address, &server.sin_addr);
    if (s == INVALID_SOCKET || connect(s, (struct sockaddr *)&server, sizeof server) == SOCKET_ERROR) {
        *error = WSAGetLastError();
        if (s != INVALID_SOCKET)
            closesocket(s);
        return INVALID_SOCKET;
    }
    return s;
}

int receive_until(SOCKET s, char *buffer, int size, double deadline)
{
    double left = deadline - now();
    struct timeval timeout = { 0, 1 };
    fd_set readable;

    if (left > 0)
        timeout = (struct timeval){ (long)left, (long)((left - (long)left) * 1e6) };
    FD_ZERO(&readable);
    FD_SET(s, &readable);
    if (select(0, &readable, NULL, NULL, &timeout) == 1)
        return recv(s, buffer, size, 0);
    WSASetLastError(WSAETIMEDOUT);
    return -1;
}

void reset_socket(SOCKET s)
{
    struct linger at_once = { 1, 0 };

    setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&at_once, sizeof at_once);
    closesocket(s);
}

int free_port(void)
{
    static int next;

    /* Two laboratories at the same time shall not begin at the same place. */
    if (next == 0)
        next = 20000 + (int)((GetCurrentProcessId() * 37 + GetTickCount()) % 12000);
    for (int tries = 0; tries < 1000; tries++) {
        struct sockaddr_in here = { .sin_family = AF_INET };
        SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        BOOL yes = TRUE;
        bool ok;

        next = next >= 32700 ? 20000 : next + 1;
        here.sin_port = htons((u_short)next);
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&yes, sizeof yes);
        ok = bind(s, (struct sockaddr *)&here, sizeof here) == 0;
        closesocket(s);
        if (ok)
            return next;
    }
    die("no free port between 20000 and 32700");
}
