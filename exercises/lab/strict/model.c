/* The model: threads, sockets, operations. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096             /* of a hash table; what shares a place hangs in a chain */

static CRITICAL_SECTION lock;
static DWORD thread_slot;

static struct node { struct node *next; struct stream stream; } *streams[PLACES];
static struct operation *first_operation;

__attribute__((constructor(101))) static void set_up(void)
{
    InitializeCriticalSection(&lock);
    thread_slot = TlsAlloc();
}

void lock_model(void)
{
    EnterCriticalSection(&lock);
}

void unlock_model(void)
{
    LeaveCriticalSection(&lock);
}

struct thread *this_thread(void)
{
    DWORD error = GetLastError();
    struct thread *t = TlsGetValue(thread_slot);

    if (t == NULL) {
        t = calloc(1, sizeof *t);
        if (t == NULL)
            abort();
        t->id = GetCurrentThreadId();
        t->turn = CreateEventA(NULL, FALSE, FALSE, NULL);
        DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &t->handle, 0, FALSE,
                        DUPLICATE_SAME_ACCESS);
        TlsSetValue(thread_slot, t);
    }
    SetLastError(error);
    return t;
}

/* ---- Sockets ---- */

static struct node **place_of(SOCKET s)
{
    return &streams[s / 4 % PLACES];
}

struct stream *stream_of(SOCKET s)
{
    for (struct node *node = *place_of(s); node != NULL; node = node->next)
        if (node->stream.s == s)
            return &node->stream;
    return NULL;
}

/* A closed one of the same number goes out of the table, but stays in memory: operations may still point to it. */
struct stream *add_stream(SOCKET s)
{
    struct node *node = calloc(1, sizeof *node), **link = place_of(s);

    if (node == NULL)
        abort();
    while (*link != NULL && (*link)->stream.s != s)
        link = &(*link)->next;
    if (*link != NULL)
        *link = (*link)->next;
    node->stream.s = s;
    node->stream.open = true;
    if (s > 0xFFFF)
        took(HIGH_HANDLE);
    node->next = *place_of(s);
    *place_of(s) = node;
    return &node->stream;
}

void strict_name(SOCKET s, const char *name)
{
    struct stream *stream;

    lock_model();
    stream = stream_of(s);
    if (stream != NULL)
        snprintf(stream->name, sizeof stream->name, "%s", name);
    unlock_model();
}

/* A socket that was made by a call which the layer does not know, such as WSASocket; NULL: there is no such socket. */
static struct stream *adopt(SOCKET s)
{
    struct sockaddr_storage peer;
    int type, size = sizeof type, length = sizeof peer;
    DWORD error = GetLastError();
    struct stream *stream = NULL;

    if (getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0) {
        stream = add_stream(s);
        stream->connected = getpeername(s, (struct sockaddr *)&peer, &length) == 0;
    }
    SetLastError(error);
    return stream;
}

struct stream *live_stream(SOCKET s, const char *call)
{
    struct stream *stream = stream_of(s);

    if (stream != NULL && stream->open)
        return stream;
    if (stream == NULL || !stream->close_when_sent) {
        struct stream *other = adopt(s);

        if (other != NULL || stream == NULL)
            return other;
    }
    broken(NOTHING_CLOSED, stream->name, "%s is called with the socket of %s, which line %d has closed. By now its "
           "number may be another one's.", call, *stream->name ? stream->name : "a connection", stream->closed_at);
    return NULL;
}

void for_each_stream(void (*look)(struct stream *stream, void *context), void *context)
{
    for (int i = 0; i < PLACES; i++)
        for (struct node *node = streams[i]; node != NULL; node = node->next)
            if (node->stream.open)
                look(&node->stream, context);
}

/* ---- Operations ---- */

struct operation *operations(void)
{
    return first_operation;
}

void add_operation(struct operation *o)
{
    o->next = first_operation;
    if (o->next != NULL)
        o->next->before = o;
    first_operation = o;
}

void remove_operation(struct operation *o)
{
    if (o->before != NULL)
        o->before->next = o->next;
    else if (first_operation == o)
        first_operation = o->next;
    if (o->next != NULL)
        o->next->before = o->before;
    o->next = o->before = NULL;
}

struct operation *find_operation(const OVERLAPPED *overlapped)
{
    for (struct operation *o = first_operation; o != NULL; o = o->next)
        if (o->overlapped == overlapped)
            return o;
    return NULL;
}

const char *operation_name(const struct operation *o)
{
    static const char *const kinds[] = { "receive", "send", "accept", "connect" };
    static char texts[8][60];
    static int next;
    char *text = texts[next++ % 8];

    snprintf(text, sizeof texts[0], "%s%s%s", o->stream->name, *o->stream->name ? "'s " : "", kinds[o->kind]);
    return text;
}
