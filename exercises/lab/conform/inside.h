/* The inside of the room "conform". */
#ifndef CONFORM_INSIDE_H
#define CONFORM_INSIDE_H

#include "conform.h"
#include "strict/strict.h"

/* A board for the programs that are started from now on, with that seed. One at a time. Ends the program if there is
   none. */
struct strict_board *set_board(int seed);

/* The board's programs have ended. Adds to tally; what the board says becomes the verdict: v is what clients saw. */
struct verdict take_board(struct strict_board *board, int seed, struct verdict v, struct tally *tally);

/* The next board's programs take only these freedoms: "f2". NULL: all. */
void take_only(const char *ids);

/* The chapters whose "What goes wrong" has the rule's number: "05, 07". Returns how many. */
int chapters_that_tell_of(enum rule rule, char *list, size_t size);

/* All kinds of clients in a second. */
extern const struct scenario mixture;

#endif
