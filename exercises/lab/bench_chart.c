/* placeholder */
#include "bench.h"
void write_bench_chart(const struct bench *b, FILE *file) { (void)b; fprintf(file, "<svg></svg>\n"); }
