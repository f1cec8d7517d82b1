/* Completion ports: the queue of packets, and who is woken. A program's port is a real one, as a handle; its packets
   are here. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

#define MOST_WAITING 256
#define PATIENCE     20             /* milliseconds; then one more worker is woken: those that run may sleep */

struct packet {
    struct packet *next;
    struct operation *operation;    /* NULL: was posted */
    DWORD n;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
};

struct port {
    struct port *next;
    HANDLE handle;
    int concurrency, running;
    bool closed, timed;         /* timed: wake_if_still_there is to come */
    struct packet *first, *last;
    struct thread *waiting[MOST_WAITING];   /* the last one fell asleep last */
    int waiting_count;
};

static struct port *ports;

static struct port *find_port(HANDLE handle)
{
    struct port *port = ports;

    while (port != NULL && (port->handle != handle || port->closed))
        port = port->next;
    return port;
}

bool has_idle_worker(const struct port *port)
{
    return port->waiting_count > 0;
}

static void wake_if_still_there(void *argument);

/* Wakes who fell asleep last (or first, without that freedom), if fewer run than may. patient: a packet has waited for
   long enough. */
static void wake(struct port *port, bool patient)
{
    if (port->waiting_count == 0 || port->first == NULL)
        return;
    if (is_wanted(CONCURRENCY_KEPT) && port->running >= port->concurrency && !patient) {
        took(CONCURRENCY_KEPT);
        if (!port->timed)
            later(PATIENCE, wake_if_still_there, port);
        port->timed = true;
        return;
    }
    if (is_wanted(LAST_SLEEPER_FIRST) && port->waiting_count > 1) {
        took(LAST_SLEEPER_FIRST);
        SetEvent(port->waiting[port->waiting_count - 1]->turn);
    } else {
        SetEvent(port->waiting[0]->turn);
    }
}

static void wake_if_still_there(void *argument)
{
    struct port *port = argument;

    port->timed = false;
    if (port->closed || port->first == NULL)
        return;
    wake(port, true);
    port->timed = true;
    later(PATIENCE, wake_if_still_there, port);
}

void queue_packet(struct port *port, struct operation *o, DWORD n, ULONG_PTR key, OVERLAPPED *overlapped)
{
    struct packet *packet = malloc(sizeof *packet);

    if (packet == NULL)
        abort();
    *packet = (struct packet){ .operation = o, .n = n, .key = key, .overlapped = overlapped };
    if (port->first == NULL)
        port->first = packet;
    else
        port->last->next = packet;
    port->last = packet;
    wake(port, false);
}

HANDLE strict_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    HANDLE handle = port;
    struct stream *stream;
    struct port *its_port;

    if (!strict_is_on())
        return CreateIoCompletionPort(file, port, key, threads);
    lock_model();
    if (port == NULL) {
        SYSTEM_INFO machine;

        GetSystemInfo(&machine);
        handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, threads);
        its_port = calloc(1, sizeof *its_port);
        if (its_port == NULL)
            abort();
        *its_port = (struct port){ .next = ports, .handle = handle,
                                   .concurrency = (int)(threads != 0 ? threads : machine.dwNumberOfProcessors) };
        ports = its_port;
    }
    its_port = find_port(handle);
    stream = file != INVALID_HANDLE_VALUE ? live_stream((SOCKET)file, "CreateIoCompletionPort") : NULL;
    if (stream == NULL || its_port == NULL || stream->port != NULL) {
        unlock_model();
        if (file == INVALID_HANDLE_VALUE)
            return handle;
        if (stream != NULL) {
            SetLastError(ERROR_INVALID_PARAMETER);
            return NULL;
        }
        return CreateIoCompletionPort(file, handle, key, threads);
    }
    stream->port = its_port;
    stream->key = key;
    unlock_model();
    return handle;
}

static bool wait_for_turn(struct port *port, struct thread *t, DWORD milliseconds, bool alertable)
{
    DWORD result;

    if (port->waiting_count == MOST_WAITING)
        abort();
    port->waiting[port->waiting_count++] = t;
    wake(port, false);
    unlock_model();
    result = WaitForSingleObjectEx(t->turn, milliseconds, alertable);
    lock_model();
    for (int i = 0; i < port->waiting_count; i++)
        if (port->waiting[i] == t) {
            memmove(&port->waiting[i], &port->waiting[i + 1], (size_t)(port->waiting_count - i - 1) * sizeof t);
            port->waiting_count--;
            break;
        }
    if (result != WAIT_OBJECT_0)
        SetLastError(result == WAIT_IO_COMPLETION ? WAIT_IO_COMPLETION : WAIT_TIMEOUT);
    return result == WAIT_OBJECT_0;
}

/* The thread has handled its packet. */
void leave_port(struct thread *t)
{
    if (t->runs_for != NULL) {
        t->runs_for->running--;
        t->runs_for = NULL;
    }
    if (t->tell_when_back != NULL)
        *t->tell_when_back = 1;
    t->tell_when_back = NULL;
}

/* Inside the lock. NULL: none in time; the last error says why. */
static struct packet *take_packet(struct port *port, DWORD milliseconds, bool alertable)
{
    struct thread *t = this_thread();
    double end = milliseconds_now() + milliseconds;
    struct packet *packet;

    leave_port(t);
    /* A worker that comes back takes the next packet, if fewer run than may. */
    while (port->first == NULL || port->closed) {
        double left = end - milliseconds_now();

        if (port->closed) {
            SetLastError(ERROR_ABANDONED_WAIT_0);
            return NULL;
        }
        if (!wait_for_turn(port, t, milliseconds == INFINITE ? INFINITE : left > 0 ? (DWORD)left : 0, alertable))
            return NULL;
    }
    packet = port->first;
    port->first = packet->next;
    port->running++;
    t->runs_for = port;
    wake(port, false);
    return packet;
}

/* The packet is the program's now. Returns the operation's error as the file system has it. */
static DWORD open_packet(struct packet *packet, OVERLAPPED_ENTRY *entry)
{
    struct operation *o = packet->operation;
    struct thread *t = this_thread();
    DWORD error = 0;

    *entry = (OVERLAPPED_ENTRY){ .lpCompletionKey = packet->key, .lpOverlapped = packet->overlapped,
                                 .dwNumberOfBytesTransferred = packet->n };
    if (o != NULL) {
        entry->Internal = o->real.Internal;
        if (o->error != 0)
            error = file_error(o->real.Internal);
        if (t->tell_when_back != NULL && o->tell_when_back != NULL)
            *t->tell_when_back = 1;     /* one call, several packets: of the others nobody waits for the end */
        if (o->tell_when_back != NULL)
            t->tell_when_back = o->tell_when_back;
        forget_operation(o);
    }
    free(packet);
    return error;
}

BOOL strict_GetQueuedCompletionStatus(HANDLE handle, DWORD *bytes, ULONG_PTR *key, OVERLAPPED **overlapped,
                                      DWORD milliseconds)
{
    OVERLAPPED_ENTRY entry;
    struct packet *packet;
    struct port *port;
    DWORD error;

    if (!strict_is_on())
        return GetQueuedCompletionStatus(handle, bytes, key, overlapped, milliseconds);
    lock_model();
    handle_is_used(handle, "GetQueuedCompletionStatus");
    port = find_port(handle);
    packet = port != NULL ? take_packet(port, milliseconds, false) : NULL;
    if (packet == NULL) {
        error = port != NULL ? GetLastError() : ERROR_INVALID_HANDLE;
        unlock_model();
        if (error == WAIT_TIMEOUT)
            come_late(milliseconds);
        *overlapped = NULL;
        if (is_wanted(OUTPUT_UNDEFINED)) {
            took(OUTPUT_UNDEFINED);
            *bytes = 0xDDDDDDDD;
            *key = UNDEFINED_KEY;
        }
        SetLastError(error);
        return FALSE;
    }
    error = open_packet(packet, &entry);
    unlock_model();
    *bytes = entry.dwNumberOfBytesTransferred;
    *key = entry.lpCompletionKey;
    *overlapped = entry.lpOverlapped;
    SetLastError(error);
    return error == 0;
}

BOOL strict_GetQueuedCompletionStatusEx(HANDLE handle, OVERLAPPED_ENTRY *entries, ULONG most, ULONG *count,
                                        DWORD milliseconds, BOOL alertable)
{
    struct packet *packet;
    struct port *port;

    if (!strict_is_on())
        return GetQueuedCompletionStatusEx(handle, entries, most, count, milliseconds, alertable);
    lock_model();
    *count = 0;
    port = find_port(handle);
    packet = port != NULL ? take_packet(port, milliseconds, alertable) : NULL;
    while (packet != NULL) {
        open_packet(packet, &entries[(*count)++]);
        packet = *count < most ? port->first : NULL;
        if (packet != NULL)
            port->first = packet->next;
    }
    unlock_model();
    return *count > 0;
}

BOOL strict_PostQueuedCompletionStatus(HANDLE handle, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped)
{
    struct port *port;

    if (!strict_is_on())
        return PostQueuedCompletionStatus(handle, bytes, key, overlapped);
    lock_model();
    handle_is_used(handle, "PostQueuedCompletionStatus");
    port = find_port(handle);
    if (port != NULL)
        queue_packet(port, NULL, bytes, key, overlapped);
    unlock_model();
    if (port == NULL)
        SetLastError(ERROR_INVALID_HANDLE);
    return port != NULL;
}

BOOL strict_SetFileCompletionNotificationModes(HANDLE file, UCHAR flags)
{
    struct stream *stream;

    if (!strict_is_on())
        return SetFileCompletionNotificationModes(file, flags);
    lock_model();
    stream = live_stream((SOCKET)file, "SetFileCompletionNotificationModes");
    if (stream != NULL)
        stream->skips = stream->skips || (flags & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
    unlock_model();
    return stream != NULL || SetFileCompletionNotificationModes(file, flags);
}

/* Who waits at a port that is closed is told so. */
void close_port(HANDLE handle)
{
    struct port *port;

    lock_model();
    port = find_port(handle);
    if (port != NULL) {
        port->closed = true;
        for (int i = 0; i < port->waiting_count; i++)
            SetEvent(port->waiting[i]->turn);
    }
    unlock_model();
}
