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

/* Which freedom alone makes the run fail in the same way? "" if none does. play is called with STRICT_ONLY set. */
const char *find_freedom_to_blame(const struct strict_board *board, enum symptom symptom,
                                  struct verdict (*play)(void *context), void *context);

/* All kinds of clients in a second. */
extern const struct scenario mixture;

#endif
