/* Inside the room: from events to moments, and from moments to rows. */
#ifndef MOMENTS_H
#define MOMENTS_H

#include "timeline.h"

/* The events in the order in which they are drawn: each at its beginning; a call that slept a second time, at
   its end. A client can have its bytes back only after the server's send has begun. */
struct moment {
    double at;
    int order;                  /* among those of the same time */
    const struct event *event;
    bool is_end;
};

/* Something that is left out: a row of its own says how much. */
struct fold {
    int at, calls;              /* the row goes before moments[at] */
    int client;                 /* whose arrival it is; -1: it is none */
    const char *words;
};

#define MOST_FOLDS 8

/* What an event is about. */
bool is_drawn(const struct event *event);       /* belongs to the model */
bool is_client(const struct event *event);      /* is done by a client */
bool is_send(const struct event *event);
int client_of(const struct event *event);       /* 0 for #1 and A ...; -1: none of the three */

/* Marks in hidden what repeats itself in a scene: the set-up, the arrivals of B and C, C's flood. Fills folds, at most
   MOST_FOLDS; returns how many. */
int fold_scene(const struct moment *moments, int count, bool *hidden, struct fold *folds);

/* Fills t->bars: whose bytes lie where, from which row to which. */
void make_bars(struct timeline *t);

/* Fills the counts of t: threads, and calls and wake-ups for B's echo. */
void count_echo(struct timeline *t);

#endif
