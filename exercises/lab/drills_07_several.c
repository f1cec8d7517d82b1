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

/* Sends size bytes without reading, and waits until the server has taken them. false: it takes no more. */
static bool fill(struct peer *peer, unsigned long long size)
{
    double moved = now();

    peer->to_send = size;
    while (peer->sent < size && !peer->done && now() - moved < 0.4) {
        unsigned long long before = peer->sent;

        run_peers_for(peer, 1, 0.02);
        if (peer->sent > before)
            moved = now();
    }
    Sleep(60);          /* what is in the system's buffers comes to the server as well */
    return peer->sent == size;
}

/* 07b: resets while the server has a send under way, for the client does not read, and a receive, for it says nothing
   more. How many bytes that takes depends on the system's buffers: so each client sends a little more than the
   one before, until the server takes no more. */
void drill_resets_while_silent(struct trial *t)
{
    bool more = true;

    for (int i = 1; more && i <= 36 && is_running(&t->server); i++) {
        struct peer peer = { .name = "the client that does not read", .deaf = true, .no_half_close = true };

        if (!call(t, &peer))
            return;
        more = fill(&peer, (unsigned long long)i * MIB / 3);
        reset_peer(&peer);
        note("a client has sent %llu KiB, read nothing, and resets", peer.sent / 1024);
        Sleep(20);
    }
}
