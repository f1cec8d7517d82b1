/* The room "server": a server on trial. Clients that compare every byte (peer.h), the server that is started, watched
   and ended (trial.h), the battery of scenarios, the soak, and servers that are wrong on purpose, by which the battery
   is tested itself. */
#ifndef SERVER_H
#define SERVER_H

#include "trial.h"

/* The battery: all scenarios, or those that only names: by a promise ("S1"), a key ("many-clients"), or a part of the
   words; NULL: all. Prints a line each and counts them. Ends the program if only names none. */
void check_server(const struct subject *subject, const char *only);

/* The whole battery, nothing printed, until a scenario fails: its verdict, and *failed are its words. */
struct verdict check_quietly(const struct subject *subject, const char **failed);

/* A scenario of the battery by its key; NULL: there is none. */
const struct scenario *find_scenario(const char *key);

/* The scenarios of the battery in their order, from 0; NULL: there are no more. */
const struct scenario *scenario_number(int i);

/* For some seconds a mixture of all kinds of clients; prints a line. */
void test_soak(const struct chapter *chapter);

/* Does the battery find what is wrong? only: the fault of one wrong server; NULL: all. */
void test_wrong_servers(const char *only);

/* lab wrong FAULT PORT: is such a server, until it is ended. */
_Noreturn void be_wrong_server(int argc, char **argv);

/* The command line, without the port, that starts the wrong server with that fault; in a buffer that the next call
   reuses. */
const char *wrong_server_command(const char *fault);

#endif
