/* The seven chapters: the one list of what the laboratory must know about them. */
#ifndef CHAPTERS_H
#define CHAPTERS_H

#include <stdbool.h>

#define CHAPTERS 7

struct chapter {
    const char *number;         /* "03" */
    const char *name;           /* "03_asyncselect", which is also its folder */
    int limit;                  /* clients at once; 0: no limit but memory */
    const char *who_waits;      /* for headings */
    const char *notice;         /* what the reader of the demonstration should notice */
};

extern const struct chapter chapters[CHAPTERS];

/* The chapter called "3", "03" or "03_asyncselect"; NULL if there is none. */
const struct chapter *find_chapter(const char *name);

/* The chapter of an exercise or an experiment, such as "04c"; ends the program if there is none. */
const struct chapter *chapter_of_id(const char *id);

/* The chapter in whose folder path lies; NULL if it is none of them. */
const struct chapter *chapter_of(const char *path);

/* "03_asyncselect/server.exe" or "03_asyncselect/client.exe" in a buffer that the next call reuses. */
const char *program_of(const struct chapter *chapter, const char *program);

/* The folder of everything that is built and that no reader opens. */
#define BUILD_FOLDER ".build"

/* ".build/03_server_traced.exe", also in a buffer that the next call reuses. */
const char *traced_program_of(const struct chapter *chapter, const char *program);

#endif
