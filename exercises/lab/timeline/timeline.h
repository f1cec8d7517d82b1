/* The room "timeline": reading the file that a traced program writes (trace_file.h), and drawing it.

   A timeline is a trace made ready to be drawn. Down the page goes the number of the event, not the time: on a linear
   time axis all seven models are one long bar of waiting. Each row holds exactly one thing that happens. */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "svg.h"
#include "trace_file.h"

#include "common/common.h"

#include <stdio.h>

#define MAX_ROWS    9000
#define DRAWN_ROWS  400         /* of more only the first are drawn */
#define MAX_THREADS 8
#define CLIENTS     3           /* A, B, C: the server's #1, #2, #3 */

enum row_kind {
    CLIENT_ROW,                 /* a client does something */
    CALL_ROW,                   /* a call that did not sleep */
    SLEEP_ROW,                  /* a call begins that is to sleep ... */
    WAKE_ROW,                   /* ... and this is its end */
    COPY_ROW,                   /* a recv that has slept copies the bytes, now that it is awake */
    ROUTINE_ROW,                /* a completion routine, or a call from another thread, runs */
    FOLD_ROW                    /* several calls in one row: label says which */
};

/* What the system tells the thread in this row. */
enum arrow {
    NO_ARROW,
    HOLLOW,                     /* you may read, send, accept now: the bytes are copied later, by your own call */
    FILLED                      /* it is done: the bytes were copied before you woke */
};

struct row {
    enum row_kind kind;
    double at;                  /* microseconds */
    const struct event *event;  /* NULL for FOLD_ROW */
    int thread;                 /* the lane; -1 for CLIENT_ROW */
    int client;                 /* whom it is about: 0 for A ...; -1: none of them */
    int other;                  /* SLEEP_ROW: the row in which it wakes; WAKE_ROW: the row in which it fell asleep */
    enum arrow arrow;
    char told[24];              /* beside the arrow: "you may read" */
    char label[90];             /* FOLD_ROW */
};

/* How a span of rows looks in the lane of what the system holds. */
enum buffer {
    SYSTEM_BUFFER,              /* bytes in a buffer of the system */
    LENT_EMPTY,                 /* a buffer that the server has lent to the system, empty */
    LENT_FULL                   /* ... and the bytes are in it */
};

struct buffer_bar {
    int client, from, to;       /* rows */
    enum buffer buffer;
};

struct timeline {
    struct event *events;
    int event_count;
    char *text;                 /* what the events point into */
    struct row rows[MAX_ROWS];
    int row_count;
    const char *threads[MAX_THREADS];
    int thread_count;           /* lanes; idle_threads more did nothing in these rows */
    int idle_threads;
    struct buffer_bar bars[40];
    int bar_count;

    /* Counts for B's five bytes: from "sends 5 bytes" until the server sleeps again. */
    bool has_echo;              /* there was such an echo */
    int all_threads;
    int calls_per_echo;
    int wakes_per_echo;         /* returns of the call in which the server waits */
    bool copied_before;         /* a buffer lay ready when B sent, so that the system copied the bytes into it before
                                   the thread woke [Overlapped I/O and Event Objects]; else recv copied them, after */
};

/* Reads the trace file path and prepares it. Ends the program if the file cannot be read or is no trace. A trace
   without clients' events (made by hand, not by a scene) gets no bars. fold: what repeats itself is left out, and what
   comes after C has everything back; else every event has its row. */
void load_timeline(struct timeline *t, const char *path, bool fold);
void free_timeline(struct timeline *t);

/* Sets arrow and told from the row's event. */
void set_arrow(struct row *row);

/* What a row says, at most width characters: the longest wording that fits. */
const char *row_text(const struct row *row, int width);

/* The whole call with its result, in a buffer that the next call reuses: "recv(#1, 65536) -> 5 bytes". */
const char *call_text(const struct event *event);

/* Is it the call that copies a client's bytes out of the system's buffers? */
bool copies(const struct event *event);

/* What the picture claims, as XML: <desc> with the order of events, for readers who cannot see and for the test
   "lab pictures compare", which compares it with a fresh run. */
void write_claims(const struct timeline *t, FILE *file, const char *system);

/* The seven chapters' timelines, in order, side by side: what each does when B sends five bytes. */
void write_poster(const struct timeline *timelines, FILE *file, const char *system);

/* The same rows three ways; the text has 100 columns. title is the heading; system the system of the run:
   "Wine 8.0", "Windows". */
void write_svg(const struct timeline *t, FILE *file, const char *title, const char *system);
void write_text(const struct timeline *t, FILE *file, const char *title, const char *system);
/* Of the text: its heading, and one row, so that a demonstration can print them one by one. */
void write_text_heading(const struct timeline *t, FILE *file, int columns);
void write_text_row(const struct timeline *t, FILE *file, int i, int columns);
void write_json(const struct timeline *t, FILE *file, const char *title);

#endif
