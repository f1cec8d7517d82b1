/* Child processes. */
#include "process.h"
#include "machine.h"
#include "text.h"

#include <windows.h>
#include <process.h>
#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#ifndef STATUS_INFO_LENGTH_MISMATCH
#define STATUS_INFO_LENGTH_MISMATCH ((LONG)0xc0000004)
#endif

/* Shared by the thread that collects and the threads that look. */
struct output {
    CRITICAL_SECTION lock;
    HANDLE pipe;
    HANDLE thread;
    HANDLE news;                /* set when something was added */
    char *text;
    size_t length;
};

/* KILL_ON_JOB_CLOSE: the last handle is ours, so however the laboratory ends, its children end, too.
   DIE_ON_UNHANDLED_EXCEPTION: a crash ends a child, and no dialogue box keeps it
   ["JOBOBJECT_BASIC_LIMIT_INFORMATION"]. */
static HANDLE job(void)
{
    static HANDLE job;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };

    if (job == NULL) {
        job = CreateJobObjectW(NULL, NULL);
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
                                                  | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
        if (job == NULL || !SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits,
                                                    sizeof limits))
            die("no job object for the child processes: error %lu", GetLastError());
        /* The same for what the job does not reach; it is inherited by the children, too. */
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    }
    return job;
}

static HANDLE open_inheritable(const char *path, DWORD access, DWORD disposition)
{
    SECURITY_ATTRIBUTES inherit = { sizeof inherit, NULL, TRUE };
    WCHAR *wide = to_wide(path);
    HANDLE file = CreateFileW(wide, access, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherit,
                              disposition, FILE_ATTRIBUTE_NORMAL, NULL);

    free(wide);
    if (file == INVALID_HANDLE_VALUE)
        die("cannot open %s: error %lu", path, GetLastError());
    return file;
}

static HANDLE open_input(struct process *p, const char *stdin_file)
{
    SECURITY_ATTRIBUTES inherit = { sizeof inherit, NULL, TRUE };
    HANDLE read_end;

    p->input = NULL;
    if (stdin_file == NULL)
        return open_inheritable("NUL", GENERIC_READ, OPEN_EXISTING);
    if (strcmp(stdin_file, OPEN_STDIN) != 0)
        return open_inheritable(stdin_file, GENERIC_READ, OPEN_EXISTING);
    if (!CreatePipe(&read_end, &p->input, &inherit, 0))
        die("no pipe: error %lu", GetLastError());
    SetHandleInformation(p->input, HANDLE_FLAG_INHERIT, 0);
    return read_end;
}

static unsigned __stdcall collect(void *argument)
{
    struct output *output = argument;
    char part[4096];
    DWORD n;

    while (ReadFile(output->pipe, part, sizeof part, &n, NULL) && n > 0) {
        char *longer;

        EnterCriticalSection(&output->lock);
        longer = realloc(output->text, output->length + n + 1);
        if (longer != NULL) {
            memcpy(longer + output->length, part, n);
            output->text = longer;
            output->length += n;
            longer[output->length] = '\0';
        }
        LeaveCriticalSection(&output->lock);
        SetEvent(output->news);
    }
    SetEvent(output->news);
    return 0;
}

static struct output *new_output(HANDLE *write_end)
{
    SECURITY_ATTRIBUTES inherit = { sizeof inherit, NULL, TRUE };
    struct output *output = calloc(1, sizeof *output);

    if (output == NULL || (output->text = calloc(1, 1)) == NULL)
        die("out of memory");
    InitializeCriticalSection(&output->lock);
    output->news = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (!CreatePipe(&output->pipe, write_end, &inherit, 0))
        die("no pipe: error %lu", GetLastError());
    SetHandleInformation(output->pipe, HANDLE_FLAG_INHERIT, 0);
    output->thread = (HANDLE)_beginthreadex(NULL, 0, collect, output, 0, NULL);
    if (output->thread == NULL)
        die("no thread to read a child's output");
    return output;
}

/* Creates the process in the job. startup may be of standard handles, flags of CreateProcess. */
static bool create(struct process *p, const char *command_line, STARTUPINFOW *startup, DWORD flags)
{
    WCHAR *wide = to_wide(command_line);
    PROCESS_INFORMATION started;
    HANDLE in = job();
    BOOL ok, inherit = startup->dwFlags != 0;

    /* Suspended until it is in the job: else it could start children of its own outside. */
    ok = CreateProcessW(NULL, wide, NULL, NULL, inherit, CREATE_SUSPENDED | flags, NULL, NULL, startup, &started);
    /* Wine, when it is busy, sometimes cannot start a program at the first attempt. */
    for (int tries = 0; !ok && GetLastError() == ERROR_INTERNAL_ERROR && is_wine() && tries < 5; tries++) {
        Sleep(100);
        ok = CreateProcessW(NULL, wide, NULL, NULL, inherit, CREATE_SUSPENDED | flags, NULL, NULL, startup, &started);
    }
    p->handle = ok ? started.hProcess : NULL;
    p->id = ok ? started.dwProcessId : 0;
    if (ok) {
        if (!AssignProcessToJobObject(in, started.hProcess)) {
            TerminateProcess(started.hProcess, 1);
            die("AssignProcessToJobObject: error %lu", GetLastError());
        }
        ResumeThread(started.hThread);
        CloseHandle(started.hThread);
    }
    free(wide);
    return ok;
}

bool start_process(struct process *p, const char *command_line, const char *stdin_file,
                   const char *stdout_file)
{
    HANDLE in = open_input(p, stdin_file);
    HANDLE error, out;
    STARTUPINFOW startup = { .cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES };
    bool ok;

    p->output = new_output(&error);
    out = stdout_file != NULL ? open_inheritable(stdout_file, GENERIC_WRITE, CREATE_ALWAYS) : error;
    startup.hStdInput = in;
    startup.hStdOutput = out;
    startup.hStdError = error;
    ok = create(p, command_line, &startup, 0);
    CloseHandle(in);
    CloseHandle(error);
    if (out != error)
        CloseHandle(out);
    if (!ok)
        stop_process(p);
    return ok;
}

bool start_in_console(struct process *p, const char *command_line)
{
    STARTUPINFOW startup = { .cb = sizeof startup };

    *p = (struct process){ 0 };
    return create(p, command_line, &startup, CREATE_NEW_CONSOLE);
}

bool feed_process(struct process *p, const char *bytes, size_t count)
{
    DWORD written;
    bool fine = true;

    for (; fine && count > 0; bytes += written, count -= written)
        fine = WriteFile(p->input, bytes, count < 65536 ? (DWORD)count : 65536, &written, NULL);
    CloseHandle(p->input);
    p->input = NULL;
    return fine;
}

int count_in_output(struct process *p, const char *text)
{
    int count = 0;

    EnterCriticalSection(&p->output->lock);
    for (const char *at = p->output->text; (at = strstr(at, text)) != NULL; at += strlen(text))
        count++;
    LeaveCriticalSection(&p->output->lock);
    return count;
}

char *copy_output(struct process *p)
{
    char *copy;

    EnterCriticalSection(&p->output->lock);
    copy = _strdup(p->output->text);
    LeaveCriticalSection(&p->output->lock);
    if (copy == NULL)
        die("out of memory");
    return copy;
}

bool wait_for_output(struct process *p, const char *text, int milliseconds)
{
    return wait_for_count(p, text, 1, milliseconds);
}

bool wait_for_count(struct process *p, const char *text, int count, int milliseconds)
{
    HANDLE news_or_end[2] = { p->output->news, p->output->thread };
    double deadline = now() + milliseconds / 1000.0;

    for (;;) {
        double left = deadline - now();
        bool ended = WaitForSingleObject(p->output->thread, 0) == WAIT_OBJECT_0;

        if (count_in_output(p, text) >= count)
            return true;
        if (ended || left <= 0)
            return false;
        WaitForMultipleObjects(2, news_or_end, FALSE, (DWORD)(left * 1000) + 1);
    }
}

bool wait_for_exit(struct process *p, int milliseconds, unsigned long *code)
{
    if (WaitForSingleObject(p->handle, (DWORD)milliseconds) != WAIT_OBJECT_0)
        return false;
    GetExitCodeProcess(p->handle, code);
    if (p->output != NULL)
        WaitForSingleObject(p->output->thread, 1000);   /* the last lines */
    return true;
}

/* Exit codes from 0xc0000000 on are exceptions that nobody has handled. 5 is what Wine gives for a crash when no
   debugger is set. */
enum symptom symptom_of_exit(unsigned long code)
{
    return code >= 0xc0000000 || (code == 5 && is_wine()) ? CRASH : EXITED;
}

bool is_running(struct process *p)
{
    return p->handle != NULL && WaitForSingleObject(p->handle, 0) == WAIT_TIMEOUT;
}

/* The system's list of processes; the caller frees it. It grows while one asks for it, so the answer may be that the
   buffer was too small. NULL: this system does not tell. */
static SYSTEM_PROCESS_INFORMATION *list_processes(void)
{
    typedef LONG (NTAPI *query_function)(int, void *, ULONG, ULONG *);
    union { FARPROC any; query_function query; } entry;
    LONG status = STATUS_INFO_LENGTH_MISMATCH;
    char *list = NULL;

    entry.any = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation");
    for (ULONG size = 1 << 20; entry.any != NULL && status == STATUS_INFO_LENGTH_MISMATCH && size <= 64 << 20;
         size *= 2) {
        ULONG needed;

        free(list);
        list = malloc(size);
        if (list == NULL)
            die("out of memory");
        status = entry.query(SystemProcessInformation, list, size, &needed);
    }
    if (status < 0) {
        free(list);
        return NULL;
    }
    return (SYSTEM_PROCESS_INFORMATION *)list;
}

/* What only the system's list of processes tells; under Wine the processor time, too. */
static void ask_the_system(DWORD id, struct usage *usage)
{
    SYSTEM_PROCESS_INFORMATION *list = list_processes(), *p = list;

    if (list == NULL)
        return;
    while ((DWORD)(ULONG_PTR)p->UniqueProcessId != id && p->NextEntryOffset != 0)
        p = (SYSTEM_PROCESS_INFORMATION *)((char *)p + p->NextEntryOffset);
    if ((DWORD)(ULONG_PTR)p->UniqueProcessId == id) {
        usage->handles = (int)p->HandleCount;
        usage->threads = (int)p->NumberOfThreads;
        if (is_wine())
            usage->cpu = (double)(p->UserTime.QuadPart + p->KernelTime.QuadPart) / 1e7;
    }
    free(list);
}

static double seconds(FILETIME time)
{
    return (double)(((ULONGLONG)time.dwHighDateTime << 32) | time.dwLowDateTime) / 1e7;
}

struct usage measure(struct process *p)
{
    struct usage usage = { 0 };
    FILETIME created, ended, kernel, user;
    PROCESS_MEMORY_COUNTERS memory;

    if (p->handle == NULL)
        return usage;
    /* Wine's GetProcessTimes gives the caller's own times whichever process it is asked for. */
    if (!is_wine() && GetProcessTimes(p->handle, &created, &ended, &kernel, &user))
        usage.cpu = seconds(kernel) + seconds(user);
    if (GetProcessMemoryInfo(p->handle, &memory, sizeof memory))
        usage.memory = memory.PagefileUsage;    /* what it has for itself, resident or not */
    ask_the_system(p->id, &usage);
    return usage;
}

static void free_output(struct output *output)
{
    CloseHandle(output->thread);
    CloseHandle(output->pipe);
    CloseHandle(output->news);
    DeleteCriticalSection(&output->lock);
    free(output->text);
    free(output);
}

void stop_process(struct process *p)
{
    if (p->handle != NULL) {
        if (is_running(p))
            TerminateProcess(p->handle, 1);
        WaitForSingleObject(p->handle, 5000);
        CloseHandle(p->handle);
        p->handle = NULL;
    }
    if (p->input != NULL) {
        CloseHandle(p->input);
        p->input = NULL;
    }
    if (p->output != NULL) {
        /* The pipe ends with the process, unless another has inherited it: Wine's desktop, which the first program that
           makes a window starts. Then the thread and what it uses are left to themselves. */
        if (WaitForSingleObject(p->output->thread, 1000) == WAIT_OBJECT_0)
            free_output(p->output);
        p->output = NULL;
    }
}
