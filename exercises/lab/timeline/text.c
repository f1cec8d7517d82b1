/* A timeline as text, and as JSON for Perfetto and chrome://tracing. */
#include "timeline.h"

#include <string.h>

#define COLUMNS 100

/* Has the thread nothing more to do from row on? One that sleeps has: it is still there. */
static bool has_ended(const struct timeline *t, int thread, int row)
{
    for (int i = row; i < t->row_count; i++)
        if (t->rows[i].thread == thread && t->rows[i].kind != FOLD_ROW)
            return false;
    return true;
}

/* z: asleep in a call; |: awake; o: this row. */
static char lane_mark(const struct timeline *t, int thread, int row)
{
    for (int i = row; i >= 0; i--) {
        const struct row *r = &t->rows[i];

        if (r->thread != thread || r->kind == FOLD_ROW)
            continue;
        if (i == row)
            return 'o';
        return r->kind == SLEEP_ROW ? 'z' : has_ended(t, thread, row) ? ' ' : '|';
    }
    return ' ';
}

void write_text_row(const struct timeline *t, FILE *file, int i, int columns)
{
    const struct row *r = &t->rows[i];
    bool has_line = r->event != NULL && r->event->line > 0 && r->kind != WAKE_ROW
                    && r->kind != COPY_ROW;
    char lanes[40] = "", line[300], thread[40] = "";
    const char *text;
    int length;

    for (int c = 0; c < CLIENTS; c++)
        snprintf(lanes + strlen(lanes), sizeof lanes - strlen(lanes), "%c ",
                 r->kind == CLIENT_ROW && r->client == c ? 'A' + c : '.');
    for (int k = 0; k < t->thread_count; k++)
        snprintf(lanes + strlen(lanes), sizeof lanes - strlen(lanes), " %c", lane_mark(t, k, i));
    if (r->kind == CLIENT_ROW)
        snprintf(thread, sizeof thread, "%c ", 'A' + r->client);
    else if (t->thread_count > 1 && r->kind != FOLD_ROW)
        snprintf(thread, sizeof thread, "%s: ", t->threads[r->thread]);
    length = snprintf(line, sizeof line, "%5.0f %s %-15s%s %s", r->at / 1000, lanes, r->told,
                      r->arrow == FILLED ? "=>" : r->arrow == HOLLOW ? "->" : "  ", thread);
    text = row_text(r, columns - 5 - length);
    if (r->arrow != NO_ARROW && strncmp(text, "-> ", 3) == 0)
        text += 3;                      /* the arrow stands there already */
    snprintf(line + length, sizeof line - (size_t)length, "%s", text);
    line[columns - 5] = '\0';
    if (has_line)
        fprintf(file, "%-*s%5d\n", columns - 5, line, r->event->line);
    else
        fprintf(file, "%s\n", line);
}

void write_text_heading(const struct timeline *t, FILE *file, int columns)
{
    for (int k = 0; k < t->thread_count; k++)
        fprintf(file, "  thread %d: %s\n", k + 1, t->threads[k]);
    fprintf(file, "  z asleep in a call   | awake   o this row\n"
                  "  -> you may: the bytes are copied later, by a call\n"
                  "  => done: the system copied them before\n"
                  "  #1, #2, #3 are the server's names for A, B and C\n\n"
                  "%5s A B C ", "ms");
    for (int k = 0; k < t->thread_count; k++)
        fprintf(file, " %d", k + 1);
    fprintf(file, "%*s\n", columns - 12 - 2 * t->thread_count, "line");
}

void write_text(const struct timeline *t, FILE *file, const char *title, const char *system)
{
    fprintf(file, "%s\n\n", title);
    write_text_heading(t, file, COLUMNS);
    for (int i = 0; i < t->row_count; i++)
        write_text_row(t, file, i, COLUMNS);
    fprintf(file, "\nThreads: %d.\n", t->all_threads);
    if (t->has_echo)
        fprintf(file, "For B's five bytes: %d calls, %d wake-up%s; they were copied %s.\n", t->calls_per_echo,
                t->wakes_per_echo, t->wakes_per_echo == 1 ? "" : "s",
                t->copied_before ? "by the system, before the thread woke" : "by recv, after the thread woke");
    fprintf(file, "From a run on %s.\n", system);
}

/* A string without what JSON does not take. */
static void write_string(FILE *file, const char *text)
{
    putc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', file);
        if ((unsigned char)*text >= ' ')
            putc(*text, file);
    }
    putc('"', file);
}

static int thread_number(const struct timeline *t, const char *thread)
{
    for (int i = 0; i < t->event_count; i++)
        if (strcmp(t->events[i].thread, thread) == 0)
            return i + 1;           /* any number that is the thread's own */
    return 0;
}

/* The Trace Event Format: complete events "X" for calls, instant events "i" for the rest, metadata "M" for names. */
void write_json(const struct timeline *t, FILE *file, const char *title)
{
    fprintf(file, "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n"
                  "{\"ph\": \"M\", \"pid\": 1, \"name\": \"process_name\", \"args\": {\"name\": ");
    write_string(file, title);
    fprintf(file, "}}");
    for (int i = 0; i < t->event_count; i++) {
        const struct event *e = &t->events[i];
        int thread = thread_number(t, e->thread);
        bool is_call = strcmp(e->kind, "call") == 0 || strcmp(e->kind, "fails") == 0;

        if (thread == i + 1) {
            fprintf(file, ",\n{\"ph\": \"M\", \"pid\": 1, \"tid\": %d, \"name\": \"thread_name\", "
                          "\"args\": {\"name\": ", thread);
            write_string(file, e->thread);
            fprintf(file, "}}");
        }
        fprintf(file, ",\n{\"ph\": \"%s\", \"pid\": 1, \"tid\": %d, \"ts\": %.0f, ", is_call ? "X" : "i", thread,
                e->start);
        if (is_call)
            fprintf(file, "\"dur\": %.0f, ", e->end - e->start);
        else
            fprintf(file, "\"s\": \"t\", ");
        fprintf(file, "\"name\": ");
        write_string(file, e->name);
        fprintf(file, ", \"args\": {\"client\": ");
        write_string(file, e->client);
        fprintf(file, ", \"arguments\": ");
        write_string(file, e->arguments);
        fprintf(file, ", \"result\": ");
        write_string(file, e->result);
        fprintf(file, ", \"line\": %d}}", e->line);
    }
    fprintf(file, "\n]}\n");
}
