/* Servers that misbehave on purpose. They are blocking, a thread for each connection. */
#include "misbehaving.h"
#include "common/common.h"
#include "common/sockets.h"

#include <windows.h>
#include <process.h>
#include <stdlib.h>

#define MAX_CLIENTS 16

struct bad_server {
    SOCKET listener;
    behaviour behave;
    HANDLE thread;
    HANDLE clients[MAX_CLIENTS];        /* threads */
    int count;
};

static HANDLE stopping;                 /* an event: the servers that hold on to a client wait for it */
static volatile LONG sent_bytes;

static BOOL send_bytes(SOCKET client, const char *bytes, int n)
{
    for (int sent = 0, part; sent < n; sent += part) {
        if ((part = send(client, bytes + sent, n - sent, 0)) <= 0)
            return FALSE;
        InterlockedExchangeAdd(&sent_bytes, part);
    }
    return TRUE;
}

long count_sent_bytes(void)
{
    return sent_bytes;
}

/* Echoes up to limit bytes, in pieces of at most piece bytes with a pause (milliseconds) after each.
   Returns when the limit is reached or the client has said all. */
static void echo_some(SOCKET client, long limit, int piece, DWORD pause)
{
    char buffer[8192];
    int n;

    while (limit > 0 && (n = recv(client, buffer, limit < 8192 ? (int)limit : 8192, 0)) > 0) {
        limit -= n;
        for (int at = 0; at < n; at += piece) {
            if (!send_bytes(client, buffer + at, n - at < piece ? n - at : piece))
                return;
            if (pause > 0)
                Sleep(pause);
        }
    }
}

static void read_all(SOCKET client)
{
    char buffer[8192];

    while (recv(client, buffer, sizeof buffer, 0) > 0)
        ;
}

static void wait_for_stop(void)
{
    WaitForSingleObject(stopping, 20000);
}

void close_at_once(SOCKET client)
{
    shutdown(client, SD_SEND);
}

void reset_in_the_middle(SOCKET client)
{
    struct linger now = { 1, 0 };

    echo_some(client, 5000, 5000, 0);
    setsockopt(client, SOL_SOCKET, SO_LINGER, (const char *)&now, sizeof now);
}

void close_in_the_middle(SOCKET client)
{
    echo_some(client, 5000, 5000, 0);
    shutdown(client, SD_SEND);
    read_all(client);
}

void close_before_the_last_byte(SOCKET client)
{
    char buffer[8192];
    int n, kept = 0;
    char last = 0;

    /* One byte is always kept back. */
    while ((n = recv(client, buffer, sizeof buffer, 0)) > 0) {
        if (kept)
            send_bytes(client, &last, 1);
        send_bytes(client, buffer, n - 1);
        last = buffer[n - 1];
        kept = 1;
    }
}

void read_and_never_answer(SOCKET client)
{
    read_all(client);
    wait_for_stop();
}

void never_read(SOCKET client)
{
    (void)client;
    wait_for_stop();
}

void answer_byte_by_byte(SOCKET client)
{
    echo_some(client, 1L << 30, 1, 0);
}

void answer_with_pauses(SOCKET client)
{
    echo_some(client, 1L << 30, 1000, 20);
}

void send_too_much(SOCKET client)
{
    echo_some(client, 1000, 1000, 0);
    send_bytes(client, "more than you have sent", 23);
    echo_some(client, 1L << 30, 8192, 0);
}

void send_unasked(SOCKET client)
{
    send_bytes(client, "welcome\n", 8);
    echo_some(client, 1L << 30, 8192, 0);
}

void never_close(SOCKET client)
{
    echo_some(client, 1L << 30, 8192, 0);
    wait_for_stop();
}

void close_after_a_while(SOCKET client)
{
    Sleep(700);
    shutdown(client, SD_SEND);
}

/* Its pieces are smaller than a client's. With Nagle's algorithm the second would wait until the first is acknowledged,
   and that may take a while from a client that has nothing to say. */
void echo(SOCKET client)
{
    BOOL at_once = TRUE;

    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, (const char *)&at_once, sizeof at_once);
    echo_some(client, 1L << 30, 8192, 0);
}

/* What a client's thread needs; the thread frees it. */
struct visit {
    SOCKET client;
    behaviour behave;
};

static unsigned __stdcall treat(void *argument)
{
    struct visit *visit = argument;

    visit->behave(visit->client);
    closesocket(visit->client);
    free(visit);
    return 0;
}

static unsigned __stdcall accept_all(void *argument)
{
    struct bad_server *server = argument;
    SOCKET client;

    while (server->count < MAX_CLIENTS
           && (client = accept(server->listener, NULL, NULL)) != INVALID_SOCKET) {
        struct visit *visit = malloc(sizeof *visit);

        if (visit == NULL)
            die("out of memory");
        visit->client = client;
        visit->behave = server->behave;
        server->clients[server->count] = (HANDLE)_beginthreadex(NULL, 0, treat, visit, 0, NULL);
        if (server->clients[server->count] == NULL)
            die("no thread for a misbehaving server");
        server->count++;
    }
    return 0;
}

struct bad_server *start_bad_server(behaviour behave, int *port)
{
    struct bad_server *server = calloc(1, sizeof *server);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    *port = free_port();
    here.sin_port = htons((u_short)*port);
    if (server == NULL)
        die("out of memory");
    if (stopping == NULL)
        stopping = CreateEventW(NULL, TRUE, FALSE, NULL);
    ResetEvent(stopping);
    sent_bytes = 0;
    server->behave = behave;
    server->listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (bind(server->listener, (struct sockaddr *)&here, sizeof here) == SOCKET_ERROR
        || listen(server->listener, SOMAXCONN) == SOCKET_ERROR)
        die("a misbehaving server cannot listen on port %d: error %d", *port, WSAGetLastError());
    server->thread = (HANDLE)_beginthreadex(NULL, 0, accept_all, server, 0, NULL);
    if (server->thread == NULL)
        die("no thread for a misbehaving server");
    return server;
}

void stop_bad_server(struct bad_server *server)
{
    SetEvent(stopping);
    closesocket(server->listener);      /* which ends the accept */
    WaitForSingleObject(server->thread, INFINITE);
    CloseHandle(server->thread);
    for (int i = 0; i < server->count; i++) {
        WaitForSingleObject(server->clients[i], 5000);
        CloseHandle(server->clients[i]);
    }
    free(server);
}
