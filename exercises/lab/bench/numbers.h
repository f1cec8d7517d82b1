/* The statistics of the measurements. */
#ifndef NUMBERS_H
#define NUMBERS_H

/* How long messages took. Not each time is kept, but how many fell into each bucket; a bucket is at most 1.6 % wide. */
#define LATENCY_BUCKETS 2560

struct latencies {
    unsigned counts[LATENCY_BUCKETS];
    unsigned long long count;
    double longest;             /* microseconds */
};

void clear_latencies(struct latencies *l);
void add_latency(struct latencies *l, double microseconds);

/* So many microseconds took the message that part (0.5: half, 0.99: all but a hundredth) of them do not exceed. */
double latency_at(const struct latencies *l, double part);

/* The value in the middle; of an even number of values the mean of the two in the middle. Sorts them. 0 of none. */
double median(double *values, int count);

/* Jain's fairness index of what each of count clients got: 1 if all got the same, 1/count if one got everything. */
double fairness(const unsigned *got, int count);

/* How many got nothing. */
int count_starved(const unsigned *got, int count);

#endif
