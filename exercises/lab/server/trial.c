/* Starting, watching and ending a server on trial. */
#include "trial.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* false: it could not be started at all. */
static bool start_on_free_port(struct trial *t)
{
    char command_line[600];

    t->port = free_port();
    snprintf(command_line, sizeof command_line, "%s %d", t->command, t->port);
    note("%s is started", command_line);
    return start_process(&t->server, command_line, t->input, NULL)
           || fail(&t->verdict, NO_LISTEN, "%s could not be started: error %lu", t->command, GetLastError());
}

bool start_server(struct trial *t)
{
    int error;
    SOCKET s;

    /* Between our look and its bind another program may have taken the port: WSAEADDRINUSE. */
    for (int tries = 0; tries < 3; tries++) {
        if (!start_on_free_port(t))
            return false;
        if (wait_for_output(&t->server, "listening on", 10000))
            return true;
        if (is_running(&t->server) || count_in_output(&t->server, "10048") == 0)
            break;
        stop_process(&t->server);
    }

    /* Without the line, but listening? Then only the scenario for the lines shall complain. */
    s = connect_to("127.0.0.1", t->port, &error);
    if (s == INVALID_SOCKET)
        return fail(&t->verdict, NO_LISTEN, "nobody listens on 127.0.0.1:%d: error %d%s", t->port,
                    error, is_running(&t->server) ? "" : "; the server has ended");
    closesocket(s);
    return true;
}

/* Of equal floods none may have so many times as many bytes back as another. */
#define MOST_UNFAIR 3

bool served_equally(struct trial *t, const struct peer *floods, int count)
{
    unsigned long long least = floods[0].received, most = least;

    for (int i = 1; i < count; i++) {
        least = floods[i].received < least ? floods[i].received : least;
        most = floods[i].received > most ? floods[i].received : most;
    }
    measured("of %d floods one has %llu bytes back, another %llu", count, least, most);
    return least >= most / MOST_UNFAIR
           || fail(&t->verdict, SLOW, "of %d equal floods one had %llu bytes back, another %llu", count, least, most);
}

/* How did it end? */
static void report_end(struct trial *t)
{
    unsigned long code = 0;
    char *output = copy_output(&t->server);
    char *last = output + strlen(output);

    while (last > output && (last[-1] == '\n' || last[-1] == '\r'))
        *--last = '\0';
    while (last > output && last[-1] != '\n')
        last--;
    wait_for_exit(&t->server, 0, &code);
    fail(&t->verdict, symptom_of_exit(code), "the server ended with exit code 0x%lx; its last line: %s",
         code, last);
    free(output);
}

bool connect_client(struct trial *t, struct peer *peer)
{
    int error;

    if (connect_peer(peer, t->port, &error)) {
        t->clients++;
        return true;
    }
    if (!is_running(&t->server))
        report_end(t);
    return fail(&t->verdict, REFUSED, "a client could not connect: error %d", error);
}

bool serve_all(struct trial *t, struct peer *peers, int count, double seconds)
{
    bool fine = true;

    for (int i = 0; i < count && fine; i++)
        fine = connect_client(t, &peers[i]);
    if (fine) {
        note("%d client%s connected", count, count == 1 ? " is" : "s are");
        run_peers(peers, count, seconds, 5);
        fine = all_fine(peers, count, &t->verdict);
    }
    for (int i = 0; i < count; i++) {
        t->bytes += peers[i].received;
        close_peer(&peers[i]);
    }
    return fine;
}

bool exchange(struct trial *t, struct peer *peer, unsigned bytes, double seconds, double patience)
{
    unsigned long long before = peer->received;

    peer->to_send += bytes;
    peer->done = false;
    run_peers(peer, 1, seconds, patience);
    t->bytes += peer->received - before;
    return all_fine(peer, 1, &t->verdict);
}

void wait_until_empty(struct trial *t)
{
    double end = now() + 2;

    while (now() < end && is_running(&t->server)
           && count_in_output(&t->server, "connected") >
              count_in_output(&t->server, "closed after") + count_in_output(&t->server, "reset after"))
        Sleep(5);
}

/* The last lines of the server, for the dialogue. */
static void note_output(struct trial *t)
{
    char *output = copy_output(&t->server);
    char *at = output + strlen(output);
    int lines = 0;

    while (at > output && !(at[-1] == '\n' && ++lines > 3))
        at--;
    for (char *line = strtok(at, "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
        note("the server's last words: %s", line);
    free(output);
}

static void try_one_more(struct trial *t)
{
    struct peer peer = { .name = "one more client, afterwards,", .to_send = 5 };

    serve_all(t, &peer, 1, 5);
}

/* A server that answers no more either sleeps where nobody wakes it, or runs in circles: worth knowing. */
static void note_processor(struct trial *t)
{
    double before = measure(&t->server).cpu, used;

    Sleep(200);
    used = measure(&t->server).cpu - before;
    note(used > 0.1 ? "the server runs in circles: it used %.0f of the last 200 ms of a processor" :
         used > 0.015 ? "the server does not sleep: it used %.0f of the last 200 ms of a processor" :
         "the server sleeps: it used %.0f of the last 200 ms of a processor", used * 1000);
}

void end_trial(struct trial *t)
{
    bool started = t->server.handle != NULL;
    unsigned long code;

    if (started && t->verdict.symptom == PASS && is_running(&t->server))
        try_one_more(t);
    if (started && t->verdict.symptom != PASS)
        wait_for_exit(&t->server, crash_time(), &code);     /* a client sees a crash before the process has ended */
    if (started && !is_running(&t->server)) {
        /* That it ended explains whatever else was seen. */
        t->verdict.symptom = PASS;
        report_end(t);
    }
    if (started && t->verdict.symptom == STALL && is_running(&t->server))
        note_processor(t);
    if (started && t->verdict.symptom != PASS)
        note_output(t);
    if (started && t->verdict.symptom != STALL)
        wait_until_empty(t);
    stop_process(&t->server);
}

struct verdict run_scenario(const struct subject *subject, const struct scenario *scenario)
{
    struct trial t = { .command = subject->command, .limit = subject->limit, .input = subject->input,
                       .quick = subject->quick };

    start_dialogue();
    if (start_server(&t))
        scenario->run(&t);
    if (t.clients > 0)
        measured("%d client%s, %llu bytes there and back", t.clients, t.clients == 1 ? "" : "s", t.bytes);
    end_trial(&t);
    return t.verdict;
}
