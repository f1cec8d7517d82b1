/* Is the checker any good? Wrong servers, and what it must say of each. */
#include "tests.h"
#include "trial.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *fault;          /* a name from wrong_server.c */
    const char *scenario;       /* a name from battery.c */
    enum symptom symptom;
    enum symptom or_this;       /* if it depends on how busy the machine is; else PASS */
} expected[] = {
    { "no-fault",             "S1  32 MiB both ways at once",                    PASS, PASS },
    { "no-fault",             "S5  64 MiB to a client that does not read",       PASS, PASS },
    { "no-fault",             "S8  200 clients at once",                         PASS, PASS },
    { "sends-too-much",       "S1  sizes 1, 4095, 4096, 4097, 65536",            EXTRA, PASS },
    { "treats-bytes-as-text", "S1  random cuts",                                 CORRUPT, PASS },
    { "ignores-short-sends",  "S3  half-close when the server takes no more",    LOST_TAIL, CORRUPT },
    { "drops-at-half-close",  "S3  half-close when the server takes no more",    LOST_TAIL, PASS },
    { "never-closes",         "S1  connections with nothing in them",            NO_CLOSE, PASS },
    { "resets-at-the-end",    "S1  sizes 1, 4095, 4096, 4097, 65536",            RESET, PASS },
    { "one-at-a-time",        "S2  60 silent clients and one that speaks",       STALL, PASS },
    { "queues-without-bound", "S5  64 MiB to a client that does not read",       LEAK, PASS },
    { "spins-for-the-deaf",   "S5  64 MiB to a client that does not read",       BUSY, PASS },
    { "spins",                "S7  idle means idle",                             BUSY, PASS },
    { "dies-on-reset",        "S6  200 resets with data in flight",              EXITED, PASS },
    { "ignores-client-65",    "S8  200 clients at once",                         FEWER_CLIENTS, PASS },
    { "crashes-at-65",        "S8  200 clients at once",                         CRASH, PASS },
    { "lowest-first",         "S9  four floods and a small client",              SLOW, STALL },
    { "listens-everywhere",   "S10 listens on 127.0.0.1 and nowhere else",       EXPOSED, PASS },
    { "goes-on-without-port", "S10 the port is in use",                          NO_EXIT, PASS },
    { "truncates-ports",      "S10 ports that are none",                         NO_EXIT, PASS },
    { "leaks",                "S11 10,000 connections, nothing left behind",     LEAK, PASS },
    { "says-nothing",         "S12 says what happens, in the agreed words",      MESSAGE, PASS },
};

void test_wrong_servers(void)
{
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct verdict found, v = { 0 };
        double start = now();
        char command[120], name[120];

        start_dialogue();
        snprintf(command, sizeof command, "exercises/lab/lab.exe wrong %s", expected[i].fault);
        found = check_one(&(struct subject){ .command = command }, expected[i].scenario);
        if (expected[i].symptom == RESET && is_wine())
            fail(&v, SKIPPED, "Wine tells a reset that comes after the last byte as a close");
        else if (found.symptom != expected[i].symptom
                 && (expected[i].or_this == PASS || found.symptom != expected[i].or_this))
            fail(&v, MESSAGE, "the battery says %s (%s); it should say %s",
                 symptom_name(found.symptom), found.reason, symptom_name(expected[i].symptom));
        snprintf(name, sizeof name, "%s -> %s", expected[i].fault, symptom_name(expected[i].symptom));
        print_verdict(name, &v, now() - start);
    }
}
