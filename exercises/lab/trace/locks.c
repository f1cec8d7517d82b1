/* Recording functions: locks. A trace says who waits for a lock, and who holds it meanwhile. None of these calls can
   fail, and so FAULT does not make them. */
#include "inside.h"

#include <stdio.h>

#define MOST_LOCKS 256

/* Their numbers: in the order of InitializeCriticalSection, or of their first use. */
static struct known {
    const void *lock;
    char holder[24];            /* a thread's name */
    int depth;                  /* how many times it holds it; 0: nobody does */
} known[MOST_LOCKS];
static int count;

static struct known *find(const void *lock)
{
    static struct known one_more;
    int i = 0;

    while (i < count && known[i].lock != lock)
        i++;
    if (i == MOST_LOCKS)
        return &one_more;
    if (i == count)
        known[count++].lock = lock;
    return &known[i];
}

static void is_taken(const void *lock)
{
    lock_names();
    snprintf(find(lock)->holder, sizeof known[0].holder, "%s", thread_name());
    find(lock)->depth++;
    unlock_names();
}

static void is_left(const void *lock)
{
    lock_names();
    find(lock)->depth--;
    unlock_names();
}

static void is_new(const void *lock)
{
    lock_names();
    find(lock)->depth = 0;
    unlock_names();
}

/* "lock 2, &c->lock" */
static void name_lock(struct call *call, const void *lock, const char *name)
{
    lock_names();
    arguments(call, "lock %d, %s", (int)(find(lock) - known) + 1, name);
    unlock_names();
}

/* A line at once: if it waits for ever, there is no other. */
static void say_who_holds(const struct call *call, const void *lock)
{
    char holder[24];
    int number;

    lock_names();
    number = (int)(find(lock) - known) + 1;
    snprintf(holder, sizeof holder, "%s", find(lock)->depth > 0 ? find(lock)->holder : "another thread");
    unlock_names();
    say_event(call->line, "waits", "for lock %d, which %s holds", number, holder);
}

static void end_lock(struct call *call, bool waits)
{
    call->fails = false;
    end_call(call, waits, true, "");
}

void trace_InitializeCriticalSection(int line, CRITICAL_SECTION *section, const char *name)
{
    struct call call = begin_call("InitializeCriticalSection", line);

    InitializeCriticalSection(section);
    is_new(section);
    name_lock(&call, section, name);
    end_lock(&call, false);
}

void trace_EnterCriticalSection(int line, CRITICAL_SECTION *section, const char *name)
{
    struct call call = begin_call("EnterCriticalSection", line);

    name_lock(&call, section, name);
    if (!TryEnterCriticalSection(section)) {
        say_who_holds(&call, section);
        EnterCriticalSection(section);
    }
    is_taken(section);
    end_lock(&call, true);
}

void trace_LeaveCriticalSection(int line, CRITICAL_SECTION *section, const char *name)
{
    struct call call = begin_call("LeaveCriticalSection", line);

    name_lock(&call, section, name);
    is_left(section);
    LeaveCriticalSection(section);
    end_lock(&call, false);
}

void trace_AcquireSRWLockExclusive(int line, SRWLOCK *lock, const char *name)
{
    struct call call = begin_call("AcquireSRWLockExclusive", line);

    name_lock(&call, lock, name);
    if (!TryAcquireSRWLockExclusive(lock)) {
        say_who_holds(&call, lock);
        AcquireSRWLockExclusive(lock);
    }
    is_taken(lock);
    end_lock(&call, true);
}

void trace_ReleaseSRWLockExclusive(int line, SRWLOCK *lock, const char *name)
{
    struct call call = begin_call("ReleaseSRWLockExclusive", line);

    name_lock(&call, lock, name);
    is_left(lock);
    ReleaseSRWLockExclusive(lock);
    end_lock(&call, false);
}
