/* SLOW_LINE=n:ms, the injected slow line. Its events are made here, not by the system, so that the line is the same on
   Windows and under every Wine. (A small SO_SNDBUF is not: of one send some systems take a part, others all of it; and
   Wine 10 forgets what it has taken beyond the buffer when the other side half-closes.) */
#include "inside.h"

#include <stdio.h>

#define LINES 1024              /* a place is not used again; sockets beyond have no slow line */

/* A socket whose owner has asked for FD_WRITE by WSAEventSelect. */
static struct line {
    SOCKET socket;              /* INVALID_SOCKET: closed */
    WSAEVENT event;
    int room;                   /* bytes that it still takes */
    bool refused;               /* a send has found no room: FD_WRITE is to follow */
    bool writable;              /* FD_WRITE is there, to be fetched */
} lines[LINES];
static int count, most_room, milliseconds;
static CRITICAL_SECTION lock;

__attribute__((constructor)) static void read_environment(void)
{
    char text[40];

    InitializeCriticalSection(&lock);
    if (GetEnvironmentVariableA("SLOW_LINE", text, sizeof text) > 0
        && (sscanf(text, "%d:%d", &most_room, &milliseconds) != 2 || most_room <= 0)) {
        fprintf(stderr, "trace: SLOW_LINE=%s: not bytes:milliseconds\n", text);
        exit(1);
    }
}

/* NULL: this socket has no slow line. To be called inside the lock. */
static struct line *find_line(SOCKET s)
{
    for (int i = 0; i < count; i++)
        if (lines[i].socket == s)
            return &lines[i];
    return NULL;
}

void select_line(SOCKET s, WSAEVENT event, long events)
{
    struct line *line;

    if (most_room == 0 || (events & FD_WRITE) == 0)
        return;
    EnterCriticalSection(&lock);
    line = find_line(s);
    if (line == NULL && count < LINES) {
        line = &lines[count++];
        *line = (struct line){ .socket = s, .room = most_room };
    }
    if (line != NULL)
        line->event = event;
    LeaveCriticalSection(&lock);
}

void forget_line(SOCKET s)
{
    struct line *line;

    if (most_room == 0)
        return;
    EnterCriticalSection(&lock);
    line = find_line(s);
    if (line != NULL)
        line->socket = INVALID_SOCKET;
    LeaveCriticalSection(&lock);
}

/* In a thread of the system's, when the time is over. */
static void CALLBACK make_room(void *context, BOOLEAN timed_out)
{
    struct line *line = context;

    (void)timed_out;
    EnterCriticalSection(&lock);
    line->room = most_room;
    if (line->refused && line->socket != INVALID_SOCKET) {
        line->refused = false;
        line->writable = true;
        WSASetEvent(line->event);
    }
    LeaveCriticalSection(&lock);
}

bool line_is_full(SOCKET s, int *size)
{
    struct line *line;
    bool full;

    if (most_room == 0)
        return false;
    EnterCriticalSection(&lock);
    line = find_line(s);
    full = line != NULL && line->room == 0;
    if (full)
        line->refused = true;
    else if (line != NULL && *size > line->room)
        *size = line->room;
    LeaveCriticalSection(&lock);
    return full;
}

void line_has_taken(SOCKET s, int n)
{
    struct line *line;
    HANDLE timer;

    if (most_room == 0 || n <= 0)
        return;
    EnterCriticalSection(&lock);
    line = find_line(s);
    if (line != NULL) {
        line->room -= n;
        if (line->room == 0)
            CreateTimerQueueTimer(&timer, NULL, make_room, line, (DWORD)milliseconds, 0, WT_EXECUTEONLYONCE);
    }
    LeaveCriticalSection(&lock);
}

/* Inside the lock: else make_room could set the event between the real call, which resets it, and the rest. */
int enumerate_line(SOCKET s, WSAEVENT event, WSANETWORKEVENTS *happened)
{
    struct line *line;
    int result;

    if (most_room == 0)
        return strict_WSAEnumNetworkEvents(s, event, happened);
    EnterCriticalSection(&lock);
    result = strict_WSAEnumNetworkEvents(s, event, happened);
    line = find_line(s);
    if (result == 0 && line != NULL && line->writable) {
        line->writable = false;
        happened->lNetworkEvents |= FD_WRITE;
        happened->iErrorCode[FD_WRITE_BIT] = 0;
    }
    LeaveCriticalSection(&lock);
    return result;
}
