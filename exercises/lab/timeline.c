/* From a trace to rows: what is drawn, in which order, what is folded, and the counts. */
#include "timeline.h"
#include "files.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* Not drawn: these belong to no model. */
static const char *left_out[] = { "WSAStartup", "calloc", "free", "CloseHandle", "thread starts" };

static bool is_drawn(const struct event *event)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(event->name, left_out[i]) == 0)
            return false;
    return true;
}

static bool is_client(const struct event *event)
{
    return strcmp(event->kind, "client") == 0;
}

static bool is_send(const struct event *event)
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
static int client_of(const struct event *event)
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

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
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

/* The events in the order in which they are drawn: each at its beginning; a call that slept a second time, at
   its end. A client can have its bytes back only after the server's send has begun. */
struct moment {
    double at;
    int order;                  /* among those of the same time */
    const struct event *event;
    bool is_end;
};

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

/* ---- Folding ---- */

/* Where client does this, or count. */
static int find(const struct moment *moments, int count, int from, const char *client, const char *what)
{
    while (from < count && !(is_client(moments[from].event) && has(moments[from].event->name, what)
                             && (client == NULL || strcmp(moments[from].event->client, client) == 0)))
        from++;
    return from;
}

static int next_client(const struct moment *moments, int count, int from)
{
    while (from < count && !is_client(moments[from].event))
        from++;
    return from;
}

/* Is the whole call between from and to? */
static bool lies_within(const struct moment *moments, int from, int to, int i)
{
    bool begins = false, ends = moments[i].event->slept == 0;

    for (int j = from; j < to; j++)
        if (moments[j].event == moments[i].event) {
            begins |= !moments[j].is_end;
            ends |= moments[j].is_end;
        }
    return begins && ends;
}

/* Marks everything between from and to that can be left out. Returns how many calls. */
static int hide(const struct moment *moments, bool *hidden, int from, int to)
{
    int calls = 0;

    for (int i = from; i < to; i++)
        if (!is_client(moments[i].event) && lies_within(moments, from, to, i)) {
            hidden[i] = true;
            calls += !moments[i].is_end;
        }
    return calls;
}

/* From the wake-up after the client's arrival on: the names of the calls. */
static void list_calls(const struct moment *moments, int from, int to, char *text, size_t size)
{
    *text = '\0';
    for (int i = from; i < to; i++)
        if (!moments[i].is_end && lies_within(moments, from, to, i))
            snprintf(text + strlen(text), size - strlen(text), "%s ", moments[i].event->name);
}

static int first_wake(const struct moment *moments, int from, int to)
{
    while (from < to && !moments[from].is_end)
        from++;
    return from < to ? from + 1 : to;
}

struct fold {
    int at, calls;              /* the row goes before moments[at] */
    int client;                 /* whose arrival it is; -1: it is none */
    const char *words;
};

/* B's and C's arrival is as A's was, if the calls are the same. */
static void fold_arrivals(const struct moment *moments, int count, bool *hidden, struct fold *folds, int *fold_count)
{
    char as_a[600], calls[600];
    int a = find(moments, count, 0, "A", "connects");
    int end = next_client(moments, count, a + 1);

    list_calls(moments, first_wake(moments, a, end), end, as_a, sizeof as_a);
    for (int c = 1; c < CLIENTS; c++) {
        char name[2] = { (char)('A' + c), '\0' };
        int at = find(moments, count, 0, name, "connects");
        int from, to;

        if (at == count)
            continue;
        to = next_client(moments, count, at + 1);
        from = first_wake(moments, at, to);
        list_calls(moments, from, to, calls, sizeof calls);
        if (strcmp(calls, as_a) == 0 && strchr(calls, ' ') != strrchr(calls, ' '))
            folds[(*fold_count)++] = (struct fold){ from, hide(moments, hidden, from, to), c,
                                                    "the same %d calls as for A" };
    }
}

/* C's flood: the first round is shown, and how it gets stuck; then the rest. */
static void fold_flood(const struct moment *moments, int count, bool *hidden, struct fold *folds, int *fold_count)
{
    static const char *marks[][2] = { { "sends", "is stuck" }, { "reads at last", "has all" } };

    for (int part = 0; part < 2; part++) {
        int start = find(moments, count, 0, "C", marks[part][0]);
        int end = find(moments, count, start, "C", marks[part][1]);
        int from = start, to = end;

        while (from < end && !(is_send(moments[from].event) && !moments[from].is_end))
            from++;
        /* Behind the last round: what begins with the last send. */
        while (part == 0 && to > from + 1 && !(is_send(moments[to].event) && client_of(moments[to].event) == 2))
            to--;
        if (from + 1 < to)
            folds[(*fold_count)++] = (struct fold){ from + 1, hide(moments, hidden, from + 1, to), -1,
                                                    "and so on: %d calls more" };
    }
}

static void fold_set_up(const struct moment *moments, int count, bool *hidden, struct fold *folds, int *fold_count)
{
    int first = next_client(moments, count, 0);
    int calls = 0;

    for (int i = 0; i < first; i++)
        if (strcmp(moments[i].event->thread, "main") == 0 && lies_within(moments, 0, first, i)) {
            hidden[i] = true;
            calls += !moments[i].is_end;
        }
    folds[(*fold_count)++] = (struct fold){ 0, calls, -1, "set-up: %d calls" };
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
    struct fold folds[8];
    int fold_count = 0;

    if (hidden == NULL)
        die("out of memory");
    lane_of(t, "main");
    if (what == FOLD_SCENE) {
        fold_set_up(moments, count, hidden, folds, &fold_count);
        fold_arrivals(moments, count, hidden, folds, &fold_count);
        fold_flood(moments, count, hidden, folds, &fold_count);
    }
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

/* ---- What the system holds ---- */

static void add_bar(struct timeline *t, int client, int from, int to, enum buffer buffer)
{
    if (from >= 0 && to > from && t->bar_count < (int)(sizeof t->bars / sizeof t->bars[0]))
        t->bars[t->bar_count++] = (struct buffer_bar){ client, from, to, buffer };
}

/* Bytes lie there from the moment a client sends until recv copies them; if a buffer was lent, they are in it at once,
   and there until the thread knows. C sends so much that there are bytes in the system's buffers until its end. */
static void make_bars(struct timeline *t, int client)
{
    int lent = -1, bytes = -1, lent_to_send = -1;
    enum buffer where = SYSTEM_BUFFER;

    for (int i = 0; i < t->row_count; i++) {
        const struct row *r = &t->rows[i];
        const char *name = r->event != NULL ? r->event->name : "";
        bool is_copied = r->kind == COPY_ROW || (r->kind == CALL_ROW && copies(r->event))
                         || (r->arrow == FILLED && has(r->told, "received"));

        if (r->client != client)
            continue;
        if (strcmp(name, "WSASend") == 0 && has(r->event->result, "WSA_IO_PENDING")) {
            lent_to_send = i;
        } else if (lent_to_send >= 0 && r->arrow == FILLED && has(r->told, "sent")) {
            add_bar(t, client, lent_to_send, i, LENT_FULL);
            lent_to_send = -1;
        }
        if (r->kind == CLIENT_ROW && (has(name, "sends") || has(name, "goodbye"))) {
            where = lent >= 0 && client != 2 ? LENT_FULL : SYSTEM_BUFFER;
            add_bar(t, client, lent, i, LENT_EMPTY);
            bytes = has(name, "sends") ? i : -1;
            lent = -1;
        } else if (bytes >= 0 && (client == 2 ? has(name, "has all") : is_copied)) {
            add_bar(t, client, bytes, i, where);
            bytes = -1;
        } else if (bytes < 0 && (strcmp(name, "WSARecv") == 0 || (r->kind == FOLD_ROW && t->copied_before))) {
            lent = i;               /* the folded calls of this client's arrival have a WSARecv among them */
        }
    }
    add_bar(t, client, lent, t->row_count - 1, LENT_EMPTY);
    add_bar(t, client, bytes, t->row_count - 1, where);
}

/* ---- Counts ---- */

static void count_echo(struct timeline *t)
{
    double from = -1, to = -1;
    const char *seen[200];
    int threads = 0;

    for (int i = 0; i < t->event_count; i++) {
        const struct event *e = &t->events[i];
        int known = 0;

        if (is_client(e)) {
            if (strcmp(e->client, "B") == 0 && from < 0 && has(e->name, "sends"))
                from = e->start;
            else if (from >= 0 && to < 0 && !has(e->name, "back"))
                to = e->start;
            continue;
        }
        while (known < threads && strcmp(seen[known], e->thread) != 0)
            known++;
        if (known == threads && threads < 200)
            seen[threads++] = e->thread;
    }
    t->all_threads = threads;
    t->has_echo = from >= 0 && to >= 0;
    for (int i = 0; i < t->event_count; i++) {
        const struct event *e = &t->events[i];

        if (is_client(e) || !is_drawn(e))
            continue;
        if (e->start > from && e->start < to && strcmp(e->kind, "event") != 0)
            t->calls_per_echo++;
        if (e->slept > 0 && e->end > from && e->end < to)
            t->wakes_per_echo++;
        if (strcmp(e->name, "WSARecv") == 0 && client_of(e) == 1 && e->start < from)
            t->copied_before = has(e->result, "WSA_IO_PENDING");
    }
}

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
    for (int c = 0; c < CLIENTS && is_scene; c++)
        make_bars(t, c);
    t->idle_threads = t->all_threads - t->thread_count;
    free(moments);
}

void free_timeline(struct timeline *t)
{
    free(t->events);
    free(t->text);
}
