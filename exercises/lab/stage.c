/* Playing on a stage, and weaving the clients' events into the server's trace. */
#include "stage.h"
#include "files.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE     60            /* ms between two things that clients do: the server comes to rest */
#define MAX_MARKS 40

static struct mark {
    double at;                  /* microseconds since start_clock */
    const char *client;
    char what[60];
} marks[MAX_MARKS];
static int mark_count;
static LARGE_INTEGER clock_start;

/* The traced server counts its microseconds from the same moment. */
static void start_clock(void)
{
    char text[30];

    QueryPerformanceCounter(&clock_start);
    snprintf(text, sizeof text, "%lld", (long long)clock_start.QuadPart);
    SetEnvironmentVariableA("TRACE_CLOCK", text);
    mark_count = 0;
}

static void mark(const char *client, const char *format, ...)
{
    struct mark *m = &marks[mark_count++];
    LARGE_INTEGER count, frequency;
    va_list arguments;

    if (mark_count == MAX_MARKS)
        die("the scene has more than %d marks", MAX_MARKS);
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    m->at = (double)(count.QuadPart - clock_start.QuadPart) * 1e6 / (double)frequency.QuadPart;
    m->client = client;
    va_start(arguments, format);
    vsnprintf(m->what, sizeof m->what, format, arguments);
    va_end(arguments);
}

bool enter_stage(struct stage *s, const struct chapter *chapter, const char *trace)
{
    static char command[80];

    if (trace != NULL)
        snprintf(command, sizeof command, "exercises/lab/trace/%s_server.exe", chapter->number);
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
    set_variable("TRACE_FILE", trace);
    start_clock();
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
    connected = call(&s->trial, p);
    Sleep(PAUSE);
    return connected;
}

double actor_speaks(struct stage *s, int actor, int bytes)
{
    struct peer *p = &s->actors[actor];
    double start = now(), took;

    p->to_send += (unsigned)bytes;
    p->done = false;
    mark(p->name, "sends %d byte%s", bytes, bytes == 1 ? "" : "s");
    run_peers(p, 1, 10, 5);
    mark(p->name, bytes == 1 ? "has it back" : "has them back");
    took = (now() - start) * 1000;
    all_fine(p, 1, &s->trial.verdict);
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
    unsigned long long before;

    p->deaf = true;
    p->done = false;
    p->to_send += (unsigned long long)megabytes << 20;
    mark(p->name, "sends %d MB", megabytes);
    do {
        before = p->sent;
        run_peers_for(p, 1, 0.3);
    } while (p->sent > before);
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

/* The server's lines stand in the order in which calls ended; all are put in the order in which they began. */
struct line {
    double at;
    int order;
    char *text;
};

static int by_time(const void *one, const void *other)
{
    const struct line *a = one, *b = other;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order - b->order;
}

/* The call that a thread slept in when the server was ended: of it there is only the line of its beginning, which
   is the thread's last. It gets the end of the trace for its end. */
static char *end_call_at(const char *line, double end)
{
    const char *thread = strchr(strchr(strchr(line, '\t') + 1, '\t') + 1, '\t') + 1;
    const char *name = strstr(thread, "\tbegins\t") + strlen("\tbegins\t");
    char text[300];

    snprintf(text, sizeof text, "%.0f\t%.0f\t%.0f\t%.*s\tcall\t%s", atof(line), end, end - atof(line),
             (int)(strchr(thread, '\t') - thread), thread, name);
    return _strdup(text);
}

/* Has a call begun in this line that no other line ends? */
static bool is_unended(const struct line *lines, int count, int i)
{
    const char *thread = lines[i].text;

    if (strstr(lines[i].text, "\tbegins\t") == NULL)
        return false;
    for (int field = 0; field < 3; field++)
        thread = strchr(thread, '\t') + 1;
    for (int j = 0; j < count; j++) {
        const char *other = lines[j].text;

        if (j == i || lines[j].at < lines[i].at)
            continue;
        for (int field = 0; field < 3; field++)
            other = strchr(other, '\t') + 1;
        if (strncmp(other, thread, (size_t)(strchr(thread, '\t') - thread) + 1) == 0)
            return false;
    }
    return true;
}

static void weave(const char *path)
{
    size_t size;
    char *text = read_file(path, &size), *at = text, *end;
    struct line *lines;
    int count = 0, max = mark_count;
    FILE *file;

    if (text == NULL)
        die("there is no trace in %s", path);
    for (char *c = text; *c != '\0'; c++)
        max += *c == '\n';
    lines = calloc((size_t)max, sizeof *lines);
    if (lines == NULL)
        die("out of memory");
    for (; (end = strchr(at, '\n')) != NULL; at = end + 1, count++) {
        *end = '\0';
        lines[count] = (struct line){ atof(at), count, _strdup(at) };
    }
    for (int i = 0; i < mark_count; i++, count++) {
        char line[200];

        snprintf(line, sizeof line, "%.0f\t%.0f\t0\t%s\tclient\t%s\t%s\t\t\t0", marks[i].at, marks[i].at,
                 marks[i].client, marks[i].what, marks[i].client);
        lines[count] = (struct line){ marks[i].at, count, _strdup(line) };
    }
    qsort(lines, (size_t)count, sizeof *lines, by_time);
    file = open_file_to_write(path);
    for (int i = 0; i < count; i++) {
        if (is_unended(lines, count, i)) {
            char *ended = end_call_at(lines[i].text, lines[count - 1].at);

            fprintf(file, "%s\n", ended);
            free(ended);
        } else if (strstr(lines[i].text, "\tbegins\t") == NULL) {
            fprintf(file, "%s\n", lines[i].text);
        }
    }
    for (int i = 0; i < count; i++)
        free(lines[i].text);
    fclose(file);
    free(lines);
    free(text);
}

void leave_stage(struct stage *s)
{
    for (int i = 0; i < ACTORS; i++)
        close_peer(&s->actors[i]);
    wait_until_empty(&s->trial);
    stop_process(&s->trial.server);
    set_variable("TRACE_FILE", NULL);
    set_variable("TRACE_CLOCK", NULL);
    if (s->trace != NULL && s->trial.verdict.symptom != NO_LISTEN)
        weave(s->trace);
}
