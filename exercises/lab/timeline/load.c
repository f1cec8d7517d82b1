/* From a trace to rows: what is drawn, and in which order. */
#include "moments.h"
#include "common/common.h"

#include <stdlib.h>
#include <string.h>

/* Not drawn: these belong to no model. */
static const char *left_out[] = { "WSAStartup", "calloc", "free", "CloseHandle", "thread starts", "thread ends" };

bool is_drawn(const struct event *event)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(event->name, left_out[i]) == 0)
            return false;
    return true;
}

bool is_client(const struct event *event)
{
    return strcmp(event->kind, "client") == 0;
}

bool is_send(const struct event *event)
{
    return strcmp(event->name, "send") == 0 || strcmp(event->name, "WSASend") == 0;
}

/* 0 for "#1" and "A", ...; -1 for all others. */
static int client_number(const char *client)
{
    if (client[0] == '#' && client[1] >= '1' && client[1] < '1' + CLIENTS && client[2] == '\0')
        return client[1] - '1';
    if (client[0] >= 'A' && client[0] < 'A' + CLIENTS && client[1] == '\0')
        return client[0] - 'A';
    return -1;
}

/* Whom an event is about: of waits only the result tells. */
int client_of(const struct event *event)
{
    const char *at = strchr(event->result, '#');
    char client[3] = "";

    if (event->client[0] != '\0')
        return client_number(event->client);
    if (at == NULL)
        return -1;
    memcpy(client, at, 2);
    return client_number(client);
}

/* ---- Rows ---- */

static struct row *add_row(struct timeline *t, enum row_kind kind, double at, const struct event *event, int thread)
{
    struct row *row = &t->rows[t->row_count++];

    if (t->row_count == MAX_ROWS)
        die("the timeline has more than %d rows", MAX_ROWS);
    *row = (struct row){ .kind = kind, .at = at, .event = event, .thread = thread, .other = -1, .client = -1 };
    /* What a wait will be about is not known yet when it begins. */
    if (event != NULL)
        row->client = kind == SLEEP_ROW ? client_number(event->client) : client_of(event);
    return row;
}

static int lane_of(struct timeline *t, const char *thread)
{
    for (int i = 0; i < t->thread_count; i++)
        if (strcmp(t->threads[i], thread) == 0)
            return i;
    if (t->thread_count == MAX_THREADS)
        return -1;
    t->threads[t->thread_count] = thread;
    return t->thread_count++;
}

static int by_time(const void *one, const void *other)
{
    const struct moment *a = one, *b = other;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order - b->order;
}

/* "has them back" belongs behind the send, "is closed" behind the shutdown: the clock of the laboratory, which
   must wake up first, says a little more. */
static double true_time(const struct timeline *t, int i)
{
    const struct event *e = &t->events[i];
    bool back = has(e->name, "back"), told = has(e->name, "is closed");

    for (int j = i - 1; j >= 0 && (back || told); j--) {
        const struct event *cause = &t->events[j];

        if (is_client(cause) && strcmp(cause->client, e->client) == 0)
            break;
        if (!is_client(cause) && client_of(cause) == client_of(e)
            && ((back && is_send(cause))
                || (told && strcmp(cause->name, "shutdown") == 0)))
            return cause->start;
    }
    return e->start;
}

static int list_moments(const struct timeline *t, struct moment *moments, double last)
{
    int count = 0;

    for (int i = 0; i < t->event_count; i++) {
        const struct event *e = &t->events[i];

        if (!is_drawn(e) || e->start > last)
            continue;
        moments[count] = (struct moment){ is_client(e) ? true_time(t, i) : e->start, 3 * i, e, false };
        if (moments[count].at < e->start)
            moments[count].order += 1 << 20;    /* behind what happened at the same moment */
        count++;
        if (e->slept > 0 && e->end <= last)
            moments[count++] = (struct moment){ e->end, 3 * i + 1, e, true };
    }
    qsort(moments, (size_t)count, sizeof *moments, by_time);
    return count;
}

/* ---- Rows from moments ---- */

static void add_moment(struct timeline *t, const struct moment *m)
{
    const struct event *e = m->event;
    int thread = is_client(e) ? -1 : lane_of(t, e->thread);
    enum row_kind kind = is_client(e) ? CLIENT_ROW : strcmp(e->kind, "event") == 0 ? ROUTINE_ROW :
                         m->is_end ? WAKE_ROW : e->slept > 0 ? SLEEP_ROW : CALL_ROW;
    struct row *row;

    if (!is_client(e) && thread < 0)
        return;                     /* more threads than can be drawn */
    row = add_row(t, kind, m->at, e, thread);
    if (kind == WAKE_ROW)
        for (int i = t->row_count - 2; i >= 0 && row->other < 0; i--)
            if (t->rows[i].kind == SLEEP_ROW && t->rows[i].event == e) {
                row->other = i;
                t->rows[i].other = t->row_count - 1;
            }
    if (kind == WAKE_ROW || kind == CALL_ROW || kind == ROUTINE_ROW)
        set_arrow(row);
    if (kind == WAKE_ROW && copies(e))
        add_row(t, COPY_ROW, m->at, e, thread);
}

static void add_fold(struct timeline *t, const struct fold *fold, const struct moment *next)
{
    struct row *row = add_row(t, FOLD_ROW, next->at, NULL, -1);

    snprintf(row->label, sizeof row->label, fold->words, fold->calls);
    row->thread = 0;
    row->client = fold->client;
}

enum what { ALL_ROWS, DRAW_FIRST, FOLD_SCENE };

static void make_rows(struct timeline *t, const struct moment *moments, int count, enum what what)
{
    bool *hidden = calloc((size_t)count + 1, sizeof *hidden);
    struct fold folds[MOST_FOLDS];
    int fold_count = 0;

    if (hidden == NULL)
        die("out of memory");
    lane_of(t, "main");
    if (what == FOLD_SCENE)
        fold_count = fold_scene(moments, count, hidden, folds);
    for (int i = 0; i < count; i++) {
        for (int f = 0; f < fold_count; f++)
            if (folds[f].at == i && folds[f].calls > 0)
                add_fold(t, &folds[f], &moments[i]);
        if (!hidden[i])
            add_moment(t, &moments[i]);
        if (t->row_count > (what == ALL_ROWS ? MAX_ROWS : DRAWN_ROWS) - 10) {    /* a long trace of the reader's own */
            add_fold(t, &(struct fold){ i, count - i, -1, "%d events more: not drawn" }, &moments[i]);
            break;
        }
    }
    free(hidden);
}

/* In chapter 05 only the call after the wait says how many bytes; 0 is the end. */
static void correct_ends(struct timeline *t)
{
    for (int i = 0; i + 1 < t->row_count; i++) {
        const struct row *next = &t->rows[i + 1];

        if (t->rows[i].arrow == FILLED && has(t->rows[i].told, "received") && next->event != NULL
            && strcmp(next->event->name, "WSAGetOverlappedResult") == 0 && has(next->event->result, "0: the end"))
            strcpy(t->rows[i].told, "its end is here");
    }
}

/* ---- All of it ---- */

void load_timeline(struct timeline *t, const char *path, bool fold)
{
    size_t size;
    struct moment *moments;
    double last = 0;
    int lines = 0, count;
    bool is_scene = false;

    memset(t, 0, sizeof *t);
    t->text = read_file(path, &size);
    if (t->text == NULL)
        die("cannot read %s", path);
    for (char *c = t->text; *c != '\0'; c++)
        lines += *c == '\n';
    t->events = calloc((size_t)lines + 1, sizeof *t->events);
    moments = calloc(2 * (size_t)lines + 1, sizeof *moments);
    if (t->events == NULL || moments == NULL)
        die("out of memory");
    for (char *rest = t->text; next_event(&rest, &t->events[t->event_count]); t->event_count++) {
        const struct event *e = &t->events[t->event_count];

        /* The picture of a scene ends when C has everything back. */
        is_scene = is_scene || is_client(e);
        if (!is_scene || !fold || (is_client(e) && has(e->name, "has all")))
            last = e->end;
    }
    count_echo(t);
    count = list_moments(t, moments, last);
    make_rows(t, moments, count, fold ? is_scene ? FOLD_SCENE : DRAW_FIRST : ALL_ROWS);
    correct_ends(t);
    if (is_scene)
        make_bars(t);
    t->idle_threads = t->all_threads - t->thread_count;
    free(moments);
}

void free_timeline(struct timeline *t)
{
    free(t->events);
    free(t->text);
}
