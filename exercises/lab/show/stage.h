/* A stage: a traced server of a chapter, clients called A, B, C ... that do one thing after the other, and the
   events of both in one trace. The demonstration, the pictures and the experiments are played on it. */
#ifndef STAGE_H
#define STAGE_H

#include "server/server.h"

#define ACTORS 8

struct stage {
    struct trial trial;         /* the server, and the verdict: was every byte echoed, every connection closed? */
    struct peer actors[ACTORS]; /* A is 0 */
    const char *trace;          /* the file; NULL: the server is not traced */
    size_t rested_at;           /* its length, when the server had come to rest the last time */
    double ended_at;            /* microseconds of the trace's clock: when leave_stage was called. What the server does
                                   from then on belongs to the end, and not to the play */
};

/* Starts the chapter's server: traced into the file trace, or, if that is NULL, server.exe as it is. false: it does not
   listen; then call leave_stage all the same. */
bool enter_stage(struct stage *s, const struct chapter *chapter, const char *trace);

/* The same with any program. */
bool enter_stage_with(struct stage *s, const char *command, const char *trace);

/* Each of these returns when it has happened and the server has come to rest again. */
bool actor_connects(struct stage *s, int actor);
double actor_speaks(struct stage *s, int actor, int bytes);     /* sends, and waits for the echo; milliseconds */
void actor_asks(struct stage *s, int actor, int bytes);         /* sends, and does not wait for an answer */
void actor_floods(struct stage *s, int actor, int megabytes);   /* sends, without reading, until it is stuck */
void actor_reads(struct stage *s, int actor);                   /* everything that it is owed */
void actor_leaves(struct stage *s, int actor);                  /* says goodbye, and is closed */
void actor_resets(struct stage *s, int actor);

/* Ends the server. If it was traced, the file now holds the events of server and clients, in the order of their
   beginning, in the format of timeline/trace_file.h. Those of clients are of the kind "client": name is what it does,
   thread and client are "A", "B" ... */
void leave_stage(struct stage *s);

/* Inside: something that a client did, at that many microseconds of the trace's clock. */
struct mark {
    double at;
    const char *client;
    char what[60];
};

/* Weaves them into the trace file path (weave.c). */
void weave(const char *path, const struct mark *marks, int mark_count);

#endif
