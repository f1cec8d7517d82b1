/* Watched streams, those of WSAEventSelect and WSAAsyncSelect. What is recorded or posted is decided here, by the
   pages: the layer receives before the program asks, sends after the program has gone on, and tells what the program
   has asked to be told. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

/* ---- Telling ---- */

static int bit_of(long event)
{
    int bit = 0;

    while ((event & 1L << bit) == 0)
        bit++;
    return bit;
}

void record_event(struct stream *stream, long event, int error)
{
    if ((stream->mask & event) == 0)
        return;
    if (stream->window != NULL) {
        PostMessageA(stream->window, stream->message, (WPARAM)stream->s, WSAMAKESELECTREPLY(event, error));
        return;
    }
    stream->recorded |= event;
    stream->errors[bit_of(event)] = error;
    SetEvent(stream->event);
}

/* Bytes are there that the program was not told of, and FD_CLOSE comes in their place. */
static bool closes_early(const struct stream *stream)
{
    return stream->ended && (stream->mask & FD_CLOSE) != 0 && (stream->recorded & FD_READ) == 0
           && may(CLOSE_BEFORE_READ, 2);
}

/* FD_READ once until the next recv; FD_CLOSE once and for all, and nothing after it. */
static void tell_arrivals(struct stream *stream)
{
    bool bytes = stream->to > stream->from, together = false, early;

    if (!stream->open || stream->end_told)
        return;
    early = bytes && closes_early(stream);
    if (bytes && !early && (stream->enabled & FD_READ) != 0) {
        stream->enabled &= ~FD_READ;
        record_event(stream, FD_READ, 0);
        together = is_wanted(READ_AND_CLOSE);
    }
    if (stream->ended && (stream->mask & FD_CLOSE) != 0 && (!bytes || together || early)) {
        stream->end_told = true;
        record_event(stream, FD_CLOSE, stream->end_error);
    }
}

static void tell_arrivals_later(void *argument)
{
    tell_arrivals(argument);
}

/* The promise that a send which found no room has got. */
static void tell_room(void *argument)
{
    struct stream *stream = argument;

    if (!stream->open || !stream->wants_room || stream->queued >= stream->room)
        return;
    stream->wants_room = false;
    record_event(stream, FD_WRITE, 0);
}

/* ---- Bytes in ---- */

static struct operation *own_operation(struct stream *stream, enum kind kind)
{
    struct operation *o = calloc(1, sizeof *o);

    if (o == NULL)
        abort();
    o->kind = kind;
    o->stream = stream;
    o->thread = this_thread();
    return o;
}

/* Goes on until the stash is full, or nothing is there. */
static void receive_ahead(struct stream *stream)
{
    while (stream->open && !stream->receiving && !stream->ended && stream->to < STASH) {
        struct operation *o = own_operation(stream, RECEIVE);
        int error;

        o->total = (DWORD)(STASH - stream->to);
        o->bytes = malloc(o->total);
        if (o->bytes == NULL)
            abort();
        stream->receiving = true;
        error = really_receive(o);
        if (error == WSA_IO_PENDING)
            return;
        on_watched_received(o, error, o->n);
    }
}

void on_watched_received(struct operation *o, int error, DWORD n)
{
    struct stream *stream = o->stream;

    stream->receiving = false;
    if (stream->open) {
        if (error == 0 && n == 0 && is_wanted(RESET_TOLD) && !stream->sends_ended && was_reset(stream->s)) {
            took(RESET_TOLD);
            error = WSAECONNRESET;
        }
        memcpy(stream->stash + stream->to, o->bytes, n);
        stream->to += (int)n;
        if (error != 0 || n == 0) {
            stream->ended = true;
            stream->end_error = error;
        }
        if (may(ENDS_LATE, 8) || ((is_wanted(READ_AND_CLOSE) || is_wanted(CLOSE_BEFORE_READ)) && choose(1, 8) == 1))
            later(choose(1, 4), tell_arrivals_later, stream);
        else
            tell_arrivals(stream);
    }
    free(o->bytes);
    free(o);
    if (stream->open)
        receive_ahead(stream);
}

int watched_recv(struct stream *stream, char *buffer, int size, int flags)
{
    int n = stream->to - stream->from;

    stream->enabled |= FD_READ;
    if (n == 0 && stream->ended) {
        if (stream->end_error == 0)
            return 0;
        WSASetLastError(stream->end_error);
        return SOCKET_ERROR;
    }
    if (n > 0 && !stream->end_told && may(READ_GONE, 16)) {
        later(choose(0, 3), tell_arrivals_later, stream);
        n = 0;
    }
    if (n == 0) {
        WSASetLastError(WSAEWOULDBLOCK);
        return SOCKET_ERROR;
    }
    n = n < size ? n : size;
    if (n > 1 && may(SHORT_RECV, 8))
        n = choose(1, n);
    memcpy(buffer, stream->stash + stream->from, (size_t)n);
    if ((flags & MSG_PEEK) == 0)
        stream->from += n;
    if (stream->from == stream->to)
        stream->from = stream->to = 0;
    receive_ahead(stream);
    tell_arrivals(stream);
    return n;
}

/* ---- Bytes out ---- */

static void drop_parcels(struct stream *stream)
{
    while (stream->first != NULL) {
        struct parcel *parcel = stream->first;

        stream->first = parcel->next;
        free(parcel);
    }
    stream->queued = 0;
}

static void close_really(struct stream *stream)
{
    if (stream->on_engine)
        CancelIoEx((HANDLE)stream->s, NULL);
    closesocket(stream->s);
}

static void after_the_last(struct stream *stream)
{
    if (stream->close_when_sent) {
        stream->close_when_sent = false;
        close_really(stream);
    } else if (stream->shut_when_sent) {
        stream->shut_when_sent = false;
        shutdown(stream->s, SD_SEND);
    }
}

static void send_parcels(struct stream *stream)
{
    while (!stream->sending && stream->first != NULL) {
        struct operation *o = own_operation(stream, SEND);
        int error;

        o->parcel = stream->first;
        stream->first = o->parcel->next;
        o->bytes = o->parcel->bytes;
        o->total = (DWORD)o->parcel->size;
        stream->sending = true;
        error = really_send(o);
        if (error == WSA_IO_PENDING)
            return;
        on_watched_sent(o, error, o->n);
    }
}

void on_watched_sent(struct operation *o, int error, DWORD n)
{
    struct stream *stream = o->stream;

    (void)n;
    stream->sending = false;
    stream->queued -= o->parcel->size;
    free(o->parcel);
    free(o);
    if (error != 0) {
        drop_parcels(stream);
        stream->ended = true;
        stream->end_error = error;
        tell_arrivals(stream);
    }
    if (stream->wants_room && stream->queued <= stream->room / 2)
        tell_room(stream);
    if (stream->first != NULL)
        send_parcels(stream);
    else if (!stream->sending)
        after_the_last(stream);
}

static int refuse_send(struct stream *stream, int error)
{
    stream->wants_room = stream->wants_room || error == WSAEWOULDBLOCK;
    WSASetLastError(error);
    return SOCKET_ERROR;
}

int watched_send(struct stream *stream, const char *buffer, int size)
{
    struct parcel *parcel;

    if (stream->sends_ended)
        return refuse_send(stream, WSAESHUTDOWN);
    if (stream->end_error != 0)
        return refuse_send(stream, stream->end_error);
    if (stream->queued >= stream->room)
        return refuse_send(stream, WSAEWOULDBLOCK);
    if (may(SEND_REFUSED, 16)) {
        later(choose(0, 6), tell_room, stream);
        return refuse_send(stream, WSAEWOULDBLOCK);
    }
    if (size > stream->room - stream->queued) {
        size = stream->room - stream->queued;
        took(SHORT_SEND);
    }
    if (size > 1 && may(SHORT_SEND, 8))
        size = choose(1, size);
    parcel = malloc(sizeof *parcel + (size_t)size);
    if (parcel == NULL)
        abort();
    *parcel = (struct parcel){ .size = size };
    memcpy(parcel->bytes, buffer, (size_t)size);
    if (stream->first == NULL)
        stream->first = parcel;
    else
        stream->last->next = parcel;
    stream->last = parcel;
    stream->queued += size;
    send_parcels(stream);
    return size;
}

/* Messages that were posted before stay in the queue. Bytes that nobody has received make it a reset. */
void close_watched(struct stream *stream)
{
    struct linger at_once = { 1, 0 };

    if (stream->window != NULL && stream->ended && !stream->end_told && is_wanted(STALE_MESSAGE)) {
        record_event(stream, FD_CLOSE, stream->end_error);
        took(STALE_MESSAGE);
    } else if (stream->window != NULL && !stream->end_told && (stream->enabled & FD_READ) != 0 && may(STALE_MESSAGE,
                                                                                                      2)) {
        record_event(stream, FD_READ, 0);
    }
    if (stream->to > stream->from) {
        setsockopt(stream->s, SOL_SOCKET, SO_LINGER, (const char *)&at_once, sizeof at_once);
        drop_parcels(stream);
        close_really(stream);
    } else if (stream->sending || stream->first != NULL) {
        stream->close_when_sent = true;
    } else {
        close_really(stream);
    }
    free(stream->stash);
    stream->stash = NULL;
    stream->from = stream->to = 0;
}

/* ---- Both ---- */

void start_watching(struct stream *stream)
{
    if (!stream->watched) {
        stream->watched = put_on_engine(stream);
        stream->stash = malloc(STASH);
        if (!stream->watched || stream->stash == NULL)
            abort();
        stream->room = is_seeded() ? choose(4, 64) * 4096 : 256 * 1024;
    }
    stream->enabled |= FD_READ;
    if (stream->queued < stream->room)
        record_event(stream, FD_WRITE, 0);
    receive_ahead(stream);
    tell_arrivals(stream);
}
