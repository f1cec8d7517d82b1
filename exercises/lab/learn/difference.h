/* The difference of two sources, line by line. A solution's reason, the comment at its beginning, is no part of it. */
#ifndef DIFFERENCE_H
#define DIFFERENCE_H

#include "catalog.h"

#include <stdbool.h>

/* print: shows it, with - and + before the lines. Returns the lines that were added or taken away, the larger of the
   two. Ends the program if a file cannot be read. */
int difference(const char *from, const char *to, bool print);

/* Lines, from the exercise's starter to the file path. */
int changed_lines(const struct exercise *e, const char *path);

bool has_solution(const struct exercise *e);

/* Lines, from starter to solution; -1: there is no solution here. */
int starter_differs_by(const struct exercise *e);

#endif
