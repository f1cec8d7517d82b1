/* Experiments: a script that clients play with a server, and what is shown of it. */
#ifndef EXPERIMENTS_H
#define EXPERIMENTS_H

#include "common/common.h"

#include <stdio.h>

/* What is shown of the run. */
enum show {
    CALLS,                      /* the server's calls, between what the clients do */
    LINES                       /* the lines that the server itself prints */
};

/* The script: "A+" A connects; "A5" sends 5 bytes and waits for them; "A?5" sends, and does not wait; "A!12" floods
   with 12 MB, unread; "A<" reads what it is owed; "A-" says goodbye; "Ax" resets; "*64" so many more clients connect,
   say five bytes, and stay. */
struct experiment {
    const char *id;             /* the first two characters are the chapter's */
    const char *title;
    const char *script;
    enum show show;
    const char *calls;          /* only these, between blanks; NULL: all */
    int client;                 /* only what is about this client: 1 for A; 0: all */
    bool asleep;                /* and where the threads sleep in the end */
    bool varies;                /* the order or the number is not the same in every run */
    const char *with;           /* only calls whose result contains this, or that fail; NULL: all */
};

/* Plays it with the chapter's server, or with a traced program (command, not NULL). Writes what is shown to file;
   *calls: how many calls were shown. */
struct verdict play_experiment(const struct experiment *x, const char *command, FILE *file, int *calls);

/* The experiments of the notes (experiments_list.c), and how many. */
extern const struct experiment experiments[];
extern const int experiment_count;

#endif
