/* Recording functions: setting up, clients, bytes, readiness. */
#include "inside.h"

#include <stdio.h>
#include <string.h>

static int short_sends, would_block_each, calls_that_could_block;

__attribute__((constructor)) static void read_environment(void)
{
    char text[20];

    if (GetEnvironmentVariableA("SHORT_SENDS", text, sizeof text) > 0)
        short_sends = atoi(text);
    if (GetEnvironmentVariableA("WOULD_BLOCK", text, sizeof text) > 0)
        would_block_each = atoi(text);
}

/* For calls that give 0 or SOCKET_ERROR. */
static int end_simple(struct call *call, bool waits, int result)
{
    end_call(call, waits, result == 0, "ok");
    return call->fails ? SOCKET_ERROR : result;
}

static const char *address_text(const struct sockaddr *name)
{
    char *text = scratch();
    const struct sockaddr_in *in = (const struct sockaddr_in *)name;
    const u_char *ip = (const u_char *)&in->sin_addr;

    snprintf(text, SCRATCH, "%d.%d.%d.%d:%d", ip[0], ip[1], ip[2], ip[3], ntohs(in->sin_port));
    return text;
}

int trace_WSAStartup(int line, WORD version, WSADATA *data)
{
    struct call call = begin_call("WSAStartup", line);
    int error = call.fails ? call.error : WSAStartup(version, data);

    arguments(&call, "%d.%d", LOBYTE(version), HIBYTE(version));
    SetLastError((DWORD)error);
    end_call(&call, false, error == 0, "ok");
    return error;
}

int trace_WSACleanup(int line)
{
    struct call call = begin_call("WSACleanup", line);
    int result = call.fails ? SOCKET_ERROR : WSACleanup();

    end_call(&call, false, result == 0, "ok");
    return result;
}

SOCKET trace_socket(int line, int family, int type, int protocol)
{
    struct call call = begin_call("socket", line);
    SOCKET s = call.fails ? INVALID_SOCKET : strict_socket(family, type, protocol);

    if (s != INVALID_SOCKET)
        name_socket(s, "socket");
    end_call(&call, false, s != INVALID_SOCKET, "a socket");
    return s;
}

int trace_setsockopt(int line, SOCKET s, int level, int option, const char *value, int size)
{
    static const struct { int option; const char *name; } names[] = {
        { SO_EXCLUSIVEADDRUSE, "SO_EXCLUSIVEADDRUSE" }, { SO_REUSEADDR, "SO_REUSEADDR" },
        { SO_RCVTIMEO, "SO_RCVTIMEO" }, { SO_SNDTIMEO, "SO_SNDTIMEO" }, { SO_LINGER, "SO_LINGER" },
        { SO_UPDATE_CONNECT_CONTEXT, "SO_UPDATE_CONNECT_CONTEXT" },
        { SO_UPDATE_ACCEPT_CONTEXT, "SO_UPDATE_ACCEPT_CONTEXT" },
    };
    struct call call = begin_call("setsockopt", line);
    const char *name = "an option";
    int result;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].option == option)
            name = names[i].name;
    about_socket(&call, s);
    arguments(&call, "%s", name);
    result = call.fails ? SOCKET_ERROR : strict_setsockopt(s, level, option, value, size);
    return end_simple(&call, false, result);
}

int trace_getsockopt(int line, SOCKET s, int level, int option, char *value, int *size)
{
    struct call call = begin_call("getsockopt", line);
    int result = call.fails ? SOCKET_ERROR : strict_getsockopt(s, level, option, value, size);

    about_socket(&call, s);
    arguments(&call, "%s", option == SO_ERROR ? "SO_ERROR" : "an option");
    end_call(&call, false, result == 0, "%d", result == 0 ? *(int *)value : 0);
    return result;
}

int trace_getsockname(int line, SOCKET s, struct sockaddr *name, int *size)
{
    struct call call = begin_call("getsockname", line);
    int result = call.fails ? SOCKET_ERROR : strict_getsockname(s, name, size);

    about_socket(&call, s);
    end_call(&call, false, result == 0, "%s", result == 0 ? address_text(name) : "");
    return result;
}

int trace_getpeername(int line, SOCKET s, struct sockaddr *name, int *size)
{
    struct call call = begin_call("getpeername", line);
    int result = call.fails ? SOCKET_ERROR : strict_getpeername(s, name, size);

    about_socket(&call, s);
    end_call(&call, false, result == 0, "%s", result == 0 ? address_text(name) : "");
    return result;
}

int trace_WSAGetLastError(int line)
{
    return strict_WSAGetLastError(line);
}

int trace_bind(int line, SOCKET s, const struct sockaddr *name, int size)
{
    struct call call = begin_call("bind", line);

    about_socket(&call, s);
    arguments(&call, "%s", address_text(name));
    return end_simple(&call, false, call.fails ? SOCKET_ERROR : strict_bind(s, name, size));
}

int trace_listen(int line, SOCKET s, int backlog)
{
    struct call call = begin_call("listen", line);

    name_socket(s, "listener");
    about_socket(&call, s);
    return end_simple(&call, false, call.fails ? SOCKET_ERROR : strict_listen(s, backlog));
}

int trace_connect(int line, SOCKET s, const struct sockaddr *name, int size)
{
    struct call call = begin_call("connect", line);

    name_socket(s, "server");
    about_socket(&call, s);
    arguments(&call, "%s", address_text(name));
    return end_simple(&call, can_block(s), call.fails ? SOCKET_ERROR : strict_connect(s, name, size));
}

int trace_getaddrinfo(int line, const char *node, const char *service, const struct addrinfo *hints,
                      struct addrinfo **result)
{
    struct call call = begin_call("getaddrinfo", line);
    int error = call.fails ? call.error : getaddrinfo(node, service, hints, result);

    arguments(&call, "\"%s\"", node);
    SetLastError((DWORD)error);
    end_call(&call, true, error == 0, "%s", error == 0 ? address_text((*result)->ai_addr) : "");
    return error;
}

int trace_ioctlsocket(int line, SOCKET s, long command, u_long *value)
{
    struct call call = begin_call("ioctlsocket", line);

    about_socket(&call, s);
    arguments(&call, command == (long)FIONBIO ? "FIONBIO, %lu" : "?, %lu", *value);
    if (command == (long)FIONBIO && *value != 0)
        set_nonblocking(s);
    return end_simple(&call, false, call.fails ? SOCKET_ERROR : strict_ioctlsocket(s, command, value));
}

int trace_shutdown(int line, SOCKET s, int how)
{
    struct call call = begin_call("shutdown", line);

    about_socket(&call, s);
    arguments(&call, "%s", how == SD_SEND ? "SD_SEND" : how == SD_BOTH ? "SD_BOTH" : "SD_RECEIVE");
    return end_simple(&call, false, call.fails ? SOCKET_ERROR : strict_shutdown(s, how));
}

/* The name goes first: as soon as the socket is closed another thread may get the same handle. */
int trace_closesocket(int line, SOCKET s)
{
    struct call call = begin_call("closesocket", line);

    about_socket(&call, s);
    forget((const void *)s);
    forget_line(s);
    return end_simple(&call, false, strict_closesocket(s) == 0 && !call.fails ? 0 : SOCKET_ERROR);
}

/* An accept that is to fail takes the client all the same, as if the client had given up before: FD_ACCEPT is
   posted again only after a call to accept, so one that is not made would change the model. */
SOCKET trace_accept(int line, SOCKET s, struct sockaddr *name, int *size)
{
    struct call call = begin_call("accept", line);
    SOCKET client = strict_accept(s, name, size);
    char text[20] = "";

    about_socket(&call, s);
    if (call.fails && client != INVALID_SOCKET) {
        strict_closesocket(client);
        client = INVALID_SOCKET;
    }
    if (client != INVALID_SOCKET) {
        DWORD error = GetLastError();

        snprintf(text, sizeof text, "#%d", next_client());
        name_socket(client, text);
        SetLastError(error);
    }
    end_call(&call, can_block(s), client != INVALID_SOCKET, "%s", text);
    return client;
}

/* WOULD_BLOCK: only where the real call could say so, which is on a non-blocking socket that has bytes. FD_READ is
   posted again only after a call to recv [WSAAsyncSelect function], so there is one; it takes nothing. */
static bool is_to_block(struct call *call, SOCKET s)
{
    char byte;

    if (would_block_each == 0 || can_block(s) || ++calls_that_could_block % would_block_each != 0
        || strict_recv(s, &byte, 1, MSG_PEEK) != 1)
        return false;
    call->fails = true;
    call->error = WSAEWOULDBLOCK;
    return true;
}

int trace_recv(int line, SOCKET s, char *buffer, int size, int flags)
{
    struct call call = begin_call("recv", line);
    int n;

    about_socket(&call, s);
    arguments(&call, "%d", size);
    n = call.fails || is_to_block(&call, s) ? SOCKET_ERROR : strict_recv(s, buffer, size, flags);
    end_call(&call, can_block(s), n != SOCKET_ERROR, n == 0 ? "0: the end" : "%d byte%s", n, n == 1 ? "" : "s");
    return n;
}

int trace_send(int line, SOCKET s, const char *buffer, int size, int flags)
{
    struct call call = begin_call("send", line);
    int n;

    about_socket(&call, s);
    arguments(&call, "%d", size);
    if (short_sends > 0 && size > short_sends)
        size = short_sends;
    if (!call.fails && line_is_full(s, &size)) {
        call.fails = true;
        call.error = WSAEWOULDBLOCK;
    }
    n = call.fails ? SOCKET_ERROR : strict_send(s, buffer, size, flags);
    line_has_taken(s, n);
    end_call(&call, can_block(s), n != SOCKET_ERROR, "%d byte%s", n, n == 1 ? "" : "s");
    return n;
}

static void list_sockets(char *text, size_t size, const char *what, const fd_set *set)
{
    size_t length = strlen(text);

    if (set == NULL || set->fd_count == 0)
        return;
    length += (size_t)snprintf(text + length, size - length, "%s%s:", length > 0 ? "; " : "", what);
    for (u_int i = 0; i < set->fd_count && length + 12 < size; i++)
        length += (size_t)snprintf(text + length, size - length, " %s", socket_name(set->fd_array[i]));
}

int trace_select(int line, u_int capacity, int n, fd_set *readable, fd_set *writable, fd_set *failed,
                 const struct timeval *timeout)
{
    struct call call = begin_call("select", line);
    char text[120] = "";
    int ready;

    list_sockets(call.arguments, sizeof call.arguments, "readable", readable);
    list_sockets(call.arguments, sizeof call.arguments, "writable", writable);
    ready = call.fails ? SOCKET_ERROR : strict_select(n, readable, writable, failed, timeout, capacity);
    if (ready > 0) {
        list_sockets(text, sizeof text, "readable", readable);
        list_sockets(text, sizeof text, "writable", writable);
        list_sockets(text, sizeof text, "failed", failed);
    }
    end_call(&call, true, ready != SOCKET_ERROR, "%s", ready == 0 ? "timeout" : text);
    return ready;
}

/* Those that are asked, or have answered, with one of the flags: "readable: listener #1". */
static void list_polled(char *text, size_t size, const char *what, const WSAPOLLFD *polled, ULONG count, int flags,
                        bool answers)
{
    size_t length = strlen(text);
    bool first = true;

    for (ULONG i = 0; i < count && length + 40 < size; i++)
        if (((answers ? polled[i].revents : polled[i].events) & flags) != 0) {
            if (first)
                length += (size_t)snprintf(text + length, size - length, "%s%s:", length > 0 ? "; " : "", what);
            length += (size_t)snprintf(text + length, size - length, " %s", socket_name(polled[i].fd));
            first = false;
        }
}

int trace_WSAPoll(int line, WSAPOLLFD *polled, ULONG count, INT timeout)
{
    struct call call = begin_call("WSAPoll", line);
    char text[120] = "";
    int ready;

    list_polled(call.arguments, sizeof call.arguments, "readable", polled, count, POLLRDNORM, false);
    list_polled(call.arguments, sizeof call.arguments, "writable", polled, count, POLLWRNORM, false);
    ready = call.fails ? SOCKET_ERROR : strict_WSAPoll(polled, count, timeout);
    if (ready > 0) {
        list_polled(text, sizeof text, "readable", polled, count, POLLRDNORM, true);
        list_polled(text, sizeof text, "writable", polled, count, POLLWRNORM, true);
        list_polled(text, sizeof text, "POLLHUP", polled, count, POLLHUP, true);
        list_polled(text, sizeof text, "POLLERR", polled, count, POLLERR, true);
        list_polled(text, sizeof text, "POLLNVAL", polled, count, POLLNVAL, true);
    }
    end_call(&call, true, ready != SOCKET_ERROR, "%s", ready == 0 ? "timeout" : text);
    return ready;
}

int trace_WSAAsyncSelect(int line, SOCKET s, HWND window, u_int message, long events)
{
    struct call call = begin_call("WSAAsyncSelect", line);

    about_socket(&call, s);
    arguments(&call, "%s", events_text(events));
    set_nonblocking(s);             /* both select calls make it so [WSAAsyncSelect function] */
    return end_simple(&call, false, call.fails ? SOCKET_ERROR : strict_WSAAsyncSelect(s, window, message, events));
}

WSAEVENT trace_WSACreateEvent(int line)
{
    struct call call = begin_call("WSACreateEvent", line);
    WSAEVENT event = call.fails ? WSA_INVALID_EVENT : strict_WSACreateEvent();

    if (event != WSA_INVALID_EVENT)
        name_handle(event, "event");
    end_call(&call, false, event != WSA_INVALID_EVENT, "an event");
    return event;
}

BOOL trace_WSACloseEvent(int line, WSAEVENT event)
{
    struct call call = begin_call("WSACloseEvent", line);
    BOOL ok;

    arguments(&call, "%s", handle_name(event));
    forget(event);
    ok = strict_WSACloseEvent(event) && !call.fails;
    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_WSAResetEvent(int line, WSAEVENT event)
{
    struct call call = begin_call("WSAResetEvent", line);
    BOOL ok = !call.fails && strict_WSAResetEvent(event);

    arguments(&call, "%s", handle_name(event));
    end_call(&call, false, ok, "ok");
    return ok;
}

int trace_WSAEventSelect(int line, SOCKET s, WSAEVENT event, long events)
{
    struct call call = begin_call("WSAEventSelect", line);

    about_socket(&call, s);
    arguments(&call, "%s", events == 0 ? "no events" : events_text(events));
    if (event != NULL)
        name_handle(event, "event of %s", socket_name(s));
    set_nonblocking(s);
    if (!call.fails)
        select_line(s, event, events);
    return end_simple(&call, false, call.fails ? SOCKET_ERROR : strict_WSAEventSelect(s, event, events));
}

int trace_WSAEnumNetworkEvents(int line, SOCKET s, WSAEVENT event, WSANETWORKEVENTS *happened)
{
    struct call call = begin_call("WSAEnumNetworkEvents", line);
    int result = call.fails ? SOCKET_ERROR : enumerate_line(s, event, happened);

    about_socket(&call, s);
    end_call(&call, false, result == 0, "%s", result == 0 ? events_text(happened->lNetworkEvents) : "");
    return result;
}

DWORD trace_WSAWaitForMultipleEvents(int line, DWORD count, const WSAEVENT *events, BOOL all,
                                     DWORD milliseconds, BOOL alertable)
{
    struct call call = begin_call("WSAWaitForMultipleEvents", line);
    DWORD woken;
    char text[60];

    arguments(&call, "%lu event%s%s", count, count == 1 ? "" : "s", alertable ? ", alertable" : "");
    woken = call.fails ? WSA_WAIT_FAILED : strict_WSAWaitForMultipleEvents(count, events, all, milliseconds, alertable);
    if (woken < WSA_WAIT_EVENT_0 + count)
        snprintf(text, sizeof text, "%lu: %s", woken, handle_name(events[woken]));
    else
        snprintf(text, sizeof text, "%s", woken == WSA_WAIT_TIMEOUT ? "timeout" :
                 woken == WSA_WAIT_IO_COMPLETION ? "WSA_WAIT_IO_COMPLETION: routines have run" : "");
    end_call(&call, true, woken != WSA_WAIT_FAILED, "%s", text);
    return woken;
}
