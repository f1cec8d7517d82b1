/* The battery for servers: which scenarios there are, and in which order. */
#include "server.h"
#include "scenarios.h"

#include <string.h>

/* To add a scenario, add a line; a wrong server that proves it goes into wrong.c and wrong_server.c. */
static const struct scenario scenarios[] = {
    { "lines",            "S12", "says what happens, in the agreed words",      try_lines },
    { "one-address",      "S10", "listens on 127.0.0.1 and nowhere else",       try_listening },
    { "sizes",            "S1",  "sizes 1, 4095, 4096, 4097, 65536",            try_sizes },
    { "empty",            "S1",  "connections with nothing in them",            try_empty },
    { "byte-by-byte",     "S1",  "one byte at a time",                          try_byte_by_byte },
    { "random-cuts",      "S1",  "random cuts",                                 try_random_cuts },
    { "both-ways",        "S1",  "32 MiB both ways at once",                    try_both_ways },
    { "fifty",            "S2",  "50 clients at once",                          try_fifty },
    { "silent-clients",   "S2",  "60 silent clients and one that speaks",       try_idle_beside },
    { "half-close",       "S3",  "half-close while 1 MiB is owed",              try_half_close },
    { "half-close-full",  "S3",  "half-close when the server takes no more",    try_half_close_full },
    { "half-close-early", "S3",  "half-close at once",                          try_half_close_at_once },
    { "deaf",             "S5",  "64 MiB to a client that does not read",       try_deaf },
    { "beside-deaf",      "S2",  "an echo beside a client that does not read",  try_deaf_and_lively },
    { "resets",           "S6",  "200 resets with data in flight",              try_resets },
    { "idle",             "S7",  "idle means idle",                             try_idle },
    { "many-clients",     "S8",  "200 clients at once",                         try_many },
    { "full",             "S8",  "one client more than the limit",              try_full },
    { "come-and-go",      "S9",  "16 clients that come, speak and leave again",  try_coming_and_going },
    { "floods",           "S9",  "four floods and a small client",              try_floods },
    { "port-in-use",      "S10", "the port is in use",                          try_second_server },
    { "bad-ports",        "S10", "ports that are none",                         try_bad_ports },
    { "bad-addresses",    "S10", "addresses that are not ours",                 try_bad_addresses },
    { "churn",            "S11", "10,000 connections, nothing left behind",     try_churn },
};
#define SCENARIOS (sizeof scenarios / sizeof scenarios[0])

const struct scenario *find_scenario(const char *key)
{
    for (size_t i = 0; i < SCENARIOS; i++)
        if (strcmp(scenarios[i].key, key) == 0)
            return &scenarios[i];
    return NULL;
}

const struct scenario *scenario_number(int i)
{
    return i < (int)SCENARIOS ? &scenarios[i] : NULL;
}

static bool is_named(const struct scenario *s, const char *only)
{
    return only == NULL || _stricmp(s->promise, only) == 0 || _stricmp(s->key, only) == 0 || has(s->words, only);
}

/* A wrong byte is tried again where the system itself gives one now and then: a server that is wrong is wrong twice. */
static struct verdict play(const struct subject *subject, const struct scenario *scenario)
{
    struct verdict v = run_scenario(subject, scenario);

    return v.symptom == CORRUPT && queues_sends() ? run_scenario(subject, scenario) : v;
}

void check_server(const struct subject *subject, const char *only)
{
    int count = 0;

    for (size_t i = 0; i < SCENARIOS; i++) {
        char name[80];
        double start = now();
        struct verdict v;

        if (!is_named(&scenarios[i], only))
            continue;
        v = play(subject, &scenarios[i]);
        snprintf(name, sizeof name, "%-3s %s", scenarios[i].promise, scenarios[i].words);
        print_verdict(name, &v, now() - start);
        count++;
    }
    if (count == 0) {
        for (size_t i = 0; i < SCENARIOS; i++)
            fprintf(stderr, "  %-3s  %-18s %s\n", scenarios[i].promise, scenarios[i].key, scenarios[i].words);
        die("there is no scenario \"%s\"; these are all", only);
    }
}

struct verdict check_quietly(const struct subject *subject, const char **failed)
{
    struct verdict v = { 0 };

    for (size_t i = 0; i < SCENARIOS && (v.symptom == PASS || v.symptom == SKIPPED); i++) {
        v = play(subject, &scenarios[i]);
        *failed = scenarios[i].words;
    }
    if (v.symptom == SKIPPED)
        v = (struct verdict){ 0 };
    return v;
}
