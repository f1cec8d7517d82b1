/* Drills of chapter 07: packets (07j). Those for what is done already are saved, and nobody starves by that. */
#include "list.h"
#include "timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

/* ---- How many packets? ---- */

#define MESSAGES     50
#define MOST_PACKETS 1.5        /* for a message: one for its receive, and sometimes one that the server has posted */

/* The calls in which workers have taken packets, by the server's trace so far. */
static int count_packets(void)
{
    char *text = read_trace(), *rest = text;
    struct event e;
    int packets = 0;

    if (text == NULL)
        die("the traced server has left no trace");
    while (next_event(&rest, &e))
        packets += strcmp(e.name, "GetQueuedCompletionStatus") == 0
                   || strcmp(e.name, "GetQueuedCompletionStatusEx") == 0;
    free(text);
    return packets;
}

void drill_few_packets(struct trial *t)
{
    struct peer peer = { .name = "the client", .no_half_close = true };
    int packets;

    if (!connect_client(t, &peer))
        return;
    Sleep(100);                         /* now the server waits for the first message */
    packets = -count_packets();
    for (int i = 0; i < MESSAGES && t->verdict.symptom == PASS; i++)
        exchange(t, &peer, 64, 6, 3);
    Sleep(100);                         /* the packet of the last send, if there is one */
    packets += count_packets();
    close_peer(&peer);
    measured("%d packets for %d messages", packets, MESSAGES);
    if (t->verdict.symptom == PASS && packets > MOST_PACKETS * MESSAGES)
        fail(&t->verdict, WASTE, "for %d small messages, one after the other, the workers took %d packets; if none "
             "comes for what is done already, %.0f are more than enough", MESSAGES, packets, MOST_PACKETS * MESSAGES);
}

/* ---- Does anybody starve? ---- */

#define MOST_FLOODS 256
#define ENOUGH      (1 << 20)   /* bytes that each has back if all are served in turn: sixteen buffers */

/* Two floods for each worker, two workers for each processor. Each receive is delayed (see the plan), so that a flood
   always has its next bytes there before the server asks. */
void drill_floods_and_workers(struct trial *t)
{
    static struct peer peers[MOST_FLOODS];
    SYSTEM_INFO machine;
    unsigned long long back = 0;
    int count;
    bool fine = true;

    GetSystemInfo(&machine);
    count = 4 * (int)machine.dwNumberOfProcessors < MOST_FLOODS ? 4 * (int)machine.dwNumberOfProcessors : MOST_FLOODS;
    for (int i = 0; i < count && fine; i++) {
        peers[i] = (struct peer){ .name = "a flood", .forever = true };
        fine = connect_client(t, &peers[i]);
    }
    if (fine)
        wait_for_count(&t->server, "connected", count, 10000);
    note("%d floods are connected", count);
    for (double end = now() + 30; fine && back < (unsigned long long)count * ENOUGH && now() < end; ) {
        run_peers_for(peers, count, 0.05);
        back = 0;
        for (int i = 0; i < count; i++)
            back += peers[i].received;
    }
    note("they have %llu bytes back", back);
    if (fine && back < (unsigned long long)count * ENOUGH)
        fail(&t->verdict, STALL, "%d floods had only %llu bytes back within 30 s", count, back);
    if (fine && all_fine(peers, count, &t->verdict))
        served_equally(t, peers, count);
    for (int i = 0; i < count; i++)
        reset_peer(&peers[i]);
}
