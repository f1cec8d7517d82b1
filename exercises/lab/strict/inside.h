/* The inside of the strict system: the model of what the program has, the choices, and what the files do for each
   other. One lock guards all of it. Nothing waits inside the lock. */
#ifndef STRICT_INSIDE_H
#define STRICT_INSIDE_H

#include "strict.h"

#include <process.h>

/* Where no packet was given: an address of a program's that is never in use. */
#define UNDEFINED_KEY ((ULONG_PTR)0x00005DDDDDDDDDD8u)

/* Of <ntstatus.h>, which does not go together with <windows.h>. */
#define CANCELLED        ((ULONG_PTR)0xC0000120u)
#define CONNECTION_RESET ((ULONG_PTR)0xC000020Du)

#define STASH 65536                 /* bytes of a watched stream that are received before the program asks */

enum kind { RECEIVE, SEND, ACCEPT, CONNECT };

/* A thread of the program. */
struct thread {
    DWORD id;
    HANDLE handle;                  /* for QueueUserAPC */
    int line;                       /* of the call that it makes */
    int blocking;                   /* it is in a blocking Winsock call, in which routines may run */
    bool interrupts;                /* the routine that runs has interrupted such a call */
    int routines;                   /* operations with a routine that it has under way */
    int on_stack;                   /* operations whose memory lies on its stack */
    const char *stack_end;
    struct port *runs_for;          /* it has a packet of this port, and has not come back */
    volatile LONG *tell_when_back;
    volatile LONG back;             /* the worker that has the packet of its operation has come back */
    HANDLE turn;                    /* set: it has a packet, or the port is gone */
};

/* Bytes on their way out of a watched stream. */
struct parcel {
    struct parcel *next;
    int size;
    char bytes[];
};

/* A socket, as the program has it. It is never freed: whoever uses the closed one is to be told where it was closed. */
struct stream {
    SOCKET s;
    char name[24];
    bool open, bound, listening, nonblocking, connecting, connected, was_in_a_set;
    int missed;                     /* so many times select was called with a full set, and without it */
    bool for_one;                   /* listens, with a queue of one */
    bool sends_ended;               /* shutdown(SD_SEND) was called */
    int closed_at;                  /* line */

    /* Registered by WSAEventSelect (event) or WSAAsyncSelect (window and message), or inherited. mask 0: is not. */
    long mask;
    WSAEVENT event;
    HWND window;
    u_int message;
    long recorded;                  /* for WSAEnumNetworkEvents */
    int errors[FD_MAX_EVENTS];
    long enabled;                   /* these will be told; FD_READ, FD_WRITE, FD_ACCEPT: until then once each */
    HANDLE accept_asked;            /* the listener's watcher waits for it */

    /* A watched stream: the layer receives, and recv takes from the stash; the layer sends what send has taken. */
    bool watched;
    char *stash;
    int from, to;
    bool receiving;
    bool ended, end_told;
    int end_error;
    struct parcel *first, *last;
    int queued, room;
    bool sending, wants_room, shut_when_sent, close_when_sent;

    /* Overlapped operations. */
    bool on_engine;
    struct port *port;
    struct pool_io *io;
    ULONG_PTR key;
    bool skips;                     /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS */
    struct operation *sends;        /* in order; the first is under way */
    double last_due[2];             /* receives, sends: they end in order */
    bool needs_context;
    int context_option;
    bool zero_asked;                /* the last receive asked for 0 bytes, and ended with 0 */
    volatile LONG in_send, in_receive;
    DWORD sender, receiver;
    int sent_at, received_at;
    volatile LONG in_call;          /* threads in a recv, send or accept */
    DWORD caller;
    int called_at;
};

/* An overlapped operation of the program's, or of the layer's own (overlapped is NULL then). */
struct operation {
    OVERLAPPED real;                /* first: what the engine's port gives is the operation */
    struct operation *next, *before;        /* all of the program's that are not taken yet */
    struct operation *next_send;
    enum kind kind;
    struct stream *stream, *client; /* client: AcceptEx' */
    OVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    HANDLE event;                   /* hEvent as it was at the start */
    struct thread *thread;
    int line;
    DWORD total;
    char *bytes;                    /* the layer's */
    struct parcel *parcel;
    DWORD real_flags;
    unsigned long long sum;         /* of the program's bytes of a send, at the start */
    bool dead;                      /* the program has freed or left its memory: nothing is written any more */
    bool on_stack;
    bool cancelled;
    bool quiet;                     /* ended at once, and no packet is wanted */
    enum { UNDER_WAY, ENDED } state;
    int error;
    DWORD n;
    volatile LONG *tell_when_back;
    DWORD parts;
    WSABUF part[];                  /* the program's */
};

/* model.c */
void lock_model(void);
void unlock_model(void);
struct thread *this_thread(void);
struct stream *stream_of(SOCKET s);             /* NULL: the layer has never seen it */
struct stream *add_stream(SOCKET s);            /* the program has got it now */
struct stream *live_stream(SOCKET s, const char *call);     /* rule 10, if it is closed. NULL then, or if unknown */
struct operation *operations(void);             /* all that are not taken */
void add_operation(struct operation *o);
void remove_operation(struct operation *o);
struct operation *find_operation(const OVERLAPPED *overlapped);
const char *operation_name(const struct operation *o);      /* "#3's receive" */
void for_each_stream(void (*look)(struct stream *stream, void *context), void *context);

/* report.c: reports once for each rule and line. format is about the program; the page follows by itself. */
void broken(enum rule rule, const char *client, const char *format, ...);
bool is_seeded(void);
bool may(enum freedom freedom, int one_in);     /* true: taken, and counted. In one of so many cases */
bool is_wanted(enum freedom freedom);           /* like may, for each case; not counted */
void took(enum freedom freedom);
int choose(int from, int to);                   /* a number between the two */
double milliseconds_now(void);

/* events.c: what is live. */
void add_handle(HANDLE handle, const char *what, bool manual);
void handle_is_used(HANDLE handle, const char *call);
bool handle_is_closed(HANDLE handle, int *line);
bool handle_is_manual(HANDLE handle);
void come_late(DWORD milliseconds);             /* after a timeout of so many */

/* engine.c */
void later(double milliseconds, void (*run)(void *), void *argument);   /* run: inside the lock */
bool put_on_engine(struct stream *stream);
int really_receive(struct operation *o);        /* 0: done, with o->n; else Winsock's number */
int really_send(struct operation *o);
DWORD file_error(ULONG_PTR status);             /* what GetLastError gives for it */

/* memory.c */
void watch_crashes(void);

/* lent.c */
unsigned long long sum_of(const struct operation *o);
bool has_memory(const struct operation *o);
bool lies_on_stack(struct thread *t, const void *memory);
void memory_goes(const char *from, size_t size, const char *what);
void check_stack(const void *frame);

/* operations.c */
struct operation *start_operation(struct stream *stream, enum kind kind, OVERLAPPED *overlapped,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const WSABUF *buffers, DWORD count,
                                  const char *call);
void fail_accept_later(struct operation *o);    /* it is not made; its end is WSAECONNRESET */
int finish_start(struct operation *o, int error, DWORD *bytes);         /* 0, or SOCKET_ERROR and the last error */
void forget_operation(struct operation *o);
void on_operation_end(struct operation *o, int error, DWORD n);
void enter_call(struct stream *stream, volatile LONG *inside, DWORD *who, int *line, const char *call);

/* extensions.c */
bool cancel_operations(struct stream *stream, const OVERLAPPED *overlapped);

/* ports.c */
void queue_packet(struct port *port, struct operation *o, DWORD n, ULONG_PTR key, OVERLAPPED *overlapped);
void close_port(HANDLE handle);
void leave_port(struct thread *t);
bool has_idle_worker(const struct port *port);

/* pool.c */
void pool_io_ended(struct operation *o);

/* calls.c */
bool was_reset(SOCKET s);

/* watched.c: inside the lock, all of them. */
void record_event(struct stream *stream, long event, int error);    /* if the program has asked to be told of it */
void start_watching(struct stream *stream);     /* it is connected now */
void on_watched_received(struct operation *o, int error, DWORD n);
void on_watched_sent(struct operation *o, int error, DWORD n);
int watched_recv(struct stream *stream, char *buffer, int size, int flags);
int watched_send(struct stream *stream, const char *buffer, int size);
void close_watched(struct stream *stream);

/* registered.c */
void begin_connect_watch(struct stream *stream);
void inherit(struct stream *client, const struct stream *listener);

#endif
