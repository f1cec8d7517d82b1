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
    { "resets from clients that do not read", drill_resets_while_silent },
    { "a client that speaks three times", drill_speaks_again },
    { "one speaks, all hear it", drill_one_speaks },
    { "two speak at the same moment", drill_two_speak },
    { "four speak without a pause", drill_all_speak },
    { "a reset, then a healthy client, many times", drill_reset_by_reset },
    { "one message after the other", drill_message_by_message },
    { "stdin ends, nobody is connected", drill_stop_alone },
    { "a line on stdin, four are connected", drill_stop_busy },
    { "forty clients, one after the other", drill_one_after_another },
    { "silent clients and active ones", drill_silent_clients },
};

const struct scenario *find_drill(const char *name)
{
    for (size_t i = 0; i < sizeof drills / sizeof drills[0]; i++)
        if (strcmp(drills[i].name, name) == 0)
            return &drills[i];
    return NULL;
}
