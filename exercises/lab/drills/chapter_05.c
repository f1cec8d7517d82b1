/* Drills for the exercises of chapter 05. */
#include "list.h"

#include <stdio.h>

#define PATIENCE 3.0            /* seconds without an answer: less than the battery has */

/* The client sends so many bytes more and has them all back. */
static bool ask(struct trial *t, struct peer *p, unsigned bytes, double patience)
{
    note("%s sends %u bytes", p->name, bytes);
    return exchange(t, p, bytes, 10, patience);
}

/* One message after the other, each as soon as the one before is back. Each is shorter, so a result that belongs to
   another operation shows. */
void drill_shorter(struct trial *t)
{
    struct peer peer = { .name = "the client", .no_half_close = true };

    if (!connect_client(t, &peer))
        return;
    for (unsigned bytes = 1000; bytes > 0; bytes -= 50)
        if (!ask(t, &peer, bytes, PATIENCE))
            break;
    close_peer(&peer);
}

/* Is anybody there? With less patience than the battery's. */
void drill_answer(struct trial *t)
{
    struct peer peer = { .name = "the client", .no_half_close = true };

    if (connect_client(t, &peer))
        ask(t, &peer, 5, PATIENCE);
    close_peer(&peer);
}

/* Client after client comes, and each time the one before says goodbye while the server is still busy with the arrival:
   the traced build delays each WSARecv, also the first one of a new connection. */
void drill_come_and_go(struct trial *t)
{
    struct peer peers[3] = { 0 };
    static const char *names[] = { "the first client", "the second client", "the third client" };
    char line[40];
    int here = 0;

    for (; here < 3 && t->verdict.symptom == PASS; here++) {
        peers[here].name = names[here];
        peers[here].no_half_close = true;
        if (!connect_client(t, &peers[here]))
            break;
        snprintf(line, sizeof line, "#%d connected", here + 1);
        if (!wait_for_output(&t->server, line, 5000)) {
            fail(&t->verdict, STALL, "%s is not greeted with the line \"%s\"", names[here], line);
            break;
        }
        note("%s is connected", names[here]);
        if (here > 0) {
            note("%s says goodbye", names[here - 1]);
            close_peer(&peers[here - 1]);
            snprintf(line, sizeof line, "#%d closed", here);
            wait_for_output(&t->server, line, 2000);
            ask(t, &peers[here], 5, PATIENCE);
        }
    }
    for (int i = 0; i < 3; i++)
        close_peer(&peers[i]);
}
