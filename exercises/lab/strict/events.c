/* Events and other handles: which are live; waits. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>

#define PLACES 1024

static struct handle {
    struct handle *next;
    HANDLE handle;
    const char *what;
    bool manual;
    int closed_at;              /* line; 0: is open */
    int reset_at;               /* by WSAResetEvent */
} *handles[PLACES];

static struct handle *find_handle(HANDLE handle)
{
    struct handle *h = handles[(ULONG_PTR)handle / 4 % PLACES];

    while (h != NULL && h->handle != handle)
        h = h->next;
    return h;
}

void add_handle(HANDLE handle, const char *what, bool manual)
{
    struct handle *h;

    lock_model();
    h = find_handle(handle);
    if (h == NULL) {
        struct handle **place = &handles[(ULONG_PTR)handle / 4 % PLACES];

        h = calloc(1, sizeof *h);
        if (h == NULL)
            abort();
        h->next = *place;
        *place = h;
    }
    *h = (struct handle){ .next = h->next, .handle = handle, .what = what, .manual = manual };
    unlock_model();
}

/* The system may have given its number to another object since, of which the layer does not know. */
bool handle_is_closed(HANDLE handle, int *line)
{
    const struct handle *h = find_handle(handle);
    DWORD flags;

    *line = h != NULL ? h->closed_at : 0;
    return *line != 0 && !GetHandleInformation(handle, &flags);
}

bool handle_is_manual(HANDLE handle)
{
    const struct handle *h = find_handle(handle);

    return h == NULL || h->manual;
}

void handle_is_used(HANDLE handle, const char *call)
{
    int line;

    if (handle_is_closed(handle, &line))
        broken(NOTHING_CLOSED, NULL, "%s is called with a handle that line %d has closed.", call, line);
}

WSAEVENT strict_WSACreateEvent(void)
{
    WSAEVENT event = WSACreateEvent();

    if (strict_is_on() && event != WSA_INVALID_EVENT)
        add_handle(event, "event", true);
    return event;
}

HANDLE strict_CreateEventA(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set, const char *name)
{
    HANDLE event = CreateEventA(security, manual, set, name);

    if (strict_is_on() && event != NULL)
        add_handle(event, "event", manual);
    return event;
}

/* Of an operation that is under way, it is to be set at the end. */
static void check_owner(HANDLE event, const char *call)
{
    for (struct operation *o = operations(); o != NULL; o = o->next)
        if (o->event == event && o->routine == NULL && o->state == UNDER_WAY && !o->dead)
            broken(EVENT_STAYS, o->stream->name, "%s closes the event of %s, which line %d has started and which has "
                   "not ended.", call, operation_name(o), o->line);
}

/* The event of an operation that the system still has: it keeps the object, so setting it later does no harm. */
static void close_event(HANDLE event, const char *call)
{
    struct handle *h;

    lock_model();
    handle_is_used(event, call);
    check_owner(event, call);
    for (struct operation *o = operations(); o != NULL; o = o->next)
        if (o->event == event && o->routine == NULL)
            o->event = NULL;
    h = find_handle(event);
    if (h != NULL && h->closed_at == 0)
        h->closed_at = this_thread()->line;
    unlock_model();
}

BOOL strict_WSACloseEvent(WSAEVENT event)
{
    if (strict_is_on())
        close_event(event, "WSACloseEvent");
    return WSACloseEvent(event);
}

BOOL strict_CloseHandle(HANDLE object)
{
    if (strict_is_on()) {
        close_event(object, "CloseHandle");
        close_port(object);
    }
    return CloseHandle(object);
}

BOOL strict_WSAResetEvent(WSAEVENT event)
{
    struct handle *h;

    if (strict_is_on()) {
        lock_model();
        handle_is_used(event, "WSAResetEvent");
        h = find_handle(event);
        if (h != NULL)
            h->reset_at = this_thread()->line;
        unlock_model();
        if (may(PREEMPTED, 3))          /* what sets the event meanwhile is lost */
            Sleep((DWORD)choose(0, 4));
    }
    return WSAResetEvent(event);
}

/* ---- Waits ---- */

struct wait {
    DWORD count;
    const WSAEVENT *events;
};

/* Whatever is recorded sets the event. If it is not set now, the program has reset it and has not fetched the record.
   An auto-reset event is left alone: a look would take its signal away. */
static void check_signal(struct stream *stream, void *context)
{
    const struct wait *wait = context;
    const struct handle *h;

    if (stream->recorded == 0 || stream->event == NULL || !handle_is_manual(stream->event)
        || WaitForSingleObject(stream->event, 0) == WAIT_OBJECT_0)
        return;
    for (DWORD i = 0; i < wait->count; i++)
        if (wait->events[i] == stream->event) {
            h = find_handle(stream->event);
            broken(RESET_WITH_RECORD, stream->name, "The thread goes to sleep though something is recorded for %s "
                   "that the program has not fetched: WSAResetEvent in line %d has taken its signal away.",
                   *stream->name ? stream->name : "a socket", h != NULL ? h->reset_at : 0);
            return;
        }
}

static void check_events(DWORD count, const WSAEVENT *events, BOOL all)
{
    int line;

    if (count == 0 || count > WSA_MAXIMUM_WAIT_EVENTS) {
        broken(WAIT_FOR_LIVE_EVENTS, NULL, "WSAWaitForMultipleEvents is to wait for %lu events. It takes 1 to 64.",
               count);
        return;
    }
    for (DWORD i = 0; i < count; i++) {
        if (handle_is_closed(events[i], &line))
            broken(WAIT_FOR_LIVE_EVENTS, NULL, "WSAWaitForMultipleEvents is to wait for an event that line %d has "
                   "closed.",
                   line);
        for (DWORD j = 0; j < i && all; j++)
            if (events[i] == events[j])
                broken(WAIT_FOR_LIVE_EVENTS, NULL, "WSAWaitForMultipleEvents gets the same event twice, as number %lu "
                       "and number %lu.", j, i);
    }
}

void come_late(DWORD milliseconds)
{
    if (milliseconds > 0 && may(TIMEOUT_LATE, 1))
        Sleep((DWORD)choose(1, 16));
}

DWORD strict_WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all, DWORD milliseconds, BOOL alertable)
{
    DWORD woken;

    if (!strict_is_on())
        return WSAWaitForMultipleEvents(count, events, all, milliseconds, alertable);
    lock_model();
    check_events(count, events, all);
    for_each_stream(check_signal, &(struct wait){ count, events });
    unlock_model();
    if (alertable && is_wanted(ROUTINE_BEFORE_EVENT) && SleepEx(0, TRUE) == WAIT_IO_COMPLETION) {
        took(ROUTINE_BEFORE_EVENT);
        return WSA_WAIT_IO_COMPLETION;
    }
    woken = WSAWaitForMultipleEvents(count, events, all, milliseconds, alertable);
    if (woken == WSA_WAIT_TIMEOUT)
        come_late(milliseconds);
    return woken;
}

DWORD strict_WaitForSingleObject(HANDLE object, DWORD milliseconds)
{
    DWORD result;

    if (strict_is_on()) {
        lock_model();
        handle_is_used(object, "WaitForSingleObject");
        unlock_model();
    }
    result = WaitForSingleObject(object, milliseconds);
    if (strict_is_on() && result == WAIT_TIMEOUT)
        come_late(milliseconds);
    return result;
}

DWORD strict_SleepEx(DWORD milliseconds, BOOL alertable)
{
    DWORD result = SleepEx(milliseconds, alertable);

    if (strict_is_on() && result == 0)
        come_late(milliseconds);
    return result;
}
