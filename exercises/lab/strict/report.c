/* Rules that are broken, freedoms that are taken: chosen, counted, told. */
#include "inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_TOLD 200

static void (*tell)(int line, const char *what, const char *client, const char *text);
static bool on, off_rules[RULES], off_freedoms[FREEDOMS];
static unsigned long long seed, state;
static struct strict_board no_board, *board = &no_board;
static struct { enum rule rule; int line; } told[PLACES_TOLD];
static int told_count;
static LARGE_INTEGER frequency;

bool strict_is_on(void)
{
    return on;
}

bool is_seeded(void)
{
    return seed != 0;
}

static void read_ids(char *text, bool value)
{
    for (char *id = strtok(text, ", "); id != NULL; id = strtok(NULL, ", ")) {
        if (find_rule(id) == NO_RULE && find_freedom(id) == NO_FREEDOM) {
            fprintf(stderr, "strict: \"%s\": neither a rule nor a freedom; \"make rules\" lists them\n", id);
            exit(1);
        }
        off_rules[find_rule(id)] = value;
        off_freedoms[find_freedom(id)] = value;
    }
}

static void open_board(const char *name)
{
    HANDLE mapping = OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, name);
    struct strict_board *found = mapping != NULL ? MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0,
                                                                 sizeof *found) : NULL;

    if (found != NULL)
        board = found;
}

/* The system gives the lowest number that is free. */
static void use_up_low_handles(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), last = event;

    while (last != NULL && (ULONG_PTR)last < 0x10000)
        if (!DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &last, 0, FALSE, DUPLICATE_SAME_ACCESS))
            last = NULL;
}

void strict_start(void (*its_tell)(int line, const char *what, const char *client, const char *text))
{
    char text[200], *end;

    tell = its_tell;
    QueryPerformanceFrequency(&frequency);
    if (GetEnvironmentVariableA("STRICT", text, sizeof text) == 0)
        return;
    seed = strtoull(text, &end, 10);
    if (*end != '\0' || *text < '0' || *text > '9') {
        fprintf(stderr, "strict: STRICT=%s: not a number; 0 checks the rules only, any other number is a seed\n", text);
        exit(1);
    }
    on = true;
    watch_crashes();
    state = seed * 0x9E3779B97F4A7C15u + 1;
    off_freedoms[CONTEXT_NEEDED] = true;        /* no page says that these calls fail: only if it is named */
    if (GetEnvironmentVariableA("STRICT_ONLY", text, sizeof text) > 0) {
        for (int i = 1; i < FREEDOMS; i++)
            off_freedoms[i] = true;
        read_ids(text, false);
    }
    if (GetEnvironmentVariableA("STRICT_WITHOUT", text, sizeof text) > 0)
        read_ids(text, true);
    if (GetEnvironmentVariableA("STRICT_BOARD", text, sizeof text) > 0)
        open_board(text);
    if (is_wanted(HIGH_HANDLE) && seed % 4 == 1)
        use_up_low_handles();
}

double milliseconds_now(void)
{
    LARGE_INTEGER count;

    QueryPerformanceCounter(&count);
    return (double)count.QuadPart * 1000 / (double)frequency.QuadPart;
}

/* ---- Choices ---- */

/* xorshift64*: the same seed gives the same numbers; which thread draws which is not the same each time. */
static unsigned long long draw(void)
{
    unsigned long long x;

    lock_model();
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    x = state * 0x2545F4914F6CDD1Du;
    unlock_model();
    return x >> 16;
}

int choose(int from, int to)
{
    return from + (int)(draw() % (unsigned)(to - from + 1));
}

bool is_wanted(enum freedom freedom)
{
    return on && seed != 0 && !off_freedoms[freedom];
}

void took(enum freedom freedom)
{
    if (on && seed != 0)
        InterlockedIncrement(&board->taken[freedom]);
}

/* For the person who reads the trace; the error number of the call stays. */
static void show(enum freedom freedom)
{
    DWORD error = GetLastError();
    char what[20];

    snprintf(what, sizeof what, "freedom %s", freedom_id(freedom));
    tell(this_thread()->line, what, "", freedom_words(freedom));
    SetLastError(error);
}

bool may(enum freedom freedom, int one_in)
{
    if (!is_wanted(freedom) || draw() % (unsigned)one_in != 0)
        return false;
    took(freedom);
    if (board == &no_board)
        show(freedom);
    return true;
}

/* ---- Reports ---- */

static bool is_new(enum rule rule, int line)
{
    for (int i = 0; i < told_count; i++)
        if (told[i].rule == rule && told[i].line == line)
            return false;
    if (told_count < PLACES_TOLD) {
        told[told_count].rule = rule;
        told[told_count++].line = line;
    }
    return true;
}

/* Leaves the thread's last error as it found it. */
void broken(enum rule rule, const char *client, const char *format, ...)
{
    DWORD error = GetLastError();
    int line = this_thread()->line;
    char text[400], what[40];
    va_list list;

    if (!on || off_rules[rule])
        return;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    lock_model();
    InterlockedIncrement(&board->broken[rule]);
    if (is_new(rule, line)) {
        if (board->reports < MOST_REPORTS) {
            board->report[board->reports].rule = rule;
            snprintf(board->report[board->reports].text, sizeof board->report[0].text, "in line %d: %s", line, text);
            InterlockedIncrement(&board->reports);
        }
        snprintf(what, sizeof what, "rule %s broken", rule_id(rule));
        tell(line, what, client != NULL ? client : "", text);
    }
    unlock_model();
    SetLastError(error);
}

/* ---- Lines, and errors ---- */

#define UNDEFINED_ERROR 536870913       /* a number of the application's own: bit 29 is set */

void strict_at(int line, const void *frame)
{
    struct thread *t;

    if (!on)
        return;
    t = this_thread();
    t->line = line;
    check_stack(frame);
    if (may(PREEMPTED, 48))
        Sleep((DWORD)choose(0, 3));
}

void strict_leave(bool succeeded)
{
    if (on && succeeded && is_wanted(ERROR_UNDEFINED)) {
        took(ERROR_UNDEFINED);
        SetLastError(UNDEFINED_ERROR);
    }
}

int strict_WSAGetLastError(int line)
{
    int error = WSAGetLastError();

    if (error == UNDEFINED_ERROR) {
        this_thread()->line = line;
        broken(ERROR_OF_THE_CALL, NULL, "WSAGetLastError is asked after a call that has succeeded. The number that it "
               "gives is of no call.");
    }
    return error;
}
