/* The machine on which the laboratory runs. */
#include "machine.h"
#include "report.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Wine's own function, by which programs find out; NULL on Windows. */
static FARPROC wine_version(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version");
}

bool is_wine(void)
{
    return wine_version() != NULL;
}

/* WINEDLLOVERRIDES can switch the debugger off, as the Makefile does. */
int crash_time(void)
{
    char overrides[200] = "";

    GetEnvironmentVariableA("WINEDLLOVERRIDES", overrides, sizeof overrides);
    return is_wine() && strstr(overrides, "winedbg.exe=") == NULL ? 4000 : 200;
}

/* "8.0 (Debian 8.0~repack-4)"; NULL on Windows. */
static const char *version_of_wine(void)
{
    const char *(CDECL *version)(void);
    FARPROC found = wine_version();

    memcpy(&version, &found, sizeof version);
    return version != NULL ? version() : NULL;
}

bool hides_resets(void)
{
    return is_wine() && atoi(version_of_wine()) < 10;
}

bool queues_sends(void)
{
    return is_wine() && atoi(version_of_wine()) >= 10;
}

const char *system_name(void)
{
    static char name[60] = "Windows";

    if (is_wine()) {
        snprintf(name, sizeof name, "Wine %s", version_of_wine());
        name[strcspn(name, "(~")] = '\0';
    }
    return name;
}

const char *machine_name(void)
{
    static char text[120];
    char processor[60] = "";
    DWORD size = sizeof processor;
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    RegGetValueA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0", "ProcessorNameString",
                 RRF_RT_REG_SZ, NULL, processor, &size);
    for (char *c = processor; *c != '\0'; c++)
        if (*c < ' ' || *c > '~' || *c == ',' || *c == '"')
            *c = ' ';
    snprintf(text, sizeof text, "%s; %lu processor%s%s%.45s", system_name(), system.dwNumberOfProcessors,
             system.dwNumberOfProcessors == 1 ? "" : "s", *processor != '\0' ? ": " : "",
             processor + strspn(processor, " "));
    return text;
}

const char *today(void)
{
    static char text[20];
    time_t seconds = time(NULL);

    strftime(text, sizeof text, "%Y-%m-%d", localtime(&seconds));
    return text;
}

const char *lab_program(void)
{
    static char path[MAX_PATH * 3];
    WCHAR wide[MAX_PATH];
    DWORD length = GetModuleFileNameW(NULL, wide, MAX_PATH);

    if (length == 0 || length == MAX_PATH
        || WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, sizeof path, NULL, NULL) == 0)
        die("GetModuleFileName: error %lu", GetLastError());
    return path;
}
