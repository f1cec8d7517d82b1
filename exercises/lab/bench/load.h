/* The load: many clients of one server, driven by one thread. Each sends a pattern that begins at another place, and
   compares every byte that comes back, so bytes that are lost, doubled, swapped, or another client's are all seen.

   The thread waits at a completion port: a client that is silent costs nothing, and a message costs one WSASend, one
   WSARecv and one packet, however many clients there are. */
#ifndef LOAD_H
#define LOAD_H

#include "numbers.h"

#include "server/server.h"

#define MOST_CLIENTS 1000
#define MESSAGE_SIZE      64         /* bytes */

/* What was measured. The seconds are those of the measured time, without the warming up and the end. */
struct figures {
    int clients;                /* at once; 0: was not measured */
    int speaking;               /* so many of them sent */
    double from, to;            /* now() */
    unsigned long long messages, bytes;     /* that came back in that time */
    double p50, p99, longest;   /* of a message, microseconds; of a churn: from connecting to the server's close */
    double fairness;            /* over the speaking clients */
    int starved;                /* of them so many got nothing in that time */
    double cpu;                 /* seconds that the server's process used */
    size_t memory;              /* bytes that it had at the end */
    int threads;
};

/* Sets up the load for a server that listens. patience: so many seconds without any byte are a STALL. What goes wrong
   is in t->verdict, and then the functions below return false. */
struct load *new_load(struct trial *t, double patience);

/* Connects clients until there are count. Each sends one message and has it back, so the server has accepted it. */
bool open_clients(struct load *l, int count);

/* The first speaking clients send a message, wait for it, send the next. The others are silent. */
bool ping_pong(struct load *l, int speaking, double seconds, struct figures *f);

/* One client sends as much as the server takes, but is never more than a megabyte ahead of what came back. */
bool stream(struct load *l, double seconds, struct figures *f);

/* Clients that connect, send a message, have it back, half-close, and wait for the server's close: at_once at a time,
   at most most in all. (Each leaves its port in TIME_WAIT, and a system has some thousands of them.) */
bool churn(struct load *l, int at_once, int most, double seconds, struct figures *f);

/* All clients say goodbye and wait until the server has closed, too; without that if something went wrong before. */
bool close_clients(struct load *l);
void free_load(struct load *l);

#endif
