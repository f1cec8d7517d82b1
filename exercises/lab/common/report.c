/* Verdicts, the dialogue and the count. */
#include "report.h"

#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIALOGUE_LINES 14

static const struct { const char *name, *meaning; } symptom_names[SYMPTOMS] = {
    [PASS]          = { "PASS",          "as it should be" },
    [NO_LISTEN]     = { "NO_LISTEN",     "the server does not come to listen" },
    [REFUSED]       = { "REFUSED",       "a client that should be served is turned away" },
    [STALL]         = { "STALL",         "bytes are owed and none come" },
    [SLOW]          = { "SLOW",          "the answer comes, but too late" },
    [LOST_TAIL]     = { "LOST_TAIL",     "the end of the echo is missing" },
    [CORRUPT]       = { "CORRUPT",       "a byte comes back as another one" },
    [EXTRA]         = { "EXTRA",         "more bytes come back than were sent" },
    [EARLY_CLOSE]   = { "EARLY_CLOSE",   "the server closes while the client has more to say" },
    [RESET]         = { "RESET",         "the connection is reset instead of closed" },
    [NO_CLOSE]      = { "NO_CLOSE",      "a connection that should be closed is still open" },
    [CRASH]         = { "CRASH",         "the program crashed" },
    [EXITED]        = { "EXITED",        "the program ended by itself" },
    [NO_EXIT]       = { "NO_EXIT",       "the program should have ended, and has not" },
    [FEWER_CLIENTS] = { "FEWER_CLIENTS", "fewer clients are served than the model can serve" },
    [LEAK]          = { "LEAK",          "memory or handles grow without bound" },
    [BUSY]          = { "BUSY",          "the processor works while there is nothing to do" },
    [WASTE]         = { "WASTE",         "the work is done, but with more calls than it needs" },
    [MESSAGE]       = { "MESSAGE",       "a line that should be printed is missing or unclear" },
    [EXPOSED]       = { "EXPOSED",       "it listens on an address that it was not given" },
    [BROKEN_RULE]   = { "BROKEN_RULE",   "the program does what Microsoft's pages forbid" },
    [SKIPPED]       = { "SKIPPED",       "cannot be tried on this machine" },
};

static char measurements[1200];         /* of the scenario that is running, each behind a line end */
static bool measured_is_shown;
static char dialogue[DIALOGUE_LINES][160];
static int dialogue_count;
static double dialogue_start;
static enum symptom first_failed;
static int passed, failed, skipped;

const char *symptom_name(enum symptom symptom)
{
    return symptom_names[symptom].name;
}

const char *symptom_meaning(enum symptom symptom)
{
    return symptom_names[symptom].meaning;
}

enum symptom symptom_by_name(const char *name)
{
    int i = 0;

    while (i < SYMPTOMS && strcmp(symptom_names[i].name, name) != 0)
        i++;
    return (enum symptom)i;
}

static bool set(struct verdict *v, enum symptom symptom, const char *format, va_list arguments)
{
    if (v->symptom == PASS) {
        v->symptom = symptom;
        vsnprintf(v->reason, sizeof v->reason, format, arguments);
    }
    return false;
}

bool fail(struct verdict *v, enum symptom symptom, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(v, symptom, format, arguments);
    va_end(arguments);
    return false;
}

bool skip(struct verdict *v, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(v, SKIPPED, format, arguments);
    va_end(arguments);
    return false;
}

double now(void)
{
    static LARGE_INTEGER start, frequency;
    LARGE_INTEGER count;

    QueryPerformanceCounter(&count);
    if (frequency.QuadPart == 0) {
        QueryPerformanceFrequency(&frequency);
        start = count;
    }
    return (double)(count.QuadPart - start.QuadPart) / (double)frequency.QuadPart;
}

void start_dialogue(void)
{
    dialogue_count = 0;
    dialogue_start = now();
    measurements[0] = '\0';
}

void note(const char *format, ...)
{
    char *line = dialogue[dialogue_count % DIALOGUE_LINES];
    int length = snprintf(line, sizeof dialogue[0], "%8.3f s  ", now() - dialogue_start);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line + length, sizeof dialogue[0] - (size_t)length, format, arguments);
    va_end(arguments);
    dialogue_count++;
}

void measured(const char *format, ...)
{
    size_t length = strlen(measurements);
    va_list arguments;
    char text[140];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    note("%s", text);
    snprintf(measurements + length, sizeof measurements - length, "        %s\n", text);
}

void show_measured(void)
{
    measured_is_shown = true;
}

/* Equal but for their numbers? */
static bool alike(const char *one, const char *other)
{
    while (*one != '\0' && *other != '\0') {
        one += strspn(one, "0123456789.");
        other += strspn(other, "0123456789.");
        if (*one != *other)
            return false;
        if (*one != '\0')
            one++, other++;
    }
    return *one == *other;
}

void print_dialogue(void)
{
    int first = dialogue_count > DIALOGUE_LINES ? dialogue_count - DIALOGUE_LINES : 0;

    if (first > 0)
        printf("         ... %d lines before\n", first);
    for (int i = first; i < dialogue_count; ) {
        int more = 0;

        while (i + more + 1 < dialogue_count
               && alike(dialogue[i % DIALOGUE_LINES], dialogue[(i + more + 1) % DIALOGUE_LINES]))
            more++;
        printf("       %s\n", dialogue[i % DIALOGUE_LINES]);
        if (more > 1)
            printf("                 ... %d more of the same kind\n", more);
        else if (more == 1)
            printf("       %s\n", dialogue[(i + 1) % DIALOGUE_LINES]);
        i += more + 1;
    }
}

void print_verdict(const char *name, const struct verdict *v, double seconds)
{
    switch (v->symptom) {
    case PASS:
        passed++;
        printf("  ok    %-52s %6.2f s\n", name, seconds);
        if (measured_is_shown)
            printf("%s", measurements);
        break;
    case SKIPPED:
        skipped++;
        printf("  skip  %s: %s\n", name, v->reason);
        break;
    default:
        if (failed++ == 0)
            first_failed = v->symptom;
        printf("  FAIL  %-52s %6.2f s\n", name, seconds);
        printf("        %s: %s\n        %s\n", symptom_name(v->symptom),
               symptom_meaning(v->symptom), v->reason);
        print_dialogue();
    }
    fflush(stdout);
}

enum symptom first_symptom(void)
{
    return first_failed;
}

void add_counts(int more_passed, int more_failed, int more_skipped)
{
    passed += more_passed;
    failed += more_failed;
    skipped += more_skipped;
}

int print_totals(void)
{
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    fflush(stdout);
    return failed == 0 ? 0 : 1;
}

void die(const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fputs("lab: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}
