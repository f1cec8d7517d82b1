/* The seven chapters. */
#include "chapters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct chapter chapters[CHAPTERS] = {
    { "01", "01_blocking", 0, "a thread for each client, asleep in recv",
      "recv, after the wake-up" },
    { "02", "02_select", 63, "one thread, asleep in select",
      "recv, after the wake-up" },
    { "03", "03_asyncselect", 1000, "one thread, asleep in GetMessage",
      "recv, after the wake-up" },
    { "04", "04_eventselect", 63, "one thread, asleep in WSAWaitForMultipleEvents",
      "recv, after the wake-up" },
    { "05", "05_overlapped_event", 63, "one thread, asleep in WSAWaitForMultipleEvents",
      "the system, before the wake-up" },
    { "06", "06_overlapped_callback", 0, "one thread, asleep in an alertable wait",
      "the system, before the wake-up" },
    { "07", "07_iocp", 0, "a thread for each processor, asleep in GetQueuedCompletionStatus",
      "the system, before the wake-up" },
};

const struct chapter *find_chapter(const char *name)
{
    for (int i = 0; i < CHAPTERS; i++)
        if (strcmp(name, chapters[i].number) == 0 || strcmp(name, chapters[i].number + 1) == 0
            || strcmp(name, chapters[i].name) == 0)
            return &chapters[i];
    return NULL;
}

const struct chapter *chapter_of(const char *path)
{
    for (int i = 0; i < CHAPTERS; i++)
        if (strstr(path, chapters[i].name) != NULL)
            return &chapters[i];
    return NULL;
}

const char *program_of(const struct chapter *chapter, const char *program)
{
    static char path[80];

    snprintf(path, sizeof path, "%s/%s.exe", chapter->name, program);
    return path;
}
