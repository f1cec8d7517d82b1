/* What the mutants share: connections inside one process, and the table from which main takes the one that is named.
   Ours is the side that is on trial. Theirs is another program's part: its calls have their names in parentheses, so
   that they are the system's own even where the trace has a macro of that name. Everything is bounded in time. */
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

#define TIME_LIMIT 3000         /* milliseconds */

struct mutant {
    const char *id;             /* of the rule that it breaks, or of the freedom that it does not expect */
    void (*run)(void);
};

/* The exit codes. A mutant that breaks a rule ends with HOLDS: it seems to work. */
enum { HOLDS = 0, SURPRISED = 3, UNABLE = 4 };

static SOCKET ours, theirs;

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

/* On their side. */
static inline SOCKET new_client(const struct sockaddr_in *where)
{
    SOCKET client = (socket)(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    if (client == INVALID_SOCKET || (connect)(client, (const struct sockaddr *)where, sizeof *where) == SOCKET_ERROR)
        end(UNABLE, "no client");
    return client;
}

/* mine is the accepted one. */
static inline void new_pair(SOCKET *mine, SOCKET *other)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);

    *other = new_client(&here);
    do                          /* accept may fail for a client that has given up */
        *mine = accept(listener, NULL, NULL);
    while (*mine == INVALID_SOCKET);
    closesocket(listener);
}

static inline void they_send(SOCKET s, const char *bytes, int count)
{
    if ((send)(s, bytes, count, 0) != count)
        end(UNABLE, "the other side could not send");
}

static inline void they_receive(SOCKET s, char *bytes, int count)
{
    for (int n, all = 0; all < count; all += n)
        if ((n = (recv)(s, bytes + all, count - all, 0)) <= 0)
            end(UNABLE, "the other side could not receive");
}

/* So that no port stays in use for minutes. */
static inline void they_reset(SOCKET s)
{
    struct linger at_once = { 1, 0 };

    (setsockopt)(s, SOL_SOCKET, SO_LINGER, (const char *)&at_once, sizeof at_once);
    (closesocket)(s);
}

/* Looks from outside: the trace and the strict system do not see it. */
static inline void wait_for_bytes(SOCKET s, u_long count)
{
    u_long there = 0;

    while ((ioctlsocket)(s, FIONREAD, &there) == 0 && there < count)
        Sleep(1);
}

static inline bool is_set(WSAEVENT event, DWORD milliseconds)
{
    return (WSAWaitForMultipleEvents)(1, &event, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
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

static inline bool would_block(int result)
{
    return result == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK;
}

/* FD_...; 0: nothing was recorded in time. */
static inline long next_record(SOCKET s, WSAEVENT event, DWORD milliseconds)
{
    WSANETWORKEVENTS happened = { 0 };

    if (is_set(event, milliseconds))
        WSAEnumNetworkEvents(s, event, &happened);
    return happened.lNetworkEvents;
}

static inline WSAOVERLAPPED *new_overlapped(void)
{
    WSAOVERLAPPED *overlapped = calloc(1, sizeof *overlapped);

    overlapped->hEvent = WSACreateEvent();
    return overlapped;
}

static inline double milliseconds(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart * 1000 / (double)frequency.QuadPart;
}

/* A client whom AcceptEx has accepted, without SO_UPDATE_ACCEPT_CONTEXT. */
static inline SOCKET accept_without_context(void)
{
    static WSAOVERLAPPED overlapped;
    static char addresses[2 * (sizeof(struct sockaddr_in) + 16)];
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX accept_ex;
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here), client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    DWORD n;

    WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex, &n, NULL,
             NULL);
    overlapped.hEvent = WSACreateEvent();
    accept_ex(listener, client, addresses, 0, sizeof here + 16, sizeof here + 16, &n, &overlapped);
    new_client(&here);
    is_set(overlapped.hEvent, 1000);
    return client;
}

/* Whoever hangs ends all the same. The others may hold any lock: nothing is tidied up. */
static inline DWORD WINAPI limit_time(void *unused)
{
    (void)unused;
    Sleep(TIME_LIMIT);
    TerminateProcess(GetCurrentProcess(), UNABLE);
    return 0;
}

static inline int run_mutant(const struct mutant *mutants, int count, int argc, char **argv)
{
    WSADATA data;

    CreateThread(NULL, 0, limit_time, NULL, 0, NULL);
    WSAStartup(MAKEWORD(2, 2), &data);
    new_pair(&ours, &theirs);
    for (int i = 0; i < count && argc > 1; i++)
        if (strcmp(mutants[i].id, argv[1]) == 0) {
            mutants[i].run();
            end(HOLDS, "it holds");
        }
    end(UNABLE, "there is no such mutant");
}

#endif
