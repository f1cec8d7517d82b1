/* make bench: the servers in turn, round after round, on the same work. */
#include "bench.h"
#include "measure.h"

#include <windows.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_SECONDS 180       /* for all */
#define PATIENCE      5         /* seconds without a byte: the server is stuck */
#define MOST_CHURN    300       /* connections in a run */
#define RUN_OVERHEAD  0.15      /* seconds: a server's start and end, and for each client its connecting: */
#define CLIENT_OVERHEAD 0.0006
#define TURN          0.001     /* seconds: in a shorter time for each client not all would get a turn */
#define ROUNDS_SHARE  0.70      /* of the time; the rest is for the waits, their servers' starts, and the counts */
#define WAITS_SHARE   0.13

const struct workload workloads[WORKS] = {
    [PING_PONG_1]    = { "ping-pong 1",     1,  1.0 },
    [PING_PONG_32]   = { "ping-pong 32",   32,  1.0 },
    [PING_PONG_256]  = { "ping-pong 256", 256,  1.5 },
    [PING_PONG_1000] = { "ping-pong 1000", 1000, 3.0 },
    [BULK]           = { "stream",          1,  1.0 },
    [CHURN_16]       = { "churn",          16,  0.8 },
};

int clients_for(const struct measured *server, enum work work)
{
    int clients = workloads[work].clients;

    if (server->limit == 0 || clients <= server->limit)
        return clients;
    return work > PING_PONG_1 && workloads[work - 1].clients > server->limit ? 0 : server->limit;
}

/* ---- While it runs ---- */

static bool line_is_open;

/* In one piece: letter by letter, as stderr would write it, a console is slow. */
static void tell(const char *text)
{
    DWORD written;

    WriteFile(GetStdHandle(STD_ERROR_HANDLE), text, (DWORD)strlen(text), &written, NULL);
}

void progress(const struct bench *b, bool is_step, const char *format, ...)
{
    DWORD mode;
    bool console = GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode);
    char what[80], text[140];
    va_list arguments;

    if (b->seconds == 0 || (!console && !is_step))
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, console ? "\r%4.0f s of about %.0f: %-55.55s" : "%4.0f s of about %.0f: %s\r\n",
             now() - b->began, b->seconds, what);
    tell(text);
    line_is_open = console;
}

void end_progress(void)
{
    char empty[82];

    snprintf(empty, sizeof empty, "\r%78s\r", "");
    if (line_is_open)
        tell(empty);
    line_is_open = false;
}

void die_of(struct trial *t, const char *name, const char *work)
{
    end_trial(t);               /* which finds out whether the server has ended */
    end_progress();
    die("%s, %s: %s: %s", name, work, symptom_name(t->verdict.symptom), t->verdict.reason);
}

/* ---- The rounds ---- */

static bool run_workload(struct trial *t, enum work work, int clients, double seconds, struct figures *f)
{
    struct load *l = new_load(t, PATIENCE);
    bool fine;

    if (work == BULK)
        fine = stream(l, seconds, f);
    else if (work == CHURN_16)
        fine = churn(l, clients, MOST_CHURN, seconds, f);
    else
        fine = open_clients(l, clients) && ping_pong(l, clients, seconds, f);
    fine = fine && close_clients(l);
    free_load(l);
    return fine;
}

static void measure_one(struct bench *b, int i, enum work work, int round, int rounds)
{
    struct trial t = { .command = servers[i].program, .limit = servers[i].limit };
    int clients = clients_for(&servers[i], work);
    double seconds = b->unit * workloads[work].weight;

    if (clients == 0 || clients > b->most_clients)
        return;
    progress(b, false, "round %d of %d, %s, %s", round + 1, rounds, workloads[work].name, servers[i].name);
    start_dialogue();
    if (!start_server(&t)
        || !run_workload(&t, work, clients, seconds > clients * TURN ? seconds : clients * TURN,
                         &b->figures[i][work][round]))
        die_of(&t, servers[i].name, workloads[work].name);
    end_trial(&t);
    if (t.verdict.symptom != PASS)
        die_of(&t, servers[i].name, workloads[work].name);
}

/* The servers alternate inside a round, so that what disturbs the machine for a while does not hit one of them
   alone. */
void measure_rounds(struct bench *b, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        progress(b, true, "round %d of %d", round + 1, rounds);
        for (int work = 0; work < WORKS; work++)
            for (int i = 0; i < SERVERS; i++)
                if (is_measured(b, i))
                    measure_one(b, i, (enum work)work, round, rounds);
        b->rounds = round + 1;
        /* A slow machine: three rounds are enough for a median. */
        if (b->rounds >= 3 && now() - b->began > b->seconds * 1.1)
            break;
    }
}

/* ---- The plan ---- */

/* BENCH_SECONDS in the environment, or the usual time. */
static double asked_seconds(const struct chapter *only)
{
    char text[20], *end;
    DWORD length = GetEnvironmentVariableA("BENCH_SECONDS", text, sizeof text);
    long seconds;

    if (length == 0)
        return only == NULL ? USUAL_SECONDS : USUAL_SECONDS / 6;
    seconds = strtol(text, &end, 10);
    if (length >= sizeof text || *text < '0' || *text > '9' || *end != '\0' || seconds < 5 || seconds > 36000)
        die("BENCH_SECONDS=%s: not a number of seconds from 5 to 36000", length < sizeof text ? text : "...");
    return seconds;
}

static int rounds_for(double seconds, const struct chapter *only)
{
    double for_all = only == NULL ? seconds : seconds * 6;

    return for_all < 60 ? 1 : for_all < 120 ? 3 : for_all < 900 ? 5 : MOST_ROUNDS;
}

/* So long is the measured time for a weight of 1, if everything is to be done in time. */
static double unit_for(const struct bench *b, int rounds)
{
    double weights = 0, overhead = 0;

    for (int work = 0; work < WORKS; work++)
        for (int i = 0; i < SERVERS; i++) {
            int clients = clients_for(&servers[i], (enum work)work);

            if (clients == 0 || !is_measured(b, i))
                continue;
            weights += 1.2 * workloads[work].weight;
            overhead += RUN_OVERHEAD + CLIENT_OVERHEAD * clients;
        }
    weights = (b->seconds * ROUNDS_SHARE / rounds - overhead) / weights;
    return weights > 0.05 ? weights : 0.05;
}

static void write_file(const struct bench *b, const char *path, void (*write)(const struct bench *b, FILE *file))
{
    FILE *file = open_file_to_write(path);

    write(b, file);
    if (fclose(file) != 0)
        die("cannot write %s", path);
}

int run_bench(const struct chapter *only)
{
    static struct bench b;
    double seconds = asked_seconds(only);
    int rounds = rounds_for(seconds, only);

    b = (struct bench){ .only = only, .seconds = seconds, .began = now(), .most_clients = MOST_CLIENTS };
    b.servers = list_servers();
    b.unit = unit_for(&b, rounds);
    progress(&b, true, "calls and wake-ups, counted in traced servers");
    count_calls(&b, seconds < 60 && only == NULL ? 0.15 : 0.5);
    measure_rounds(&b, rounds);
    progress(&b, true, "the cost of one wait");
    measure_waits(&b, rounds < 3 ? 1 : 3, seconds * WAITS_SHARE / (only == NULL ? 230 : 35));
    end_progress();
    write_bench_table(&b, stdout);
    if (only == NULL) {
        write_file(&b, BENCH_CSV, write_bench_csv);
        write_file(&b, BENCH_SVG, write_bench_chart);
        printf("\nEvery figure of every round: %s\nThe picture, of the seven chapters: %s\n", BENCH_CSV, BENCH_SVG);
    }
    return 0;
}
