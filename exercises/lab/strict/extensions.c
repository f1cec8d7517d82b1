/* Overlapped operations that are asked for by WSAIoctl, and what can be done with one that is under way. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static LPFN_ACCEPTEX real_accept_ex;
static LPFN_CONNECTEX real_connect_ex;

BOOL PASCAL strict_AcceptEx(SOCKET listener, SOCKET client, void *output, DWORD data, DWORD local, DWORD remote,
                            DWORD *bytes, OVERLAPPED *overlapped)
{
    WSABUF buffer = { data + local + remote, output };
    struct stream *stream, *its_client;
    struct operation *o;
    DWORD n = 0;
    int error;

    if (!strict_is_on() || overlapped == NULL)
        return real_accept_ex(listener, client, output, data, local, remote, bytes, overlapped);
    lock_model();
    stream = live_stream(listener, "AcceptEx");
    its_client = live_stream(client, "AcceptEx");
    if (stream == NULL || its_client == NULL || !put_on_engine(stream)) {
        unlock_model();
        return real_accept_ex(listener, client, output, data, local, remote, bytes, overlapped);
    }
    o = start_operation(stream, ACCEPT, overlapped, NULL, &buffer, 1, "AcceptEx");
    o->client = its_client;
    if (may(ACCEPT_RESET, 6)) {         /* a client came, and was gone again */
        fail_accept_later(o);
        unlock_model();
        WSASetLastError(WSA_IO_PENDING);
        return FALSE;
    }
    error = real_accept_ex(listener, client, o->bytes, data, local, remote, &n, &o->real) ? 0 : WSAGetLastError();
    o->n = n;
    error = finish_start(o, error, bytes);
    unlock_model();
    return error == 0;
}

BOOL PASCAL strict_ConnectEx(SOCKET s, const struct sockaddr *name, int size, void *data, DWORD length, DWORD *sent,
                             OVERLAPPED *overlapped)
{
    struct stream *stream;
    struct operation *o;
    int error;

    if (!strict_is_on() || overlapped == NULL)
        return real_connect_ex(s, name, size, data, length, sent, overlapped);
    lock_model();
    stream = live_stream(s, "ConnectEx");
    if (stream == NULL || !put_on_engine(stream)) {
        unlock_model();
        return real_connect_ex(s, name, size, data, length, sent, overlapped);
    }
    if (!stream->bound)
        broken(CONTEXT_UPDATED, stream->name, "ConnectEx is called for a socket that was not bound.");
    o = start_operation(stream, CONNECT, overlapped, NULL, NULL, 0, "ConnectEx");
    error = real_connect_ex(s, name, size, data, length, NULL, &o->real) ? 0 : WSAGetLastError();
    stream->needs_context = true;
    stream->context_option = SO_UPDATE_CONNECT_CONTEXT;
    error = finish_start(o, error, sent);
    unlock_model();
    return error == 0;
}

/* What the layer does not play would end where nobody takes it. */
static _Noreturn void refuse_extension(const GUID *id)
{
    static const struct { GUID id; const char *name; } known[] = {
        { WSAID_DISCONNECTEX, "DisconnectEx" }, { WSAID_TRANSMITFILE, "TransmitFile" },
        { WSAID_TRANSMITPACKETS, "TransmitPackets" }, { WSAID_WSARECVMSG, "WSARecvMsg" },
        { WSAID_WSASENDMSG, "WSASendMsg" },
    };
    const char *name = "this extension function";

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (memcmp(id, &known[i].id, sizeof *id) == 0)
            name = known[i].name;
    fprintf(stderr, "strict: line %d: the strict system cannot play %s\n", this_thread()->line, name);
    exit(1);
}

/* Who asks for the address of one of the two gets the layer's. */
int strict_WSAIoctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                    WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    static const GUID accept_id = WSAID_ACCEPTEX, connect_id = WSAID_CONNECTEX,
                      addresses_id = WSAID_GETACCEPTEXSOCKADDRS;
    static const LPFN_ACCEPTEX its_accept = strict_AcceptEx;
    static const LPFN_CONNECTEX its_connect = strict_ConnectEx;
    int result = WSAIoctl(s, code, in, in_size, out, out_size, returned, overlapped, routine);

    if (!strict_is_on() || result != 0 || code != SIO_GET_EXTENSION_FUNCTION_POINTER)
        return result;
    if (memcmp(in, &accept_id, sizeof accept_id) == 0) {
        memcpy(&real_accept_ex, out, sizeof real_accept_ex);
        memcpy(out, &its_accept, sizeof its_accept);
    } else if (memcmp(in, &connect_id, sizeof connect_id) == 0) {
        memcpy(&real_connect_ex, out, sizeof real_connect_ex);
        memcpy(out, &its_connect, sizeof its_connect);
    } else if (memcmp(in, &addresses_id, sizeof addresses_id) != 0) {
        refuse_extension(in);
    }
    return result;
}

/* ---- While it is under way, and afterwards ---- */

static void check_result_call(struct stream *stream, const struct operation *o, const DWORD *bytes, BOOL wait,
                              const DWORD *flags)
{
    if (bytes == NULL || flags == NULL)
        broken(RESULT_ASKED_RIGHT, stream->name, "WSAGetOverlappedResult gets NULL for %s.",
               bytes == NULL ? "lpcbTransfer" : "lpdwFlags");
    if (!wait || o == NULL || o->state != UNDER_WAY)
        return;
    if (o->routine != NULL)
        broken(RESULT_ASKED_RIGHT, stream->name, "WSAGetOverlappedResult is to wait for an operation with a completion "
               "routine.");
    else if (o->event == NULL)
        broken(RESULT_ASKED_RIGHT, stream->name, "WSAGetOverlappedResult is to wait for an operation without an "
               "event.");
    else if (!handle_is_manual(o->event))
        broken(EVENT_STAYS, stream->name, "WSAGetOverlappedResult is to wait for an auto-reset event.");
}

BOOL strict_WSAGetOverlappedResult(SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait, DWORD *flags)
{
    DWORD no_bytes, no_flags;
    struct stream *stream;
    struct operation *o;

    if (!strict_is_on())
        return WSAGetOverlappedResult(s, overlapped, bytes, wait, flags);
    lock_model();
    stream = live_stream(s, "WSAGetOverlappedResult");
    o = find_operation(overlapped);
    if (stream != NULL)
        check_result_call(stream, o, bytes, wait, flags);
    while (wait && o != NULL && o->state == UNDER_WAY) {
        unlock_model();
        Sleep(1);
        lock_model();
        o = find_operation(overlapped);
    }
    unlock_model();
    return WSAGetOverlappedResult(s, overlapped, bytes != NULL ? bytes : &no_bytes, FALSE,
                                  flags != NULL ? flags : &no_flags);
}

/* true: there was one. It ends later, with WSA_OPERATION_ABORTED, unless it is done already. */
bool cancel_operations(struct stream *stream, const OVERLAPPED *overlapped)
{
    bool any = false;

    for (struct operation *o = operations(); o != NULL; o = o->next)
        if (o->stream == stream && o->state == UNDER_WAY && (overlapped == NULL || o->overlapped == overlapped)) {
            o->cancelled = any = true;
            CancelIoEx((HANDLE)stream->s, &o->real);
        }
    return any;
}

BOOL strict_CancelIoEx(HANDLE file, OVERLAPPED *overlapped)
{
    struct stream *stream;
    bool any;

    if (!strict_is_on())
        return CancelIoEx(file, overlapped);
    lock_model();
    stream = live_stream((SOCKET)file, "CancelIoEx");
    any = stream != NULL && cancel_operations(stream, overlapped);
    unlock_model();
    if (stream == NULL)
        return CancelIoEx(file, overlapped);
    if (!any)
        SetLastError(ERROR_NOT_FOUND);
    return any;
}

/* The system ends what a thread has under way when the thread ends, unless a port is to tell the end. */
void strict_thread_ends(void)
{
    struct thread *t = this_thread();

    if (!strict_is_on())
        return;
    lock_model();
    leave_port(t);
    for (struct operation *o = operations(); o != NULL; o = o->next)
        if (o->thread == t && o->state == UNDER_WAY && o->stream->port == NULL && o->stream->io == NULL) {
            broken(THREAD_STAYS, o->stream->name, "The thread ends, and %s, which it has started in line %d, has not "
                   "ended: the system will cancel it.", operation_name(o), o->line);
            o->cancelled = true;
            CancelIoEx((HANDLE)o->stream->s, &o->real);
        }
    unlock_model();
}
