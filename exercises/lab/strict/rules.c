/* The one table of rules and freedoms: "make rules" prints it, the reports quote it, "lab strict test" goes through
   it. */
#include "rules.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *id, *words, *chapters, *page, *quote;
} rules[RULES] = {
    [ONE_OPERATION_EACH] = { "1", "use an OVERLAPPED for one operation at a time", "05 06 07", "", "" },
    [CLEAN_OVERLAPPED] = { "2", "start an operation with an OVERLAPPED whose unused fields are zero and whose "
                           "hEvent is live or NULL",
        "05 06 07", "", "" },
    [LENT_MEMORY_STAYS] = { "3", "not free or leave memory that the system has: OVERLAPPED and buffer, until the "
                            "end is told",
        "05 06 07", "", "" },
    [LENT_BUFFER_UNTOUCHED] = { "4", "not write into a buffer while an operation on it is under way", "05 06 07", "",
                                "" },
    [EVENT_STAYS] = { "5", "not close or reset the event of an operation that is under way", "05", "", "" },
    [RESULT_ASKED_RIGHT] = { "6", "ask WSAGetOverlappedResult with valid pointers, and let it wait for an event only",
                             "05 06 07", "", "" },
    [WAIT_FOR_LIVE_EVENTS] = { "7", "wait for 1 to 64 different events that are open", "04 05 06", "", "" },
    [SELECT_LIVE_SOCKETS] = { "8", "give select open sockets, at least one, and no more than FD_SETSIZE", "02", "",
                              "" },
    [NOTHING_CLOSED] = { "10", "not use what it has closed or freed, nor close or free it twice", "all", "", "" },
    [CONTEXT_UPDATED] = { "11", "set SO_UPDATE_ACCEPT_CONTEXT after AcceptEx, SO_UPDATE_CONNECT_CONTEXT after "
                          "ConnectEx", "05 07", "", "" },
    [THREAD_STAYS] = { "12", "not end a thread while operations that it has started, and that no port tells, are "
                       "under way",
        "05 06", "", "" },
    [ONE_SENDER] = { "13", "not call WSASend, or WSARecv, for one stream from two threads at the same time", "07", "",
                     "" },
    [NO_BLOCKING_IN_ROUTINE] = { "14", "make no blocking Winsock call in a completion routine", "06", "", "" },
    [NOTHING_UNDEFINED] = { "15", "not use what a call has left undefined", "05 06 07", "", "" },
    [ERROR_OF_THE_CALL] = { "16", "ask for the error of a call that has failed, and at once", "all", "", "" },
    [ZERO_IS_NOT_THE_END] = { "17", "not take the end of a receive that asked for 0 bytes for the end of the "
                              "connection", "07", "", "" },
    [NOTIFIED_ONCE] = { "18", "take a packet, or a routine's call, for the end of an operation, also if the call "
                        "returned 0", "06 07", "", "" },
    [POOL_TOLD] = { "19", "call StartThreadpoolIo before each operation, if the thread pool is to tell its end", "",
                    "", "" },
};

static const struct {
    const char *id, *words, *chapters, *page, *quote;
} freedoms[FREEDOMS] = {
    [SHORT_RECV] = { "a1", "recv gives fewer bytes than are there", "01 02 03 04", "", "" },
    [SHORT_SEND] = { "a2", "a non-blocking send takes fewer bytes than it gets", "02 03 04", "", "" },
    [SEND_REFUSED] = { "a3", "a non-blocking send takes none, and a promise follows", "02 03 04", "", "" },
    [READ_GONE] = { "b1", "what was told as readable is not, when recv is called", "02 03 04", "", "" },
    [ACCEPT_GONE] = { "b2", "a client that was told of is not there, when accept is called", "02 03 04 05 06", "", "" },
    [ACCEPT_RESET] = { "b3", "accept fails, for a client has given up", "all", "", "" },
    [STALE_MESSAGE] = { "c1", "a message of a closed socket is still in the queue", "03", "", "" },
    [HANDLE_REUSED] = { "c2", "a new socket has the number of one that was closed", "all", "", "" },
    [CLOSE_BEFORE_READ] = { "d1", "FD_CLOSE comes while bytes are unread, and no FD_READ after it", "03 04", "", "" },
    [READ_AND_CLOSE] = { "d2", "FD_READ and FD_CLOSE come in one record", "04", "", "" },
    [TOLD_ONCE] = { "e1", "FD_READ does not come again before recv is called", "03 04", "", "" },
    [ENDS_AT_ONCE] = { "f1", "an operation ends inside the call that starts it", "05 06 07", "", "" },
    [ENDS_LATER] = { "f2", "an operation ends after its start, though all that it needs is there", "05 06 07", "", "" },
    [ENDS_LATE] = { "f3", "an end is told late", "03 04 05 06 07", "", "" },
    [OUT_OF_ORDER] = { "f4", "ends of different sockets are told in another order", "05 06 07", "", "" },
    [WORKER_FIRST] = { "g", "a worker handles the packet to its end before the call that started the operation "
                       "returns", "07", "", "" },
    [LAST_SLEEPER_FIRST] = { "h1", "the worker that fell asleep last is woken first", "07", "", "" },
    [CONCURRENCY_KEPT] = { "h2", "no worker is woken while as many run as the port allows", "07", "", "" },
    [ROUTINE_BEFORE_EVENT] = { "i1", "queued routines run before an alertable wait looks at its events", "06", "", "" },
    [ROUTINE_IN_OTHER_WAIT] = { "i2", "routines run inside a blocking Winsock call", "06", "", "" },
    [BUFFER_WRITTEN] = { "j1", "the system writes into a lent buffer before the end", "05 06 07", "", "" },
    [BUFFER_READ_LATE] = { "j2", "the system reads a lent buffer some time after the start", "05 06 07", "", "" },
    [CANCELLED_LATER] = { "j3", "a cancelled operation ends some time later, with 995", "05 06 07", "", "" },
    [RESET_FOR_UNREAD] = { "k1", "a socket that is closed with unread bytes resets its connection", "all", "", "" },
    [RESET_TOLD] = { "k2", "a reset that came before the receive is told as a reset", "all", "", "" },
    [HIGH_MEMORY] = { "l1", "memory lies above 4 GiB", "all", "", "" },
    [HIGH_HANDLE] = { "l2", "the number of a socket is larger than 16 bits", "all", "", "" },
    [PREEMPTED] = { "m", "a thread does not run for some milliseconds, at any call", "all", "", "" },
    [CONTEXT_NEEDED] = { "n", "calls that need SO_UPDATE_..._CONTEXT fail without it", "05 07", "", "" },
    [TIMEOUT_LATE] = { "o", "a timeout comes late, and never early", "03 04 05 06 07", "", "" },
    [OUTPUT_UNDEFINED] = { "p", "what a call leaves undefined is a number that nobody expects", "05 06 07", "", "" },
    [ERROR_UNDEFINED] = { "q", "a call that succeeds leaves some error number behind", "all", "", "" },
};

const char *rule_id(enum rule rule) { return rules[rule].id; }
const char *rule_words(enum rule rule) { return rules[rule].words; }
const char *rule_page(enum rule rule) { return rules[rule].page; }
const char *rule_quote(enum rule rule) { return rules[rule].quote; }
const char *rule_chapters(enum rule rule) { return rules[rule].chapters; }
const char *freedom_id(enum freedom freedom) { return freedoms[freedom].id; }
const char *freedom_words(enum freedom freedom) { return freedoms[freedom].words; }
const char *freedom_page(enum freedom freedom) { return freedoms[freedom].page; }
const char *freedom_quote(enum freedom freedom) { return freedoms[freedom].quote; }
const char *freedom_chapters(enum freedom freedom) { return freedoms[freedom].chapters; }

enum rule find_rule(const char *id)
{
    for (int i = 1; i < RULES; i++)
        if (strcmp(rules[i].id, id) == 0)
            return i;
    return NO_RULE;
}

enum freedom find_freedom(const char *id)
{
    for (int i = 1; i < FREEDOMS; i++)
        if (strcmp(freedoms[i].id, id) == 0)
            return i;
    return NO_FREEDOM;
}
