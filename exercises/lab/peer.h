/* Peers: the connections with which the laboratory talks to a server or to a client under test. One
   thread drives all of them, so what they do is in order and can be told as a dialogue.

   A peer sends to_send bytes of a pattern, cut as it is told, and compares whatever comes back with
   the same pattern. Every peer begins at another place of the pattern, so bytes that are lost,
   doubled, swapped, or another client's are all seen. */
#ifndef PEER_H
#define PEER_H

#include "report.h"

#include <winsock2.h>
#include <stdbool.h>

#define MAX_PEERS 256

struct peer {
    /* The plan. */
    const char *name;           /* in the dialogue and in reasons; NULL: "client N" */
    unsigned long long to_send;
    int piece;                  /* at most so many bytes in a send; 0: as many as possible */
    bool random_cuts;           /* each send takes 1 to piece bytes */
    bool lockstep;              /* sends a piece only when the one before has come back */
    bool deaf;                  /* does not read. May be changed between two runs */
    bool no_half_close;         /* stays open after the last byte, and is done when all has come back */
    bool forever;               /* a flood: to_send does not count */

    /* The state. Bytes. */
    SOCKET socket;
    int number;
    unsigned start;             /* where in the pattern it begins */
    unsigned long long sent, received;
    bool said_all;              /* the half-close is done */
    bool done;                  /* everything as planned, or verdict set */
    double last_progress;       /* now() */
    double piece_sent_at;       /* lockstep */
    double slowest;             /* lockstep: the longest that a piece took to come back, seconds */
    struct verdict verdict;
};

/* The bytes at offset from start in the pattern: *length of them lie at the returned address. */
const char *pattern(unsigned start, unsigned long long offset, int *length);

/* Connects to a port of 127.0.0.1 (or of address). Sets p->number and start; the plan may be filled in
   before or after. false: could not; *error is Winsock's number. */
bool connect_peer(struct peer *p, int port, int *error);
SOCKET connect_to(const char *address, int port, int *error);

/* Drives the peers until all are done, or seconds are over, or nothing has moved for patience seconds
   (0: may be still). Peers that are late then are told apart: STALL, LOST_TAIL, NO_CLOSE, SLOW. */
void run_peers(struct peer *peers, int count, double seconds, double patience);

/* The same, but being late is no fault: whoever is not done goes on in the next run. */
void run_peers_for(struct peer *peers, int count, double seconds);

/* Closes: with a FIN, or with a reset. */
void close_peer(struct peer *p);
void reset_peer(struct peer *p);

/* Takes over the first fault of any of the peers. true: there is none. */
bool all_fine(struct peer *peers, int count, struct verdict *v);

/* A port of 127.0.0.1 on which nobody listens, from a range that the system does not hand out. */
int free_port(void);

/* Starts Winsock, or ends the program. */
void start_winsock(void);

#endif
