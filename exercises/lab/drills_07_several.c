/* Drills of chapter 07: clients of a server that has several operations, or several workers, at once. */
#include "drills.h"

#define MIB (1 << 20)

/* 07c: a client that speaks, hears, and speaks again. Was it shown out after its first words? A server that closes with
   bytes unread sends a reset behind its goodbye; to this client both are an end that comes too early. */
void drill_speaks_again(struct trial *t)
{
    struct peer peer = { .name = "the client that speaks three times", .to_send = 15, .piece = 5, .lockstep = true,
                         .no_half_close = true };

    if (!call(t, &peer))
        return;
    run_peers(&peer, 1, 10, 5);
    if (peer.verdict.symptom == RESET)
        peer.verdict.symptom = EARLY_CLOSE;
    all_fine(&peer, 1, &t->verdict);
    close_peer(&peer);
}
