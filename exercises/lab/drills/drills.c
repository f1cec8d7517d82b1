/* The drills: their keys, by which learn/plans.c calls them, and what is run. */
#include "drills.h"
#include "list.h"

#include <string.h>

static const struct scenario drills[] = {
    { "slow-reader",            "", "a speaker beside a client that does not read", drill_slow_reader },
    { "quiet-while-owed",       "", "who is owed bytes does not read", drill_quiet_while_owed },
    { "one-by-one",             "", "a hundred clients, never two at once", drill_come_and_go_alone },
    { "first-and-last-leave",   "", "three come, the first and the last leave", drill_first_and_last_leave },
    { "one-question",           "", "one client asks the database", drill_question },
    { "echo-beside-questions",  "", "an echo beside five that ask", drill_echo_beside_questions },
    { "ask-and-go",             "", "clients that ask and go", drill_ask_and_go },
    { "gone-at-once",           "", "five bytes and goodbye", drill_gone_at_once },
    { "next-message",           "", "the next message right after the answer", drill_next_message },
    { "floods-in-front",        "", "four floods in front of a small client", drill_floods_in_front },
    { "goodbyes",               "", "goodbye while the server owes bytes", drill_goodbyes },
    { "one-answer",             "", "an answer to the first message", drill_answer },
    { "shorter",                "", "messages, each shorter than the one before", drill_shorter },
    { "one-comes-one-goes",     "", "one comes while another one goes", drill_come_and_go },
    { "beside-silent",          "", "one speaks beside one that is silent", drill_speak_beside_silent },
    { "beats",                  "", "a beat each 200 ms", drill_beats },
    { "beats-beside-traffic",   "", "the beats beside traffic", drill_beats_beside_traffic },
    { "resets-while-silent",    "", "resets from clients that do not read", drill_resets_while_silent },
    { "failed-send",            "", "the answer cannot be sent", drill_failed_send },
    { "speaks-again",           "", "a client that speaks three times", drill_speaks_again },
    { "one-speaks",             "", "one speaks, all hear it", drill_one_speaks },
    { "two-speak",              "", "two speak at the same moment", drill_two_speak },
    { "all-speak",              "", "four speak without a pause", drill_all_speak },
    { "reset-by-reset",         "", "a reset, then a healthy client, many times", drill_reset_by_reset },
    { "message-by-message",     "", "one message after the other", drill_message_by_message },
    { "stop-alone",             "", "stdin ends, nobody is connected", drill_stop_alone },
    { "stop-busy",              "", "a line on stdin, four are connected", drill_stop_busy },
    { "one-after-another",      "", "forty clients, one after the other", drill_one_after_another },
    { "few-packets",            "", "the packets for fifty messages", drill_few_packets },
    { "floods-and-workers",     "", "more floods than workers", drill_floods_and_workers },
    { "after-slow-echo",        "", "it speaks again soon after an echo that took long", drill_after_slow_echo },
    { "silent-and-active",      "", "silent clients and active ones", drill_silent_clients },
};

const struct scenario *find_drill(const char *key)
{
    for (size_t i = 0; i < sizeof drills / sizeof drills[0]; i++)
        if (strcmp(drills[i].key, key) == 0)
            return &drills[i];
    return NULL;
}
