/* The drills: their names, as plans.c calls them, and what is run. */
#include "drills.h"

#include <string.h>

static const struct scenario drills[] = {
    { "a speaker beside a client that does not read", drill_slow_reader },
    { "an answer to the first message", drill_answer },
    { "messages, each shorter than the one before", drill_shorter },
    { "one comes while another one goes", drill_come_and_go },
    { "one speaks beside one that is silent", drill_speak_beside_silent },
    { "a beat each 200 ms", drill_beats },
    { "the beats beside traffic", drill_beats_beside_traffic },
    { "07b resets from clients that do not read",         drill_resets_while_silent },
    { "07c a client that speaks three times",            drill_speaks_again },
    { "07e one speaks, all hear it",                     drill_one_speaks },
    { "07e two speak at the same moment",                drill_two_speak },
    { "07e four speak without a pause",                  drill_all_speak },
    { "", NULL },
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
