/* The engine: a thread with a completion port of its own, on which all real operations end, and a list of what is to
   be done later. The program's own port is made by ports.c, so who is woken when is the layer's choice and not the
   system's. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

static HANDLE port;

/* What is to be done, the earliest first. */
static struct item {
    struct item *next;
    double due;
    void (*run)(void *);
    void *argument;
} *items;

void later(double milliseconds, void (*run)(void *), void *argument)
{
    struct item *item = malloc(sizeof *item), **link = &items;

    if (item == NULL)
        abort();
    *item = (struct item){ .due = milliseconds_now() + milliseconds, .run = run, .argument = argument };
    lock_model();
    while (*link != NULL && (*link)->due <= item->due)
        link = &(*link)->next;
    item->next = *link;
    *link = item;
    unlock_model();
    PostQueuedCompletionStatus(port, 0, 0, NULL);
}

/* Inside the lock. Returns the milliseconds until the next one. */
static DWORD run_items(void)
{
    while (items != NULL && items->due <= milliseconds_now()) {
        struct item *item = items;

        items = item->next;
        item->run(item->argument);
        free(item);
    }
    return items != NULL ? (DWORD)(items->due - milliseconds_now()) + 1 : INFINITE;
}

/* Winsock's number for what the file system says of an operation. */
static int winsock_error(struct operation *o)
{
    DWORD n, flags;

    if (o->cancelled || !o->stream->open)
        return WSA_OPERATION_ABORTED;
    return WSAGetOverlappedResult(o->stream->s, &o->real, &n, FALSE, &flags) ? 0 : WSAGetLastError();
}

static void on_real_end(struct operation *o, int error, DWORD n)
{
    if (o->overlapped != NULL)
        on_operation_end(o, error, n);
    else if (o->kind == RECEIVE)
        on_watched_received(o, error, n);
    else
        on_watched_sent(o, error, n);
}

static unsigned __stdcall run_engine(void *argument)
{
    (void)argument;
    for (;;) {
        DWORD n = 0, wait;
        ULONG_PTR key;
        OVERLAPPED *real = NULL;
        BOOL ok;

        lock_model();
        wait = run_items();
        unlock_model();
        ok = GetQueuedCompletionStatus(port, &n, &key, &real, wait);
        if (real == NULL)
            continue;
        lock_model();
        on_real_end((struct operation *)real, ok ? 0 : winsock_error((struct operation *)real), n);
        unlock_model();
    }
    return 0;
}

static void start_engine(void)
{
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (port == NULL || _beginthreadex(NULL, 0, run_engine, NULL, 0, NULL) == 0)
        abort();
}

/* Before main: the first later() may come at once. */
__attribute__((constructor(102))) static void set_up(void)
{
    if (GetEnvironmentVariableA("STRICT", NULL, 0) > 0)
        start_engine();
}

bool put_on_engine(struct stream *stream)
{
    if (stream->on_engine)
        return true;
    if (CreateIoCompletionPort((HANDLE)stream->s, port, (ULONG_PTR)stream, 0) == NULL
        || !SetFileCompletionNotificationModes((HANDLE)stream->s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        return false;
    stream->on_engine = true;
    return true;
}

/* An NTSTATUS as an error number of the file system: the function is documented, but no header of today has it. */
DWORD file_error(ULONG_PTR status)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlNtStatusToDosError");
    ULONG (WINAPI *to_error)(LONG status);

    memcpy(&to_error, &found, sizeof to_error);
    return to_error != NULL ? to_error((LONG)status) : ERROR_GEN_FAILURE;
}

/* 0: has ended, with o->n; else Winsock's number, perhaps WSA_IO_PENDING. */
int really_receive(struct operation *o)
{
    WSABUF all = { o->total, o->bytes };

    memset(&o->real, 0, sizeof o->real);
    if (WSARecv(o->stream->s, &all, 1, NULL, &o->real_flags, &o->real, NULL) == SOCKET_ERROR)
        return WSAGetLastError();
    o->n = (DWORD)o->real.InternalHigh;
    return 0;
}

int really_send(struct operation *o)
{
    WSABUF all = { o->total, o->bytes };

    memset(&o->real, 0, sizeof o->real);
    if (WSASend(o->stream->s, &all, 1, NULL, o->real_flags, &o->real, NULL) == SOCKET_ERROR)
        return WSAGetLastError();
    o->n = (DWORD)o->real.InternalHigh;
    return 0;
}
