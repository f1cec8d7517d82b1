/* Calls and wake-ups for a message, counted in the trace of an unchanged server. They depend on the model, not on the
   machine's speed. */
#include "bench.h"
#include "files.h"
#include "trace_file.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE 10             /* seconds: a traced server is slow */

/* The calls in which the servers wait for news; when one returns, that is a wake-up. */
static const char *const waits[] = {
    "select", "GetMessage", "WSAWaitForMultipleEvents", "WaitForSingleObject", "WaitForMultipleObjects", "SleepEx",
    "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx",
};

/* In chapter 01 recv is the wait; a recv of the others never sleeps. */
static bool is_wait(const struct event *e, const struct chapter *chapter)
{
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        if (strcmp(e->name, waits[i]) == 0)
            return true;
    return chapter == &chapters[0] && strcmp(e->name, "recv") == 0;
}

static void count_in_file(const char *path, const struct chapter *chapter, double from, double to, struct counts *c)
{
    size_t size;
    char *text = read_file(path, &size), *rest = text;
    struct event e;
    unsigned long long calls = 0, wakes = 0;

    if (text == NULL)
        die("%s: its traced server has left no trace", chapter->name);
    while (next_event(&rest, &e))
        if (strcmp(e.kind, "event") != 0 && e.end >= from && e.end < to) {
            calls++;
            wakes += is_wait(&e, chapter);
        }
    free(text);
    c->calls = (double)calls / (double)c->messages;
    c->wakes = (double)wakes / (double)c->messages;
}

/* The traced server counts its microseconds from the moment that is returned. */
static double set_trace_clock(void)
{
    LARGE_INTEGER count;
    char text[30];

    QueryPerformanceCounter(&count);
    snprintf(text, sizeof text, "%lld", (long long)count.QuadPart);
    SetEnvironmentVariableA("TRACE_CLOCK", text);
    return now();
}

static void count_one(const struct chapter *chapter, int clients, double seconds, struct counts *c)
{
    struct trial t = { .limit = chapter->limit };
    char command[80], *path = temporary_file("counted");
    double zero = set_trace_clock();
    struct figures f;
    struct load *l;

    snprintf(command, sizeof command, "exercises/lab/trace/%s_server.exe", chapter->number);
    t.command = command;
    set_variable("TRACE_FILE", path);
    start_dialogue();
    if (!start_server(&t))
        die_of(&t, command, "counting calls");
    l = new_load(&t, PATIENCE);
    if (!open_clients(l, clients) || !ping_pong(l, clients, seconds, &f) || !close_clients(l))
        die_of(&t, command, "counting calls");
    free_load(l);
    end_trial(&t);
    set_variable("TRACE_FILE", NULL);
    if (f.messages == 0)
        die("%s, counting calls: not one message came back in %.1f s", command, seconds);
    *c = (struct counts){ .clients = clients, .messages = f.messages };
    count_in_file(path, chapter, (f.from - zero) * 1e6, (f.to - zero) * 1e6, c);
    delete_file(path);
}

void count_calls(struct bench *b, double seconds)
{
    static const int clients[COUNTED] = { 1, 32 };

    for (int i = 0; i < CHAPTERS; i++)
        for (int n = 0; n < COUNTED; n++)
            if (b->only == NULL || b->only == &chapters[i]) {
                progress(b, false, "calls and wake-ups of %s, %d client%s", chapters[i].name, clients[n],
                         clients[n] == 1 ? "" : "s");
                count_one(&chapters[i], clients[n], seconds, &b->counts[i][n]);
            }
}
