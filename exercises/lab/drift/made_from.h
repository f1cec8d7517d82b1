/* What exercises/solutions/made_from.txt says: from which program each exercise was made, and what is
   its own. It lies there because it tells where the mistakes are. */
#ifndef MADE_FROM_H
#define MADE_FROM_H

#include "pieces.h"

#define MADE_FROM "exercises/solutions/made_from.txt"
#define MOST_OWN 60             /* names of one exercise */

enum { STARTER = 1, SOLUTION = 2 };

/* A piece that an exercise has not as its chapter has it: so says the table, or so it was found. */
struct own {
    char kind;                  /* '+' added, '-' left out, ' ' changed */
    char name[LONGEST_NAME];
    int lines;                  /* if it was changed: how many lines are not in both */
    int files;                  /* STARTER, SOLUTION, or both */
};

struct own_list {
    int count;
    struct own list[MOST_OWN];
};

struct chapter;

/* One entry of the table. */
struct entry {
    char id[8];                 /* "04c" */
    char program[12];           /* "server" or "client" */
    const struct chapter *chapter;
    struct own_list own;
};

/* The entry of an exercise; NULL: there is none. The first call reads the table, and ends the program
   if it cannot be understood. */
struct entry *find_entry(const char *id);

/* Adds a place to the list, for a piece of these files. Ends the program if the list is full. */
struct own *new_own(struct own_list *own, int files);

/* What the list has under this name for any of these files; NULL: nothing. */
struct own *find_own(struct own_list *own, const char *name, int files);

/* Prints the entry as it would have to be with this list. */
void print_entry(const struct entry *entry, const struct own_list *own);

#endif
