/* What the mutants share: connections inside one process, and the table from which main takes the one that is named.
   Everything here is bounded in time. */
#ifndef MUTANTS_H
#define MUTANTS_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <process.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mutant {
    const char *id;             /* of the rule that it breaks, or of the freedom that it does not expect */
    void (*run)(void);
};

/* The exit codes. A mutant that breaks a rule ends with HOLDS: it seems to work. */
enum { HOLDS = 0, SURPRISED = 3, UNABLE = 4 };

static inline _Noreturn void end(int code, const char *words)
{
    printf("%s\n", words);
    fflush(stdout);
    ExitProcess((UINT)code);
}

static inline SOCKET new_listener(struct sockaddr_in *here)
{
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    int size = sizeof *here;

    *here = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (listener == INVALID_SOCKET || bind(listener, (struct sockaddr *)here, sizeof *here) == SOCKET_ERROR
        || listen(listener, 5) == SOCKET_ERROR || getsockname(listener, (struct sockaddr *)here, &size) == SOCKET_ERROR)
        end(UNABLE, "no listener");
    return listener;
}

static inline SOCKET new_client(const struct sockaddr_in *where)
{
    SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    if (client == INVALID_SOCKET || connect(client, (const struct sockaddr *)where, sizeof *where) == SOCKET_ERROR)
        end(UNABLE, "no client");
    return client;
}

/* ours is the accepted one. */
static inline void new_pair(SOCKET *ours, SOCKET *theirs)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);

    *theirs = new_client(&here);
    do                          /* accept may fail for a client that has given up */
        *ours = accept(listener, NULL, NULL);
    while (*ours == INVALID_SOCKET);
    closesocket(listener);
}

static inline void wait_for_bytes(SOCKET s, u_long count)
{
    u_long there = 0;

    for (int i = 0; i < 1000 && there < count; i++) {
        ioctlsocket(s, FIONREAD, &there);
        if (there < count)
            Sleep(1);
    }
}

static inline void set_nonblocking(SOCKET s)
{
    u_long yes = 1;

    ioctlsocket(s, FIONBIO, &yes);
}

/* As a receive with an event; the buffer is the caller's. */
static inline int start_receive(SOCKET s, char *buffer, DWORD size, WSAOVERLAPPED *overlapped)
{
    WSABUF space = { size, buffer };
    DWORD flags = 0;

    return WSARecv(s, &space, 1, NULL, &flags, overlapped, NULL);
}

static inline int start_send(SOCKET s, char *buffer, DWORD size, WSAOVERLAPPED *overlapped)
{
    WSABUF owed = { size, buffer };

    return WSASend(s, &owed, 1, NULL, 0, overlapped, NULL);
}

static inline int run_mutant(const struct mutant *mutants, int count, int argc, char **argv)
{
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    for (int i = 0; i < count && argc > 1; i++)
        if (strcmp(mutants[i].id, argv[1]) == 0) {
            mutants[i].run();
            end(HOLDS, "it holds");
        }
    end(UNABLE, "there is no such mutant");
}

#endif
