/* What the system holds for each client, from row to row; and what one echo costs. */
#include "moments.h"
#include "common/common.h"
#include "trace/trace.h"

#include <string.h>

static void add_bar(struct timeline *t, int client, int from, int to, enum buffer buffer)
{
    if (from >= 0 && to > from && t->bar_count < (int)(sizeof t->bars / sizeof t->bars[0]))
        t->bars[t->bar_count++] = (struct buffer_bar){ client, from, to, buffer };
}

/* Bytes lie there from the moment a client sends until recv copies them; if a buffer was lent, they are in it at once,
   and there until the thread knows. C sends so much that there are bytes in the system's buffers until its end. */
static void make_bars_of(struct timeline *t, int client)
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

void make_bars(struct timeline *t)
{
    for (int c = 0; c < CLIENTS; c++)
        make_bars_of(t, c);
}

/* ---- Counts ---- */

/* A model that has no call for waiting waits in recv. */
static bool waits_in_recv(const struct timeline *t)
{
    for (int i = 0; i < t->event_count; i++)
        if (waits_for_news(t->events[i].name))
            return false;
    return true;
}

/* A wake-up is a return of the call in which the server waits, also if it did not have to sleep. */
void count_echo(struct timeline *t)
{
    double from = -1, to = -1;
    const char *seen[200];
    bool in_recv = waits_in_recv(t);
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
        if (e->end > from && e->end < to && (in_recv ? strcmp(e->name, "recv") == 0 : waits_for_news(e->name)))
            t->wakes_per_echo++;
        if (strcmp(e->name, "WSARecv") == 0 && client_of(e) == 1 && e->start < from)
            t->copied_before = has(e->result, "WSA_IO_PENDING");
    }
}
