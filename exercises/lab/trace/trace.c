/* The inside of the trace: events, names, faults. */
#include "inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAMES 8192
#define SLEEPS 0.002           /* seconds from which on a call that can wait is said to have slept */

static CRITICAL_SECTION lock;
static HANDLE output;
static bool to_file;
static LARGE_INTEGER frequency, start_count;
static DWORD thread_name_slot;
static int clients;

/* A small hash table from handles to names. */
static struct { const void *handle; char name[24]; bool nonblocking; } names[NAMES];

/* The faults: see trace.h. */
static struct {
    char name[40];
    int line, count, error;
    int seen;
    bool done;
} fault;
static int no_memory_each, calls_of_calloc;
static char delay_name[40];
static int delay_line, delay_ms;

static void read_fault(void)
{
    char text[120], mark;

    if (GetEnvironmentVariableA("FAULT", text, sizeof text) == 0)
        return;
    if (sscanf(text, "%39[A-Za-z_]%c%d=%d", fault.name, &mark, &fault.count, &fault.error) != 4
        || (mark != '@' && mark != '#')) {
        fprintf(stderr, "trace: FAULT=%s: not name@line=error or name#k=error\n", text);
        exit(1);
    }
    if (mark == '@') {
        fault.line = fault.count;
        fault.count = 1;
    }
}

/* What the strict system has to say: a line of its own. */
static void tell(int line, const char *what, const char *client, const char *text);

static void set_up(void)
{
    WCHAR path[MAX_PATH];
    char text[40];

    InitializeCriticalSection(&lock);
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&start_count);
    if (GetEnvironmentVariableA("TRACE_CLOCK", text, sizeof text) > 0)
        start_count.QuadPart = _atoi64(text);
    thread_name_slot = TlsAlloc();
    output = GetStdHandle(STD_OUTPUT_HANDLE);
    if (GetEnvironmentVariableW(L"TRACE_FILE", path, MAX_PATH) > 0) {
        output = CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                             FILE_ATTRIBUTE_NORMAL, NULL);
        to_file = true;
        if (output == INVALID_HANDLE_VALUE) {
            fprintf(stderr, "trace: cannot write the file that TRACE_FILE names: error %lu\n", GetLastError());
            exit(1);
        }
    }
    read_fault();
    if (GetEnvironmentVariableA("NO_MEMORY", text, sizeof text) > 0)
        no_memory_each = atoi(text);
    if (GetEnvironmentVariableA("DELAY", text, sizeof text) > 0)
        if (sscanf(text, "%d:%d", &delay_line, &delay_ms) != 2)
            sscanf(text, "%39[^:]:%d", delay_name, &delay_ms);
    name_thread("main");
    strict_start(tell);
}

/* Before main, so that main's first call is recorded: gcc and clang both have it. */
__attribute__((constructor)) static void start_trace(void)
{
    set_up();
}

static double now(void)
{
    LARGE_INTEGER count;

    QueryPerformanceCounter(&count);
    return (double)(count.QuadPart - start_count.QuadPart) / (double)frequency.QuadPart;
}

void name_thread(const char *name)
{
    TlsSetValue(thread_name_slot, _strdup(name));
}

const char *thread_name(void)
{
    const char *name = TlsGetValue(thread_name_slot);

    return name != NULL ? name : "system";
}

void lock_names(void)
{
    EnterCriticalSection(&lock);
}

void unlock_names(void)
{
    LeaveCriticalSection(&lock);
}

int next_client(void)
{
    int number;

    EnterCriticalSection(&lock);
    number = ++clients;
    LeaveCriticalSection(&lock);
    return number;
}

/* ---- Names ---- */

static int place_of(const void *handle)
{
    unsigned i = (unsigned)((ULONG_PTR)handle / 4 * 2654435761u) % NAMES;

    while (names[i].handle != NULL && names[i].handle != handle)
        i = (i + 1) % NAMES;
    return (int)i;
}

void name_handle(const void *handle, const char *format, ...)
{
    va_list list;
    int i;

    EnterCriticalSection(&lock);
    i = place_of(handle);
    names[i].handle = handle;
    va_start(list, format);
    vsnprintf(names[i].name, sizeof names[i].name, format, list);
    va_end(list);
    LeaveCriticalSection(&lock);
}

const char *handle_name(const void *handle)
{
    const char *name;

    EnterCriticalSection(&lock);
    name = names[place_of(handle)].name;
    LeaveCriticalSection(&lock);
    return name;
}

/* The place stays taken, so that others behind it are still found; the same handle will use it again. */
void forget(const void *handle)
{
    int i;

    EnterCriticalSection(&lock);
    i = place_of(handle);
    names[i].name[0] = '\0';
    names[i].nonblocking = false;
    LeaveCriticalSection(&lock);
}

void name_socket(SOCKET s, const char *name)
{
    name_handle((const void *)s, "%s", name);
    strict_name(s, name);
}

const char *socket_name(SOCKET s)
{
    return handle_name((const void *)s);
}

void set_nonblocking(SOCKET s)
{
    EnterCriticalSection(&lock);
    names[place_of((const void *)s)].nonblocking = true;
    LeaveCriticalSection(&lock);
}

bool can_block(SOCKET s)
{
    bool can;

    EnterCriticalSection(&lock);
    can = !names[place_of((const void *)s)].nonblocking;
    LeaveCriticalSection(&lock);
    return can;
}

/* ---- Events ---- */

static void write_event(const char *text)
{
    DWORD written;

    WriteFile(output, text, (DWORD)strlen(text), &written, NULL);
}

/* In a file: start, end, slept (microseconds), thread, kind, name, client, arguments, result, line, with tabs. */
static void put_event(const char *kind, const struct call *call, double end, bool slept, const char *result)
{
    char text[700], what[420], sleep[24] = "";
    bool said = strcmp(kind, "says") == 0;      /* by the strict system: a sentence */

    if (to_file) {
        snprintf(text, sizeof text, "%.0f\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", call->start * 1e6, end * 1e6,
                 slept ? (end - call->start) * 1e6 : 0, thread_name(), said ? "event" : kind, call->name, call->client,
                 call->arguments, result, call->line);
    } else {
        snprintf(what, sizeof what, said ? "%s: %s%s%s%s%s" : "%s(%s%s%s)%s%s", call->name, call->client,
                 *call->client && *call->arguments ? ", " : "", call->arguments, *result ? " -> " : "", result);
        if (slept)
            snprintf(sleep, sizeof sleep, "slept %.1f ms", (end - call->start) * 1000);
        snprintf(text, sizeof text, "%8.1f ms  %-9s %-50s %13s", end * 1000, thread_name(), what, sleep);
        if (call->line > 0)
            snprintf(text + strlen(text), sizeof text - strlen(text), "  line %d", call->line);
        strcat(text, "\r\n");
    }
    EnterCriticalSection(&lock);
    write_event(text);
    LeaveCriticalSection(&lock);
}

static bool is_to_fail(struct call *call)
{
    if (no_memory_each > 0 && strcmp(call->name, "calloc") == 0 && ++calls_of_calloc % no_memory_each == 0)
        return true;
    if (fault.done || strcmp(call->name, fault.name) != 0 || (fault.line != 0 && fault.line != call->line))
        return false;
    call->error = fault.error;
    fault.done = ++fault.seen == fault.count;
    return fault.done;
}

/* In the file, a call that can wait has a line when it begins, too: the one in which a thread sleeps when the
   program is ended is known from that alone. */
static void put_beginning(const struct call *call)
{
    if (to_file && can_sleep(call->name))
        put_event("begins", call, call->start, false, "");
}

struct call begin_call_at(const char *name, int line, const void *frame)
{
    struct call call = { .name = name, .line = line };

    strict_at(line, frame);
    EnterCriticalSection(&lock);
    call.fails = is_to_fail(&call);
    LeaveCriticalSection(&lock);
    if ((delay_line != 0 && delay_line == line) || strcmp(delay_name, name) == 0)
        Sleep((DWORD)delay_ms);
    call.start = now();
    put_beginning(&call);
    return call;
}

void end_call(struct call *call, bool waits, bool ok, const char *result, ...)
{
    DWORD error = call->fails ? (DWORD)call->error : GetLastError();
    double end = now();
    char text[200];
    va_list list;

    if (ok && !call->fails) {
        va_start(list, result);
        vsnprintf(text, sizeof text, result, list);
        va_end(list);
    } else {
        snprintf(text, sizeof text, "%s%s", error_text((int)error), call->fails ? " (injected)" : "");
    }
    put_event(ok && !call->fails ? "call" : "fails", call, end, waits && end - call->start >= SLEEPS, text);
    SetLastError(error);
    if (error != WSA_IO_PENDING)        /* "later" is no failure for the trace, but the number is the answer */
        strict_leave(ok && !call->fails);
}

void about_socket(struct call *call, SOCKET s)
{
    snprintf(call->client, sizeof call->client, "%s", socket_name(s));
}

void arguments(struct call *call, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(call->arguments, sizeof call->arguments, format, list);
    va_end(list);
}

void note_event(const char *kind, const char *client, const char *format, ...)
{
    DWORD error = GetLastError();
    struct call call = { .name = kind, .start = now() };
    va_list list;

    snprintf(call.client, sizeof call.client, "%s", client);
    va_start(list, format);
    vsnprintf(call.arguments, sizeof call.arguments, format, list);
    va_end(list);
    put_event("event", &call, call.start, false, "");
    SetLastError(error);
}

static void tell(int line, const char *what, const char *client, const char *text)
{
    struct call call = { .name = what, .line = line, .start = now() };

    snprintf(call.client, sizeof call.client, "%s", client);
    snprintf(call.arguments, sizeof call.arguments, "%s", text);
    put_event("says", &call, call.start, false, "");
}

void say_event(int line, const char *what, const char *format, ...)
{
    DWORD error = GetLastError();
    char text[160];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    tell(line, what, "", text);
    SetLastError(error);
}

/* ---- Words ---- */

static const struct { int number; const char *name; } errors[] = {
    { 0, "no error" }, { 5, "ERROR_ACCESS_DENIED" }, { 6, "ERROR_INVALID_HANDLE" },
    { 8, "ERROR_NOT_ENOUGH_MEMORY" }, { 64, "ERROR_NETNAME_DELETED" }, { 87, "WSA_INVALID_PARAMETER" },
    { 109, "ERROR_BROKEN_PIPE" }, { 258, "WAIT_TIMEOUT" }, { 735, "ERROR_ABANDONED_WAIT_0" },
    { 995, "WSA_OPERATION_ABORTED" }, { 996, "WSA_IO_INCOMPLETE" }, { 997, "WSA_IO_PENDING" },
    { 1168, "ERROR_NOT_FOUND" }, { 1225, "ERROR_CONNECTION_REFUSED" }, { 1236, "ERROR_CONNECTION_ABORTED" },
    { 1450, "ERROR_NO_SYSTEM_RESOURCES" },
    { 1816, "ERROR_NOT_ENOUGH_QUOTA" }, { 10013, "WSAEACCES" }, { 10014, "WSAEFAULT" }, { 10022, "WSAEINVAL" },
    { 10024, "WSAEMFILE" }, { 10035, "WSAEWOULDBLOCK" }, { 10036, "WSAEINPROGRESS" }, { 10038, "WSAENOTSOCK" },
    { 10048, "WSAEADDRINUSE" }, { 10049, "WSAEADDRNOTAVAIL" }, { 10050, "WSAENETDOWN" },
    { 10053, "WSAECONNABORTED" }, { 10054, "WSAECONNRESET" }, { 10055, "WSAENOBUFS" }, { 10057, "WSAENOTCONN" },
    { 10058, "WSAESHUTDOWN" }, { 10060, "WSAETIMEDOUT" }, { 10061, "WSAECONNREFUSED" }, { 10091, "WSASYSNOTREADY" },
    { 11001, "WSAHOST_NOT_FOUND" },
};

/* The buffers go round, so that a few texts of several threads can be in use at the same time. */
char *scratch(void)
{
    static char texts[64][SCRATCH];
    static volatile LONG next;

    return texts[(unsigned long)InterlockedIncrement(&next) % 64];
}

const char *error_text(int error)
{
    char *text = scratch();
    const char *name = "";

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].number == error)
            name = errors[i].name;
    snprintf(text, SCRATCH, "%d%s%s", error, *name ? " " : "", name);
    return text;
}

const char *events_text(long events)
{
    static const struct { long bit; const char *name; } bits[] = {
        { FD_ACCEPT, "FD_ACCEPT" }, { FD_CONNECT, "FD_CONNECT" }, { FD_READ, "FD_READ" },
        { FD_WRITE, "FD_WRITE" }, { FD_CLOSE, "FD_CLOSE" },
    };
    char *text = scratch();

    text[0] = '\0';
    for (int i = 0; i < 5; i++)
        if (events & bits[i].bit) {
            if (*text)
                strcat(text, "|");
            strcat(text, bits[i].name);
        }
    return *text ? text : "nothing";
}
