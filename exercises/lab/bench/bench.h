/* The room "bench": all seven servers, and that of exercise 07j, in turn on the same work, with every byte compared;
   tables, a CSV file, a picture. */
#ifndef BENCH_H
#define BENCH_H

#include "common/common.h"

/* Measures all of them, or a chapter's, prints the tables; of all also a CSV file and a picture. The exit code. */
int run_bench(const struct chapter *only);

/* Is the measuring right? The statistics, wrong servers, a short measurement of all; prints a line each. */
void test_bench(void);

#endif
