/* The values that can be taken of figures, and their spread over the rounds. */
#include "measure.h"

static double seconds_of(const struct figures *f)
{
    return f->to - f->from;
}

double rate_of(const struct figures *f)
{
    return seconds_of(f) > 0 ? (double)f->messages / seconds_of(f) : 0;
}

double megabytes_of(const struct figures *f)
{
    return seconds_of(f) > 0 ? (double)f->bytes / 1e6 / seconds_of(f) : 0;
}

double cost_of(const struct figures *f)
{
    return f->messages > 0 ? seconds_of(f) * 1e6 / (double)f->messages : 0;
}

double p50_of(const struct figures *f)
{
    return f->p50;
}

double p99_of(const struct figures *f)
{
    return f->p99;
}

double cpu_of(const struct figures *f)
{
    double messages = f->messages > 0 ? (double)f->messages : (double)f->bytes / 65536;

    return messages > 0 ? f->cpu * 1e6 / messages : 0;
}

double memory_of(const struct figures *f)
{
    return (double)f->memory;
}

double threads_of(const struct figures *f)
{
    return f->threads;
}

double fairness_of(const struct figures *f)
{
    return f->fairness;
}

double starved_of(const struct figures *f)
{
    return f->starved;
}

struct spread spread_of(const struct figures *rounds, int count, double (*value)(const struct figures *f))
{
    double values[MOST_ROUNDS];
    struct spread s = { 0 };

    for (int i = 0; i < count; i++)
        if (rounds[i].clients > 0)
            values[s.count++] = value(&rounds[i]);
    s.median = median(values, s.count);         /* sorts them */
    s.least = s.count > 0 ? values[0] : 0;
    s.greatest = s.count > 0 ? values[s.count - 1] : 0;
    return s;
}
