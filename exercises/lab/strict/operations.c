/* Overlapped operations: the program's memory is lent to the layer, which has the real operation done in memory of its
   own, and decides when the end is told. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

/* ---- The start ---- */

static void check_overlapped(struct stream *stream, const OVERLAPPED *overlapped, bool has_routine, const char *call)
{
    struct operation *other = find_operation(overlapped);
    int line;

    if (other != NULL && !other->dead && other->state == UNDER_WAY)
        broken(ONE_OPERATION_EACH, stream->name, "%s gets the OVERLAPPED of %s, which line %d has started and which "
               "has not ended.", call, operation_name(other), other->line);
    else if (other != NULL && !other->dead && has_memory(other))
        broken(NOTIFIED_ONCE, stream->name, "%s gets the OVERLAPPED of %s, which line %d has started. It has ended, "
               "but its %s is still to come.", call, operation_name(other), other->line,
               other->routine != NULL ? "routine's call" : "packet");
    if (other != NULL) {
        if (has_memory(other))
            other->dead = true;
        else
            forget_operation(other);
    }
    if (overlapped->Offset != 0 || overlapped->OffsetHigh != 0)
        broken(CLEAN_OVERLAPPED, stream->name, "%s gets an OVERLAPPED that was not set to zero.", call);
    if (!has_routine && overlapped->hEvent != NULL && handle_is_closed(overlapped->hEvent, &line))
        broken(CLEAN_OVERLAPPED, stream->name, "%s gets an OVERLAPPED whose hEvent line %d has closed.", call, line);
}

static struct operation *new_operation(struct stream *stream, enum kind kind, OVERLAPPED *overlapped,
                                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const WSABUF *buffers, DWORD count)
{
    struct operation *o = calloc(1, sizeof *o + count * sizeof *buffers);
    struct thread *t = this_thread();

    if (o == NULL)
        abort();
    *o = (struct operation){ .kind = kind, .stream = stream, .overlapped = overlapped, .routine = routine,
                             .event = routine == NULL ? overlapped->hEvent : NULL, .thread = t, .line = t->line };
    o->on_stack = lies_on_stack(t, overlapped);
    for (DWORD i = 0; i < count; i++) {
        o->part[o->parts++] = buffers[i];
        o->total += buffers[i].len;
        o->on_stack = o->on_stack || lies_on_stack(t, buffers[i].buf);
    }
    t->on_stack += o->on_stack;
    t->routines += routine != NULL;
    overlapped->Internal = STATUS_PENDING;
    if ((ULONG_PTR)o->event > 1)
        ResetEvent((HANDLE)((ULONG_PTR)o->event & ~(ULONG_PTR)1));
    add_operation(o);
    return o;
}

static void fill(struct operation *o)
{
    for (DWORD i = 0; i < o->parts && is_wanted(BUFFER_WRITTEN); i++) {
        memset(o->part[i].buf, 0xDD, o->part[i].len);
        took(BUFFER_WRITTEN);
    }
}

/* Checks, and lends the memory. */
struct operation *start_operation(struct stream *stream, enum kind kind, OVERLAPPED *overlapped,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const WSABUF *buffers, DWORD count,
                                  const char *call)
{
    struct operation *o;

    check_overlapped(stream, overlapped, routine != NULL, call);
    o = new_operation(stream, kind, overlapped, routine, buffers, count);
    o->bytes = malloc(o->total + 1);
    if (o->bytes == NULL)
        abort();
    if (kind == RECEIVE)
        fill(o);
    o->sum = sum_of(o);
    return o;
}

void forget_operation(struct operation *o)
{
    remove_operation(o);
    o->thread->on_stack -= o->on_stack;
    free(o->bytes);
    free(o);
}

/* ---- The end ---- */

static void CALLBACK run_routine(ULONG_PTR argument)
{
    struct operation *o = (struct operation *)argument;
    struct thread *t = this_thread();
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = o->routine;
    OVERLAPPED *overlapped = o->overlapped;
    DWORD error = (DWORD)o->error, n = o->n;
    bool interrupted;

    lock_model();
    t->routines--;
    forget_operation(o);
    unlock_model();
    interrupted = t->interrupts;
    t->interrupts = t->blocking > 0;
    routine(error, n, overlapped, 0);
    t->interrupts = interrupted;
}

static void check_buffers(struct operation *o)
{
    if (o->dead || o->total == 0 || sum_of(o) == o->sum)
        return;
    this_thread()->line = o->line;
    broken(LENT_BUFFER_UNTOUCHED, o->stream->name, "The program has written into the buffer of %s while it belonged "
           "to the system: from this call to the end of the operation.", operation_name(o));
}

static void give_bytes(struct operation *o)
{
    DWORD given = 0, all = o->kind == ACCEPT ? o->total : o->n;     /* of AcceptEx the addresses, too */

    for (DWORD i = 0; i < o->parts && given < all && !o->dead; i++) {
        DWORD part = o->part[i].len < all - given ? o->part[i].len : all - given;

        memcpy(o->part[i].buf, o->bytes + given, part);
        given += part;
    }
}

/* Tells the end, in the way that was agreed on. Inside the lock. */
static void deliver(void *argument)
{
    struct operation *o = argument;

    check_buffers(o);
    if (o->kind != SEND)
        give_bytes(o);
    if (!o->dead) {
        o->overlapped->InternalHigh = o->n;
        o->overlapped->Internal = o->real.Internal;
    }
    o->state = ENDED;
    o->stream->zero_asked = o->kind == RECEIVE && o->error == 0 && o->n == 0 && o->total == 0;
    if (o->kind == CONNECT && o->error == 0)
        o->stream->connected = true;
    if (o->routine != NULL) {
        QueueUserAPC(run_routine, o->thread->handle, (ULONG_PTR)o);
        return;
    }
    if ((ULONG_PTR)o->event > 1)
        SetEvent((HANDLE)((ULONG_PTR)o->event & ~(ULONG_PTR)1));
    if (((ULONG_PTR)o->event & 1) != 0 || o->quiet)
        forget_operation(o);
    else if (o->stream->port != NULL)
        queue_packet(o->stream->port, o, o->n, o->stream->key, o->overlapped);
    else if (o->stream->io != NULL)
        pool_io_ended(o);
}

/* The next send begins when the one before has really ended: bytes go out in the order of the calls. */
static void begin_send(void *argument);

static void send_next(struct operation *o)
{
    struct stream *stream = o->stream;

    stream->sends = o->next_send;
    if (stream->sends != NULL)
        begin_send(stream->sends);
}

static double delay_of(struct operation *o)
{
    double due = milliseconds_now(), *last = &o->stream->last_due[o->kind == SEND];

    if (o->cancelled && may(CANCELLED_LATER, 1))
        due += choose(1, 15);
    else if (may(ENDS_LATE, 6))
        due += choose(1, 6);
    if (due < *last)
        due = *last;
    *last = due;
    return due - milliseconds_now();
}

static void set_result(struct operation *o, int error, DWORD n)
{
    if (error == 0 && n == 0 && o->kind == RECEIVE && o->total > 0 && is_wanted(RESET_TOLD) && o->stream->open
        && !o->stream->sends_ended && was_reset(o->stream->s)) {
        took(RESET_TOLD);
        error = WSAECONNRESET;
    }
    if (o->cancelled && error != 0)
        error = WSA_OPERATION_ABORTED;
    if (error == WSA_OPERATION_ABORTED)
        o->real.Internal = CANCELLED;
    else if (error == WSAECONNRESET)
        o->real.Internal = CONNECTION_RESET;
    o->error = error;
    o->n = error == 0 ? n : 0;
}

static void end_operation(struct operation *o, int error, DWORD n)
{
    double delay;

    set_result(o, error, n);
    if (o->kind == ACCEPT && error == 0) {
        o->client->needs_context = o->client->connected = true;
        o->client->context_option = SO_UPDATE_ACCEPT_CONTEXT;
    }
    delay = delay_of(o);
    if (delay <= 0)
        deliver(o);
    else
        later(delay, deliver, o);
}

static void fail_accept(void *argument)
{
    end_operation(argument, WSAECONNRESET, 0);
}

void fail_accept_later(struct operation *o)
{
    later(choose(1, 5), fail_accept, o);
}

/* From the engine. */
void on_operation_end(struct operation *o, int error, DWORD n)
{
    if (o->kind == SEND)
        send_next(o);
    end_operation(o, error, n);
}

/* The bytes of a send are taken from the program's memory at the last moment. Returns as really_send does. */
static int take_bytes_and_send(struct operation *o)
{
    DWORD taken = 0;

    check_buffers(o);
    for (DWORD i = 0; i < o->parts && !o->dead; i++) {
        memcpy(o->bytes + taken, o->part[i].buf, o->part[i].len);
        taken += o->part[i].len;
    }
    return o->dead || o->cancelled || !o->stream->open ? WSA_OPERATION_ABORTED : really_send(o);
}

static void begin_send(void *argument)
{
    struct operation *o = argument;
    int error = take_bytes_and_send(o);

    if (error != WSA_IO_PENDING) {
        send_next(o);
        end_operation(o, error, o->n);
    }
}

/* ---- WSARecv and WSASend, ReadFile and WriteFile ---- */

/* Two threads in the same call on one stream: rule 13. The calls must overlap in time, which the layer lets them do. A
   call whose operation has ended does not count: its packet lets another worker go on before it returns. */
void enter_call(struct stream *stream, volatile LONG *inside, DWORD *who, int *line, const char *call)
{
    struct thread *t = this_thread();

    if (InterlockedIncrement(inside) > 1 && *who != t->id)
        broken(ONE_SENDER, stream->name, "%s is called for %s while another thread is in the %s of line %d for it.",
               call,
               stream->name, call, *line);
    *who = t->id;
    *line = t->line;
    if (may(PREEMPTED, 24))
        Sleep((DWORD)choose(1, 3));
}

int finish_start(struct operation *o, int error, DWORD *bytes)
{
    if (error == 0 && !may(ENDS_LATER, 2)) {
        if (bytes != NULL)
            *bytes = o->n;
        o->quiet = o->stream->skips;
        set_result(o, 0, o->n);
        if (o->error == 0) {
            deliver(o);
            return 0;
        }
        end_operation(o, o->error, 0);
    } else if (error == 0) {
        end_operation(o, 0, o->n);
    } else if (error != WSA_IO_PENDING) {
        o->thread->routines -= o->routine != NULL;
        o->overlapped->Internal = 0;
        forget_operation(o);
        WSASetLastError(error);
        return SOCKET_ERROR;
    }
    WSASetLastError(WSA_IO_PENDING);
    return SOCKET_ERROR;
}

/* A worker may have the packet, and handle it to its end, before the call that started it returns. */
static bool let_worker_go_first(struct operation *o)
{
    if (o->stream->port == NULL || o->stream->skips || !has_idle_worker(o->stream->port) || !may(WORKER_FIRST, 6))
        return false;
    o->thread->back = 0;
    o->tell_when_back = &o->thread->back;
    return true;
}

static void wait_for_worker(struct thread *t)
{
    DWORD error = GetLastError();
    double end = milliseconds_now() + 10;

    while (t->back == 0 && milliseconds_now() < end)
        Sleep(1);
    SetLastError(error);
}

/* NULL: the layer does not know the socket, or the program has closed it; then the call itself says what is wrong. */
static struct stream *begin_start(SOCKET s, const char *call)
{
    struct stream *stream;

    lock_model();
    stream = live_stream(s, call);
    if (stream != NULL && !put_on_engine(stream))
        stream = NULL;
    unlock_model();
    return stream;
}

/* Without an OVERLAPPED they do what recv and send do. */
static int as_one_call(int n, DWORD *bytes)
{
    if (n != SOCKET_ERROR && bytes != NULL)
        *bytes = (DWORD)n;
    return n != SOCKET_ERROR ? 0 : SOCKET_ERROR;
}

int strict_WSARecv(SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD *flags, WSAOVERLAPPED *overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct stream *stream = strict_is_on() && overlapped != NULL ? begin_start(s, "WSARecv") : NULL;
    struct operation *o;
    bool first;
    int error, result;

    if (strict_is_on() && overlapped == NULL && count == 1)
        return as_one_call(strict_recv(s, buffers->buf, (int)buffers->len, (int)*flags), bytes);
    if (stream == NULL)
        return WSARecv(s, buffers, count, bytes, flags, overlapped, routine);
    enter_call(stream, &stream->in_receive, &stream->receiver, &stream->received_at, "WSARecv");
    lock_model();
    o = start_operation(stream, RECEIVE, overlapped, routine, buffers, count, "WSARecv");
    o->real_flags = *flags;
    stream->zero_asked = false;
    first = let_worker_go_first(o);
    error = really_receive(o);
    InterlockedDecrement(&stream->in_receive);
    result = finish_start(o, error, bytes);
    unlock_model();
    if (first && result == 0)
        wait_for_worker(this_thread());
    return result;
}

int strict_WSASend(SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD flags, WSAOVERLAPPED *overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct stream *stream = strict_is_on() && overlapped != NULL ? begin_start(s, "WSASend") : NULL;
    struct operation *o, **last;
    bool first;
    int error = WSA_IO_PENDING, result;

    if (strict_is_on() && overlapped == NULL && count == 1)
        return as_one_call(strict_send(s, buffers->buf, (int)buffers->len, (int)flags), bytes);
    if (stream == NULL)
        return WSASend(s, buffers, count, bytes, flags, overlapped, routine);
    enter_call(stream, &stream->in_send, &stream->sender, &stream->sent_at, "WSASend");
    lock_model();
    if (stream->sends_ended) {
        unlock_model();
        InterlockedDecrement(&stream->in_send);
        WSASetLastError(WSAESHUTDOWN);
        return SOCKET_ERROR;
    }
    o = start_operation(stream, SEND, overlapped, routine, buffers, count, "WSASend");
    o->real_flags = flags;
    first = let_worker_go_first(o);
    for (last = &stream->sends; *last != NULL; last = &(*last)->next_send)
        ;
    *last = o;
    if (stream->sends == o) {
        if (may(BUFFER_READ_LATE, 8))
            later(choose(1, 4), begin_send, o);
        else
            error = take_bytes_and_send(o);
        if (error != WSA_IO_PENDING)
            send_next(o);
    }
    InterlockedDecrement(&stream->in_send);
    result = finish_start(o, error, bytes);
    unlock_model();
    if (first && result == 0)
        wait_for_worker(this_thread());
    return result;
}

/* ReadFile and WriteFile take a socket, too [Socket Handles]. */
static bool is_open_socket(HANDLE file)
{
    struct stream *stream;

    lock_model();
    stream = stream_of((SOCKET)file);
    unlock_model();
    return stream != NULL && stream->open;
}

BOOL strict_ReadFile(HANDLE file, void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped)
{
    WSABUF all = { size, buffer };
    DWORD flags = 0;

    if (!strict_is_on() || overlapped == NULL || !is_open_socket(file))
        return ReadFile(file, buffer, size, bytes, overlapped);
    return strict_WSARecv((SOCKET)file, &all, 1, bytes, &flags, overlapped, NULL) == 0;
}

BOOL strict_WriteFile(HANDLE file, const void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped)
{
    WSABUF all = { size, (char *)buffer };

    if (!strict_is_on() || overlapped == NULL || !is_open_socket(file))
        return WriteFile(file, buffer, size, bytes, overlapped);
    return strict_WSASend((SOCKET)file, &all, 1, bytes, 0, overlapped, NULL) == 0;
}
