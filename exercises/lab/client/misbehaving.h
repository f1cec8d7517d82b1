/* Servers that misbehave on purpose, for the clients: each a function that treats one connection. One server at a time:
   it is a thread of the laboratory, and there is one count of what it has sent. */
#ifndef MISBEHAVING_H
#define MISBEHAVING_H

#include <winsock2.h>

typedef void (*behaviour)(SOCKET client);

void close_at_once(SOCKET client);
void reset_in_the_middle(SOCKET client);
void close_in_the_middle(SOCKET client);
void close_before_the_last_byte(SOCKET client);
void read_and_never_answer(SOCKET client);
void never_read(SOCKET client);
void answer_byte_by_byte(SOCKET client);
void answer_with_pauses(SOCKET client);
void send_too_much(SOCKET client);
void send_unasked(SOCKET client);
void never_close(SOCKET client);
void close_after_a_while(SOCKET client);
void echo(SOCKET client);

struct bad_server;

/* Listens on a free port of 127.0.0.1, *port; each connection gets a thread that runs behave. */
struct bad_server *start_bad_server(behaviour behave, int *port);

/* How many bytes the server has sent since it was started: whoever stops counting is stuck. */
long count_sent_bytes(void);

/* Accepts no more, and lets go of the connections that are there. */
void stop_bad_server(struct bad_server *server);

#endif
