/* Folding: what repeats itself in a scene is left out, and one row says what. */
#include "moments.h"
#include "common/common.h"

#include <stdio.h>
#include <string.h>

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

int fold_scene(const struct moment *moments, int count, bool *hidden, struct fold *folds)
{
    int fold_count = 0;

    fold_set_up(moments, count, hidden, folds, &fold_count);
    fold_arrivals(moments, count, hidden, folds, &fold_count);
    fold_flood(moments, count, hidden, folds, &fold_count);
    return fold_count;
}
