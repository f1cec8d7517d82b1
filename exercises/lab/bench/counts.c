/* Calls and wake-ups for a message, counted in the trace of an unchanged server. They depend on the model, not on the
   machine's speed. */
#include "measure.h"
#include "timeline/timeline.h"
#include "trace/trace.h"

#include <windows.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 10             /* seconds: a traced server is slow */

/* In chapter 01 recv is the wait; a recv of the others never sleeps. */
static bool is_wait(const struct event *e, const struct measured *server)
{
    return waits_for_news(e->name) || (server == &servers[0] && strcmp(e->name, "recv") == 0);
}

static void count_in_file(const char *path, const struct measured *server, double from, double to, struct counts *c)
{
    size_t size;
    char *text = read_file(path, &size), *rest = text;
    struct event e;
    unsigned long long calls = 0, wakes = 0;

    if (text == NULL)
        die("%s: its traced server has left no trace", server->name);
    while (next_event(&rest, &e))
        if (strcmp(e.kind, "event") != 0 && e.end >= from && e.end < to) {
            calls++;
            wakes += is_wait(&e, server);
        }
    free(text);
    c->calls = (double)calls / (double)c->messages;
    c->wakes = (double)wakes / (double)c->messages;
}

static void count_one(const struct measured *server, int clients, double seconds, struct counts *c)
{
    struct trial t = { .command = server->traced, .limit = server->limit };
    char *path = temporary_file("counted");
    double zero = set_trace_file(path);
    struct figures f;
    struct load *l;

    start_dialogue();
    if (!start_server(&t))
        die_of(&t, server->name, "counting calls");
    l = new_load(&t, PATIENCE);
    if (!open_clients(l, clients) || !ping_pong(l, clients, seconds, &f) || !close_clients(l))
        die_of(&t, server->name, "counting calls");
    free_load(l);
    end_trial(&t);
    set_trace_file(NULL);
    if (f.messages == 0)
        die("%s, counting calls: not one message came back in %.1f s", server->name, seconds);
    *c = (struct counts){ .clients = clients, .messages = f.messages };
    count_in_file(path, server, (f.from - zero) * 1e6, (f.to - zero) * 1e6, c);
    delete_file(path);
}

void count_calls(struct bench *b, double seconds)
{
    static const int clients[COUNTED] = { 1, 32 };

    for (int i = 0; i < SERVERS; i++)
        for (int n = 0; n < COUNTED; n++)
            if (is_measured(b, i)) {
                progress(b, false, "calls and wake-ups of %s, %d client%s", servers[i].name, clients[n],
                         clients[n] == 1 ? "" : "s");
                count_one(&servers[i], clients[n], seconds, &b->counts[i][n]);
            }
}
