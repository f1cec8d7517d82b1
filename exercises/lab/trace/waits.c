/* The one list of the calls that can sleep. It is linked into traced programs and into the laboratory. */
#include "trace.h"

#include <stddef.h>
#include <string.h>

static const struct { const char *call; bool for_news; } waits[] = {
    { "getaddrinfo", false }, { "connect", false }, { "accept", false }, { "recv", false }, { "send", false },
    { "WSAGetOverlappedResult", false }, { "ReadFile", false }, { "WriteFile", false },
    { "EnterCriticalSection", false }, { "AcquireSRWLockExclusive", false },
    { "select", true }, { "WSAPoll", true }, { "GetMessage", true }, { "WSAWaitForMultipleEvents", true },
    { "WaitForSingleObject", true }, { "WaitForMultipleObjects", true }, { "SleepEx", true },
    { "GetQueuedCompletionStatus", true }, { "GetQueuedCompletionStatusEx", true },
};
#define WAITS (sizeof waits / sizeof waits[0])

bool can_sleep(const char *call)
{
    for (size_t i = 0; i < WAITS; i++)
        if (strcmp(waits[i].call, call) == 0)
            return true;
    return false;
}

bool waits_for_news(const char *call)
{
    for (size_t i = 0; i < WAITS; i++)
        if (waits[i].for_news && strcmp(waits[i].call, call) == 0)
            return true;
    return false;
}
