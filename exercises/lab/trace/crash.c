/* Linked to a learner's program: when it crashes, says in which function. Without it there is only an exit code.

   The names are in the program's own file: gcc and clang write a table of symbols behind the sections (the COFF symbol
   table of Microsoft's "PE Format" page), unless they are told to leave it out (-s); then only the address is said. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYMBOL_SIZE 18          /* bytes of an entry: sizeof(IMAGE_SYMBOL) would be padded by some compilers */

static const char *reason(DWORD code)
{
    switch (code) {
    case EXCEPTION_ACCESS_VIOLATION:    return "memory that is not its own (access violation)";
    case EXCEPTION_STACK_OVERFLOW:      return "no stack left";
    case EXCEPTION_INT_DIVIDE_BY_ZERO:  return "a division by zero";
    case EXCEPTION_ILLEGAL_INSTRUCTION: return "not an instruction";
    case 0xc0000374:                    return "the heap is damaged";
    default:                            return NULL;
    }
}

/* The whole file of this program; NULL: cannot be read. */
static char *read_program(long *size)
{
    WCHAR path[MAX_PATH];
    char *text = NULL;
    FILE *file;

    GetModuleFileNameW(NULL, path, MAX_PATH);
    file = _wfopen(path, L"rb");
    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    text = malloc((size_t)*size);
    if (text != NULL && fread(text, 1, (size_t)*size, file) != (size_t)*size)
        *size = 0;
    fclose(file);
    return text;
}

/* The last function that begins at or before offset, which counts from where the program was loaded. */
static void find_function(DWORD offset, char *name, size_t size)
{
    long length = 0;
    char *text = read_program(&length);
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)text;
    const IMAGE_NT_HEADERS *headers;
    const IMAGE_SECTION_HEADER *sections;
    DWORD best = 0, table, count;

    if (text == NULL || length < (long)sizeof *dos)
        return;
    headers = (const IMAGE_NT_HEADERS *)(text + dos->e_lfanew);
    sections = IMAGE_FIRST_SECTION(headers);
    table = headers->FileHeader.PointerToSymbolTable;
    count = headers->FileHeader.NumberOfSymbols;
    for (DWORD i = 0; table != 0 && i < count && table + (i + 1) * SYMBOL_SIZE < (DWORD)length; i++) {
        const char *symbol = text + table + i * SYMBOL_SIZE;
        DWORD value, zeros, at, start;
        short section;
        WORD type;

        memcpy(&value, symbol + 8, 4);
        memcpy(&section, symbol + 12, 2);
        memcpy(&type, symbol + 14, 2);
        memcpy(&zeros, symbol, 4);
        memcpy(&at, symbol + 4, 4);
        if (type == 0x20 && section > 0 && section <= headers->FileHeader.NumberOfSections) {
            start = sections[section - 1].VirtualAddress + value;
            if (start <= offset && start >= best) {
                best = start;
                /* A name of more than eight letters lies in the table of strings, behind the symbols. */
                snprintf(name, size, "%.*s", zeros == 0 ? (int)size - 1 : 8,
                         zeros == 0 ? text + table + count * SYMBOL_SIZE + at : symbol);
            }
        }
        i += (unsigned char)symbol[17];         /* entries that only add to this one */
    }
    free(text);
}

static LONG WINAPI on_exception(EXCEPTION_POINTERS *e)
{
    DWORD code = e->ExceptionRecord->ExceptionCode;
    char *address = e->ExceptionRecord->ExceptionAddress, *base = (char *)GetModuleHandleW(NULL);
    MEMORY_BASIC_INFORMATION where = { 0 };
    char name[100] = "";

    if (reason(code) == NULL)
        return EXCEPTION_CONTINUE_SEARCH;
    VirtualQuery(address, &where, sizeof where);
    if (where.AllocationBase == base)
        find_function((DWORD)(address - base), name, sizeof name);
    if (*name != '\0')
        fprintf(stderr, "crash: %s, in function %s\n", reason(code), name);
    else if (where.AllocationBase == base)
        fprintf(stderr, "crash: %s, at offset 0x%lx of the program\n", reason(code), (unsigned long)(address - base));
    else
        fprintf(stderr, "crash: %s, in a function of the system (something wrong was handed to it)\n", reason(code));
    fflush(stderr);
    TerminateProcess(GetCurrentProcess(), code);
    return EXCEPTION_CONTINUE_SEARCH;
}

__attribute__((constructor)) static void watch(void)
{
    AddVectoredExceptionHandler(0, on_exception);
}
