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

/* Everything, several parts at a time, each in a laboratory process of its own. The exit code. */
int test_everything(void);

#endif
