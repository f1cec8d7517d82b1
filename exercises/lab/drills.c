/* The drills: their names, as plans.c calls them, and what is run. */
#include "drills.h"

#include <string.h>

static const struct scenario drills[] = {
    { "one client asks the database",                  drill_question },
    { "an echo beside five that ask",                  drill_echo_beside_questions },
    { "clients that ask and go",                       drill_ask_and_go },
    { "five bytes and goodbye",                        drill_gone_at_once },
    { "the next message right after the answer",      drill_next_message },
    { "four floods in front of a small client",        drill_floods_in_front },
    { "goodbye while the server owes bytes",           drill_goodbyes },
};

const struct scenario *find_drill(const char *name)
{
    for (size_t i = 0; i < sizeof drills / sizeof drills[0]; i++)
        if (drills[i].run != NULL && strcmp(drills[i].name, name) == 0)
            return &drills[i];
    return NULL;
}
