/* Is the measuring right? The statistics, on numbers whose answer is known; the load, on servers that are wrong; and a
   short measurement of all. */
#include "bench.h"
#include "measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 100

static bool is_near(double value, double right, double off)
{
    return fabs(value - right) <= off;
}

static void expect(struct verdict *v, const char *what, double value, double right, double off)
{
    if (!is_near(value, right, off))
        fail(v, MESSAGE, "%s is %g, not %g", what, value, right);
}

/* ---- The statistics ---- */

static void test_numbers(void)
{
    static struct latencies l;
    struct verdict v = { 0 };
    double odd[] = { 9, 1, 5 }, even[] = { 8, 2, 4, 100 };
    unsigned same[] = { 7, 7, 7, 7 }, one_has_all[] = { 0, 12, 0, 0 }, unequal[] = { 1, 2, 3 };
    struct figures rounds[3] = {
        { .clients = 1, .from = 10, .to = 12, .messages = 2000, .cpu = 0.5 },
        { .clients = 1, .from = 20, .to = 21, .messages = 3000, .cpu = 0.9 },
        { .clients = 1, .from = 30, .to = 34, .messages = 8000, .cpu = 1.6 },
    };
    struct spread s = spread_of(rounds, 3, rate_of);

    start_dialogue();
    expect(&v, "the median of 9 1 5", median(odd, 3), 5, 0);
    expect(&v, "the median of 8 2 4 100", median(even, 4), 6, 0);
    expect(&v, "the median of nothing", median(even, 0), 0, 0);
    expect(&v, "Jain's index of 7 7 7 7", fairness(same, 4), 1, 1e-12);
    expect(&v, "Jain's index of 0 12 0 0", fairness(one_has_all, 4), 0.25, 1e-12);
    expect(&v, "Jain's index of 1 2 3", fairness(unequal, 3), 36.0 / 42, 1e-12);
    expect(&v, "the starved of 0 12 0 0", count_starved(one_has_all, 4), 3, 0);
    clear_latencies(&l);
    expect(&v, "p50 of nothing", latency_at(&l, 0.5), 0, 0);
    for (int i = 1000; i >= 1; i--)
        add_latency(&l, i);
    expect(&v, "p50 of 1 to 1000", latency_at(&l, 0.5), 500, 500 * 0.016);
    expect(&v, "p99 of 1 to 1000", latency_at(&l, 0.99), 990, 990 * 0.016);
    expect(&v, "p100 of 1 to 1000", latency_at(&l, 1), 1000, 1000 * 0.016);
    add_latency(&l, 3e9);       /* longer than any bucket */
    expect(&v, "the longest", l.longest, 3e9, 0);
    for (double us = 0.1; us < 1e8; us *= 1.01) {
        clear_latencies(&l);
        add_latency(&l, us);
        l.longest = 1e12;       /* else it would hide what the bucket says */
        expect(&v, "a latency that came back from its bucket", latency_at(&l, 0.5), us, us * 0.016 + 0.06);
    }
    expect(&v, "the median of the rounds", s.median, 2000, 1e-9);
    expect(&v, "the least of the rounds", s.least, 1000, 1e-9);
    expect(&v, "the greatest of the rounds", s.greatest, 3000, 1e-9);
    expect(&v, "CPU ms for 1000 messages", cpu_of(&rounds[0]), 250, 1e-9);
    expect(&v, "microseconds a message", cost_of(&rounds[0]), 1000, 1e-9);
    print_verdict("median, percentiles, Jain's index, starved, spread", &v, 0);
}

/* ---- The load ---- */

static const struct {
    const char *fault;          /* a name from wrong_server.c */
    enum { TALK, POUR } what;
    int clients;
    enum symptom symptom;
    bool unfair;                /* a few get nearly everything */
} wrong[] = {
    { "no-fault",             TALK, 32, PASS,  false },
    { "no-fault",             POUR, 1,  PASS,  false },
    { "sends-too-much",       TALK, 2,  EXTRA, false },
    { "treats-bytes-as-text", POUR, 1,  CORRUPT, false },
    { "one-at-a-time",        TALK, 2,  STALL, false },
    { "ignores-client-65",    TALK, 70, STALL, false },
    { "crashes-at-65",        TALK, 70, CRASH, false },
    { "lowest-first",         TALK, 32, PASS,  true },
};

static void test_wrong(size_t i)
{
    struct verdict v = { 0 };
    struct trial t = { 0 };
    struct figures f = { 0 };
    double start = now();
    char name[120];
    struct load *l;

    start_dialogue();
    t.command = wrong_server_command(wrong[i].fault);
    if (start_server(&t)) {
        l = new_load(&t, 0.7);
        if (wrong[i].what == POUR)
            (void)(stream(l, 0.2, &f) && close_clients(l));
        else
            (void)(open_clients(l, wrong[i].clients) && ping_pong(l, wrong[i].clients, 0.2, &f) && close_clients(l));
        free_load(l);
    }
    end_trial(&t);
    if (t.verdict.symptom != wrong[i].symptom)
        fail(&v, MESSAGE, "the load says %s (%s); it should say %s", symptom_name(t.verdict.symptom), t.verdict.reason,
             symptom_name(wrong[i].symptom));
    else if (wrong[i].symptom == PASS && wrong[i].unfair != (f.fairness < 0.5))
        fail(&v, MESSAGE, "Jain's index is %.2f, and %d of %d clients starved", f.fairness, f.starved,
             wrong[i].clients);
    snprintf(name, sizeof name, "%s, %s -> %s%s", wrong[i].fault, wrong[i].what == POUR ? "stream" : "messages",
             symptom_name(wrong[i].symptom), wrong[i].unfair ? ", but unfair" : "");
    print_verdict(name, &v, now() - start);
}

/* ---- What is written ---- */

static char *written(const struct bench *b, void (*write)(const struct bench *b, FILE *file))
{
    char *path = temporary_file("bench"), *text;
    FILE *file = open_file_to_write(path);
    size_t size;

    write(b, file);
    fclose(file);
    text = read_file(path, &size);
    delete_file(path);
    if (text == NULL)
        die("what was written cannot be read");
    return text;
}

/* No line is too long, or has a letter that is not ASCII. */
static void check_table(const struct bench *b, struct verdict *v)
{
    char *text = written(b, write_bench_table);

    for (char *at = strtok(text, "\n"); at != NULL; at = strtok(NULL, "\n")) {
        if (strlen(at) > COLUMNS)
            fail(v, MESSAGE, "a line of the table has %zu columns: %s", strlen(at), at);
        for (char *c = at; *c != '\0'; c++)
            if (*c < ' ' || *c > '~')
                fail(v, MESSAGE, "the table has a letter that is not ASCII: %s", at);
    }
    free(text);
}

/* Every line has as many fields as the first one names. Returns how many lines follow it. */
static int check_csv(const struct bench *b, struct verdict *v)
{
    char *text = written(b, write_bench_csv);
    int lines = 0, declared = 0;

    for (char *at = strtok(text, "\n"); at != NULL; at = strtok(NULL, "\n"), lines++) {
        int fields = 1;

        for (char *c = at; *c != '\0'; c++)
            fields += *c == ',';
        if (lines == 0)
            declared = fields;
        else if (fields != declared)
            fail(v, MESSAGE, "a line of the CSV has %d fields, not %d: %s", fields, declared, at);
    }
    free(text);
    return lines - 1;
}

/* least_bars: of so many servers and loads a speed must be seen. */
static void check_chart(const struct bench *b, int least_bars, struct verdict *v)
{
    char *text = written(b, write_bench_chart);
    int bars = 0;

    if (strstr(text, "nan") != NULL || strstr(text, "inf\"") != NULL || strstr(text, "=\"-") != NULL)
        fail(v, MESSAGE, "the picture has a coordinate that is none");
    if (strstr(text, "</svg>") == NULL)
        fail(v, MESSAGE, "the picture has no end");
    for (char *at = text; (at = strstr(at, "<rect ")) != NULL; at++) {
        char class[20];
        double height;

        if (sscanf(at, "<rect x=\"%*f\" y=\"%*f\" width=\"%*d\" height=\"%lf\" rx=\"2\" class=\"%19[^\"]\"",
                   &height, class) == 2 && class[0] == 'b' && height >= 1)
            bars++;
    }
    if (bars < least_bars)
        fail(v, MESSAGE, "the picture has %d bars that can be seen, not %d", bars, least_bars);
    free(text);
}

/* The widest numbers that are possible, and none at all. */
static void test_output(void)
{
    static struct bench b;
    struct verdict v = { 0 };

    start_dialogue();
    list_servers();
    b = (struct bench){ .servers = SERVERS, .rounds = 0 };
    check_table(&b, &v);
    check_chart(&b, 0, &v);
    if (check_csv(&b, &v) != 0)
        fail(&v, MESSAGE, "the CSV has lines, though nothing was measured");
    b = (struct bench){ .servers = SERVERS, .rounds = MOST_ROUNDS, .wait_rounds = MOST_ROUNDS };
    for (int round = 0; round < MOST_ROUNDS; round++)
        for (int i = 0; i < WAIT_SERVERS; i++) {
            struct figures f = { .clients = 1000, .speaking = 1000, .to = 1, .bytes = 99999000000, .p50 = 9999999,
                                 .p99 = 9999999, .fairness = 1, .starved = 1000, .cpu = 9999, .threads = 1002 };

            f.messages = round == 0 ? 1700000 : 999999;
            for (int work = 0; work < WORKS && i < SERVERS; work++) {
                f.memory = work == PING_PONG_1 ? 0 : 3999000000;
                b.figures[i][work][round] = f;
            }
            f.messages = 1;
            for (int n = 0; n < WAIT_POINTS; n++)
                b.waits[i][n][round] = f;
        }
    for (int i = 0; i < SERVERS; i++)
        b.counts[i][0] = b.counts[i][1] = (struct counts){ 32, 1, 99.99, 99.99 };
    check_table(&b, &v);
    check_chart(&b, CHAPTERS, &v);
    if (check_csv(&b, &v) != (SERVERS * WORKS + WAIT_SERVERS * WAIT_POINTS) * (MOST_ROUNDS + 1) + SERVERS * COUNTED)
        fail(&v, MESSAGE, "the CSV has %d lines", check_csv(&b, &v));
    print_verdict("table of 100 columns, CSV, picture: with the widest numbers", &v, 0);
}

static bool has_worked(const struct bench *b, const struct figures *f, int work)
{
    return workloads[work].clients > b->most_clients || (f->bytes > 0 && f->threads > 0 && f->memory > 0);
}

static bool all_have_worked(const struct bench *b)
{
    for (int i = 0; i < b->servers; i++)
        for (int work = 0; work < WORKS; work++)
            if (!has_worked(b, &b->figures[i][work][0], work))
                return false;
    return true;
}

/* All, for moments: the numbers mean nothing, but each server has done its work, and every byte was compared. On a busy
   machine a moment can be too short for anything, so there is a second one. */
static void test_short_run(void)
{
    static struct bench b;
    struct verdict v = { 0 };
    double start = now();

    start_dialogue();
    b = (struct bench){ .servers = list_servers(), .began = start, .unit = 0.06, .most_clients = 63 };
    count_calls(&b, 0.1);
    measure_rounds(&b, 1);
    if (!all_have_worked(&b))
        measure_rounds(&b, 1);
    measure_waits(&b, 1, 0.03);
    end_progress();
    for (int i = 0; i < b.servers; i++) {
        struct verdict one = { 0 };
        char name[120];

        for (int work = 0; work < WORKS; work++) {
            const struct figures *f = &b.figures[i][work][0];

            if (!has_worked(&b, f, work))
                fail(&one, STALL, "%s: %llu messages, %llu bytes, %d threads, %zu bytes of memory",
                     workloads[work].name, f->messages, f->bytes, f->threads, f->memory);
        }
        for (int n = 0; n < COUNTED; n++)
            if (b.counts[i][n].calls < 1 || b.counts[i][n].calls > 20 || b.counts[i][n].wakes <= 0)
                fail(&one, MESSAGE, "%.2f calls and %.2f wake-ups a message", b.counts[i][n].calls,
                     b.counts[i][n].wakes);
        snprintf(name, sizeof name, "%s: a moment of each work", servers[i].name);
        print_verdict(name, &one, 0);
    }
    /* recv and send: what is known without counting. */
    start_dialogue();
    expect(&v, "chapter 01's calls a message", b.counts[0][0].calls, 2, 0.1);
    expect(&v, "chapter 01's wake-ups a message", b.counts[0][0].wakes, 1, 0.05);
    check_table(&b, &v);
    check_csv(&b, &v);
    check_chart(&b, CHAPTERS, &v);
    print_verdict("the short measurement's table, CSV, picture", &v, now() - start);
}

void test_bench(void)
{
    test_numbers();
    test_output();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        test_wrong(i);
    test_short_run();
}
