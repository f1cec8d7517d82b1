/* The battery for servers: which scenarios there are, in which order, and how one is run. */
#include "trial.h"

#include <stdio.h>
#include <string.h>

/* The contract's rule that a scenario is about stands before it. To add a scenario, add a line. */
static const struct scenario scenarios[] = {
    { "S12 says what happens, in the agreed words",      try_lines },
    { "S10 listens on 127.0.0.1 and nowhere else",       try_listening },
    { "S1  sizes 1, 4095, 4096, 4097, 65536",            try_sizes },
    { "S1  connections with nothing in them",            try_empty },
    { "S1  one byte at a time",                          try_byte_by_byte },
    { "S1  random cuts",                                 try_random_cuts },
    { "S1  32 MiB both ways at once",                    try_both_ways },
    { "S2  50 clients at once",                          try_fifty },
    { "S2  60 silent clients and one that speaks",       try_idle_beside },
    { "S3  half-close while 1 MiB is owed",              try_half_close },
    { "S3  half-close when the server takes no more",    try_half_close_full },
    { "S3  half-close at once",                          try_half_close_at_once },
    { "S5  64 MiB to a client that does not read",       try_deaf },
    { "S2  an echo beside a client that does not read",  try_deaf_and_lively },
    { "S6  200 resets with data in flight",              try_resets },
    { "S7  idle means idle",                             try_idle },
    { "S8  200 clients at once",                         try_many },
    { "S9  four floods and a small client",              try_floods },
    { "S10 the port is in use",                          try_second_server },
    { "S10 ports that are none",                         try_bad_ports },
    { "S10 addresses that are not ours",                 try_bad_addresses },
    { "S11 10,000 connections, nothing left behind",     try_churn },
};
#define SCENARIOS (sizeof scenarios / sizeof scenarios[0])

static struct verdict run_scenario(const struct scenario *scenario, const struct subject *subject)
{
    struct trial t = { .command = subject->command, .limit = subject->limit, .input = subject->input };

    start_dialogue();
    if (start_server(&t))
        scenario->run(&t);
    end_trial(&t);
    return t.verdict;
}

void check_server(const struct subject *subject, const char *only)
{
    int count = 0;

    for (size_t i = 0; i < SCENARIOS; i++) {
        double start = now();
        struct verdict v;

        if (only != NULL && strstr(scenarios[i].name, only) == NULL)
            continue;
        v = run_scenario(&scenarios[i], subject);
        print_verdict(scenarios[i].name, &v, now() - start);
        count++;
    }
    if (count == 0)
        die("no scenario's name contains \"%s\"", only);
}

struct verdict check_one(const struct subject *subject, const char *scenario)
{
    const struct scenario *found = find_drill(scenario);

    for (size_t i = 0; i < SCENARIOS && found == NULL; i++)
        if (strcmp(scenarios[i].name, scenario) == 0)
            found = &scenarios[i];
    if (found == NULL)
        die("there is no scenario \"%s\"", scenario);
    return run_scenario(found, subject);
}
