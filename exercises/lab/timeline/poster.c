/* The poster: what each of the seven servers does when client B sends five bytes, side by side. */
#include "timeline.h"
#include "svg.h"

#include <string.h>

#define WIDTH   1120
#define COLUMN  158
#define LEFT    8
#define TOP     150             /* where B sends */
#define BOX     36

static void words_at(FILE *file, double x, double y, const char *class, const char *text)
{
    text_at(file, x, y, class, "middle", text);
}

/* A name in two lines, if it is long: cut before a capital letter or behind an underline near its middle. */
static void name_at(FILE *file, double x, double y, const char *name)
{
    size_t length = strlen(name), cut = 0;
    char first[60];

    if (length <= 18) {
        words_at(file, x, y + 5, "", name);
        return;
    }
    for (size_t i = 6; i + 3 < length; i++)
        if (name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a'
            && (cut == 0 || (i > length / 2 ? i - length / 2 : length / 2 - i)
                            < (cut > length / 2 ? cut - length / 2 : length / 2 - cut)))
            cut = i;
    snprintf(first, sizeof first, "%.*s", (int)cut, name);
    words_at(file, x, y - 3, "", first);
    words_at(file, x, y + 12, "", name + cut);
}

static void box(FILE *file, double x, double y, double height, const char *class)
{
    fprintf(file, "<rect x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%.0f\" rx=\"3\" class=\"%s\"/>\n", x + 4, y,
            COLUMN - 8, height, class);
}

static void asleep(FILE *file, double x, double y, double height, const char *name)
{
    box(file, x, y, height, "sleep");
    box(file, x, y, BOX, "strip");
    name_at(file, x + COLUMN / 2.0, y + BOX / 2.0, name);
}

static int find_row(const struct timeline *t, int from, const char *what)
{
    while (from < t->row_count && !(t->rows[from].kind == CLIENT_ROW && t->rows[from].client == 1
                                    && strncmp(t->rows[from].event->name, what, strlen(what)) == 0))
        from++;
    return from;
}

/* The step between two boxes: what the system says. */
static double draw_told(FILE *file, double x, double y, const struct row *r)
{
    double middle = x + COLUMN / 2.0;

    line(file, middle, y, middle, y + 8, "told");
    fprintf(file, "<path d=\"M%.0f %.0f l-9 -11 h18 z\" class=\"%s\"/>\n", middle, y + 18,
            r->arrow == FILLED ? "filled" : "hollow");
    words_at(file, middle, y + 33, r->arrow == FILLED ? "head" : "", r->told);
    return y + 40;
}

static double draw_column(const struct timeline *t, FILE *file, const struct chapter *chapter, double x)
{
    int sends = find_row(t, 0, "sends"), end = find_row(t, sends, "says"), first = sends;
    double y = TOP + 48, middle = x + COLUMN / 2.0;
    const char *slept_in = "", *sleeps_in = "";

    /* The call that the five bytes end, and the one in which the server comes to rest again. */
    while (first < end && t->rows[first].kind != WAKE_ROW)
        first++;
    if (first < end)
        slept_in = t->rows[first].event->name;
    for (int i = first; i < end; i++)
        if (t->rows[i].kind == SLEEP_ROW)
            sleeps_in = t->rows[i].event->name;

    words_at(file, middle, 64, "big", chapter->number);
    words_at(file, middle, 82, "", chapter->name + 3);
    asleep(file, x, 92, y - 92 - 4, slept_in);
    if (t->copied_before) {
        box(file, x, TOP + 14, 22, "strip");
        words_at(file, middle, TOP + 30, "copy", "the system copies");
    }
    for (int i = sends + 1; i < end; i++) {
        const struct row *r = &t->rows[i];

        if (r->kind == CLIENT_ROW || r->kind == SLEEP_ROW)
            continue;
        if (r->kind == CALL_ROW || r->kind == ROUTINE_ROW) {
            if (r->arrow != NO_ARROW && r->kind == CALL_ROW) {
                box(file, x, y, BOX, "run");
                name_at(file, middle, y + BOX / 2.0, r->event->name);
                y += BOX + 4;
            }
            if (r->arrow != NO_ARROW)
                y = draw_told(file, x, y, r);
            if (r->arrow == NO_ARROW || r->kind == ROUTINE_ROW) {
                box(file, x, y, BOX, strcmp(r->event->kind, "fails") == 0 ? "fail" : "run");
                name_at(file, middle, y + BOX / 2.0, r->event->name);
                y += BOX + 4;
            }
        } else if (r->arrow != NO_ARROW) {
            y = draw_told(file, x, y, r);
        }
        if (r->kind == COPY_ROW || (r->kind == CALL_ROW && copies(r->event))) {
            words_at(file, middle, y + 12, "copy", "recv copies them");
            y += 20;
        }
    }
    asleep(file, x, y, BOX + 24, sleeps_in);
    return y + BOX + 24;
}

static void draw_counts(const struct timeline *t, FILE *file, double x, double y)
{
    char text[60];
    double middle = x + COLUMN / 2.0;

    snprintf(text, sizeof text, "%d thread%s", t->all_threads, t->all_threads == 1 ? "" : "s");
    words_at(file, middle, y + 20, "", text);
    snprintf(text, sizeof text, "%d calls, %d wake-up%s", t->calls_per_echo, t->wakes_per_echo,
             t->wakes_per_echo == 1 ? "" : "s");
    words_at(file, middle, y + 38, "", text);
    words_at(file, middle, y + 56, "head", t->copied_before ? "copied before" : "copied after");
    words_at(file, middle, y + 71, "head", "the wake-up");
}

/* How far down the longest column goes: known only when it is drawn, so all are drawn into nothing once. */
static double longest_column(const struct timeline *timelines)
{
    FILE *nothing = fopen("NUL", "wb");
    double bottom = 0;

    if (nothing == NULL)
        die("NUL cannot be opened");
    for (int i = 0; i < CHAPTERS; i++) {
        double end = draw_column(&timelines[i], nothing, &chapters[i], 0);

        bottom = end > bottom ? end : bottom;
    }
    fclose(nothing);
    return bottom;
}

void write_poster(const struct timeline *timelines, FILE *file, const char *system)
{
    double bottom = longest_column(timelines);
    char text[200];

    write_svg_head(file, WIDTH, bottom + 150, "Client B sends five bytes: what each of the seven servers does", "");
    words_at(file, WIDTH / 2.0, 32, "title", "Client B sends five bytes: what each of the seven servers does");
    for (int i = 0; i < CHAPTERS; i++) {
        double x = LEFT + i * COLUMN;

        draw_column(&timelines[i], file, &chapters[i], x);
        draw_counts(&timelines[i], file, x, bottom + 4);
    }
    line(file, 0, TOP + 6, WIDTH, TOP + 6, "bytes");
    words_at(file, WIDTH / 2.0, TOP + 1, "halo c1", "here B's five bytes arrive");
    words_at(file, WIDTH / 2.0, bottom + 108, "",
             "Hatched: asleep. Hollow: you may; your own call copies the bytes, later. "
             "Filled: done; the system copied them before you woke.");
    snprintf(text, sizeof text, "Drawn by \"make pictures\" from real runs on %s.", system);
    words_at(file, WIDTH / 2.0, bottom + 130, "small dim", text);
    fputs("</svg>\n", file);
}
