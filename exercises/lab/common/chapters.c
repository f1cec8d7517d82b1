/* The seven chapters. */
#include "chapters.h"
#include "report.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct chapter chapters[CHAPTERS] = {
    { "01", "01_blocking", 0, "a thread for each client, asleep in recv",
      "each thread's code is simple; each client costs a thread that sleeps" },
    { "02", "02_select", 63, "one thread, asleep in select",
      "every turn names all sockets again, and a set holds 64 of them" },
    { "03", "03_asyncselect", 1000, "one thread, asleep in GetMessage",
      "news are messages: a window's loop is the server's loop" },
    { "04", "04_eventselect", 63, "one thread, asleep in WSAWaitForMultipleEvents",
      "the wait says which socket; one call more says what; 64 handles" },
    { "05", "05_overlapped_event", 63, "one thread, asleep in WSAWaitForMultipleEvents",
      "the event means done, not ready: the bytes are in your buffer" },
    { "06", "06_overlapped_callback", 0, "one thread, asleep in an alertable wait",
      "routines run while the thread waits, and only then" },
    { "07", "07_iocp", 0, "two threads a processor, asleep in GetQueuedCompletionStatus",
      "any worker takes any packet; threads do not grow with clients" },
};

const struct chapter *find_chapter(const char *name)
{
    for (int i = 0; i < CHAPTERS; i++)
        if (strcmp(name, chapters[i].number) == 0 || strcmp(name, chapters[i].number + 1) == 0
            || strcmp(name, chapters[i].name) == 0)
            return &chapters[i];
    return NULL;
}

const struct chapter *chapter_of_id(const char *id)
{
    for (int i = 0; i < CHAPTERS; i++)
        if (strncmp(id, chapters[i].number, 2) == 0)
            return &chapters[i];
    die("\"%s\" belongs to no chapter", id);
}

const struct chapter *chapter_of(const char *path)
{
    for (int i = 0; i < CHAPTERS; i++)
        if (strstr(path, chapters[i].name) != NULL)
            return &chapters[i];
    return NULL;
}

/* A mutant may stand for the chapter's server: SERVER_STEM=.build/mut_04_eventselect_name. */
static const char *other_server(void)
{
    static char stem[100];

    return GetEnvironmentVariableA("SERVER_STEM", stem, sizeof stem) > 0 ? stem : NULL;
}

const char *program_of(const struct chapter *chapter, const char *program)
{
    static char path[120];

    if (strcmp(program, "server") == 0 && other_server() != NULL)
        snprintf(path, sizeof path, "%s.exe", other_server());
    else
        snprintf(path, sizeof path, "%s/%s.exe", chapter->name, program);
    return path;
}

const char *traced_program_of(const struct chapter *chapter, const char *program)
{
    static char path[120];

    if (strcmp(program, "server") == 0 && other_server() != NULL)
        snprintf(path, sizeof path, "%s_traced.exe", other_server());
    else
        snprintf(path, sizeof path, BUILD_FOLDER "/%s_%s_traced.exe", chapter->number, program);
    return path;
}
