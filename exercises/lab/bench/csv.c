/* The figures for programs: a line for each run, and one with the medians of its rounds. */
#include "measure.h"

/* A field has a name, and what stands in it. Empty: does not belong to this kind of line. */
static const struct {
    const char *name;
    double (*value)(const struct figures *f);
    int decimals;
    double unit;
} fields[] = {
    { "per_second", rate_of, 1, 1 },     { "mb_per_second", megabytes_of, 3, 1 }, { "us_per_message", cost_of, 1, 1 },
    { "p50_us", p50_of, 1, 1 },          { "p99_us", p99_of, 1, 1 },              { "cpu_ms_per_1000", cpu_of, 2, 1 },
    { "threads", threads_of, 0, 1 },     { "memory_kb", memory_of, 0, 1000 },     { "jain", fairness_of, 4, 1 },
    { "starved", starved_of, 0, 1 },
};
#define FIELDS (sizeof fields / sizeof fields[0])

static void write_beginning(FILE *file, const char *server, const char *work, int clients, int speaking)
{
    fprintf(file, "%s,%s,%s,%s,%d,%d,", today(), machine_name(), server, work, clients, speaking);
}

/* Of the same server, work and number of clients: the rounds, then the medians. */
static void write_lines(FILE *file, const char *server, const char *work, const struct figures *rounds, int count)
{
    const struct figures *first = &rounds[0];

    if (count == 0 || first->clients == 0)
        return;
    for (int round = 0; round <= count; round++) {
        const struct figures *f = &rounds[round];

        write_beginning(file, server, work, first->clients, first->speaking);
        if (round < count)
            fprintf(file, "%d,%.3f,%llu,%llu", round + 1, f->to - f->from, f->messages, f->bytes);
        else
            fprintf(file, "median,,,");
        for (size_t i = 0; i < FIELDS; i++)
            fprintf(file, ",%.*f", fields[i].decimals,
                    (round < count ? fields[i].value(f) : spread_of(rounds, count, fields[i].value).median)
                    / fields[i].unit);
        fprintf(file, ",,\n");
    }
}

void write_bench_csv(const struct bench *b, FILE *file)
{
    fprintf(file, "date,machine,server,work,clients,speaking,round,seconds,messages,bytes");
    for (size_t i = 0; i < FIELDS; i++)
        fprintf(file, ",%s", fields[i].name);
    fprintf(file, ",calls_per_message,wakeups_per_message\n");
    for (int work = 0; work < WORKS; work++)
        for (int i = 0; i < SERVERS; i++)
            write_lines(file, servers[i].name, workloads[work].name, b->figures[i][work], b->rounds);
    for (int i = 0; i < WAIT_SERVERS; i++)
        for (int n = 0; n < WAIT_POINTS; n++)
            write_lines(file, i == MANY_SELECT ? "02_select -DFD_SETSIZE=1100" : servers[i].name, "one speaks",
                        b->waits[i][n], b->wait_rounds);
    for (int i = 0; i < SERVERS; i++)
        for (int n = 0; n < COUNTED; n++) {
            const struct counts *c = &b->counts[i][n];

            if (c->clients == 0)
                continue;
            write_beginning(file, servers[i].name, "traced", c->clients, c->clients);
            fprintf(file, "1,,%llu,", c->messages);
            for (size_t field = 0; field < FIELDS; field++)
                fputc(',', file);
            fprintf(file, ",%.3f,%.3f\n", c->calls, c->wakes);
        }
}
