/* A timeline's words: what the system tells a thread, and what a row says in the room that there is. */
#include "timeline.h"
#include "common/common.h"
#include "trace/trace.h"

#include <stdlib.h>
#include <string.h>

/* ---- What the system tells the thread ---- */

/* text is the trace's: "receive, 5 bytes", "2: #2's send". */
static const char *words_of_completion(const char *text)
{
    if (has(text, "send"))
        return "it is sent";
    if (has(text, "0: the end") || has(text, ", 0 bytes"))
        return "its end is here";
    return has(text, "receive") ? "it is received" : "it is done";
}

static const char *words_of_readiness(const struct event *e)
{
    const char *r = e->result;

    if (strcmp(e->kind, "fails") == 0)
        return "it has failed";
    if (has(e->name, "accept") || has(r, "listener"))
        return "you may accept";
    if (has(r, "FD_WRITE") || has(r, "writable") || strcmp(e->name, "send") == 0)
        return "you may send";
    if (has(r, "FD_CLOSE") || has(r, "0: the end"))
        return "its end is here";
    return has(r, "event of") ? "it has news" : "you may read";
}

void set_arrow(struct row *row)
{
    const struct event *e = row->event;
    bool is_wait = waits_for_news(e->name);
    bool no_news = *e->result == '\0' || has(e->result, "timeout") || has(e->result, "routines have run");
    const char *told;

    if (row->kind == ROUTINE_ROW || (is_wait && has(e->result, "'s "))) {     /* as in "#2's receive" */
        row->arrow = FILLED;
        told = words_of_completion(row->kind == ROUTINE_ROW ? e->arguments : e->result);
    } else if ((row->kind == WAKE_ROW || is_wait) && !no_news) {
        row->arrow = HOLLOW;
        told = words_of_readiness(e);
    } else {
        return;
    }
    snprintf(row->told, sizeof row->told, "%s", told);
}

/* ---- What a row says ---- */

static const char *short_result(const struct event *event)
{
    static char text[120];
    const char *r = event->result;
    const char *colon = strstr(r, ": ");

    if (strcmp(event->kind, "fails") == 0 && strchr(r, ' ') != NULL)
        r = strchr(r, ' ') + 1;
    else if (strncmp(r, "WSA_IO_PENDING", 14) == 0)
        r = "later";
    else if (strncmp(r, "0: ", 3) == 0 && strcmp(r, "0: done already") == 0)
        r = "done already";
    else if (has(r, "routines have run"))
        r = "routines have run";
    else if (strncmp(r, "packet: ", 8) == 0 || (r[0] >= '0' && r[0] <= '9' && colon != NULL && !has(r, "the end")))
        r = colon + 2;
    else if (strcmp(r, "ok") == 0 || strncmp(r, "a", 1) == 0)
        r = "";
    snprintf(text, sizeof text, "%s", r);
    return text;
}

/* Is it the call that copies a client's bytes out of the system's buffers? */
bool copies(const struct event *event)
{
    return strcmp(event->name, "recv") == 0 && strcmp(event->kind, "call") == 0 && !has(event->result, "0: the end");
}

static bool fits(const char *text, int width)
{
    return (int)strlen(text) <= width;
}

/* "recv(#1, 65536) -> 5 bytes" */
static void write_call(const struct event *e, const char *result, char *text, size_t size)
{
    bool inside = *e->client != '\0' || *e->arguments != '\0', both = *e->client != '\0' && *e->arguments != '\0';

    snprintf(text, size, "%s%s%s%s%s%s%s%s", e->name, inside ? "(" : "", e->client, both ? ", " : "", e->arguments,
             inside ? ")" : "", *result != '\0' ? " -> " : "", result);
}

const char *call_text(const struct event *e)
{
    static char text[700];

    write_call(e, e->result, text, sizeof text);
    return text;
}

/* A call and its result, in five wordings, each shorter than the one before. */
static void describe_call(const struct event *e, const char *result, int width, char *text, size_t size)
{
    const char *arrow = *result != '\0' ? " -> " : "";
    char client[30] = "";

    if (*e->client != '\0')
        snprintf(client, sizeof client, "(%s)", e->client);
    write_call(e, result, text, size);
    if (!fits(text, width))
        snprintf(text, size, "%s%s%s%s", e->name, client, arrow, result);
    if (!fits(text, width))
        snprintf(text, size, "%s%s%s", e->name, arrow, result);
    if (!fits(text, width) && has(result, " bytes"))
        snprintf(text, size, "%s -> %d", e->name, atoi(result));
    if (!fits(text, width))
        snprintf(text, size, "%s%s", e->name, client);
    if (!fits(text, width))
        snprintf(text, size, "%s", e->name);
}

const char *row_text(const struct row *row, int width)
{
    static char text[300];
    const struct event *e = row->event;

    switch (row->kind) {
    case CLIENT_ROW:
        snprintf(text, sizeof text, "%s", e->name);
        break;
    case FOLD_ROW:
        snprintf(text, sizeof text, "%s", row->label);
        break;
    case WAKE_ROW:
        if (copies(e))
            snprintf(text, sizeof text, "awake");       /* what it returns stands in the next row */
        else
            snprintf(text, sizeof text, "-> %s", *short_result(e) != '\0' ? short_result(e) : "it returns");
        if (!fits(text, width) && has(text, " bytes"))
            *strstr(text, " bytes") = '\0';
        if (!fits(text, width) && (has(text, "'s receive,") || has(text, "'s send,"))) {
            bool sent = has(text, "'s send,");

            strcpy(strstr(text, "'s "), sent ? " sent" : " received");
        }
        break;
    case COPY_ROW:
        snprintf(text, sizeof text, "-> %s copied", short_result(e));
        if (!fits(text, width))
            snprintf(text, sizeof text, "-> %d copied", atoi(e->result));
        break;
    default:
        describe_call(e, row->kind == SLEEP_ROW ? "" : short_result(e), width, text, sizeof text);
    }
    /* What is still too long for a narrow lane is cut, not drawn across the next one. */
    if (row->kind != CLIENT_ROW && row->kind != FOLD_ROW && width > 4 && !fits(text, width))
        strcpy(text + width - 2, "..");
    return text;
}
