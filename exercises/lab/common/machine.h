/* The machine on which the laboratory runs. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

/* Runs under Wine? */
bool is_wine(void);

/* Does it tell a reset that came before recv as a close, or as a reset? Wine 8 as a close; Wine 10 as a reset, like
   Windows. */
bool hides_resets(void);

/* Does it say of a non-blocking send that all is done, and keep the rest in a queue of its own? Wine 10 does. Two of
   about 900 floods came back wrong there; none (of 36 GB) with a client outside of Wine, and none under Wine 8. */
bool queues_sends(void);

/* So long a program that has crashed may live on, milliseconds: under Wine a debugger looks at it before it ends, if
   the Makefile has not switched the debugger off. */
int crash_time(void);

/* "Wine 8.0" or "Windows". */
const char *system_name(void);

/* "Wine 8.0; 2 processors: AMD ...", without commas or quotes: it stands in a CSV file, too. */
const char *machine_name(void);

/* "2025-12-31" */
const char *today(void);

/* The laboratory's own program, as UTF-8, to be started again with other arguments. */
const char *lab_program(void);

#endif
