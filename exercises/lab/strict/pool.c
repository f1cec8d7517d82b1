/* The thread pool's I/O: CreateThreadpoolIo. */
#include "inside.h"

#include <stdlib.h>

struct pool_io {
    PTP_WIN32_IO_CALLBACK callback;
    void *context;
    TP_CALLBACK_ENVIRON *where;
    struct stream *stream;
    int started;                    /* StartThreadpoolIo, and not yet called back */
    volatile LONG running;
};

struct pool_call {
    struct pool_io *io;
    struct operation *operation;
};

PTP_IO strict_CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, void *context, PTP_CALLBACK_ENVIRON where)
{
    struct pool_io *io;
    struct stream *stream;

    lock_model();
    stream = strict_is_on() ? live_stream((SOCKET)file, "CreateThreadpoolIo") : NULL;
    unlock_model();
    io = stream != NULL ? calloc(1, sizeof *io) : NULL;
    if (io == NULL)
        return CreateThreadpoolIo(file, callback, context, where);
    *io = (struct pool_io){ .callback = callback, .context = context, .where = where, .stream = stream };
    stream->io = io;
    return (PTP_IO)io;
}

void strict_StartThreadpoolIo(PTP_IO io)
{
    if (!strict_is_on())
        StartThreadpoolIo(io);
    else
        InterlockedIncrement((volatile LONG *)&((struct pool_io *)io)->started);
}

void strict_CancelThreadpoolIo(PTP_IO io)
{
    if (!strict_is_on())
        CancelThreadpoolIo(io);
    else
        InterlockedDecrement((volatile LONG *)&((struct pool_io *)io)->started);
}

static void CALLBACK run_pool_call(PTP_CALLBACK_INSTANCE instance, void *argument)
{
    struct pool_call call = *(struct pool_call *)argument;
    struct operation *o = call.operation;
    OVERLAPPED *overlapped = o->overlapped;
    ULONG error = o->error != 0 ? file_error(o->real.Internal) : 0, n = o->n;

    free(argument);
    lock_model();
    if (call.io->started <= 0) {
        broken(POOL_TOLD, o->stream->name, "%s, which line %d has started, has ended, and StartThreadpoolIo was not "
               "called for it: the pool does not know of it.", operation_name(o), o->line);
        InterlockedIncrement((volatile LONG *)&call.io->started);
    }
    forget_operation(o);
    unlock_model();
    InterlockedDecrement((volatile LONG *)&call.io->started);
    call.io->callback(instance, call.io->context, overlapped, error, n, (PTP_IO)call.io);
    InterlockedDecrement(&call.io->running);
}

void pool_io_ended(struct operation *o)
{
    struct pool_call *call = malloc(sizeof *call);

    if (call == NULL)
        abort();
    *call = (struct pool_call){ o->stream->io, o };
    InterlockedIncrement(&call->io->running);
    if (!TrySubmitThreadpoolCallback(run_pool_call, call, call->io->where))
        abort();
}

/* Has an operation whose call is still to come. */
static bool is_busy(const struct stream *stream)
{
    bool busy = false;

    lock_model();
    for (const struct operation *o = operations(); o != NULL; o = o->next)
        busy = busy || (o->stream == stream && o->state == UNDER_WAY);
    unlock_model();
    return busy;
}

void strict_WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel)
{
    if (!strict_is_on()) {
        WaitForThreadpoolIoCallbacks(io, cancel);
        return;
    }
    while (((struct pool_io *)io)->running > 0 || is_busy(((struct pool_io *)io)->stream))
        Sleep(1);
}

/* Not freed: a call may be under way still, and the page lets it end. */
void strict_CloseThreadpoolIo(PTP_IO io)
{
    if (!strict_is_on())
        CloseThreadpoolIo(io);
    else
        ((struct pool_io *)io)->stream->io = NULL;
}
