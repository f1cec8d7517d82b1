/* Is the checker any good? Wrong servers, and what it must say of each. */
#include "server.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *fault;          /* a name from wrong_server.c */
    const char *scenario;       /* a key of battery.c */
    enum symptom symptom;
    enum symptom or_this;       /* if it depends on how busy the machine is; else PASS */
} expected[] = {
    { "no-fault",             "both-ways",       PASS, PASS },
    { "no-fault",             "deaf",            PASS, PASS },
    { "no-fault",             "many-clients",    PASS, PASS },
    { "sends-too-much",       "sizes",           EXTRA, PASS },
    { "treats-bytes-as-text", "random-cuts",     CORRUPT, PASS },
    { "ignores-short-sends",  "half-close-full", LOST_TAIL, CORRUPT },
    { "drops-at-half-close",  "half-close-full", LOST_TAIL, PASS },
    { "never-closes",         "empty",           NO_CLOSE, PASS },
    { "resets-at-the-end",    "sizes",           RESET, PASS },
    { "one-at-a-time",        "silent-clients",  STALL, PASS },
    { "queues-without-bound", "deaf",            LEAK, PASS },
    { "spins-for-the-deaf",   "deaf",            BUSY, PASS },
    { "spins",                "idle",            BUSY, PASS },
    { "dies-on-reset",        "resets",          EXITED, PASS },
    { "ignores-client-65",    "many-clients",    FEWER_CLIENTS, PASS },
    { "crashes-at-65",        "many-clients",    CRASH, PASS },
    { "lowest-first",         "floods",          SLOW, STALL },
    { "newest-first",         "come-and-go",     SLOW, STALL },
    { "listens-everywhere",   "one-address",     EXPOSED, PASS },
    { "goes-on-without-port", "port-in-use",     NO_EXIT, PASS },
    { "truncates-ports",      "bad-ports",       NO_EXIT, PASS },
    { "leaks",                "churn",           LEAK, PASS },
    { "says-nothing",         "lines",           MESSAGE, PASS },
};

#define EXPECTED (sizeof expected / sizeof expected[0])

const char *wrong_server_command(const char *fault)
{
    static char command[500];

    snprintf(command, sizeof command, "\"%s\" wrong %s", lab_program(), fault);
    return command;
}

static void test_one(size_t i)
{
    const struct scenario *scenario = find_scenario(expected[i].scenario);
    struct verdict found, v = { 0 };
    double start = now();
    char name[120];

    if (scenario == NULL)
        die("wrong.c: there is no scenario \"%s\"", expected[i].scenario);
    found = run_scenario(&(struct subject){ .command = wrong_server_command(expected[i].fault) }, scenario);
    if (expected[i].symptom == RESET && hides_resets())
        skip(&v, "this Wine tells a reset that comes after the last byte as a close");
    else if (found.symptom != expected[i].symptom
             && (expected[i].or_this == PASS || found.symptom != expected[i].or_this))
        fail(&v, MESSAGE, "the battery says %s (%s); it should say %s", symptom_name(found.symptom), found.reason,
             symptom_name(expected[i].symptom));
    snprintf(name, sizeof name, "%s, %s -> %s", expected[i].fault, scenario->key, symptom_name(expected[i].symptom));
    print_verdict(name, &v, now() - start);
}

void test_wrong_servers(const char *only)
{
    int count = 0;

    for (size_t i = 0; i < EXPECTED; i++)
        if (only == NULL || strcmp(expected[i].fault, only) == 0) {
            test_one(i);
            count++;
        }
    if (count == 0) {
        for (size_t i = 0; i < EXPECTED; i++)
            if (i == 0 || strcmp(expected[i - 1].fault, expected[i].fault) != 0)
                fprintf(stderr, "  %-22s must be caught by %s\n", expected[i].fault, expected[i].scenario);
        die("there is no wrong server \"%s\"; these are all", only);
    }
}
