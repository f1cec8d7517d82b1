/* The inside of the trace: how a recording function notes what it does. Not for the traced source.

   What is recorded goes, a line an event, to stdout (to be read) or to the file that the environment
   variable TRACE_FILE names (to be read by programs). All environment variables:

   TRACE_FILE=path       the file; then nothing is printed
   TRACE_CLOCK=n         times count from this QueryPerformanceCounter value, not from the program's start
   FAULT=name@line=e     the first call of name at that source line fails with error number e,
                         and is not made (accept and closesocket: is made, and its result thrown away)
   FAULT=name#k=e        the k-th call of name fails with error e
   SHORT_SENDS=n         send and WSASend take at most n bytes of what they are given
   SEND_BUFFER=n         each accepted socket has room for n bytes only in the system's buffer for what it sends (SO_SNDBUF)
   WOULD_BLOCK=k         each k-th recv on a non-blocking socket fails with WSAEWOULDBLOCK, though bytes are there
                         (send cannot: FD_WRITE would never come, for it follows only a send that really failed)
   NO_BUFFERS=k          each k-th WSARecv and WSASend fails with WSAENOBUFS
   NO_MEMORY=k           each k-th calloc gives NULL
   DELAY=line:ms         each recorded call at that source line sleeps so long before it is made
   DELAY=name:ms         the same with each call of that name */
#ifndef TRACE_H
#define TRACE_H

#define TRACE_ITSELF
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <process.h>
#include <stdlib.h>
#include "calls.h"

#include <stdbool.h>

/* A call that is being recorded. */
struct call {
    const char *name;
    int line;
    bool fails;                 /* by FAULT and the like: then the call is not made */
    int error;                  /* ... and this is its error number */
    double start;               /* seconds since the program started */
    char client[24];            /* what it is about: "#1", "listener", "" */
    char arguments[160];
};

/* Begins: is it to fail, or to wait first? */
struct call begin_call(const char *name, int line);

/* Ends: writes the event. waits: this kind of call can put the thread to sleep. ok decides whether the result
   is formatted from result or is the thread's last error. Leaves the last error as it found it; if the
   call was made to fail, sets it. */
void end_call(struct call *call, bool waits, bool ok, const char *result, ...);

void about_socket(struct call *call, SOCKET s);
void arguments(struct call *call, const char *format, ...);

/* Something that happens to the program: a completion routine, a thread's start. */
void note_event(const char *kind, const char *client, const char *format, ...);

/* Names for sockets and for what else has a handle; "" if it has none. */
void name_socket(SOCKET s, const char *name);
const char *socket_name(SOCKET s);
void name_handle(const void *handle, const char *format, ...);
const char *handle_name(const void *handle);
void forget(const void *handle);

/* Sockets that were made non-blocking: no call on them can sleep, however long it takes. */
void set_nonblocking(SOCKET s);
bool can_block(SOCKET s);

/* The next client's number: accepted sockets are #1, #2, ... */
int next_client(void);

void name_thread(const char *name);

/* A buffer of SCRATCH bytes for a text that is needed only now. */
#define SCRATCH 100
char *scratch(void);

/* "10035 WSAEWOULDBLOCK", in such a buffer. */
const char *error_text(int error);

/* "FD_READ|FD_CLOSE" */
const char *events_text(long events);

#endif
