/* Child processes: started in one job object, so that none survives the laboratory; what they print is
   collected; what they use is measured. */
#ifndef PROCESS_H
#define PROCESS_H

#include "report.h"

#include <stdbool.h>
#include <stddef.h>

/* A HANDLE is a void *, and a DWORD an unsigned long: so whoever only looks at a process need not compile
   <windows.h>. */
struct process {
    void *handle;               /* HANDLE. NULL: not running any more, or never started */
    unsigned long id;
    struct output *output;      /* what it has printed so far, stdout and stderr together; NULL: is not collected */
    void *input;                /* HANDLE. With OPEN_STDIN: the end to write to; else NULL */
};

#define OPEN_STDIN "-"          /* as stdin_file: a pipe that stays open, like a silent keyboard */

/* What a process uses at this moment. cpu in seconds since it started, memory in bytes. */
struct usage {
    double cpu;
    size_t memory;
    int handles;
    int threads;
};

/* Starts a command line. stdin_file: a path, OPEN_STDIN, or NULL for an empty stdin. stdout_file: a path, or NULL
   to collect stdout together with stderr. Paths are UTF-8. false: could not be started. */
bool start_process(struct process *p, const char *command_line, const char *stdin_file,
                   const char *stdout_file);

/* Starts it with a console of its own, so that its stdin is a keyboard. Nothing of what it prints is collected. */
bool start_in_console(struct process *p, const char *command_line);

/* With OPEN_STDIN: writes all the bytes to the process' stdin and ends it. false: it does not read them. */
bool feed_process(struct process *p, const char *bytes, size_t count);

/* Waits until the output contains text. false: not within the time, or the process ended without it. */
bool wait_for_output(struct process *p, const char *text, int milliseconds);

/* How often text occurs in the output up to now. */
int count_in_output(struct process *p, const char *text);

/* Waits until text occurs count times. false: not within the time, or the process ended before. */
bool wait_for_count(struct process *p, const char *text, int count, int milliseconds);

/* A copy of the output up to now; the caller frees it. */
char *copy_output(struct process *p);

/* Waits for the end. false: still running after that time. *code is the exit code. */
bool wait_for_exit(struct process *p, int milliseconds, unsigned long *code);

/* Which symptom is an exit that should not have been? CRASH or EXITED. */
enum symptom symptom_of_exit(unsigned long code);

bool is_running(struct process *p);

/* All zero if the process cannot be asked. GetProcessHandleCount gives 0 under Wine, so the number
   comes from NtQuerySystemInformation, whose page documents the field. */
struct usage measure(struct process *p);

/* Ends the process if it is running, and frees everything. */
void stop_process(struct process *p);

#endif
