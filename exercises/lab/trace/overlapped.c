/* Recording functions: overlapped operations, from their start to their completion. */
#include "inside.h"

#include <stdio.h>
#include <string.h>

#define OPERATIONS 4096

/* The operations that are under way, or were: by their OVERLAPPED, which has one operation at a time. */
static struct operation {
    OVERLAPPED *overlapped;
    const char *kind;           /* "receive", "send", "connect", "accept" */
    const char *routine_name;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    SOCKET socket;
    char client[24];
} operations[OPERATIONS];

static int no_buffers_each, overlapped_calls, short_sends;
static LPFN_CONNECTEX real_connect_ex;
static LPFN_ACCEPTEX real_accept_ex;
static int connect_ex_line, accept_ex_line;

__attribute__((constructor)) static void read_environment(void)
{
    char text[20];

    if (GetEnvironmentVariableA("NO_BUFFERS", text, sizeof text) > 0)
        no_buffers_each = atoi(text);
    if (GetEnvironmentVariableA("SHORT_SENDS", text, sizeof text) > 0)
        short_sends = atoi(text);
}

static struct operation *operation_of(const OVERLAPPED *overlapped)
{
    unsigned i = (unsigned)((ULONG_PTR)overlapped / 16 * 2654435761u) % OPERATIONS;

    for (int tries = 0; tries < OPERATIONS; tries++, i = (i + 1) % OPERATIONS)
        if (operations[i].overlapped == overlapped || operations[i].overlapped == NULL)
            break;
    return &operations[i];
}

static void remember(OVERLAPPED *overlapped, SOCKET s, const char *kind,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const char *routine_name)
{
    struct operation *operation;

    if (overlapped == NULL)
        return;
    operation = operation_of(overlapped);
    operation->overlapped = overlapped;
    operation->socket = s;
    operation->kind = kind;
    operation->routine = routine;
    operation->routine_name = routine_name;
    snprintf(operation->client, sizeof operation->client, "%s", socket_name(s));
    if (routine == NULL && overlapped->hEvent != NULL)
        name_handle(overlapped->hEvent, "%s's %s", operation->client, kind);
}

static void CALLBACK routine(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags)
{
    struct operation operation = *operation_of(overlapped);

    if (error != 0)
        note_event(operation.routine_name, operation.client, "%s, %s", operation.kind, error_text((int)error));
    else
        note_event(operation.routine_name, operation.client, n == 0 ? "%s, 0: the end" : "%s, %lu bytes",
                   operation.kind, n);
    operation.routine(error, n, overlapped, flags);
}

/* 0 and WSA_IO_PENDING are no failures. */
static int end_operation(struct call *call, int result)
{
    if (result == SOCKET_ERROR && !call->fails && WSAGetLastError() == WSA_IO_PENDING)
        end_call(call, false, true, "WSA_IO_PENDING: later");
    else
        end_call(call, false, result == 0, "0: done already");
    return result;
}

static bool has_no_buffers(struct call *call)
{
    if (no_buffers_each == 0 || ++overlapped_calls % no_buffers_each != 0)
        return false;
    call->fails = true;
    call->error = WSAENOBUFS;
    return true;
}

int trace_WSARecv(int line, SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD *flags,
                  WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE its_routine, const char *name)
{
    struct call call = begin_call("WSARecv", line);

    about_socket(&call, s);
    arguments(&call, "%lu", buffers[0].len);
    if (call.fails || has_no_buffers(&call))
        return end_operation(&call, SOCKET_ERROR);
    remember(overlapped, s, "receive", its_routine, name);
    return end_operation(&call, strict_WSARecv(s, buffers, count, bytes, flags, overlapped,
                                        its_routine != NULL ? routine : NULL));
}

int trace_WSASend(int line, SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD flags,
                  WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE its_routine, const char *name)
{
    struct call call = begin_call("WSASend", line);
    WSABUF part = buffers[0];

    about_socket(&call, s);
    arguments(&call, "%lu", buffers[0].len);
    if (call.fails || has_no_buffers(&call))
        return end_operation(&call, SOCKET_ERROR);
    remember(overlapped, s, "send", its_routine, name);
    if (short_sends > 0 && part.len > (ULONG)short_sends)
        part.len = (ULONG)short_sends;
    return end_operation(&call, strict_WSASend(s, count == 1 ? &part : buffers, count, bytes, flags, overlapped,
                                        its_routine != NULL ? routine : NULL));
}

BOOL trace_WSAGetOverlappedResult(int line, SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait,
                                  DWORD *flags)
{
    struct call call = begin_call("WSAGetOverlappedResult", line);
    BOOL ok;

    about_socket(&call, s);
    arguments(&call, "%s", operation_of(overlapped)->kind);
    ok = !call.fails && strict_WSAGetOverlappedResult(s, overlapped, bytes, wait, flags);
    end_call(&call, wait, ok, ok && *bytes == 0 ? "0: the end" : "%lu bytes", ok ? *bytes : 0);
    return ok;
}

/* ConnectEx has no name that could be replaced: who asks for its address gets this one's. */
static BOOL PASCAL trace_connect_ex(SOCKET s, const struct sockaddr *name, int size, void *data, DWORD length,
                                    DWORD *sent, OVERLAPPED *overlapped)
{
    struct call call = begin_call("ConnectEx", connect_ex_line);
    BOOL ok;

    name_socket(s, "server");
    about_socket(&call, s);
    if (call.fails) {
        end_operation(&call, SOCKET_ERROR);
        return FALSE;
    }
    remember(overlapped, s, "connect", NULL, NULL);
    ok = real_connect_ex(s, name, size, data, length, sent, overlapped);
    end_operation(&call, ok ? 0 : SOCKET_ERROR);
    return ok;
}

/* The same with AcceptEx. */
static BOOL PASCAL trace_accept_ex(SOCKET listener, SOCKET client, void *output, DWORD data, DWORD local, DWORD remote,
                                   DWORD *bytes, OVERLAPPED *overlapped)
{
    struct call call = begin_call("AcceptEx", accept_ex_line);
    BOOL ok;

    about_socket(&call, listener);
    if (call.fails) {
        end_operation(&call, SOCKET_ERROR);
        return FALSE;
    }
    remember(overlapped, listener, "accept", NULL, NULL);
    ok = real_accept_ex(listener, client, output, data, local, remote, bytes, overlapped);
    end_operation(&call, ok ? 0 : SOCKET_ERROR);
    return ok;
}

int trace_WSAIoctl(int line, SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size,
                   DWORD *returned, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE its_routine)
{
    static const GUID id = WSAID_CONNECTEX, accept_id = WSAID_ACCEPTEX;
    struct call call = begin_call("WSAIoctl", line);
    int result;

    about_socket(&call, s);
    result = call.fails ? SOCKET_ERROR
                        : strict_WSAIoctl(s, code, in, in_size, out, out_size, returned, overlapped, its_routine);
    if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER && memcmp(in, &id, sizeof id) == 0) {
        arguments(&call, "address of ConnectEx");
        memcpy(&real_connect_ex, out, sizeof real_connect_ex);
        connect_ex_line = line;
        *(LPFN_CONNECTEX *)out = trace_connect_ex;
    } else if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER && memcmp(in, &accept_id,
                                                                                   sizeof accept_id) == 0) {
        arguments(&call, "address of AcceptEx");
        memcpy(&real_accept_ex, out, sizeof real_accept_ex);
        accept_ex_line = line;
        *(LPFN_ACCEPTEX *)out = trace_accept_ex;
    }
    end_call(&call, false, result == 0, "ok");
    return result;
}

HANDLE trace_CreateIoCompletionPort(int line, HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    struct call call = begin_call("CreateIoCompletionPort", line);
    HANDLE result;

    if (file != INVALID_HANDLE_VALUE)
        about_socket(&call, (SOCKET)file);
    arguments(&call, file == INVALID_HANDLE_VALUE ? "a new port" : port == NULL ? "to a new port" : "to the port");
    result = call.fails ? NULL : strict_CreateIoCompletionPort(file, port, key, threads);
    end_call(&call, false, result != NULL, "ok");
    return result;
}

BOOL trace_GetQueuedCompletionStatus(int line, HANDLE port, DWORD *bytes, ULONG_PTR *key,
                                     OVERLAPPED **overlapped, DWORD milliseconds)
{
    struct call call = begin_call("GetQueuedCompletionStatus", line);
    BOOL ok = FALSE;
    char text[120];

    if (call.fails)
        *overlapped = NULL;
    else
        ok = strict_GetQueuedCompletionStatus(port, bytes, key, overlapped, milliseconds);
    if (!call.fails && *overlapped != NULL) {
        DWORD error = GetLastError();
        const struct operation *operation = operation_of(*overlapped);

        if (ok)
            snprintf(text, sizeof text, "packet: %s's %s, %lu bytes", operation->client, operation->kind, *bytes);
        else
            snprintf(text, sizeof text, "packet: %s's %s failed: %s", operation->client, operation->kind,
                     error_text((int)error));
        SetLastError(error);
        end_call(&call, true, true, "%s", text);
        if (!ok)
            SetLastError(error);    /* this TRUE is the trace's; the call's result is FALSE */
    } else {
        end_call(&call, true, ok, "posted packet: %lu bytes, key %lu", ok ? *bytes : 0,
                 ok ? (unsigned long)*key : 0);
    }
    return ok;
}

BOOL trace_GetQueuedCompletionStatusEx(int line, HANDLE port, OVERLAPPED_ENTRY *entries, ULONG most, ULONG *count,
                                       DWORD milliseconds, BOOL alertable)
{
    struct call call = begin_call("GetQueuedCompletionStatusEx", line);
    BOOL ok = !call.fails && strict_GetQueuedCompletionStatusEx(port, entries, most, count, milliseconds, alertable);

    arguments(&call, "%lu", most);
    end_call(&call, true, ok, "%lu packets", ok ? *count : 0);
    return ok;
}

BOOL trace_SetFileCompletionNotificationModes(int line, HANDLE file, UCHAR flags)
{
    struct call call = begin_call("SetFileCompletionNotificationModes", line);
    BOOL ok = !call.fails && strict_SetFileCompletionNotificationModes(file, flags);

    about_socket(&call, (SOCKET)file);
    arguments(&call, "%s", flags == FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ? "FILE_SKIP_COMPLETION_PORT_ON_SUCCESS" : "");
    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_PostQueuedCompletionStatus(int line, HANDLE port, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped)
{
    struct call call = begin_call("PostQueuedCompletionStatus", line);
    BOOL ok;

    /* Before it is made: then another thread has the packet, and may start the operation anew. */
    if (overlapped != NULL)
        arguments(&call, "%s's %s, %lu bytes", operation_of(overlapped)->client, operation_of(overlapped)->kind, bytes);
    else
        arguments(&call, "%lu bytes, key %lu", bytes, (unsigned long)key);
    ok = !call.fails && strict_PostQueuedCompletionStatus(port, bytes, key, overlapped);
    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_CancelIoEx(int line, HANDLE file, OVERLAPPED *overlapped)
{
    struct call call = begin_call("CancelIoEx", line);
    BOOL ok;

    /* Before it is made: then another thread may have the packet, and start the operation anew. */
    about_socket(&call, (SOCKET)file);
    arguments(&call, "%s", overlapped == NULL ? "all of this process" : operation_of(overlapped)->kind);
    ok = !call.fails && strict_CancelIoEx(file, overlapped);
    end_call(&call, false, ok, "ok: will end soon");
    return ok;
}

/* ---- The thread pool's I/O ---- */

PTP_IO trace_CreateThreadpoolIo(int line, HANDLE file, PTP_WIN32_IO_CALLBACK callback, void *context,
                                PTP_CALLBACK_ENVIRON where)
{
    struct call call = begin_call("CreateThreadpoolIo", line);
    PTP_IO io = call.fails ? NULL : strict_CreateThreadpoolIo(file, callback, context, where);

    about_socket(&call, (SOCKET)file);
    end_call(&call, false, io != NULL, "ok");
    return io;
}

/* None of these can fail, and so FAULT does not make them. */
static void end_sure(struct call *call, bool waits)
{
    call->fails = false;
    end_call(call, waits, true, "ok");
}

void trace_StartThreadpoolIo(int line, PTP_IO io)
{
    struct call call = begin_call("StartThreadpoolIo", line);

    strict_StartThreadpoolIo(io);
    end_sure(&call, false);
}

void trace_CancelThreadpoolIo(int line, PTP_IO io)
{
    struct call call = begin_call("CancelThreadpoolIo", line);

    strict_CancelThreadpoolIo(io);
    end_sure(&call, false);
}

void trace_WaitForThreadpoolIoCallbacks(int line, PTP_IO io, BOOL cancel)
{
    struct call call = begin_call("WaitForThreadpoolIoCallbacks", line);

    strict_WaitForThreadpoolIoCallbacks(io, cancel);
    end_sure(&call, true);
}

void trace_CloseThreadpoolIo(int line, PTP_IO io)
{
    struct call call = begin_call("CloseThreadpoolIo", line);

    strict_CloseThreadpoolIo(io);
    end_sure(&call, false);
}
