/* The room "proof": is the repository right? What its programs share, what its text promises, what happens when calls
   fail, whether the laboratory keeps its own order; and "make test", which plays all of it and what the other rooms
   test. Each function prints a line a test and counts it. */
#ifndef PROOF_H
#define PROOF_H

#include "common/common.h"

void test_common_text(void);                /* shared functions and quoted lines are the same text everywhere */
void test_rooms(void);                      /* each room includes only the signs of rooms below it */
void test_book(void); /* what the notes and README.md name exists; their experiments come out so */
void test_imports(void);                    /* the trace records all that the programs call */
void test_faults(const struct chapter *chapter);    /* each call of server and client fails once */

/* Small mistakes in the servers: writes them to where make builds them; plays those that are built, and prints how many
   were killed. only_chapter, only (a name): NULL: all. */
int write_mutants(void);
void test_mutants(const struct chapter *only_chapter, const char *only);

/* Everything, several parts at a time, each in a laboratory process of its own. The exit code. */
int test_everything(void);

#endif
