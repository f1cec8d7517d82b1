/* Every call may fail. A standard scenario is run once with the traced program to learn which calls it makes,
   and where; then once for each of these call sites, and the call fails there the first time it is reached. */
#include "proof.h"
#include "client/client.h"
#include "server/server.h"
#include "timeline/timeline.h"
#include "trace/trace.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SITES 80

struct site {
    char call[40];
    int line;
};

/* With which error a call fails; the calls that are not here: WSAENOBUFS. */
static const struct { const char *call; int error; } errors[] = {
    { "recv", WSAECONNRESET }, { "send", WSAECONNRESET }, { "accept", WSAECONNRESET },
    { "bind", WSAEADDRINUSE }, { "socket", WSAEMFILE }, { "connect", WSAECONNREFUSED },
    { "ConnectEx", WSAECONNREFUSED }, { "WSAStartup", WSASYSNOTREADY }, { "getaddrinfo", WSAHOST_NOT_FOUND },
    { "WSAGetOverlappedResult", WSAECONNRESET }, { "calloc", ERROR_NOT_ENOUGH_MEMORY },
    { "_beginthreadex", ERROR_NOT_ENOUGH_MEMORY }, { "CreateEvent", ERROR_NOT_ENOUGH_MEMORY },
    { "CloseHandle", ERROR_INVALID_HANDLE },
    { "SetEvent", ERROR_INVALID_HANDLE }, { "WaitForSingleObject", ERROR_INVALID_HANDLE },
    { "OpenThread", ERROR_ACCESS_DENIED }, { "CreateIoCompletionPort", ERROR_NOT_ENOUGH_MEMORY },
    { "GetQueuedCompletionStatus", ERROR_INVALID_HANDLE }, { "PostQueuedCompletionStatus", ERROR_NOT_ENOUGH_MEMORY },
    { "QueueUserAPC", ERROR_NOT_ENOUGH_MEMORY }, { "ReadFile", ERROR_ACCESS_DENIED },
    { "WriteFile", ERROR_ACCESS_DENIED }, { "RegisterClass", ERROR_NOT_ENOUGH_MEMORY },
    { "CreateWindowEx", ERROR_NOT_ENOUGH_MEMORY }, { "GetMessage", ERROR_INVALID_HANDLE },
    { "PostMessage", ERROR_NOT_ENOUGH_QUOTA }, { "SetTimer", ERROR_NOT_ENOUGH_MEMORY },
    { "KillTimer", ERROR_INVALID_HANDLE }, { "CancelIoEx", ERROR_NOT_FOUND },
};

static int error_of(const char *call)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (strcmp(errors[i].call, call) == 0)
            return errors[i].error;
    return WSAENOBUFS;
}

/* "FAULT=recv@81=10054" */
static const char *fault_at(const struct site *site)
{
    static char fault[80];

    snprintf(fault, sizeof fault, "FAULT=%s@%d=%d", site->call, site->line, error_of(site->call));
    return fault;
}

/* These have no failure to be made up. */
static bool cannot_fail(const char *call)
{
    return strcmp(call, "SleepEx") == 0 || strcmp(call, "free") == 0 || ends_with(call, "CriticalSection")
           || ends_with(call, "SRWLockExclusive");
}

/* The call sites in a trace file, each once. */
static int read_sites(const char *trace, struct site *sites)
{
    size_t size;
    char *text = read_file(trace, &size);
    struct event event;
    int count = 0;

    for (char *rest = text; next_event(&rest, &event); ) {
        int i = 0;

        if (strcmp(event.kind, "event") == 0 || cannot_fail(event.name))
            continue;
        while (i < count && (sites[i].line != event.line || strcmp(sites[i].call, event.name) != 0))
            i++;
        if (i < count)
            continue;
        if (count == MAX_SITES)
            die("more than %d call sites", MAX_SITES);
        snprintf(sites[count].call, sizeof sites[count].call, "%s", event.name);
        sites[count++].line = event.line;
    }
    free(text);
    return count;
}

/* ---- Servers ---- */

/* A says five bytes and stays; B sends 200,000; C does not read until the server takes no more; D resets. */
static void standard_clients(struct trial *t, struct peer *peers)
{
    int error;

    peers[0] = (struct peer){ .name = "A", .to_send = 5, .no_half_close = true };
    peers[1] = (struct peer){ .name = "B", .to_send = 200000 };
    peers[2] = (struct peer){ .name = "C", .to_send = 12 << 20, .deaf = true };
    peers[3] = (struct peer){ .name = "D", .to_send = 5, .no_half_close = true };
    /* A alone, the others together: a fault while one client comes, and while several do. */
    for (int i = 0; i < 4; i++) {
        if (!connect_peer(&peers[i], t->port, &error))
            peers[i].done = true;       /* the listener is gone: what follows will say why */
        if (i == 0)
            run_peers_for(peers, 1, 0.03);
    }
    run_peers_for(peers, 4, 0.15);
    reset_peer(&peers[3]);
    peers[3].done = true;
    peers[2].deaf = false;
    peers[0].done = peers[0].verdict.symptom != PASS;
    peers[0].no_half_close = false;
    run_peers(peers, 3, 20, 4);
}

/* The calls that serve nobody in particular: when one of them fails, a server may have to let go of everybody. */
static bool is_common_call(const char *call)
{
    return waits_for_news(call);
}

/* The connection that meets the fault may suffer, and only that one; it must not hang, nor get wrong bytes. */
static void judge_clients(struct trial *t, struct peer *peers, bool all_may_suffer)
{
    int suffered = 0;

    for (int i = 0; i < 3; i++) {
        enum symptom symptom = peers[i].verdict.symptom;

        if (symptom == RESET || symptom == EARLY_CLOSE || symptom == LOST_TAIL)
            suffered++;
        else
            all_fine(&peers[i], 1, &t->verdict);
    }
    if (suffered > 1 && !all_may_suffer)
        fail(&t->verdict, EARLY_CLOSE, "one call failed, once, and %d of three connections ended too early", suffered);
}

/* It has ended: that is right only before the first client, with exit code 1 and a line that says why. */
static void judge_end(struct trial *t)
{
    char *output = copy_output(&t->server);
    char *line = strstr(output, "server: ");
    unsigned long code = 0;

    wait_for_exit(&t->server, 1000, &code);
    if (strstr(output, "connected") != NULL || code != 1 || line == NULL)
        fail(&t->verdict, symptom_of_exit(code), "the server ended with exit code 0x%lx; it said: %s", code, output);
    note("it ended with exit code %lu: %s", code, line != NULL ? line : "");
    free(output);
}

/* What is taken and given back by calls: as many of each, and nothing is leaked. */
static const struct { const char *take, *give; } resources[] = {
    { "accept", "closesocket" }, { "calloc", "free" }, { "WSACreateEvent", "WSACloseEvent" },
    { "_beginthreadex", "CloseHandle" },
};
#define RESOURCES 4

/* How many more of each were taken than given back, by the trace. */
static void count_held(const char *trace, int held[RESOURCES])
{
    size_t size;
    char *text = read_file(trace, &size);
    struct event event;

    memset(held, 0, RESOURCES * sizeof held[0]);
    for (char *rest = text; next_event(&rest, &event); )
        for (int i = 0; i < RESOURCES; i++)
            if (strcmp(event.name, resources[i].take) == 0)
                held[i] += strcmp(event.kind, "fails") != 0;
            else if (strcmp(event.name, resources[i].give) == 0)
                held[i]--;
    free(text);
}

/* All clients have gone: the server must have said so of each that it took, and hold nothing that it did not hold
   after the same clients without a fault. */
static void judge_leaks(struct trial *t, const char *trace, int *usual, bool is_usual)
{
    double end = now() + 1;
    int held[RESOURCES], at = 0;

    wait_until_empty(t);
    if (count_in_output(&t->server, "connected") !=
        count_in_output(&t->server, "closed after") + count_in_output(&t->server, "reset after"))
        fail(&t->verdict, LEAK, "not every connection that was taken is closed in the end");
    do {
        count_held(trace, held);
        for (at = 0; at < RESOURCES && (is_usual || held[at] <= usual[at]); at++)
            ;
    } while (at < RESOURCES && now() < end);
    if (is_usual)
        memcpy(usual, held, sizeof held);
    else if (at < RESOURCES)
        fail(&t->verdict, LEAK, "%d more %s than %s; without the fault it is %d", held[at], resources[at].take,
             resources[at].give, usual[at]);
}

/* One run of the standard scenario: with what, and what may come of it. */
struct run {
    const char *command;
    const char *trace;          /* where the trace is written */
    const struct site *site;    /* the call that fails; NULL: none */
    bool nothing_lost;          /* not even the client that meets the fault may suffer */
    bool again_and_again;       /* the fault comes back: of five more clients one must get through, not the first */
    bool is_usual;              /* the run with which the others are compared: fills held */
    int *held;
};

/* The server must be as good as before; of so many clients one must get through. */
static void serve_next(struct trial *t, int tries)
{
    do {
        struct peer next = { .name = "the next client", .to_send = 1000 };

        t->verdict = (struct verdict){ 0 };
        serve_all(t, &next, 1, 10);
    } while (t->verdict.symptom != PASS && --tries > 0 && is_running(&t->server));
}

static struct verdict run_server_once(const struct run *run)
{
    struct trial t = { .command = run->command };
    struct peer peers[4];
    char command_line[200];

    start_dialogue();
    if (run->site != NULL) {
        set_fault(fault_at(run->site));
        note("%s", fault_at(run->site));
    }
    t.port = free_port();
    snprintf(command_line, sizeof command_line, "%s %d", run->command, t.port);
    if (!start_process(&t.server, command_line, NULL, NULL))
        die("%s could not be started", command_line);
    wait_for_output(&t.server, "listening on", 10000);
    Sleep(10);                          /* some end just after that line */
    if (is_running(&t.server)) {
        standard_clients(&t, peers);
        if (run->nothing_lost)
            all_fine(peers, 3, &t.verdict);
        else
            judge_clients(&t, peers, run->again_and_again || (run->site != NULL && is_common_call(run->site->call)));
        for (int i = 0; i < 4; i++)
            close_peer(&peers[i]);
    }
    if (is_running(&t.server) && t.verdict.symptom == PASS)
        serve_next(&t, run->again_and_again ? 5 : 1);
    if (!is_running(&t.server)) {
        t.verdict.symptom = PASS;
        judge_end(&t);
    } else {
        judge_leaks(&t, run->trace, run->held, run->is_usual);
    }
    stop_process(&t.server);
    clear_fault("FAULT=");
    return t.verdict;
}

/* A wrong byte is tried again where the system itself gives one now and then, as in battery.c. */
static struct verdict run_server(const struct run *run)
{
    struct verdict v = run_server_once(run);

    return v.symptom == CORRUPT && queues_sends() ? run_server_once(run) : v;
}

/* ---- The other switches of trace.h ---- */

/* How often something was done to the program, by its trace. */
static int count_injected(const char *trace, const char *call, const char *sign)
{
    size_t size;
    char *text = read_file(trace, &size);
    struct event event;
    int count = 0;

    for (char *rest = text; next_event(&rest, &event); )
        count += strstr(event.name, call) != NULL
                 && (strstr(event.result, sign) != NULL || strstr(event.arguments, sign) != NULL);
    free(text);
    return count;
}

/* A switch is set, the standard clients come: was anything done, and what became of them? */
static void try_switch(const struct chapter *chapter, struct run run, const char *variable, const char *value,
                       const char *call, const char *sign)
{
    char name[120];
    double start = now();
    struct verdict v;
    int count;

    SetEnvironmentVariableA(variable, value);
    v = run_server(&run);
    SetEnvironmentVariableA(variable, NULL);
    count = count_injected(run.trace, call, sign);
    if (count == 0)
        fail(&v, MESSAGE, "the trace shows no %s with \"%s\"", *call ? call : "call", sign);
    snprintf(name, sizeof name, "%s/server: %s=%s, met %d times", chapter->name, variable, value, count);
    print_verdict(name, &v, now() - start);
}

static void try_switches(const struct chapter *chapter, struct run run)
{
    bool overlapped = chapter >= find_chapter("05"), nonblocking = !overlapped && chapter != find_chapter("01");

    run.nothing_lost = true;
    try_switch(chapter, run, "SHORT_SENDS", "40000", "", "40000 bytes");
    if (nonblocking)
        try_switch(chapter, run, "WOULD_BLOCK", "5", "recv", "(injected)");
    if (chapter == find_chapter("04"))
        try_switch(chapter, run, "SLOW_LINE", "300000:20", "send", "(injected)");
    run.nothing_lost = false;
    run.again_and_again = true;
    if (overlapped)
        try_switch(chapter, run, "NO_BUFFERS", "9", "WSA", "(injected)");
    try_switch(chapter, run, "NO_MEMORY", "3", "calloc", "(injected)");
}

/* ---- Clients ---- */

static struct verdict run_client(const char *command, const struct site *site, const char *input,
                                 const char *copy)
{
    struct verdict v = { 0 };
    struct process client = { 0 };
    int port;
    struct bad_server *server = start_bad_server(echo, &port);
    char command_line[200];
    unsigned long code = 0;
    size_t at;

    start_dialogue();
    if (site != NULL) {
        set_fault(fault_at(site));
        note("%s", fault_at(site));
    }
    snprintf(command_line, sizeof command_line, "%s 127.0.0.1 %d", command, port);
    if (!start_process(&client, command_line, input, copy))
        die("%s could not be started", command_line);
    if (!wait_for_exit(&client, 10000, &code))
        fail(&v, STALL, "the client has not ended after 10 s");
    else if (code == 0 && !same_content(input, copy, &at))
        fail(&v, CORRUPT, "exit code 0, but the copy differs from byte %zu on", at);
    else if (code != 0)
        judge_client(&v, &client, 1, "", 0);
    stop_process(&client);
    stop_bad_server(server);
    clear_fault("FAULT=");
    return v;
}

/* ---- The sweep ---- */

static void sweep(const struct chapter *chapter, bool is_server)
{
    const char *program = is_server ? "server" : "client";
    char *trace = temporary_file("trace"), *input = temporary_file("input"), *copy = temporary_file("copy");
    struct site sites[MAX_SITES];
    char command[80], name[120];
    double start = now();
    int count, survived = 0, held[RESOURCES];
    struct run run = { .command = command, .trace = trace, .is_usual = true, .held = held };
    struct verdict v;

    write_random_file(input, 300000, 99);
    snprintf(command, sizeof command, "%s", traced_program_of(chapter, program));
    set_variable("TRACE_FILE", trace);
    v = is_server ? run_server(&run) : run_client(command, NULL, input, copy);
    run.is_usual = false;
    count = read_sites(trace, sites);
    if (v.symptom == PASS && count < 8)
        fail(&v, MESSAGE, "the trace names only %d call sites", count);
    snprintf(name, sizeof name, "%s/%s: the standard scenario, traced", chapter->name, program);
    print_verdict(name, &v, now() - start);

    start = now();
    for (int i = 0; i < count; i++) {
        run.site = &sites[i];
        v = is_server ? run_server(&run) : run_client(command, &sites[i], input, copy);
        if (v.symptom == PASS) {
            survived++;
        } else {
            snprintf(name, sizeof name, "%s/%s.c: %s in line %d fails", chapter->name, program, sites[i].call,
                     sites[i].line);
            print_verdict(name, &v, 0);
        }
    }
    v = (struct verdict){ 0 };
    start_dialogue();
    if (survived < count)
        fail(&v, EXITED, "only %d of %d", survived, count);
    snprintf(name, sizeof name, "%s/%s: %d of %d call sites fail, survived", chapter->name, program, survived, count);
    print_verdict(name, &v, now() - start);
    run.site = NULL;
    if (is_server)
        try_switches(chapter, run);
    set_variable("TRACE_FILE", NULL);
    delete_file(trace);
    delete_file(input);
    delete_file(copy);
}

void test_faults(const struct chapter *chapter)
{
    sweep(chapter, true);
    sweep(chapter, false);
}
