/* Does the trace record everything? Each call that a program imports from the system must have a recording function
   in trace/calls.h, or stand here in the list of those that belong to no model. And the programs as readers build
   them hold nothing of the trace. */
#include "proof.h"

#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *not_recorded[] = {
    /* Neither wait nor move bytes. */
    "WSAGetLastError", "__WSAFDIsSet", "htons", "htonl", "ntohs", "ntohl", "inet_pton", "inet_addr", "freeaddrinfo",
    "FormatMessageA", "GetStdHandle", "GetConsoleMode", "GetTickCount64", "GetSystemInfo", "GetCurrentThreadId",
    "GetLastError", "MultiByteToWideChar", "WideCharToMultiByte",
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
    snprintf(function, sizeof function, "trace_%s(", call);
    return strstr(calls_h, function) != NULL;
}

/* The address in the file's bytes of what will be at rva when the program is loaded. NULL: nowhere. */
static const char *at_rva(const char *file, const IMAGE_SECTION_HEADER *sections, int count, DWORD rva)
{
    for (int i = 0; i < count; i++)
        if (rva >= sections[i].VirtualAddress && rva < sections[i].VirtualAddress + sections[i].SizeOfRawData)
            return file + sections[i].PointerToRawData + (rva - sections[i].VirtualAddress);
    return NULL;
}

/* The C library's calls are not looked at; of those, calloc, free and _beginthreadex are recorded. */
static bool is_c_library(const char *dll)
{
    return _strnicmp(dll, "msvcr", 5) == 0 || _strnicmp(dll, "ucrt", 4) == 0 || _strnicmp(dll, "api-ms-", 7) == 0;
}

/* Walks the import directory as the page "PE Format" describes it. Returns how many calls were looked at. */
static int check_imports(const char *file, const char *calls_h, struct verdict *v)
{
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)file;
    const IMAGE_NT_HEADERS64 *nt64 = (const IMAGE_NT_HEADERS64 *)(file + dos->e_lfanew);
    const IMAGE_NT_HEADERS32 *nt32 = (const IMAGE_NT_HEADERS32 *)nt64;
    bool wide = nt64->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
    const IMAGE_DATA_DIRECTORY *directories = wide ? nt64->OptionalHeader.DataDirectory
                                                   : nt32->OptionalHeader.DataDirectory;
    const IMAGE_SECTION_HEADER *sections = wide ? IMAGE_FIRST_SECTION(nt64) : IMAGE_FIRST_SECTION(nt32);
    int section_count = nt64->FileHeader.NumberOfSections, looked_at = 0;
    const IMAGE_IMPORT_DESCRIPTOR *d = (const IMAGE_IMPORT_DESCRIPTOR *)at_rva(
        file, sections, section_count, directories[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress);

    for (; d != NULL && d->Name != 0; d++) {
        const char *dll = at_rva(file, sections, section_count, d->Name);
        const char *entry = at_rva(file, sections, section_count, d->OriginalFirstThunk);

        for (; dll != NULL && entry != NULL && !is_c_library(dll); entry += wide ? 8 : 4) {
            ULONGLONG value = wide ? *(const ULONGLONG *)entry : *(const DWORD *)entry;
            bool by_number = (value >> (wide ? 63 : 31)) != 0;
            const IMAGE_IMPORT_BY_NAME *import;

            if (value == 0)
                break;
            looked_at++;
            import = (const IMAGE_IMPORT_BY_NAME *)at_rva(file, sections, section_count, (DWORD)value);
            if (by_number || import == NULL)
                fail(v, MESSAGE, "it imports something without a name from %s", dll);
            else if (!is_covered((const char *)import->Name, calls_h))
                fail(v, MESSAGE, "it calls %s of %s, which the trace does not record", (const char *)import->Name,
                     dll);
        }
    }
    return looked_at;
}

static void test_program(const struct chapter *chapter, const char *program, const char *calls_h)
{
    struct verdict v = { 0 };
    char name[120];
    size_t size;
    char *file = read_file(program_of(chapter, program), &size);
    int looked_at = 0;

    start_dialogue();
    if (file == NULL)
        fail(&v, MESSAGE, "%s cannot be read", program_of(chapter, program));
    else
        looked_at = check_imports(file, calls_h, &v);
    if (file != NULL && looked_at < 20)
        fail(&v, MESSAGE, "only %d imported calls were found", looked_at);
    for (size_t i = 0; file != NULL && i + 10 < size; i++)
        if (memcmp(file + i, "TRACE_FILE", 10) == 0)
            fail(&v, MESSAGE, "it holds the trace's code");
    snprintf(name, sizeof name, "%s/%s: the trace records what it calls (%d imports)", chapter->name, program,
             looked_at);
    print_verdict(name, &v, 0);
    free(file);
}

void test_imports(void)
{
    size_t size;
    char *calls_h = read_file("exercises/lab/trace/calls.h", &size);

    if (calls_h == NULL)
        die("exercises/lab/trace/calls.h cannot be read");
    for (int i = 0; i < CHAPTERS; i++) {
        test_program(&chapters[i], "server", calls_h);
        test_program(&chapters[i], "client", calls_h);
    }
    free(calls_h);
}
