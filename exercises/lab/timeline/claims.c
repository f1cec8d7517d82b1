/* What a picture claims: the order of events, in words, so that a test can compare it with a fresh run. */
#include "timeline.h"

#include <stdio.h>
#include <string.h>

/* How a row is called in the claims; NULL: it is not claimed, because it may be so or so: whether a call slept or
   just took long, and which worker it was. */
static const char *claim_of(const struct row *r)
{
    static char text[80];

    if (r->kind == SLEEP_ROW || r->kind == FOLD_ROW)
        return NULL;
    if (r->kind == CLIENT_ROW)
        snprintf(text, sizeof text, "%c %s", 'A' + r->client, r->event->name);
    else if (r->arrow != NO_ARROW && strcmp(r->event->name, "send") != 0)
        snprintf(text, sizeof text, "\"%s\"", r->told);
    else
        snprintf(text, sizeof text, "%s%s", r->event->name, strcmp(r->event->kind, "fails") == 0 ? " fails" : "");
    return text;
}

/* The order of what concerns one client (all: -1), but for what C's flood makes the server do: how many rounds that
   takes, and when, depends on the system's buffers. */
static void write_order(const struct timeline *t, FILE *file, int client)
{
    bool flood = false;
    const char *comma = "";

    for (int i = 0; i < t->row_count; i++) {
        const struct row *r = &t->rows[i];
        const char *claim = claim_of(r);

        flood = flood || (r->kind == CLIENT_ROW && r->client == 2 && strncmp(r->event->name, "sends", 5) == 0);
        if (claim == NULL || (client >= 0 && r->client != client)
            || (flood && r->kind != CLIENT_ROW && r->client != 0))
            continue;
        fprintf(file, "%s%s", comma, claim);
        comma = ", ";
    }
    fputc('\n', file);
}

/* The source lines that the picture names, of the rows before C's flood, in the source's order. */
static void write_lines(const struct timeline *t, FILE *file)
{
    const struct event *here;
    int line = 0;

    do {
        here = NULL;
        for (int i = 0; i < t->row_count; i++) {
            const struct row *r = &t->rows[i];

            if (r->kind == CLIENT_ROW && r->client == 2 && strncmp(r->event->name, "sends", 5) == 0)
                break;
            if (r->event != NULL && r->event->line > line && (here == NULL || r->event->line < here->line))
                here = r->event;
        }
        if (here != NULL)
            fprintf(file, "%s%s %d", line == 0 ? "" : ", ", here->name, here->line);
        line = here != NULL ? here->line : 0;
    } while (here != NULL);
    fputc('\n', file);
}

void write_claims(const struct timeline *t, FILE *file, const char *system)
{
    fprintf(file, "<desc>\nSystem: %s\n", system);
    for (int c = 0; c < CLIENTS; c++) {
        fprintf(file, "Client %c: ", 'A' + c);
        write_order(t, file, c);
    }
    if (t->all_threads == 1) {
        fprintf(file, "All: ");
        write_order(t, file, -1);
    }
    fprintf(file, "Lines: ");
    write_lines(t, file);
    fprintf(file, "Copied: %s\n</desc>\n", t->copied_before ? "by the system, before the wake-up" :
            "by recv, after the wake-up");
}
