/* The room "variants": programs that differ from one of ours in a few lines. fixes/04c.txt has wrong fixes of exercise
   04c, which its check must see through.

   A variant is a line that begins with "=", with four parts between "|", and below it the lines that differ:

   = everybody-writable | solution | BUSY in idle | Everybody is in the writable set, always.
   -        if (c->filled > c->sent)
   -            FD_SET(c->socket, writable);
   +        FD_SET(c->socket, writable);

   Name; the text that it is made from ("start", "solution", "server"); how it must be found out; what is wrong about
   it. Lines with "-" must stand in that text exactly once, one below the other; those with "+" take their place, and
   those with a blank stay. An empty line parts one place from the next. Lines before the first "=" are for the reader.

   How a wrong fix must be found out: "STALL/CRASH in step 2" (of the exercise's plan), "... in strict", "... in deaf"
   (a scenario of the battery, or a case for clients), "rule 3", "freedom d1"; "right": it is, after all; "unseen": it
   is wrong, and nothing here can see it. A mutant: "... in deaf", "faults", "soak", "strict", "rule 3", "unseen". */
#ifndef VARIANTS_H
#define VARIANTS_H

#include "common/common.h"

struct variant {
    char name[40], base[12], expected[60], words[240];
    char *edits;                /* the lines with - and + */
};

/* All variants of a file; *text is what the caller frees at the end, after the list. Returns how many; 0 if there is no
   such file. Ends the program at a line that is not right. */
int read_variants(const char *path, struct variant **list, char **text);

/* The base with the variant's lines in place of its own; the caller frees it. NULL: a place is not there, or more than
   once; *v says which. */
char *apply_variant(const struct variant *variant, const char *base, struct verdict *v);

/* Writes text to path, unless the file has this text already: make builds only what is new. */
void write_if_new(const char *path, const char *text);

#endif
