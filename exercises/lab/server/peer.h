/* Peers: the connections with which the laboratory talks to a server or to a client under test. One
   thread drives all of them, so what they do is in order and can be told as a dialogue.

   A peer sends to_send bytes of a pattern, cut as it is told, and compares whatever comes back with
   the same pattern. Every peer begins at another place of the pattern, so bytes that are lost,
   doubled, swapped, or another client's are all seen. */
#ifndef PEER_H
#define PEER_H

#include "common/common.h"
#include "common/sockets.h"

struct peer {
    /* The plan. */
    const char *name;           /* in the dialogue and in reasons; NULL: "a client", with number */
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
    bool done;                  /* everything as planned, or verdict set. Who changes the plan of a peer that is done
                                   sets it to false, and runs it again */
    double last_progress;       /* now() */
    double piece_sent_at;       /* lockstep */
    double slowest;             /* lockstep: the longest that a piece took to come back, seconds; one that has not come
                                   back is not in it */
    struct verdict verdict;
};

/* Connects to a port of 127.0.0.1. Sets p->number and start; the plan may be filled in before or after. false: could
   not; *error is Winsock's number. */
bool connect_peer(struct peer *p, int port, int *error);

/* Drives the peers until all are done, or seconds are over, or no byte of any of them has moved for patience seconds
   (0: may be still): the patience is that of the group. Peers that are late then are told apart: STALL, LOST_TAIL,
   NO_CLOSE, SLOW. */
void run_peers(struct peer *peers, int count, double seconds, double patience);

/* The same, but being late is no fault: whoever is not done goes on in the next run. Returns at once when nobody is
   left who has anything to do. */
void run_peers_for(struct peer *peers, int count, double seconds);

/* Lets a peer that does not read send up to most bytes, until none has gone out for quiet seconds: then the server, or
   its system, takes no more. false: it is done before, or all most bytes have gone out. */
bool fill_server(struct peer *p, unsigned long long most, double quiet);

/* Closes: with a FIN, or with a reset. A peer that is not connected (all zero, or closed) is left as it is. */
void close_peer(struct peer *p);
void reset_peer(struct peer *p);

/* Takes over the first fault of any of the peers. true: there is none. */
bool all_fine(struct peer *peers, int count, struct verdict *v);

#endif
