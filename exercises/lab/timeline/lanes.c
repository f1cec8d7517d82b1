/* A timeline as SVG: its lanes, rows, bars and counts. */
#include "timeline.h"
#include "svg.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH     1000
#define ROW       21
#define TOP       158           /* the first row's upper edge */
#define LETTER    7.3           /* at most so wide is a letter of 12 px; of 11 px: */
#define SMALL_LETTER 6.65
#define CLIENT_X  62            /* A's line; B's and C's follow */
#define CLIENT_GAP 58
#define BUFFER_X  230           /* the lane of the system's buffers */
#define THREADS_X 402
#define THREADS_WIDTH 554
#define LINE_X    996

static double row_y(int row)
{
    return TOP + (double)row * ROW;
}

static double lane_width(const struct timeline *t)
{
    return (double)THREADS_WIDTH / t->thread_count;
}

static double lane_x(const struct timeline *t, int thread)
{
    return THREADS_X + thread * lane_width(t);
}

/* Between two calls the thread runs code of its own: a narrow bar. Where it sleeps the call's own box is drawn. */
static void draw_awake(const struct timeline *t, FILE *file, int thread, double x)
{
    int last = -1;

    for (int i = 0; i < t->row_count; i++) {
        const struct row *r = &t->rows[i];

        if (r->thread != thread || r->kind == FOLD_ROW)
            continue;
        if (last >= 0 && i > last + 1 && t->rows[last].kind != SLEEP_ROW)
            rectangle(file, x - 5, row_y(last) + ROW / 2.0, 10, row_y(i) - row_y(last), "run");
        last = i;
    }
}

static void draw_lanes(const struct timeline *t, FILE *file, const char *title, double bottom)
{
    static const char *names[] = { "A", "B", "C" };

    text_at(file, 12, 28, "title", "start", title);
    text_at(file, 44, TOP - 12, "small dim", "end", "ms");
    for (int c = 0; c < CLIENTS; c++) {
        double x = CLIENT_X + c * CLIENT_GAP;
        char class[30];

        snprintf(class, sizeof class, "head c%d", c);
        text_at(file, x, TOP - 12, class, "middle", names[c]);
        line(file, x, TOP - 6, x, bottom, "life");
    }
    text_at(file, CLIENT_X + CLIENT_GAP, TOP - 32, "small dim", "middle", "clients");
    rectangle(file, BUFFER_X, TOP - 26, THREADS_X - BUFFER_X - 14, bottom - TOP + 26, "lane");
    text_at(file, (BUFFER_X + THREADS_X - 14) / 2.0, TOP - 32, "small dim", "middle", "held by the system");
    text_at(file, BUFFER_X + 24, TOP - 12, "small dim", "middle", "A B C");
    text_at(file, THREADS_X + THREADS_WIDTH / 2.0, TOP - 32, "small dim", "middle",
            t->thread_count > 1 ? "the server's threads" : "the server's only thread");
    for (int i = 0; i < t->thread_count; i++) {
        double x = lane_x(t, i) + lane_width(t) / 2;

        text_at(file, x, TOP - 12, "head", "middle", t->threads[i]);
        draw_awake(t, file, i, x);
    }
    text_at(file, LINE_X, TOP - 12, "small dim", "end", "line");
}

/* Bytes: solid. A buffer that the server has lent: a frame around them, or around nothing. */
static void draw_bar(FILE *file, double x, double y, double height, int client, enum buffer buffer)
{
    char class[30];

    snprintf(class, sizeof class, "c%d", client);
    if (buffer != LENT_EMPTY)
        rectangle(file, x + 3, y, 5, height, class);
    snprintf(class, sizeof class, "empty s%d", client);
    if (buffer != SYSTEM_BUFFER)
        rectangle(file, x, y, 11, height, class);
}

static void draw_bars(const struct timeline *t, FILE *file)
{
    for (int i = 0; i < t->bar_count; i++) {
        const struct buffer_bar *b = &t->bars[i];

        draw_bar(file, BUFFER_X + 5 + 14.5 * b->client, row_y(b->from) + ROW / 2.0,
                 (b->to - b->from) * (double)ROW - 1, b->client, b->buffer);
    }
}

/* Where the bytes are copied: the line under which the models differ. */
static void draw_copy(const struct timeline *t, FILE *file, int i)
{
    const struct row *r = &t->rows[i];
    double y = row_y(i) + ROW / 2.0 + 4;

    if (r->kind == CLIENT_ROW && t->copied_before && strncmp(r->event->name, "sends", 5) == 0)
        text_at(file, BUFFER_X + 52, y, "copy small", "start", "copied at once");
    else if (r->kind == COPY_ROW || (r->kind == CALL_ROW && copies(r->event)))
        text_at(file, BUFFER_X + 52, y, "copy small", "start", "copied by recv");
}

static void draw_arrow(const struct timeline *t, FILE *file, int i)
{
    const struct row *r = &t->rows[i];
    double y = row_y(i) + ROW / 2.0, x = lane_x(t, r->thread) + 2;

    text_at(file, BUFFER_X + 52, y - 1, "small", "start", r->told);
    line(file, BUFFER_X + 52, y + 3, x - 10, y + 3, "told");
    fprintf(file, "<path d=\"M%.1f %.1f l-11 -6 v12 z\" class=\"%s\"/>\n", x, y + 3,
            r->arrow == FILLED ? "filled" : "hollow");
}

static void draw_client_row(FILE *file, const struct row *r, int i)
{
    double x = CLIENT_X + r->client * CLIENT_GAP, y = row_y(i) + ROW / 2.0;
    char class[30];

    snprintf(class, sizeof class, "c%d", r->client);
    fprintf(file, "<circle cx=\"%.0f\" cy=\"%.1f\" r=\"4.5\" class=\"%s\"/>\n", x, y, class);
    snprintf(class, sizeof class, "halo c%d", r->client);
    /* C's words stand before its line, where there is room. */
    text_at(file, r->client == 2 ? x - 9 : x + 9, y + 4, class, r->client == 2 ? "end" : "start", row_text(r, 22));
}

/* The row that ends the hatching: the wake-up, or the first routine that runs inside the wait, or the last row. */
static int end_of_sleep(const struct timeline *t, int i)
{
    const struct row *r = &t->rows[i];
    int end = r->other >= 0 ? r->other : t->row_count;

    for (int j = i + 1; j < end; j++)
        if (t->rows[j].thread == r->thread && t->rows[j].kind == ROUTINE_ROW)
            end = j;
    return end;
}

static void draw_thread_row(const struct timeline *t, FILE *file, int i)
{
    const struct row *r = &t->rows[i];
    bool narrow = t->thread_count > 1, across = r->kind == FOLD_ROW;
    double x = (across ? THREADS_X : lane_x(t, r->thread)) + 3, y = row_y(i);
    double width = (across ? THREADS_WIDTH : lane_width(t)) - 6;
    int letters = (int)((width - 8) / (narrow ? SMALL_LETTER : LETTER));
    char number[20];

    if (r->kind == SLEEP_ROW)
        rectangle(file, x, y + 10, width, row_y(end_of_sleep(t, i)) - y - (r->other < 0 ? 10 : 0), "sleep");
    /* What is drawn later lies above: a call's strip is drawn with its own row, and hides the hatched box's ends. */
    rectangle(file, x, y + 2, width, ROW - 4,
              r->kind == FOLD_ROW ? "fold" : r->kind == SLEEP_ROW ? "strip" :
              r->event != NULL && strcmp(r->event->kind, "fails") == 0 ? "fail" : "run");
    text_at(file, x + 5, y + 15, across ? "dim small" : narrow ? "small" : "", "start", row_text(r, letters));
    if (r->arrow != NO_ARROW)
        draw_arrow(t, file, i);
    if (r->event != NULL && r->event->line > 0 && r->kind != WAKE_ROW && r->kind != COPY_ROW) {
        snprintf(number, sizeof number, "%d", r->event->line);
        text_at(file, LINE_X, y + 15, "small dim", "end", number);
    }
}

static void draw_row(const struct timeline *t, FILE *file, int i)
{
    const struct row *r = &t->rows[i];
    char time[20];

    if (r->kind == CLIENT_ROW) {
        snprintf(time, sizeof time, "%.0f", r->at / 1000);
        text_at(file, 44, row_y(i) + 15, "small dim", "end", time);
        draw_client_row(file, r, i);
    } else {
        draw_thread_row(t, file, i);
    }
    draw_copy(t, file, i);
}

static void draw_legend(FILE *file, double y)
{
    static const struct { double x; const char *class, *words; } boxes[] = {
        { 12, "strip", "a call that sleeps" }, { 200, "sleep", "asleep" }, { 304, "run", "running" },
        { 416, "fail", "a call that fails" }, { 602, "fold", "rows left out" },
    };
    static const struct { double x; enum buffer buffer; const char *words; } bars[] = {
        { 12, SYSTEM_BUFFER, "bytes in the system's buffers" },
        { 252, LENT_EMPTY, "a buffer that the server has lent, empty" },
        { 572, LENT_FULL, "the same, and the bytes are in it" },
    };

    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        rectangle(file, boxes[i].x, y - 12, 34, 15, boxes[i].class);
        text_at(file, boxes[i].x + 42, y, "", "start", boxes[i].words);
    }
    text_at(file, 760, y, "", "start", "#1 #2 #3  are A, B and C");
    fprintf(file, "<path d=\"M26 %.0f l-11 -6 v12 z\" class=\"hollow\"/>\n", y + 18);
    text_at(file, 34, y + 22, "", "start", "ready: now you may call; the call copies the bytes");
    fprintf(file, "<path d=\"M434 %.0f l-11 -6 v12 z\" class=\"filled\"/>\n", y + 18);
    text_at(file, 442, y + 22, "", "start", "done: the bytes were copied before the thread woke");
    for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++) {
        draw_bar(file, bars[i].x, y + 31, 15, 1, bars[i].buffer);
        text_at(file, bars[i].x + 18, y + 44, "", "start", bars[i].words);
    }
}

static void draw_counts(const struct timeline *t, FILE *file, double y, const char *system)
{
    char text[300], more[40] = "";

    if (t->idle_threads > 0)
        snprintf(more, sizeof more, " (%d are not drawn)", t->idle_threads);
    if (!t->has_echo) {
        snprintf(text, sizeof text, "Threads: %d%s.", t->all_threads, more);
        text_at(file, 12, y, "head", "start", text);
        return;
    }
    snprintf(text, sizeof text, "Threads: %d%s.  For the echo of B's five bytes: %d calls, %d wake-up%s.",
             t->all_threads, more, t->calls_per_echo, t->wakes_per_echo, t->wakes_per_echo == 1 ? "" : "s");
    text_at(file, 12, y, "head", "start", text);
    snprintf(text, sizeof text, "Who copied B's bytes out of the system's buffers? %s", t->copied_before ?
             "The system, before the thread woke." : "recv did, after the thread was told that it may.");
    text_at(file, 12, y + 20, "head", "start", text);
    snprintf(text, sizeof text, "A real run on %s, drawn by \"make pictures\". Downwards: what happened, in order; the "
             "time is not to scale. line: of server.c.", system);
    text_at(file, 12, y + 40, "small dim", "start", text);
}

void write_svg(const struct timeline *t, FILE *file, const char *title, const char *system)
{
    double bottom = row_y(t->row_count) + 4;

    write_svg_head(file, WIDTH, bottom + 112, title, "");
    write_claims(t, file, system);
    draw_lanes(t, file, title, bottom);
    draw_legend(file, 54);
    draw_bars(t, file);
    for (int i = 0; i < t->row_count; i++)
        draw_row(t, file, i);
    draw_counts(t, file, bottom + 36, system);
    fprintf(file, "</svg>\n");
}
