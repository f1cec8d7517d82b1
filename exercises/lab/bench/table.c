/* The figures as tables for people: ASCII, at most 100 columns, to be pasted into a ``` block as they are. */
#include "measure.h"

#include <stdlib.h>
#include <string.h>

#define NAME 22                 /* columns for a server's name */

static struct spread spread_in(const struct bench *b, int i, int work, double (*value)(const struct figures *f))
{
    return spread_of(b->figures[i][work], b->rounds, value);
}

/* Was it measured with fewer clients than its column says? */
static char mark_of(int i, int work)
{
    return clients_for(&servers[i], (enum work)work) < workloads[work].clients ? '*' : ' ';
}

/* ---- The tables ---- */

static void write_speed(const struct bench *b, FILE *file)
{
    fprintf(file, "Messages of 64 bytes there and back, a second; a stream's MB/s; connect-echo-close a second.\n"
                  "%-*s%13s%13s%13s%13s%13s%13s\n", NAME, "", "1 client", "32 clients", "256 clients", "1000 clients",
            "stream MB/s", "connections");
    for (int i = 0; i < SERVERS; i++) {
        if (!is_measured(b, i))
            continue;
        fprintf(file, "%-*s", NAME, servers[i].name);
        for (int work = 0; work < WORKS; work++) {
            struct spread s = spread_in(b, i, work, work == BULK ? megabytes_of : rate_of);
            double percent = s.median > 0 ? 50 * (s.greatest - s.least) / s.median : 0;

            if (s.count == 0)
                fprintf(file, "%7s %5s", "-", "");
            else
                fprintf(file, "%7.0f%c+-%2.0f%%", s.median, mark_of(i, work), percent < 99 ? percent : 99);
        }
        fputc('\n', file);
    }
}

static void write_latency(const struct bench *b, FILE *file)
{
    fprintf(file, "How long a message takes, microseconds: half of them at most p50, 99 of 100 at most p99.\n"
                  "%-*s%19s%19s%19s%19s\n%-*s", NAME, "", "1 client ", "32 clients ", "256 clients ", "1000 clients ",
            NAME, "");
    for (int work = PING_PONG_1; work <= PING_PONG_1000; work++)
        fprintf(file, "%9s%9s ", "p50", "p99");
    fputc('\n', file);
    for (int i = 0; i < SERVERS; i++) {
        if (!is_measured(b, i))
            continue;
        fprintf(file, "%-*s", NAME, servers[i].name);
        for (int work = PING_PONG_1; work <= PING_PONG_1000; work++) {
            struct spread half = spread_in(b, i, work, p50_of);

            if (half.count == 0)
                fprintf(file, "%9s%9s ", "-", "-");
            else
                fprintf(file, "%9.0f%9.0f%c", half.median, spread_in(b, i, work, p99_of).median, mark_of(i, work));
        }
        fputc('\n', file);
    }
}

static int most_work(const struct bench *b, int i)
{
    int work = PING_PONG_1000;

    while (work > PING_PONG_1 && b->figures[i][work][0].clients == 0)
        work--;
    return work;
}

static void write_use(const struct bench *b, FILE *file)
{
    fprintf(file, "What the server uses, and is it fair? Jain: 1 if all clients get the same; starved: got nothing.\n"
                  "%-*s  32 clients at once         as many as it serves, at most 1000\n%-*s%8s%7s%8s"
                  "%12s%8s%8s%8s%7s%8s\n", NAME, "", NAME, "", "CPU ms", "Jain", "starved", "clients", "threads", "MB",
            "KB each", "Jain", "starved");
    for (int i = 0; i < SERVERS; i++) {
        int most = most_work(b, i);
        double one = spread_in(b, i, PING_PONG_1, memory_of).median, all = spread_in(b, i, most, memory_of).median;
        int clients = b->figures[i][most][0].clients;

        if (!is_measured(b, i))
            continue;
        fprintf(file, "%-*s%8.1f%7.2f%8.0f%12d%8.0f%8.1f%8.0f%7.2f%8.0f\n", NAME, servers[i].name,
                spread_in(b, i, PING_PONG_32, cpu_of).median, spread_in(b, i, PING_PONG_32, fairness_of).median,
                spread_in(b, i, PING_PONG_32, starved_of).median, clients, spread_in(b, i, most, threads_of).median,
                all / 1e6, clients > 1 ? (all - one) / 1e3 / (clients - 1) : 0,
                spread_in(b, i, most, fairness_of).median, spread_in(b, i, most, starved_of).median);
    }
    fprintf(file, "CPU ms: its process, for 1000 messages%s. KB each: memory a client.\n",
            is_wine() ? " (Wine's own process not counted)" : "");
}

static void write_count(FILE *file, double count)
{
    fprintf(file, "%12.*f", count < 0.95 ? 2 : 1, count);
}

static void write_counts(const struct bench *b, FILE *file)
{
    fprintf(file, "What a message costs the server, counted in the trace: not a matter of the machine's speed.\n"
                  "%-*s%12s%24s\n%-*s%12s%12s%12s%12s\n", NAME, "", "calls:", "wake-ups:", NAME, "", "1 client",
            "32 clients", "1 client", "32 clients");
    for (int i = 0; i < SERVERS; i++) {
        if (!is_measured(b, i))
            continue;
        fprintf(file, "%-*s", NAME, servers[i].name);
        for (int n = 0; n < 2 * COUNTED; n++)
            write_count(file, n < COUNTED ? b->counts[i][n].calls : b->counts[i][n - COUNTED].wakes);
        fputc('\n', file);
    }
    fprintf(file, "A wake-up: the call in which the server waits returns. Of 32 busy clients one may serve several.\n");
}

static void write_waits(const struct bench *b, FILE *file)
{
    fprintf(file, "The cost of one wait: one client speaks, the others are silent. Microseconds a message.\n%-*s", NAME,
            "clients in all");
    for (int n = 0; n < WAIT_POINTS; n++)
        fprintf(file, "%11d", wait_points[n]);
    fputc('\n', file);
    for (int row = 0; row < WAIT_SERVERS; row++) {
        int i = row < 2 ? row : row == 2 ? MANY_SELECT : row - 1;      /* the second select stands below the first */

        if (!is_measured(b, i == MANY_SELECT ? 1 : i))
            continue;
        fprintf(file, "%-*s", NAME, i == MANY_SELECT ? MANY_SELECT_NAME : servers[i].name);
        for (int n = 0; n < WAIT_POINTS; n++) {
            struct spread s = spread_of(b->waits[i][n], b->wait_rounds, cost_of);

            if (s.count == 0)
                fprintf(file, "%11s", "-");
            else
                fprintf(file, "%11.0f", s.median);
        }
        fputc('\n', file);
    }
}

void write_bench_table(const struct bench *b, FILE *file)
{
    fprintf(file, "%s. %s.\n%d round%s in %.0f s; the median, and +- half of the range in %% of it. Every byte was "
                  "compared.\n\n", machine_name(), today(), b->rounds, b->rounds == 1 ? "" : "s", now() - b->began);
    write_counts(b, file);
    fputc('\n', file);
    write_speed(b, file);
    fputc('\n', file);
    write_latency(b, file);
    fputc('\n', file);
    write_use(b, file);
    fputc('\n', file);
    write_waits(b, file);
    fprintf(file, "\n* with as many clients as the model serves. -: the same again, or more than it serves.\n");
    if (is_measured(b, CHAPTERS))
        fprintf(file, "%s: chapter 07's server, without packets for what is done already (exercise 07j).\n",
                servers[CHAPTERS].name);
    if (is_wine())
        fprintf(file, "Measured under Wine: neither the figures nor the order of the models are those of Windows, for"
                      "\nnearly every call goes through one process of Wine's. Compare the calls and wake-ups.\n");
}
