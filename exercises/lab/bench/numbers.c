/* The statistics of the measurements. */
#include "numbers.h"

#include <stdlib.h>
#include <string.h>

/* Times in tenths of a microsecond: below 64 each has a bucket of its own, then each octave has 64. */
#define FINE 64

static int bucket_of(double microseconds)
{
    unsigned long long ticks = microseconds > 0 ? (unsigned long long)(microseconds * 10 + 0.5) : 0;
    int octave = 0;

    for (; ticks >> octave >= 2 * FINE; octave++)
        ;
    if (ticks >= FINE)
        octave++;
    ticks = octave == 0 ? ticks : (unsigned long long)octave * FINE + (ticks >> (octave - 1)) - FINE;
    return ticks < LATENCY_BUCKETS ? (int)ticks : LATENCY_BUCKETS - 1;
}

/* The middle of a bucket. */
static double time_of(int bucket)
{
    int octave = bucket / FINE;
    double width = octave == 0 ? 1 : (double)(1ull << (octave - 1));

    return octave == 0 ? bucket / 10.0 : ((bucket % FINE + FINE) * width + (width - 1) / 2) / 10;
}

void clear_latencies(struct latencies *l)
{
    memset(l, 0, sizeof *l);
}

void add_latency(struct latencies *l, double microseconds)
{
    l->counts[bucket_of(microseconds)]++;
    l->count++;
    if (microseconds > l->longest)
        l->longest = microseconds;
}

double latency_at(const struct latencies *l, double part)
{
    double wanted = part * (double)l->count;
    unsigned long long seen = 0;

    for (int i = 0; i < LATENCY_BUCKETS; i++) {
        seen += l->counts[i];
        if (seen > 0 && (double)seen >= wanted)
            return time_of(i) < l->longest ? time_of(i) : l->longest;
    }
    return l->longest;
}

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

double median(double *values, int count)
{
    if (count == 0)
        return 0;
    qsort(values, (size_t)count, sizeof *values, by_size);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

double fairness(const unsigned *got, int count)
{
    double sum = 0, squares = 0;

    for (int i = 0; i < count; i++) {
        sum += got[i];
        squares += (double)got[i] * got[i];
    }
    return squares > 0 ? sum * sum / (count * squares) : 0;
}

int count_starved(const unsigned *got, int count)
{
    int starved = 0;

    for (int i = 0; i < count; i++)
        starved += got[i] == 0;
    return starved;
}
