/* Inside the room: what is measured, and the steps of measuring it. */
#ifndef MEASURE_H
#define MEASURE_H

#include "load.h"

#include "common/common.h"

#include <stdio.h>

#define BENCH_CSV "exercises/lab/bench.csv"
#define BENCH_SVG "exercises/lab/bench.svg"

/* What is measured: the seven servers, and last the solution of exercise 07j, which is chapter 07's server without
   packets for what is done already. */
struct measured {
    const char *name;           /* in the tables and the CSV */
    char program[80], traced[80];       /* as it is, and with the trace */
    int limit;                  /* clients at once; 0: no limit but memory */
};

#define SERVERS (CHAPTERS + 1)

extern struct measured servers[SERVERS];

/* Fills the table. Returns how many can be measured: SERVERS, or CHAPTERS in a copy without the solutions. */
int list_servers(void);

enum work { PING_PONG_1, PING_PONG_32, PING_PONG_256, PING_PONG_1000, BULK, CHURN_16, WORKS };

struct workload {
    const char *name;           /* in the CSV and the progress line */
    int clients;                /* at once */
    double weight;              /* its share of the time */
};

extern const struct workload workloads[WORKS];

#define MOST_ROUNDS 9

/* From the trace: what the server does for a message. It does not depend on the machine's speed. */
struct counts {
    int clients;                /* all speaking; 0: was not counted */
    unsigned long long messages;
    double calls, wakes;        /* a message; wakes: returns of the call in which the model waits */
};

#define COUNTED 2               /* with so many numbers of clients: 1 and 32 */

/* How the cost of one wait grows: one client speaks, the others are silent. */
#define WAIT_POINTS  6
#define WAIT_SERVERS (SERVERS + 1)      /* the last is 02_select built for more sockets */
#define MANY_SELECT  SERVERS
#define MANY_SELECT_NAME "02_select, bigger set"
#define MANY_SELECT_PROGRAM BUILD_FOLDER "/select_1100.exe"

extern const int wait_points[WAIT_POINTS];      /* clients, with the one that speaks */

struct bench {
    const struct chapter *only; /* NULL: all */
    int servers;                /* so many of the table can be measured */
    double seconds;             /* the time that was asked for; 0: a test, which is silent */
    double began;               /* now() */
    double unit;                /* seconds of measured time, for a weight of 1 */
    int most_clients;           /* what needs more is left out */
    int rounds, wait_rounds;    /* that were done */
    struct figures figures[SERVERS][WORKS][MOST_ROUNDS];
    struct counts counts[SERVERS][COUNTED];
    struct figures waits[WAIT_SERVERS][WAIT_POINTS][MOST_ROUNDS];
};

/* A figure's median over the rounds, and its least and greatest value. count 0: was not measured. */
struct spread {
    double median, least, greatest;
    int count;
};

struct spread spread_of(const struct figures *rounds, int count, double (*value)(const struct figures *f));

/* The values that can be taken of figures. */
double rate_of(const struct figures *f);        /* messages a second; of a stream 0 */
double megabytes_of(const struct figures *f);   /* a second, of 1,000,000 bytes */
double cost_of(const struct figures *f);        /* microseconds a message */
double p50_of(const struct figures *f);
double p99_of(const struct figures *f);
double cpu_of(const struct figures *f); /* milliseconds for 1000 messages; of a stream for 1000 pieces of 64 KiB */
double memory_of(const struct figures *f);      /* bytes */
double threads_of(const struct figures *f);
double fairness_of(const struct figures *f);
double starved_of(const struct figures *f);

/* The workload is measured with that many clients: fewer, if the model is limited; 0 if an earlier one is the same. */
int clients_for(const struct measured *server, enum work work);

/* Is servers[i] one of those that were asked for, and can be measured? */
bool is_measured(const struct bench *b, int i);

/* Steps of the measurement. Each ends the program with one line if a server does not do its work. */
void measure_rounds(struct bench *b, int rounds);
void count_calls(struct bench *b, double seconds);
void measure_waits(struct bench *b, int rounds, double seconds);

/* On a console a line that the next one overwrites; else only whole steps are told, in lines of their own. On stderr,
   so that the table can go into a file. */
void progress(const struct bench *b, bool is_step, const char *format, ...);
void end_progress(void);

/* Ends the program: what the server named name did during that work. */
_Noreturn void die_of(struct trial *t, const char *name, const char *work);

/* Output. */
void write_bench_table(const struct bench *b, FILE *file);
void write_bench_csv(const struct bench *b, FILE *file);
void write_bench_chart(const struct bench *b, FILE *file);

#endif
