/* The drills: their names, as plans.c calls them, and what is run. */
#include "drills.h"

#include <string.h>

static const struct scenario drills[] = {
    { "07a a reset, then a healthy client, many times",  try_reset_by_reset },
    { "07d one message after the other",                 try_message_by_message },
    { "07g stdin ends, nobody is connected",             try_stop_alone },
    { "07g a line on stdin, four are connected",         try_stop_busy },
    { "07h forty clients, one after the other",          try_one_after_another },
    { "07i silent clients and active ones",              try_silent_clients },
};

const struct scenario *find_drill(const char *name)
{
    for (size_t i = 0; i < sizeof drills / sizeof drills[0]; i++)
        if (strcmp(drills[i].name, name) == 0)
            return &drills[i];
    return NULL;
}
