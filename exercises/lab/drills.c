/* The drills: their names, as plans.c calls them, and what is run. */
#include "drills.h"

#include <string.h>

static const struct scenario drills[] = {
    { "a speaker beside a client that does not read", drill_slow_reader },
    { "one client asks the database", drill_question },
    { "an echo beside five that ask", drill_echo_beside_questions },
    { "clients that ask and go", drill_ask_and_go },
    { "five bytes and goodbye", drill_gone_at_once },
    { "the next message right after the answer", drill_next_message },
    { "four floods in front of a small client", drill_floods_in_front },
    { "goodbye while the server owes bytes", drill_goodbyes },
    { "an answer to the first message", drill_answer },
    { "messages, each shorter than the one before", drill_shorter },
    { "one comes while another one goes", drill_come_and_go },
    { "one speaks beside one that is silent", drill_speak_beside_silent },
    { "a beat each 200 ms", drill_beats },
    { "the beats beside traffic", drill_beats_beside_traffic },
};

const struct scenario *find_drill(const char *name)
{
    for (size_t i = 0; i < sizeof drills / sizeof drills[0]; i++)
        if (drills[i].run != NULL && strcmp(drills[i].name, name) == 0)
            return &drills[i];
    return NULL;
}
