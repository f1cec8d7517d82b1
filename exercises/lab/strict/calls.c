/* The calls on sockets that return when they are done: setting up, clients, bytes, select. */
#include "inside.h"

#include <string.h>

/* A blocking call that has to wait waits alertably, and queued routines run in it. One that need not wait runs none. */
static bool can_run_routines(void)
{
    return this_thread()->routines > 0 && is_wanted(ROUTINE_IN_OTHER_WAIT);
}

static bool has_to_wait(SOCKET s, bool to_send)
{
    struct timeval at_once = { 0, 0 };
    fd_set one;

    FD_ZERO(&one);
    FD_SET(s, &one);
    return select(0, to_send ? NULL : &one, to_send ? &one : NULL, NULL, &at_once) == 0;
}

static void run_routines(void)
{
    struct thread *t = this_thread();

    t->blocking++;
    if (SleepEx(0, TRUE) == WAIT_IO_COMPLETION)
        took(ROUTINE_IN_OTHER_WAIT);
    t->blocking--;
}

/* Around the real call: some systems run routines in it by themselves, and no other thread may close the socket. */
static void begin_use(struct stream *stream)
{
    struct thread *t = this_thread();

    t->blocking += !stream->nonblocking;
    stream->caller = t->id;
    stream->called_at = t->line;
    InterlockedIncrement(&stream->in_call);
}

static void end_use(struct stream *stream, bool blocking)
{
    this_thread()->blocking -= blocking;
    InterlockedDecrement(&stream->in_call);
}

static void check_alone(struct stream *stream)
{
    DWORD me = this_thread()->id;

    if ((stream->in_call > 0 && stream->caller != me) || (stream->in_send > 0 && stream->sender != me)
        || (stream->in_receive > 0 && stream->receiver != me))
        broken(CLOSED_ALONE, stream->name, "closesocket is called for %s while another thread is in a call with it, "
               "in line %d.", *stream->name ? stream->name : "a socket", stream->in_call > 0 ? stream->called_at :
               stream->in_send > 0 ? stream->sent_at : stream->received_at);
}

/* A reset that came before recv: some Wines tell it as the end. A send of no bytes tells the two apart. */
bool was_reset(SOCKET s)
{
    return send(s, "", 0, 0) == SOCKET_ERROR && (WSAGetLastError() == WSAECONNRESET
                                                 || WSAGetLastError() == WSAECONNABORTED);
}

static void no_blocking_in_routine(const struct stream *stream, const char *call)
{
    if (this_thread()->interrupts && !stream->nonblocking)
        broken(NO_BLOCKING_IN_ROUTINE, stream->name, "A completion routine calls %s, which can block, and the routine "
               "has itself interrupted a blocking Winsock call.", call);
}

static int fails(int error)
{
    WSASetLastError(error);
    return SOCKET_ERROR;
}

SOCKET strict_socket(int family, int type, int protocol)
{
    SOCKET s = socket(family, type, protocol);

    if (strict_is_on() && s != INVALID_SOCKET) {
        lock_model();
        add_stream(s);
        unlock_model();
    }
    return s;
}

/* NULL: the layer is off, or the program has closed the socket. */
static struct stream *known(SOCKET s, const char *call)
{
    struct stream *stream;

    if (!strict_is_on())
        return NULL;
    lock_model();
    stream = live_stream(s, call);
    unlock_model();
    return stream;
}

/* false: the call is to fail with WSAENOTCONN. */
static bool has_context(struct stream *stream, const char *call)
{
    if (stream == NULL || !stream->needs_context)
        return true;
    broken(CONTEXT_UPDATED, stream->name, "%s is called for a socket of %s, and %s was not set before.", call,
           stream->context_option == SO_UPDATE_ACCEPT_CONTEXT ? "AcceptEx" : "ConnectEx",
           stream->context_option == SO_UPDATE_ACCEPT_CONTEXT
               ? "SO_UPDATE_ACCEPT_CONTEXT" : "SO_UPDATE_CONNECT_CONTEXT");
    if (!is_wanted(CONTEXT_NEEDED))
        return true;
    took(CONTEXT_NEEDED);
    return false;
}

int strict_setsockopt(SOCKET s, int level, int option, const char *value, int size)
{
    struct stream *stream = known(s, "setsockopt");

    if (stream != NULL && level == SOL_SOCKET && option == stream->context_option)
        stream->needs_context = false;
    return setsockopt(s, level, option, value, size);
}

int strict_getsockopt(SOCKET s, int level, int option, char *value, int *size)
{
    known(s, "getsockopt");
    return getsockopt(s, level, option, value, size);
}

int strict_getsockname(SOCKET s, struct sockaddr *name, int *size)
{
    return has_context(known(s, "getsockname"), "getsockname") ? getsockname(s, name, size) : fails(WSAENOTCONN);
}

int strict_getpeername(SOCKET s, struct sockaddr *name, int *size)
{
    return has_context(known(s, "getpeername"), "getpeername") ? getpeername(s, name, size) : fails(WSAENOTCONN);
}

int strict_bind(SOCKET s, const struct sockaddr *name, int size)
{
    struct stream *stream = known(s, "bind");
    int result = bind(s, name, size);

    if (stream != NULL && result == 0)
        stream->bound = true;
    return result;
}

int strict_listen(SOCKET s, int backlog)
{
    struct stream *stream = known(s, "listen");
    int result = listen(s, backlog);

    if (stream != NULL && result == 0)
        stream->listening = true;
    if (stream != NULL)
        stream->for_one = backlog <= 1;
    return result;
}

int strict_connect(SOCKET s, const struct sockaddr *name, int size)
{
    struct stream *stream = known(s, "connect");
    int result, error;

    if (stream == NULL)
        return connect(s, name, size);
    no_blocking_in_routine(stream, "connect");
    result = connect(s, name, size);
    error = WSAGetLastError();
    lock_model();
    if (result == 0)
        stream->connected = true;
    else if (error == WSAEWOULDBLOCK && !stream->connecting) {
        stream->connecting = true;
        if (stream->mask != 0)
            begin_connect_watch(stream);
    }
    unlock_model();
    WSASetLastError(error);
    return result;
}

int strict_ioctlsocket(SOCKET s, long command, u_long *value)
{
    struct stream *stream = known(s, "ioctlsocket");

    if (stream != NULL && command == (long)FIONBIO) {
        if (*value == 0 && stream->mask != 0)
            return fails(WSAEINVAL);
        stream->nonblocking = *value != 0;
    }
    return ioctlsocket(s, command, value);
}

/* ---- The end ---- */

/* A receive of no bytes has ended, and the program takes that for the end. */
static void check_end(struct stream *stream, const char *call)
{
    char byte;

    if (stream->zero_asked && recv(stream->s, &byte, 1, MSG_PEEK) == 1)
        broken(ZERO_IS_NOT_THE_END, stream->name, "%s ends a connection whose last receive asked for 0 bytes, and got "
               "0. Bytes are there.", call);
}

int strict_shutdown(SOCKET s, int how)
{
    struct stream *stream = known(s, "shutdown");
    bool waits = false;

    if (stream == NULL)
        return shutdown(s, how);
    if (!has_context(stream, "shutdown"))
        return fails(WSAENOTCONN);
    lock_model();
    check_end(stream, "shutdown");
    if (how != SD_RECEIVE) {
        stream->sends_ended = true;
        waits = stream->watched && (stream->sending || stream->first != NULL);
        stream->shut_when_sent = waits;
    }
    unlock_model();
    return waits ? 0 : shutdown(s, how);
}

int strict_closesocket(SOCKET s)
{
    struct stream *stream = known(s, "closesocket");
    int result = 0;

    if (stream == NULL)
        return closesocket(s);
    lock_model();
    check_alone(stream);
    check_end(stream, "closesocket");
    cancel_operations(stream, NULL);
    stream->open = false;
    stream->closed_at = this_thread()->line;
    if (stream->accept_asked != NULL)
        SetEvent(stream->accept_asked);
    if (stream->watched) {
        close_watched(stream);
    } else {
        if (stream->on_engine)
            CancelIoEx((HANDLE)s, NULL);
        result = closesocket(s);
    }
    unlock_model();
    return result;
}

/* ---- Clients ---- */

/* Until a client is there, as a blocking accept waits. By WSAPoll: in select some systems run routines. */
static void wait_for_client(SOCKET s)
{
    for (;;) {
        WSAPOLLFD one = { .fd = s, .events = POLLRDNORM };

        if (WSAPoll(&one, 1, 0) != 0)
            return;
        if (can_run_routines())
            run_routines();
        if (WSAPoll(&one, 1, this_thread()->routines > 0 ? 20 : -1) != 0)
            return;
    }
}

/* Has FD_ACCEPT told of a client who has gone again? */
static int client_is_gone(struct stream *listener)
{
    if (listener->for_one)              /* one half of a pair of sockets: its client is this program, and stays */
        return 0;
    if (listener->nonblocking && may(ACCEPT_GONE, 12))
        return WSAEWOULDBLOCK;
    return may(ACCEPT_RESET, 24) ? WSAECONNRESET : 0;
}

SOCKET strict_accept(SOCKET s, struct sockaddr *name, int *size)
{
    struct stream *listener = known(s, "accept"), *stream;
    SOCKET client = INVALID_SOCKET;
    u_long yes = 1;
    int error;

    if (listener == NULL)
        return accept(s, name, size);
    no_blocking_in_routine(listener, "accept");
    if (!listener->nonblocking)
        wait_for_client(s);
    error = client_is_gone(listener);
    if (error == 0) {
        bool blocking = !listener->nonblocking;

        begin_use(listener);
        client = accept(s, name, size);
        error = WSAGetLastError();
        end_use(listener, blocking);
    }
    lock_model();
    if (client != INVALID_SOCKET) {
        stream = add_stream(client);
        stream->connected = true;
        inherit(stream, listener);
        if (stream->nonblocking)
            ioctlsocket(client, FIONBIO, &yes);
    }
    if (listener->accept_asked != NULL)
        SetEvent(listener->accept_asked);
    unlock_model();
    WSASetLastError(error);
    return client;
}

/* ---- Bytes ---- */

/* Of what is there recv may give a part. */
static int shorten(SOCKET s, int size)
{
    u_long there = 0;

    if (size < 2 || !is_wanted(SHORT_RECV) || choose(1, 8) > 1 || ioctlsocket(s, FIONREAD, &there) == SOCKET_ERROR
        || there < 2 || !may(SHORT_RECV, 1))
        return size;
    return choose(1, (int)(there < (u_long)size ? there : (u_long)size));
}

int strict_recv(SOCKET s, char *buffer, int size, int flags)
{
    struct stream *stream = known(s, "recv");
    bool blocking;
    int n;

    if (stream == NULL)
        return recv(s, buffer, size, flags);
    no_blocking_in_routine(stream, "recv");
    stream->zero_asked = false;
    if (stream->watched) {
        lock_model();
        n = watched_recv(stream, buffer, size, flags);
        unlock_model();
        return n;
    }
    if (stream->nonblocking && may(READ_GONE, 16))
        return fails(WSAEWOULDBLOCK);
    size = shorten(s, size);
    if (!stream->nonblocking && can_run_routines() && has_to_wait(s, false))
        run_routines();
    blocking = !stream->nonblocking;
    begin_use(stream);
    n = recv(s, buffer, size, flags);
    end_use(stream, blocking);
    if (n == 0 && size > 0 && is_wanted(RESET_TOLD) && !stream->sends_ended && was_reset(s)) {
        took(RESET_TOLD);
        return fails(WSAECONNRESET);
    }
    return n;
}

int strict_send(SOCKET s, const char *buffer, int size, int flags)
{
    struct stream *stream = known(s, "send");
    int n;

    if (stream == NULL)
        return send(s, buffer, size, flags);
    no_blocking_in_routine(stream, "send");
    if (stream->watched) {
        lock_model();
        n = watched_send(stream, buffer, size);
        unlock_model();
        return n;
    }
    if (stream->nonblocking && may(SEND_REFUSED, 16))
        return fails(WSAEWOULDBLOCK);
    if (stream->nonblocking && size > 1 && may(SHORT_SEND, 8))
        size = choose(1, size);
    if (!stream->nonblocking && can_run_routines() && has_to_wait(s, true))
        run_routines();
    enter_call(stream, &stream->in_send, &stream->sender, &stream->sent_at, "send");
    n = send(s, buffer, size, flags);
    InterlockedDecrement(&stream->in_send);
    return n;
}

/* ---- Readiness ---- */

static void check_set(const fd_set *set, u_int capacity)
{
    for (u_int i = 0; set != NULL && i < set->fd_count; i++) {
        const struct stream *stream = stream_of(set->fd_array[i]);

        if (stream != NULL && !stream->open)
            broken(SELECT_LIVE_SOCKETS, stream->name, "A set for select contains a socket that line %d has closed.",
                   stream->closed_at);
    }
    if (set != NULL && set->fd_count > capacity)
        broken(SELECT_LIVE_SOCKETS, NULL, "A set for select has %u sockets, and there is room for %u.", set->fd_count,
               capacity);
}

struct search {
    const struct stream *lost;
};

static void mark(const fd_set *set)
{
    for (u_int i = 0; set != NULL && i < set->fd_count; i++) {
        struct stream *stream = stream_of(set->fd_array[i]);

        if (stream != NULL)
            stream->was_in_a_set = true;
    }
}

static void find_lost(struct stream *stream, void *context)
{
    struct search *search = context;

    if (stream->connected && !stream->was_in_a_set && !stream->watched && !stream->on_engine && ++stream->missed > 3)
        search->lost = stream;
}

/* FD_SET says nothing if a set is full. Then a connection that has never been in a set was dropped by FD_SET. */
static void check_full(const fd_set *set, u_int capacity)
{
    struct search search = { .lost = NULL };

    if (set == NULL || set->fd_count < capacity)
        return;
    for_each_stream(find_lost, &search);
    if (search.lost != NULL)
        broken(SELECT_LIVE_SOCKETS, search.lost->name, "%s is in no set: the set already had %u sockets, as many as "
               "FD_SETSIZE allows, and FD_SET has dropped it without a word.", search.lost->name, capacity);
}

int strict_select(int n, fd_set *readable, fd_set *writable, fd_set *failed, const struct timeval *timeout,
                  u_int capacity)
{
    fd_set *sets[3] = { readable, writable, failed };
    bool empty = true;

    if (!strict_is_on())
        return select(n, readable, writable, failed, (PTIMEVAL)timeout);
    lock_model();
    for (int i = 0; i < 3; i++) {
        check_set(sets[i], capacity);
        mark(sets[i]);
        empty = empty && (sets[i] == NULL || sets[i]->fd_count == 0);
    }
    if (empty)
        broken(SELECT_LIVE_SOCKETS, NULL, "select is called with three empty sets. It fails with WSAEINVAL and does "
               "not wait.");
    check_full(readable, capacity);
    unlock_model();
    return select(n, readable, writable, failed, (PTIMEVAL)timeout);
}

int strict_WSAPoll(WSAPOLLFD *polled, ULONG count, INT timeout)
{
    if (strict_is_on()) {
        lock_model();
        for (ULONG i = 0; i < count; i++)
            live_stream(polled[i].fd, "WSAPoll");
        unlock_model();
        if (timeout < 0 && can_run_routines() && WSAPoll(polled, count, 0) == 0)
            run_routines();
    }
    return WSAPoll(polled, count, timeout);
}
