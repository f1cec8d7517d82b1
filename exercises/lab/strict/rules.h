/* The one table of rules and freedoms. It is linked into programs on the strict system, and into the laboratory. */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>

/* What a program must do, or must not. */
enum rule {
    NO_RULE,
    ONE_OPERATION_EACH, CLEAN_OVERLAPPED, LENT_MEMORY_STAYS, LENT_BUFFER_UNTOUCHED, EVENT_STAYS, RESULT_ASKED_RIGHT,
    WAIT_FOR_LIVE_EVENTS, SELECT_LIVE_SOCKETS, CLOSED_ALONE, NOTHING_CLOSED, CONTEXT_UPDATED, THREAD_STAYS,
    ONE_SENDER, NO_BLOCKING_IN_ROUTINE, NOTHING_UNDEFINED, ERROR_OF_THE_CALL, ZERO_IS_NOT_THE_END, NOTIFIED_ONCE,
    POOL_TOLD, RESET_WITH_RECORD,
    RULES
};

/* What the system may do. */
enum freedom {
    NO_FREEDOM,
    SHORT_RECV, SHORT_SEND, SEND_REFUSED, READ_GONE, ACCEPT_GONE, ACCEPT_RESET, STALE_MESSAGE, CLOSE_BEFORE_READ,
    READ_AND_CLOSE, ENDS_LATER, ENDS_LATE, WORKER_FIRST, LAST_SLEEPER_FIRST, CONCURRENCY_KEPT, ROUTINE_BEFORE_EVENT,
    ROUTINE_IN_OTHER_WAIT, BUFFER_WRITTEN, BUFFER_READ_LATE, CANCELLED_LATER, RESET_TOLD, HIGH_MEMORY, HIGH_HANDLE,
    PREEMPTED, CONTEXT_NEEDED, TIMEOUT_LATE, OUTPUT_UNDEFINED, ERROR_UNDEFINED,
    FREEDOMS
};

/* The number by which texts call it: "3", "f2". */
const char *rule_id(enum rule rule);
const char *freedom_id(enum freedom freedom);

/* "not free or leave memory that the system has": after "The program must". */
const char *rule_words(enum rule rule);
const char *freedom_words(enum freedom freedom);

/* The title of Microsoft's page, a sentence of it, and the chapters for which it counts: "05 06 07". A freedom with ""
   is taken only if a program gives cause (it cancels, forgets an option, uses a result that is none), or if this system
   does not do it by itself. */
const char *rule_page(enum rule rule);
const char *rule_quote(enum rule rule);
const char *rule_chapters(enum rule rule);
const char *freedom_page(enum freedom freedom);
const char *freedom_quote(enum freedom freedom);
const char *freedom_chapters(enum freedom freedom);

/* By "3" or "f2"; NO_RULE, NO_FREEDOM: there is none. */
enum rule find_rule(const char *id);
enum freedom find_freedom(const char *id);

/* What a program on the strict system leaves for others to see. Interlocked; text is written before reports grows. */
#define MOST_REPORTS 16
struct strict_board {
    volatile long taken[FREEDOMS];      /* how often each freedom was taken */
    volatile long broken[RULES];        /* how often each rule was broken; reported once for each place */
    volatile long reports;
    struct {
        enum rule rule;
        char text[500];
    } report[MOST_REPORTS];
};

#endif
