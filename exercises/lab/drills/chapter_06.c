/* Drills for the exercises of chapter 06. */
#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEAT 0.2                /* seconds, as task.md of 06c says */

/* One client speaks, another one is silent: the bytes must go to the one that sent them. What is wrong is said with
   both still connected: what a server that confuses them does at their end is another story. */
void drill_speak_beside_silent(struct trial *t)
{
    struct peer speaker = { .name = "the first client", .to_send = 100, .no_half_close = true };
    struct peer silent = { .name = "the second client", .no_half_close = true };
    char bytes[200];
    int stray = 0;

    if (!connect_client(t, &speaker) || !connect_client(t, &silent))
        return;
    if (!wait_for_output(&t->server, "#2 connected", 5000)) {
        fail(&t->verdict, STALL, "the second client is not greeted with the line \"#2 connected\"");
        return;
    }
    note("two clients are connected; the first one sends 100 bytes, the second one is silent");
    for (double end = now() + 5; !speaker.done && stray <= 0 && now() < end; ) {
        run_peers_for(&speaker, 1, 0.02);
        stray = recv(silent.socket, bytes, sizeof bytes, 0);
    }
    if (stray > 0)
        note("the second client gets %d bytes", stray);
    if (stray > 0)
        fail(&t->verdict, EXTRA, "the second client has sent nothing, and gets %d bytes: what the first one has said",
             stray);
    else if (!speaker.done)
        fail(&t->verdict, STALL, "the first client has sent 100 bytes, and %llu came back", speaker.received);
    if (t->verdict.symptom != PASS)
        return;
    silent.to_send = 60;
    run_peers(&silent, 1, 10, 5);
    all_fine(&silent, 1, &t->verdict);
    close_peer(&speaker);
    close_peer(&silent);
}

/* ---- Beats ---- */

/* How many lines "beat N, M clients" there are. They must be numbered from 1, without a gap. *clients: M of the
   last. */
static int count_beats(struct trial *t, int *clients)
{
    char *output = copy_output(&t->server);
    int count = 0, number;

    for (char *line = strstr(output, "beat "); line != NULL; line = strstr(line + 1, "beat ")) {
        if (strchr(line, '\n') == NULL)
            break;                      /* half a line: the rest is on its way */
        if (sscanf(line, "beat %d, %d clients", &number, clients) != 2 || number != count + 1)
            fail(&t->verdict, MESSAGE, "after %d beats comes the line \"%.*s\"", count, (int)strcspn(line, "\r\n"),
                 line);
        count++;
    }
    free(output);
    return count;
}

/* Waits until there are so many. */
static bool wait_for_beats(struct trial *t, int count, double seconds)
{
    int clients;

    for (double end = now() + seconds; now() < end; Sleep(5))
        if (count_beats(t, &clients) >= count)
            return t->verdict.symptom == PASS;
    return false;
}

/* Nothing else happens, and the beats come in time; then three clients come, and the beats tell. */
void drill_beats(struct trial *t)
{
    struct peer peers[3] = { 0 };
    double start = now(), five;
    int clients = -1;
    bool fine = true;

    if (!wait_for_beats(t, 1, 2)) {
        fail(&t->verdict, MESSAGE, "within 2 s there is no line \"beat 1, 0 clients\"");
        return;
    }
    note("the first beat came after %.0f ms", (now() - start) * 1000);
    start = now();
    if (!wait_for_beats(t, 6, 15 * BEAT))
        fail(&t->verdict, SLOW, "after the first beat five more should come within 1000 ms; after %.0f ms there are %d",
             (now() - start) * 1000, count_beats(t, &clients) - 1);
    five = now() - start;
    note("five more within %.0f ms", five * 1000);
    if (t->verdict.symptom == PASS && five < 3 * BEAT)
        fail(&t->verdict, MESSAGE, "five beats took %.0f ms, and should take 1000 ms", five * 1000);
    for (int i = 0; i < 3 && fine; i++) {
        peers[i].to_send = 5;
        peers[i].no_half_close = true;
        fine = connect_client(t, &peers[i]);
    }
    if (fine && t->verdict.symptom == PASS) {
        run_peers(peers, 3, 10, 5);
        all_fine(peers, 3, &t->verdict);
        note("three clients are connected");
        wait_for_beats(t, count_beats(t, &clients) + 2, 10 * BEAT);
        count_beats(t, &clients);
        if (clients != 3)
            fail(&t->verdict, MESSAGE, "three clients are connected, and a beat says %d", clients);
    }
    for (int i = 0; i < 3; i++)
        close_peer(&peers[i]);
}

/* One client does not read, another one speaks without a pause; the beats go on. */
void drill_beats_beside_traffic(struct trial *t)
{
    struct peer deaf = { .name = "the client that does not read", .to_send = 64 << 20, .deaf = true,
                         .no_half_close = true };
    struct peer lively = { .name = "the lively client", .to_send = 64 << 20, .piece = 20, .lockstep = true };
    int before, beats, clients;

    if (!connect_client(t, &deaf) || !connect_client(t, &lively))
        return;
    run_peers_for(&deaf, 1, 0.3);
    before = count_beats(t, &clients);
    run_peers_for(&lively, 1, 6 * BEAT);
    beats = count_beats(t, &clients) - before;
    note("beside a client that speaks without a pause there were %d beats in %.0f ms", beats, 6 * BEAT * 1000);
    if (beats < 3)
        fail(&t->verdict, SLOW, "beside a client that speaks without a pause there were %d beats in %.0f ms", beats,
             6 * BEAT * 1000);
    if (beats > 12)
        fail(&t->verdict, MESSAGE, "there were %d beats in %.0f ms", beats, 6 * BEAT * 1000);
    lively.to_send = lively.sent;
    run_peers(&lively, 1, 10, 5);
    all_fine(&lively, 1, &t->verdict);
    close_peer(&lively);
    reset_peer(&deaf);
}
