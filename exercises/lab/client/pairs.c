/* Every client against every server: a binary file goes there and comes back. */
#include "client.h"
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_SIZE (8 << 20)

static void try_pair(struct trial *t, const struct chapter *chapter, const char *file, const char *copy)
{
    struct process client = { 0 };
    char command[200];
    size_t at;

    snprintf(command, sizeof command, "%s 127.0.0.1 %d", program_of(chapter, "client"), t->port);
    note("%s", command);
    if (!start_process(&client, command, file, copy)) {
        fail(&t->verdict, EXITED, "%s could not be started: error %lu", command, GetLastError());
        return;
    }
    judge_client(&t->verdict, &client, 0, "", 30000);
    if (t->verdict.symptom == PASS && !same_content(file, copy, &at))
        fail(&t->verdict, CORRUPT, "the copy differs from byte %zu on", at);
    stop_process(&client);
}

void test_pairs(void)
{
    char *file = temporary_file("original");
    char *copy = temporary_file("copy");

    write_random_file(file, FILE_SIZE, 4711);
    for (int s = 0; s < CHAPTERS; s++) {
        struct trial t = { .command = program_of(&chapters[s], "server") };
        char command[80], name[120];
        bool started;

        snprintf(command, sizeof command, "%s", t.command);
        t.command = command;
        start_dialogue();
        started = start_server(&t);
        for (int c = 0; c < CHAPTERS; c++) {
            double start = now();

            start_dialogue();
            if (started)
                try_pair(&t, &chapters[c], file, copy);
            snprintf(name, sizeof name, "8 MiB: server %s, client %s", chapters[s].number,
                     chapters[c].name);
            print_verdict(name, &t.verdict, now() - start);
            if (started)
                t.verdict = (struct verdict){ 0 };
        }
        end_trial(&t);
        if (t.verdict.symptom != PASS)
            print_verdict("the server after seven clients", &t.verdict, 0);
    }
    delete_file(file);
    delete_file(copy);
}
