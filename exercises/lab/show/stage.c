/* Playing on a stage. */
#include "stage.h"
#include "timeline/timeline.h"

#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_PAUSE 40          /* ms between two things that clients do, in which the server comes to rest */
#define MOST_PAUSE  3000        /* ms; on a busy machine it takes longer */
#define STILL       20          /* ms in which its trace must not grow */
#define MAX_MARKS   40
#define MOST_THREADS 100

static struct mark marks[MAX_MARKS];    /* at: microseconds since zero */
static int mark_count;
static double zero;             /* now(), when the traced server's clock began */

static void mark(const char *client, const char *format, ...)
{
    struct mark *m = &marks[mark_count++];
    va_list arguments;

    if (mark_count == MAX_MARKS)
        die("the scene has more than %d marks", MAX_MARKS);
    m->at = (now() - zero) * 1e6;
    m->client = client;
    va_start(arguments, format);
    vsnprintf(m->what, sizeof m->what, format, arguments);
    va_end(arguments);
}

/* In the trace, from its since-th letter on: is every thread asleep in the end, or has ended? Of one that sleeps the
   last line says that a call begins. */
static bool all_asleep(const char *trace, size_t since)
{
    struct { char name[24]; bool asleep; } threads[MOST_THREADS];
    int count = 0;
    bool asleep = true;

    for (const char *line = trace + since; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        char name[24], kind[10], what[14];
        int i = 0;

        if (sscanf(line, "%*[^\t]\t%*[^\t]\t%*[^\t]\t%23[^\t]\t%9[^\t]\t%13[^\t]", name, kind, what) != 3)
            return false;               /* half a line: more is on its way */
        while (i < count && strcmp(threads[i].name, name) != 0)
            i++;
        if (i == MOST_THREADS)
            continue;
        if (i == count)
            strcpy(threads[count++].name, name);
        threads[i].asleep = strcmp(kind, "begins") == 0 || strcmp(what, "thread ends") == 0;
    }
    for (int i = 0; i < count; i++)
        asleep = asleep && threads[i].asleep;
    return asleep;
}

static size_t length_of(char **trace, const char *path)
{
    size_t size = 0;

    free(*trace);
    *trace = read_file(path, &size);
    return size;
}

/* Waits until the server has come to rest: its trace does not grow, and in what has come since the last rest all
   threads fall asleep in the end. Without a trace it is only given some time. */
static void come_to_rest(struct stage *s)
{
    double end = now() + MOST_PAUSE / 1000.0;
    char *trace = NULL;
    size_t size, before;

    Sleep(LEAST_PAUSE);
    if (s->trace == NULL)
        return;
    size = length_of(&trace, s->trace);
    do {
        before = size;
        Sleep(STILL);
        size = length_of(&trace, s->trace);
    } while (now() < end && trace != NULL && (size != before || !all_asleep(trace, s->rested_at)));
    s->rested_at = size;
    free(trace);
}

bool enter_stage(struct stage *s, const struct chapter *chapter, const char *trace)
{
    static char command[80];

    if (trace != NULL)
        snprintf(command, sizeof command, "%s", traced_program_of(chapter, "server"));
    else
        snprintf(command, sizeof command, "%s", program_of(chapter, "server"));
    return enter_stage_with(s, command, trace);
}

bool enter_stage_with(struct stage *s, const char *command, const char *trace)
{
    static const char *names[ACTORS] = { "A", "B", "C", "D", "E", "F", "G", "H" };

    *s = (struct stage){ .trial.command = command, .trace = trace };
    for (int i = 0; i < ACTORS; i++)
        s->actors[i] = (struct peer){ .name = names[i], .no_half_close = true };
    mark_count = 0;
    zero = set_trace_file(trace);
    if (!start_server(&s->trial))
        return false;
    come_to_rest(s);
    return true;
}

bool actor_connects(struct stage *s, int actor)
{
    struct peer *p = &s->actors[actor];
    bool connected;

    mark(p->name, "connects");
    connected = connect_client(&s->trial, p);
    come_to_rest(s);
    return connected;
}

double actor_speaks(struct stage *s, int actor, int bytes)
{
    struct peer *p = &s->actors[actor];
    double start = now(), took;

    mark(p->name, "sends %d byte%s", bytes, bytes == 1 ? "" : "s");
    exchange(&s->trial, p, (unsigned)bytes, 10, 5);
    mark(p->name, bytes == 1 ? "has it back" : "has them back");
    took = (now() - start) * 1000;
    come_to_rest(s);
    return took;
}

void actor_asks(struct stage *s, int actor, int bytes)
{
    struct peer *p = &s->actors[actor];

    p->to_send += (unsigned)bytes;
    p->done = false;
    mark(p->name, "sends %d byte%s", bytes, bytes == 1 ? "" : "s");
    run_peers_for(p, 1, 0.1);
    come_to_rest(s);
}

void actor_leaves(struct stage *s, int actor)
{
    struct peer *p = &s->actors[actor];

    p->done = p->no_half_close = false;
    mark(p->name, "says goodbye");
    run_peers(p, 1, 10, 5);
    mark(p->name, "is closed");
    all_fine(p, 1, &s->trial.verdict);
    close_peer(p);
    come_to_rest(s);
}

void actor_resets(struct stage *s, int actor)
{
    mark(s->actors[actor].name, "resets");
    reset_peer(&s->actors[actor]);
    come_to_rest(s);
}

void actor_floods(struct stage *s, int actor, int megabytes)
{
    struct peer *p = &s->actors[actor];

    p->deaf = true;
    p->done = false;
    mark(p->name, "sends %d MB", megabytes);
    fill_server(p, p->to_send + ((unsigned long long)megabytes << 20), 0.3);
    mark(p->name, "is stuck");
    come_to_rest(s);
}

void actor_reads(struct stage *s, int actor)
{
    struct peer *p = &s->actors[actor];

    p->deaf = false;
    mark(p->name, "reads at last");
    run_peers(p, 1, 20, 5);
    mark(p->name, "has all %d MB", (int)(p->to_send >> 20));
    all_fine(p, 1, &s->trial.verdict);
    come_to_rest(s);
}

void leave_stage(struct stage *s)
{
    s->ended_at = (now() - zero) * 1e6;
    for (int i = 0; i < ACTORS; i++)
        close_peer(&s->actors[i]);
    wait_until_empty(&s->trial);
    stop_process(&s->trial.server);
    set_trace_file(NULL);
    if (s->trace != NULL && s->trial.verdict.symptom != NO_LISTEN)
        weave(s->trace, marks, mark_count);
}
