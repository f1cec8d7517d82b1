/* The mixture: all kinds of clients in about a second, for many runs with different seeds. */
#include "inside.h"

#include <windows.h>
#include <string.h>

/* Messages of many sizes and cuts, at the same time, and one that does not read at first. */
static void play_together(struct trial *t)
{
    struct peer peers[] = {
        { .name = "a client with one byte", .to_send = 1 },
        { .name = "a client with 4097 bytes", .to_send = 4097 },
        { .name = "a client with 65536 bytes", .to_send = 65536 },
        { .name = "a client byte by byte", .to_send = 60, .piece = 1, .lockstep = true },
        { .name = "a client with messages", .to_send = 40000, .piece = 1000, .lockstep = true },
        { .name = "a client with random cuts", .to_send = 200000, .piece = 9000, .random_cuts = true },
        { .name = "a client with much", .to_send = 1 << 20 },
        { .name = "a client that reads late", .to_send = 600000, .deaf = true },
    };
    int count = sizeof peers / sizeof peers[0];

    for (int i = 0; i < count; i++)
        if (!connect_client(t, &peers[i]))
            return;
    run_peers_for(peers, count, 0.1);
    peers[count - 1].deaf = false;
    run_peers(peers, count, 30, 5);
    all_fine(peers, count, &t->verdict);
    for (int i = 0; i < count; i++)
        close_peer(&peers[i]);
}

/* Some leave in the middle, some say goodbye at once. */
static void play_leaving(struct trial *t)
{
    for (int i = 0; i < 12 && t->verdict.symptom == PASS; i++) {
        struct peer leaver = { .name = "a client that resets", .to_send = 300000, .deaf = i % 2 == 0,
                               .no_half_close = true };
        struct peer short_one = { .name = "a client that says five bytes and goodbye", .to_send = 5 };

        if (!connect_client(t, &leaver) || !connect_client(t, &short_one))
            return;
        run_peers_for(&leaver, 1, 0.003 * (i % 4));
        reset_peer(&leaver);
        run_peers(&short_one, 1, 10, 5);
        all_fine(&short_one, 1, &t->verdict);
        close_peer(&short_one);
    }
}

static void try_mixture(struct trial *t)
{
    play_together(t);
    if (t->verdict.symptom == PASS)
        play_leaving(t);
    if (t->verdict.symptom == PASS)
        wait_until_empty(t);
}

const struct scenario mixture = { "mixture", "", "all kinds of clients", try_mixture };
