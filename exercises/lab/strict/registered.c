/* WSAEventSelect, WSAAsyncSelect, WSAEnumNetworkEvents: who is told of which event, and how. watched.c decides when. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

static bool is_readable(SOCKET s, int milliseconds)
{
    struct timeval time = { 0, milliseconds * 1000 };
    fd_set one;

    FD_ZERO(&one);
    FD_SET(s, &one);
    return select(0, &one, NULL, NULL, &time) == 1;
}

/* A thread for each listener: as soon as accept has been asked once more, is another client there? */
static unsigned __stdcall watch_listener(void *argument)
{
    struct stream *stream = argument;

    for (;;) {
        WaitForSingleObject(stream->accept_asked, INFINITE);
        while (stream->open && !is_readable(stream->s, 50))
            ;
        lock_model();
        if (!stream->open)
            break;
        record_event(stream, FD_ACCEPT, 0);
        unlock_model();
    }
    unlock_model();
    return 0;
}

/* A thread for each connect that is under way. */
static unsigned __stdcall watch_connect(void *argument)
{
    struct stream *stream = argument;
    fd_set writable, failed;
    int error = 0, size = sizeof error;

    FD_ZERO(&writable);
    FD_SET(stream->s, &writable);
    failed = writable;
    select(0, NULL, &writable, &failed, NULL);
    lock_model();
    if (stream->open) {
        if (!FD_ISSET(stream->s, &writable))
            getsockopt(stream->s, SOL_SOCKET, SO_ERROR, (char *)&error, &size);
        stream->connecting = false;
        stream->connected = error == 0;
        record_event(stream, FD_CONNECT, error);
        if (error == 0)
            start_watching(stream);
    }
    unlock_model();
    return 0;
}

static void start_thread(unsigned (__stdcall *run)(void *), struct stream *stream)
{
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, run, stream, 0, NULL);

    if (thread == NULL)
        abort();
    CloseHandle(thread);
}

void begin_connect_watch(struct stream *stream)
{
    start_thread(watch_connect, stream);
}

/* Inside the lock. */
static int watch(struct stream *stream)
{
    u_long yes = 1;

    stream->nonblocking = true;
    stream->recorded = 0;
    if (ioctlsocket(stream->s, FIONBIO, &yes) == SOCKET_ERROR)
        return SOCKET_ERROR;
    if (stream->mask == 0)
        return 0;
    if (stream->listening) {
        if (stream->accept_asked == NULL) {
            stream->accept_asked = CreateEventA(NULL, FALSE, TRUE, NULL);
            start_thread(watch_listener, stream);
        }
        SetEvent(stream->accept_asked);
    } else if (stream->connecting) {
        begin_connect_watch(stream);
    } else if (stream->connected) {
        start_watching(stream);
    }
    return 0;
}

/* An accepted socket has what its listener has. */
void inherit(struct stream *client, const struct stream *listener)
{
    client->nonblocking = listener->nonblocking;
    client->mask = listener->mask;
    client->event = listener->event;
    client->window = listener->window;
    client->message = listener->message;
    if ((client->mask & (FD_READ | FD_WRITE | FD_CLOSE)) != 0)
        watch(client);
}

int strict_WSAEventSelect(SOCKET s, WSAEVENT event, long events)
{
    struct stream *stream;
    int result;

    if (!strict_is_on())
        return WSAEventSelect(s, event, events);
    lock_model();
    stream = live_stream(s, "WSAEventSelect");
    if (event != NULL)
        handle_is_used(event, "WSAEventSelect");
    if (stream == NULL) {
        unlock_model();
        return WSAEventSelect(s, event, events);
    }
    stream->mask = events;
    stream->event = event;
    stream->window = NULL;
    result = watch(stream);
    unlock_model();
    return result;
}

int strict_WSAAsyncSelect(SOCKET s, HWND window, u_int message, long events)
{
    struct stream *stream;
    int result;

    if (!strict_is_on())
        return WSAAsyncSelect(s, window, message, events);
    lock_model();
    stream = live_stream(s, "WSAAsyncSelect");
    if (stream == NULL) {
        unlock_model();
        return WSAAsyncSelect(s, window, message, events);
    }
    stream->mask = events;
    stream->event = NULL;
    stream->window = window;
    stream->message = message;
    result = watch(stream);
    unlock_model();
    return result;
}

int strict_WSAEnumNetworkEvents(SOCKET s, WSAEVENT event, WSANETWORKEVENTS *happened)
{
    struct stream *stream;

    if (!strict_is_on())
        return WSAEnumNetworkEvents(s, event, happened);
    lock_model();
    stream = live_stream(s, "WSAEnumNetworkEvents");
    if (event != NULL)
        handle_is_used(event, "WSAEnumNetworkEvents");
    if (stream == NULL) {
        unlock_model();
        return WSAEnumNetworkEvents(s, event, happened);
    }
    happened->lNetworkEvents = stream->recorded;
    memcpy(happened->iErrorCode, stream->errors, sizeof happened->iErrorCode);
    if ((stream->recorded & FD_READ) != 0 && (stream->recorded & FD_CLOSE) != 0)
        took(READ_AND_CLOSE);
    stream->recorded = 0;
    memset(stream->errors, 0, sizeof stream->errors);
    if (event != NULL)
        ResetEvent(event);
    unlock_model();
    return 0;
}
