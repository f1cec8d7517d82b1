/* The file that a traced program writes (TRACE_FILE in trace/trace.h): a line an event, its fields between tabs. */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include <stdbool.h>

/* Traced programs that are started from now on write to the file path, and count their microseconds from this moment;
   NULL: they write to stdout again. Returns the moment as now() of report.h. */
double set_trace_file(const char *path);

/* What has been written so far to the file that was set last; NULL: nothing. To be freed. */
char *read_trace(void);

/* A variable of trace/trace.h for traced programs that are started from now on: "SHORT_SENDS=1000"; clear_fault takes
   it away again. */
void set_fault(const char *fault);
void clear_fault(const char *fault);

struct event {
    double start, end;          /* microseconds since the program started */
    double slept;               /* microseconds; 0: it did not */
    const char *thread;         /* "main", "worker 1" */
    const char *kind;           /* "call"; "fails": a call that has failed; "event": what happens to the program;
                                   "client": what a client does (the stage adds it, show/weave.c) */
    const char *name;           /* of the call, or of the routine that runs */
    const char *client;         /* "#1", "listener"; "" */
    const char *arguments;
    const char *result;
    int line;                   /* in the source; 0 for an event */
};

/* Takes the next event from text, which it cuts into pieces, and moves *text on. false: no whole line is left.
   Lines of the kind "begins" are left out: what they announce comes as a call of its own, unless the program was
   ended before it returned (show/weave.c makes a call of those). Ends the program at a line that is not of this
   format. */
bool next_event(char **text, struct event *event);

#endif
