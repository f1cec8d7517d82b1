/* The inside of the trace: how a recording function notes what it does. Not for the traced source. The environment
   variables that it knows stand in trace.h. */
#ifndef TRACE_INSIDE_H
#define TRACE_INSIDE_H

#define TRACE_ITSELF
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <process.h>
#include <stdlib.h>
#include "calls.h"
#include "trace.h"
#include "strict/strict.h"

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

/* Begins: is it to fail, or to wait first? In a function that takes a call's place: from where on its caller's stack
   is. */
struct call begin_call_at(const char *name, int line, const void *frame);
#define begin_call(name, line) begin_call_at(name, line, __builtin_dwarf_cfa())

/* Ends: writes the event. waits: this call can put the thread to sleep. ok decides whether the result
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

/* SLOW_LINE (slow_line.c): without it none of these does more than the call itself. */
void select_line(SOCKET s, WSAEVENT event, long events);
void forget_line(SOCKET s);
bool line_is_full(SOCKET s, int *size);         /* else *size becomes what the line still takes */
void line_has_taken(SOCKET s, int n);
int enumerate_line(SOCKET s, WSAEVENT event, WSANETWORKEVENTS *happened);

/* The next client's number: accepted sockets are #1, #2, ... */
int next_client(void);

void name_thread(const char *name);
const char *thread_name(void);

/* What happens in that line of the source: "waits: for lock 2". */
void say_event(int line, const char *what, const char *format, ...);

/* Guards the names; other files keep their own names by the same lock. No call that waits, while it is held. */
void lock_names(void);
void unlock_names(void);

/* A buffer of SCRATCH bytes for a text that is needed only now. */
#define SCRATCH 100
char *scratch(void);

/* "10035 WSAEWOULDBLOCK", in such a buffer. */
const char *error_text(int error);

/* "FD_READ|FD_CLOSE" */
const char *events_text(long events);

#endif
