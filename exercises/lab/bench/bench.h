/* The room "bench": all seven servers in turn on the same work, with every byte compared; tables, a CSV file, a
   picture. */
#ifndef BENCH_H
#define BENCH_H

#include "common/common.h"

/* Measures all seven servers, or one, prints the tables; of all seven also a CSV file and a picture. The exit code. */
int run_bench(const struct chapter *only);

/* Is the measuring right? The statistics, wrong servers, a short measurement of all seven; prints a line each. */
void test_bench(void);

#endif
