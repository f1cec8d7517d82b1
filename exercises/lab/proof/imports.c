/* Does the trace record everything? Each call that a program imports from the system must have a recording function
   in trace/calls.h, or stand here in the list of those that belong to no model. And the programs as readers build
   them hold nothing of the trace. */
#include "proof.h"
#include "learn/learn.h"

#include <winsock2.h>
#include <windows.h>
#include <dbghelp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *not_recorded[] = {
    /* Neither wait nor move bytes. */
    "WSAGetLastError", "__WSAFDIsSet", "htons", "htonl", "ntohs", "ntohl", "inet_pton", "inet_addr", "freeaddrinfo",
    "FormatMessageA", "ExitProcess",
    "SetConsoleOutputCP", "GetStdHandle", "GetConsoleMode", "GetTickCount64", "GetSystemInfo", "GetCurrentThreadId",
    "GetLastError", "VirtualAlloc", "InitializeSRWLock", "MultiByteToWideChar", "WideCharToMultiByte",
    /* The look of the window. */
    "DefWindowProcA", "DefWindowProcW", "DispatchMessageA", "DispatchMessageW", "IsDialogMessageW", "TranslateMessage",
    "EnableWindow", "GetStockObject", "GetWindowTextW", "IsWindowEnabled", "LoadCursorA", "MoveWindow",
    "SendMessageW", "SetFocus", "SetWindowTextA", "SetWindowTextW", "ShowWindow",
    /* What the C library itself calls when a program starts and ends. */
    "DeleteCriticalSection", "EnterCriticalSection", "FreeLibrary", "GetCurrentProcess", "GetCurrentProcessId",
    "GetModuleHandleA", "GetProcAddress", "GetStartupInfoA", "GetStartupInfoW", "GetSystemTimeAsFileTime",
    "GetTickCount", "InitializeCriticalSection", "IsDBCSLeadByteEx", "LeaveCriticalSection", "LoadLibraryA",
    "QueryPerformanceCounter", "RtlAddFunctionTable", "RtlCaptureContext", "RtlLookupFunctionEntry",
    "RtlVirtualUnwind", "SetUnhandledExceptionFilter", "Sleep", "TerminateProcess", "TlsGetValue",
    "UnhandledExceptionFilter", "VirtualProtect", "VirtualQuery", "__C_specific_handler",
};

static bool is_covered(const char *call, const char *calls_h)
{
    char function[100];

    for (size_t i = 0; i < sizeof not_recorded / sizeof not_recorded[0]; i++)
        if (strcmp(not_recorded[i], call) == 0)
            return true;
    snprintf(function, sizeof function, "#define %s(", call);
    return has(calls_h, function);
}

/* The C library's calls are not looked at; of those, calloc, free and _beginthreadex are recorded. */
static bool is_c_library(const char *dll)
{
    return _strnicmp(dll, "msvcr", 5) == 0 || _strnicmp(dll, "ucrt", 4) == 0 || _strnicmp(dll, "api-ms-", 7) == 0;
}

static void check_import(const IMAGE_IMPORT_BY_NAME *import, const char *dll, const char *calls_h, struct verdict *v)
{
    if (import == NULL)
        fail(v, MESSAGE, "it imports something without a name from %s", dll);
    else if (!is_covered((const char *)import->Name, calls_h))
        fail(v, MESSAGE, "it calls %s of %s, which the trace does not record", (const char *)import->Name, dll);
}

/* Walks the import directory as the page "PE Format" describes it. Returns how many calls were looked at. */
static int check_imports(char *file, const char *calls_h, struct verdict *v)
{
    IMAGE_NT_HEADERS *headers = ImageNtHeader(file);
    bool wide = headers != NULL && headers->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
    ULONG size;
    const IMAGE_IMPORT_DESCRIPTOR *d = ImageDirectoryEntryToData(file, FALSE, IMAGE_DIRECTORY_ENTRY_IMPORT, &size);
    int looked_at = 0;

    for (; headers != NULL && d != NULL && d->Name != 0; d++) {
        const char *dll = ImageRvaToVa(headers, file, d->Name, NULL);
        const char *entry = ImageRvaToVa(headers, file, d->OriginalFirstThunk, NULL);

        for (; dll != NULL && entry != NULL && !is_c_library(dll); entry += wide ? 8 : 4) {
            ULONGLONG value = wide ? *(const ULONGLONG *)entry : *(const DWORD *)entry;
            bool by_number = (value >> (wide ? 63 : 31)) != 0;

            if (value == 0)
                break;
            looked_at++;
            check_import(by_number ? NULL : ImageRvaToVa(headers, file, (ULONG)value, NULL), dll, calls_h, v);
        }
    }
    return looked_at;
}

static void test_program(const char *path, const char *calls_h)
{
    struct verdict v = { 0 };
    char name[120];
    size_t size;
    char *file = read_file(path, &size);
    int looked_at = 0;

    start_dialogue();
    if (file == NULL)
        fail(&v, MESSAGE, "%s cannot be read", path);
    else
        looked_at = check_imports(file, calls_h, &v);
    if (file != NULL && looked_at < 20)
        fail(&v, MESSAGE, "only %d imported calls were found", looked_at);
    for (size_t i = 0; file != NULL && i + 10 < size; i++)
        if (memcmp(file + i, "TRACE_FILE", 10) == 0)
            fail(&v, MESSAGE, "it holds the trace's code");
    snprintf(name, sizeof name, "%s: the trace records what it calls (%d imports)", path, looked_at);
    print_verdict(name, &v, 0);
    free(file);
}

/* Those that only have questions are built with the trace alone. */
static void test_exercise(const struct exercise *e, const char *calls_h)
{
    char path[120];

    snprintf(path, sizeof path, BUILD_FOLDER "/%s_start.exe", e->id);
    test_program(path, calls_h);
    snprintf(path, sizeof path, BUILD_FOLDER "/%s_solution.exe", e->id);
    if (file_exists(path))
        test_program(path, calls_h);
}

void test_imports(void)
{
    size_t size;
    char *calls_h = read_file("exercises/lab/trace/calls.h", &size);

    if (calls_h == NULL)
        die("exercises/lab/trace/calls.h cannot be read");
    for (int i = 0; i < CHAPTERS; i++) {
        test_program(program_of(&chapters[i], "server"), calls_h);
        test_program(program_of(&chapters[i], "client"), calls_h);
    }
    for (int i = 0; i < count_exercises(); i++)
        test_exercise(exercise_at(i), calls_h);
    free(calls_h);
}
