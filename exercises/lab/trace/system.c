/* Recording functions: threads, calls in other threads, events, files, memory, windows. */
#include "inside.h"

#include <stdio.h>
#include <string.h>

struct start {
    unsigned (__stdcall *function)(void *);
    void *argument;
    char name[24];
};

static unsigned __stdcall run_thread(void *argument)
{
    struct start start = *(struct start *)argument;
    unsigned code;

    free(argument);
    name_thread(start.name);
    note_event("thread starts", "", "%s", start.name);
    code = start.function(start.argument);
    strict_thread_ends();
    note_event("thread ends", "", "%s", start.name);
    return code;
}

/* The thread's name is its function's and a number: worker 1, worker 2. */
/* "worker" is worker 1, 2 ...; of a long name such as "serve_client" only the last word: client 1. */
static const char *short_name(const char *function)
{
    const char *last = strrchr(function, '_');

    return strlen(function) > 9 && last != NULL ? last + 1 : function;
}

uintptr_t trace__beginthreadex(int line, void *security, unsigned stack, unsigned (__stdcall *function)(void *),
                               void *argument, unsigned flags, unsigned *id, const char *name)
{
    static int count;
    struct call call = begin_call("_beginthreadex", line);
    struct start *start = malloc(sizeof *start);
    uintptr_t thread = 0;

    arguments(&call, "%s", name);
    if (start != NULL && !call.fails) {
        start->function = function;
        start->argument = argument;
        snprintf(start->name, sizeof start->name, "%.16s %d", short_name(name), ++count);
        thread = _beginthreadex(security, stack, run_thread, start, flags, id);
    }
    end_call(&call, false, thread != 0, "a thread");
    return thread;
}

HANDLE trace_OpenThread(int line, DWORD access, BOOL inherit, DWORD id)
{
    struct call call = begin_call("OpenThread", line);
    HANDLE thread = call.fails ? NULL : OpenThread(access, inherit, id);

    end_call(&call, false, thread != NULL, "a handle");
    return thread;
}

/* A call in another thread: recorded where it is queued, and where it runs. */
struct queued {
    PAPCFUNC routine;
    ULONG_PTR data;
    const char *name;
};

static void CALLBACK run_queued(ULONG_PTR argument)
{
    struct queued queued = *(struct queued *)argument;

    free((void *)argument);
    note_event(queued.name, "", "%lu", (unsigned long)queued.data);
    queued.routine(queued.data);
}

DWORD trace_QueueUserAPC(int line, PAPCFUNC routine, HANDLE thread, ULONG_PTR data, const char *name)
{
    struct call call = begin_call("QueueUserAPC", line);
    struct queued *queued = malloc(sizeof *queued);
    DWORD ok = 0;

    arguments(&call, "%s, %lu", name, (unsigned long)data);
    if (queued != NULL && !call.fails) {
        *queued = (struct queued){ routine, data, name };
        ok = QueueUserAPC(run_queued, thread, (ULONG_PTR)queued);
    }
    end_call(&call, false, ok != 0, "ok");
    return ok;
}

DWORD trace_SleepEx(int line, DWORD milliseconds, BOOL alertable)
{
    struct call call = begin_call("SleepEx", line);
    DWORD result;

    arguments(&call, "%s", alertable ? "alertable" : "");
    result = strict_SleepEx(milliseconds, alertable);
    end_call(&call, true, true, result == WAIT_IO_COMPLETION ? "WAIT_IO_COMPLETION: routines have run" : "timeout");
    return result;
}

HANDLE trace_CreateEventA(int line, SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set, const char *name)
{
    struct call call = begin_call("CreateEvent", line);
    HANDLE event = call.fails ? NULL : strict_CreateEventA(security, manual, set, name);

    if (event != NULL)
        name_handle(event, "event of line %d", line);
    end_call(&call, false, event != NULL, "an event");
    return event;
}

BOOL trace_SetEvent(int line, HANDLE event)
{
    struct call call = begin_call("SetEvent", line);
    BOOL ok = !call.fails && SetEvent(event);

    arguments(&call, "%s", handle_name(event));
    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_WSASetEvent(int line, WSAEVENT event)
{
    struct call call = begin_call("WSASetEvent", line);
    BOOL ok = !call.fails && WSASetEvent(event);

    arguments(&call, "%s", handle_name(event));
    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_ResetEvent(int line, HANDLE event)
{
    struct call call = begin_call("ResetEvent", line);
    BOOL ok = !call.fails && strict_WSAResetEvent(event);

    arguments(&call, "%s", handle_name(event));
    end_call(&call, false, ok, "ok");
    return ok;
}

/* ---- Timers, whose routines run in alertable waits ---- */

#define MOST_TIMERS 16

static struct timer {
    HANDLE handle;
    PTIMERAPCROUTINE routine;
    void *argument;
    const char *name;
} timers[MOST_TIMERS];

HANDLE trace_CreateWaitableTimerA(int line, SECURITY_ATTRIBUTES *security, BOOL manual, const char *its_name)
{
    struct call call = begin_call("CreateWaitableTimer", line);
    HANDLE timer = call.fails ? NULL : CreateWaitableTimerA(security, manual, its_name);

    if (timer != NULL)
        name_handle(timer, "timer of line %d", line);
    end_call(&call, false, timer != NULL, "a timer");
    return timer;
}

static void CALLBACK run_timer(void *argument, DWORD low, DWORD high)
{
    struct timer timer = *(struct timer *)argument;

    note_event(timer.name, "", "");
    timer.routine(timer.argument, low, high);
}

BOOL trace_SetWaitableTimer(int line, HANDLE handle, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine,
                            void *argument, BOOL resume, const char *name)
{
    struct call call = begin_call("SetWaitableTimer", line);
    int i = 0;
    BOOL ok;

    arguments(&call, "%s, each %ld ms", routine != NULL ? name : handle_name(handle), period);
    while (i < MOST_TIMERS && timers[i].handle != handle && timers[i].handle != NULL)
        i++;
    if (routine != NULL && i < MOST_TIMERS) {
        timers[i] = (struct timer){ handle, routine, argument, name };
        routine = run_timer;
        argument = &timers[i];
    }
    ok = !call.fails && SetWaitableTimer(handle, due, period, routine, argument, resume);
    end_call(&call, false, ok, "ok");
    return ok;
}

DWORD trace_WaitForSingleObject(int line, HANDLE object, DWORD milliseconds)
{
    struct call call = begin_call("WaitForSingleObject", line);
    DWORD result;

    arguments(&call, "%s", handle_name(object));
    result = call.fails ? WAIT_FAILED : strict_WaitForSingleObject(object, milliseconds);
    end_call(&call, true, result != WAIT_FAILED, result == WAIT_TIMEOUT ? "timeout" : "it is set");
    return result;
}

BOOL trace_ReadFile(int line, HANDLE file, void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped)
{
    struct call call = begin_call("ReadFile", line);
    BOOL ok;

    arguments(&call, file == GetStdHandle(STD_INPUT_HANDLE) ? "stdin, %lu" : "%lu", size);
    ok = !call.fails && strict_ReadFile(file, buffer, size, bytes, overlapped);
    end_call(&call, true, ok, ok && bytes != NULL && *bytes == 0 ? "0: the end" : "%lu bytes",
             ok && bytes != NULL ? *bytes : size);
    return ok;
}

BOOL trace_WriteFile(int line, HANDLE file, const void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped)
{
    struct call call = begin_call("WriteFile", line);
    BOOL ok;

    arguments(&call, file == GetStdHandle(STD_OUTPUT_HANDLE) ? "stdout, %lu" : "%lu", size);
    ok = !call.fails && strict_WriteFile(file, buffer, size, bytes, overlapped);
    end_call(&call, true, ok, "%lu bytes", ok && bytes != NULL ? *bytes : size);
    return ok;
}

BOOL trace_CloseHandle(int line, HANDLE object)
{
    struct call call = begin_call("CloseHandle", line);
    BOOL ok;

    arguments(&call, "%s", handle_name(object));
    forget(object);
    ok = strict_CloseHandle(object) && !call.fails;
    end_call(&call, false, ok, "ok");
    return ok;
}

void *trace_calloc(int line, size_t count, size_t size)
{
    struct call call = begin_call("calloc", line);
    void *memory = call.fails ? NULL : strict_calloc(count, size);

    arguments(&call, "%lu bytes", (unsigned long)(count * size));
    end_call(&call, false, memory != NULL, "ok");
    return memory;
}

void *trace_malloc(int line, size_t size)
{
    struct call call = begin_call("malloc", line);
    void *memory = call.fails ? NULL : strict_malloc(size);

    arguments(&call, "%lu bytes", (unsigned long)size);
    end_call(&call, false, memory != NULL, "ok");
    return memory;
}

void *trace_realloc(int line, void *memory, size_t size)
{
    struct call call = begin_call("realloc", line);
    void *larger = call.fails ? NULL : strict_realloc(memory, size);

    arguments(&call, "%lu bytes", (unsigned long)size);
    end_call(&call, false, larger != NULL, "ok");
    return larger;
}

/* Cannot fail, and so FAULT does not make it. */
void trace_free(int line, void *memory)
{
    struct call call = begin_call("free", line);

    strict_free(memory);
    call.fails = false;
    end_call(&call, false, true, "ok");
}

BOOL trace_VirtualFree(int line, void *memory, SIZE_T size, DWORD type)
{
    struct call call = begin_call("VirtualFree", line);
    BOOL ok = strict_VirtualFree(memory, size, type) && !call.fails;

    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_HeapFree(int line, HANDLE heap, DWORD flags, void *memory)
{
    struct call call = begin_call("HeapFree", line);
    BOOL ok = strict_HeapFree(heap, flags, memory) && !call.fails;

    end_call(&call, false, ok, "ok");
    return ok;
}

/* ---- Windows and their messages ---- */

ATOM trace_RegisterClassA(int line, const WNDCLASSA *class)
{
    struct call call = begin_call("RegisterClass", line);
    ATOM atom = call.fails ? 0 : RegisterClassA(class);

    end_call(&call, false, atom != 0, "ok");
    return atom;
}

ATOM trace_RegisterClassW(int line, const WNDCLASSW *class)
{
    struct call call = begin_call("RegisterClass", line);
    ATOM atom = call.fails ? 0 : RegisterClassW(class);

    end_call(&call, false, atom != 0, "ok");
    return atom;
}

HWND trace_CreateWindowExA(int line, DWORD extended, const char *class, const char *title, DWORD style, int x,
                           int y, int width, int height, HWND parent, HMENU menu, HINSTANCE instance, void *data)
{
    struct call call = begin_call("CreateWindowEx", line);
    HWND window = call.fails ? NULL : CreateWindowExA(extended, class, title, style, x, y, width, height, parent,
                                                      menu, instance, data);

    arguments(&call, "%s", parent == HWND_MESSAGE ? "message-only" : "");
    end_call(&call, false, window != NULL, "a window");
    return window;
}

HWND trace_CreateWindowExW(int line, DWORD extended, const WCHAR *class, const WCHAR *title, DWORD style, int x,
                           int y, int width, int height, HWND parent, HMENU menu, HINSTANCE instance, void *data)
{
    struct call call = begin_call("CreateWindowEx", line);
    HWND window = call.fails ? NULL : CreateWindowExW(extended, class, title, style, x, y, width, height, parent,
                                                      menu, instance, data);

    arguments(&call, "%s", parent == HWND_MESSAGE ? "message-only" : "");
    end_call(&call, false, window != NULL, "a window");
    return window;
}

/* In the models' programs, messages from WM_APP on that carry a socket are the network's. */
static void end_get_message(struct call *call, const MSG *message, BOOL got)
{
    DWORD error = GetLastError();
    char text[100] = "WM_QUIT";

    if (got == -1)
        text[0] = '\0';
    else if (message->message >= WM_APP && *socket_name((SOCKET)message->wParam) != '\0')
        snprintf(text, sizeof text, "%s for %s", events_text(WSAGETSELECTEVENT(message->lParam)),
                 socket_name((SOCKET)message->wParam));
    else
        snprintf(text, sizeof text, message->message == WM_TIMER ? "WM_TIMER" :
                 message->message >= WM_APP ? "message WM_APP + %u" : "message 0x%04x",
                 message->message >= WM_APP ? message->message - WM_APP : message->message);
    SetLastError(error);
    end_call(call, true, got != -1, "%s", text);
}

BOOL trace_GetMessageA(int line, MSG *message, HWND window, UINT first, UINT last)
{
    struct call call = begin_call("GetMessage", line);
    BOOL got = call.fails ? -1 : GetMessageA(message, window, first, last);

    end_get_message(&call, message, got);
    return got;
}

BOOL trace_GetMessageW(int line, MSG *message, HWND window, UINT first, UINT last)
{
    struct call call = begin_call("GetMessage", line);
    BOOL got = call.fails ? -1 : GetMessageW(message, window, first, last);

    end_get_message(&call, message, got);
    return got;
}

static void about_message(struct call *call, UINT message, WPARAM wparam)
{
    arguments(call, message >= WM_APP ? "WM_APP + %u, %lu" : "0x%04x, %lu",
              message >= WM_APP ? message - WM_APP : message, (unsigned long)wparam);
}

BOOL trace_PostMessageA(int line, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    struct call call = begin_call("PostMessage", line);
    BOOL ok = !call.fails && PostMessageA(window, message, wparam, lparam);

    about_message(&call, message, wparam);
    end_call(&call, false, ok, "ok");
    return ok;
}

BOOL trace_PostMessageW(int line, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    struct call call = begin_call("PostMessage", line);
    BOOL ok = !call.fails && PostMessageW(window, message, wparam, lparam);

    about_message(&call, message, wparam);
    end_call(&call, false, ok, "ok");
    return ok;
}

UINT_PTR trace_SetTimer(int line, HWND window, UINT_PTR id, UINT milliseconds, TIMERPROC routine)
{
    struct call call = begin_call("SetTimer", line);
    UINT_PTR timer = call.fails ? 0 : SetTimer(window, id, milliseconds, routine);

    arguments(&call, "%u ms", milliseconds);
    end_call(&call, false, timer != 0, "ok");
    return timer;
}

BOOL trace_KillTimer(int line, HWND window, UINT_PTR id)
{
    struct call call = begin_call("KillTimer", line);
    BOOL ok = !call.fails && KillTimer(window, id);

    end_call(&call, false, ok, "ok");
    return ok;
}
