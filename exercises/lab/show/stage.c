/* Playing on a stage. */
#include "stage.h"
#include "timeline/timeline.h"

#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE     60            /* ms between two things that clients do: the server comes to rest */
#define MAX_MARKS 40

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
    Sleep(PAUSE);
    return true;
}

bool actor_connects(struct stage *s, int actor)
{
    struct peer *p = &s->actors[actor];
    bool connected;

    mark(p->name, "connects");
    connected = connect_client(&s->trial, p);
    Sleep(PAUSE);
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
    Sleep(PAUSE);
    return took;
}

void actor_asks(struct stage *s, int actor, int bytes)
{
    struct peer *p = &s->actors[actor];

    p->to_send += (unsigned)bytes;
    p->done = false;
    mark(p->name, "sends %d byte%s", bytes, bytes == 1 ? "" : "s");
    run_peers_for(p, 1, 0.1);
    Sleep(PAUSE);
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
    Sleep(PAUSE);
}

void actor_resets(struct stage *s, int actor)
{
    mark(s->actors[actor].name, "resets");
    reset_peer(&s->actors[actor]);
    Sleep(PAUSE);
}

void actor_floods(struct stage *s, int actor, int megabytes)
{
    struct peer *p = &s->actors[actor];

    p->deaf = true;
    p->done = false;
    mark(p->name, "sends %d MB", megabytes);
    fill_server(p, p->to_send + ((unsigned long long)megabytes << 20), 0.3);
    mark(p->name, "is stuck");
    Sleep(PAUSE);
}

void actor_reads(struct stage *s, int actor)
{
    struct peer *p = &s->actors[actor];

    p->deaf = false;
    mark(p->name, "reads at last");
    run_peers(p, 1, 20, 5);
    mark(p->name, "has all %d MB", (int)(p->to_send >> 20));
    all_fine(p, 1, &s->trial.verdict);
    Sleep(PAUSE);
}

void leave_stage(struct stage *s)
{
    for (int i = 0; i < ACTORS; i++)
        close_peer(&s->actors[i]);
    wait_until_empty(&s->trial);
    stop_process(&s->trial.server);
    set_trace_file(NULL);
    if (s->trace != NULL && s->trial.verdict.symptom != NO_LISTEN)
        weave(s->trace, marks, mark_count);
}
