/* The room "client": a client on trial, against servers that misbehave (misbehaving.h), with a window, and against each
   of the seven servers. */
#ifndef CLIENT_H
#define CLIENT_H

#include "misbehaving.h"

#include "common/common.h"

/* Every client against servers that misbehave. */
void test_clients(void);

/* One case, by its key, for one client; nothing printed. Ends the program if there is no such case. */
struct verdict check_client(const char *program, const char *key);
bool is_client_case(const char *key);

/* The keys of the cases that a client of that chapter must pass, from 0; NULL: there are no more. */
const char *client_case_number(int i, int chapter);

/* All cases for a client of that chapter; prints a line each. */
void check_client_cases(const char *program, int chapter);

/* The same, nothing printed, until one fails: its verdict, and *failed is its name. */
struct verdict check_client_quietly(const char *program, int chapter, const char **failed);

/* Has the client ended as it must? Exit code as expected, and if that is 1, one line "client: ..." with one of the
   words that says has between '|'. Waits limit milliseconds. */
void judge_client(struct verdict *v, struct process *client, unsigned long expected, const char *says, int limit);

/* The window of chapter 03's client, as a user has it. Skipped where there is no desktop. */
void test_window(void);

/* Every client against every server, a file there and back. */
void test_pairs(void);

#endif
