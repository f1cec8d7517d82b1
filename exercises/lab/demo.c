/* The demonstration: for each model three clients, and what became of them. */
#include "chapters.h"
#include "files.h"
#include "tests.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_TO_SEND "exercises/lab/lab.exe"    /* a real file, with every kind of byte in it */

/* What was seen of one model. Times in seconds. */
struct result {
    int threads;                /* while all three clients are there */
    double answered;
    size_t bytes;
    double file_time;
    bool identical;
    int served;
};

/* C gets the file through a pipe, so that all three clients are certainly there while the server's threads
   are counted. */
static void run_client(struct trial *t, const struct chapter *chapter, struct result *r)
{
    struct process client = { 0 };
    char *copy = temporary_file("copy");
    char *file = read_file(FILE_TO_SEND, &r->bytes);
    char command[120];
    double start;
    DWORD code;
    size_t at;

    if (file == NULL)
        die("cannot read %s", FILE_TO_SEND);
    snprintf(command, sizeof command, "%s 127.0.0.1 %d", program_of(chapter, "client"), t->port);
    if (!start_process(&client, command, OPEN_STDIN, copy))
        fail(&t->verdict, EXITED, "%s could not be started: error %lu", command, GetLastError());
    else if (!wait_for_output(&t->server, "#3 connected", 10000))
        fail(&t->verdict, REFUSED, "the server does not say that client.exe has connected");
    r->threads = measure(&t->server).threads;
    start = now();
    if (t->verdict.symptom == PASS) {
        feed_process(&client, file, r->bytes);
        if (!wait_for_exit(&client, 30000, &code)) {
            fail(&t->verdict, STALL, "client.exe has not ended after 30 s");
        } else if (code != 0) {
            char *said = copy_output(&client);

            fail(&t->verdict, EXITED, "client.exe ended with exit code %lu: %s", code, said);
            free(said);
        }
    }
    r->file_time = now() - start;
    r->identical = t->verdict.symptom == PASS && same_content(FILE_TO_SEND, copy, &at);
    if (t->verdict.symptom == PASS && !r->identical)
        fail(&t->verdict, CORRUPT, "what came back differs from byte %zu on", at);
    stop_process(&client);
    delete_file(copy);
    free(file);
}

static void print_server_lines(struct trial *t)
{
    char *output = copy_output(&t->server);

    printf("  What the server said:\n");
    for (char *line = strtok(output, "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
        printf("      %s\n", line);
    free(output);
}

/* A is silent all the time; B says five bytes beside it; C is the chapter's client with a file. */
static void three_clients(struct trial *t, const struct chapter *chapter, struct result *r)
{
    struct peer a = { .name = "A" };
    struct peer b = { .name = "B", .to_send = 5, .lockstep = true, .no_half_close = true };

    if (call(t, &a) && call(t, &b)) {
        printf("  A connects and says nothing.\n");
        run_peers(&b, 1, 10, 5);
        if (all_fine(&b, 1, &t->verdict)) {
            r->answered = b.slowest;
            printf("  B connects and says five bytes: they are back after %.1f ms.\n",
                   r->answered * 1000);
            run_client(t, chapter, r);
        }
        if (r->identical)
            printf("  C is client.exe with a file of %zu bytes: it came back identical\n"
                   "    within %.2f s.\n", r->bytes, r->file_time);
        b.done = b.no_half_close = false;
        run_peers(&b, 1, 5, 5);
        run_peers(&a, 1, 5, 5);
        if (all_fine(&b, 1, &t->verdict) && all_fine(&a, 1, &t->verdict))
            printf("  B and A say goodbye, and their connections are closed.\n");
    }
    close_peer(&a);
    close_peer(&b);
    wait_until_empty(t);
    r->served = count_in_output(&t->server, "closed after");
}

static bool show_model(const struct chapter *chapter, struct result *r)
{
    char command[80];
    struct trial t = { .limit = chapter->limit };

    snprintf(command, sizeof command, "%s", program_of(chapter, "server"));
    t.command = command;
    printf("\n%s: %s\n\n", chapter->name, chapter->who_waits);
    fflush(stdout);
    start_dialogue();
    if (start_server(&t))
        three_clients(&t, chapter, r);
    if (t.server.output != NULL)
        print_server_lines(&t);
    stop_process(&t.server);
    if (t.verdict.symptom == PASS)
        printf("  Result: %d clients served by %d thread%s, every byte verified.\n", r->served,
               r->threads, r->threads == 1 ? "" : "s");
    else
        printf("  Result: %s, %s:\n    %s\n", symptom_name(t.verdict.symptom),
               symptom_meaning(t.verdict.symptom), t.verdict.reason);
    fflush(stdout);
    return t.verdict.symptom == PASS;
}

static void print_table(const struct result *results)
{
    printf("\nThe seven side by side\n\n");
    printf("  %-23s %7s %7s %9s %-9s %s\n", "model", "clients", "threads", "bytes", "verified",
           "limit");
    for (int i = 0; i < CHAPTERS; i++) {
        const struct result *r = &results[i];
        char limit[20] = "none";

        if (chapters[i].limit > 0)
            snprintf(limit, sizeof limit, "%d", chapters[i].limit);
        printf("  %-23s %7d %7d %9zu %-9s %s\n", chapters[i].name, r->served, r->threads, r->bytes,
               r->identical ? "yes" : "NO", limit);
    }
    printf("\n  Who copied the bytes out of the system's buffers?\n");
    printf("    01 to 04: recv did, after the thread was woken.\n");
    printf("    05 to 07: the system did, before the thread was woken.\n");
    printf("\nNext: read 01_blocking/notes.md beside 01_blocking/server.c\n");
}

int demonstrate(const struct chapter *chapter)
{
    struct result results[CHAPTERS] = { 0 };
    bool fine = true;

    for (int i = 0; i < CHAPTERS; i++)
        if (chapter == NULL || chapter == &chapters[i])
            fine = show_model(&chapters[i], &results[i]) && fine;
    if (chapter == NULL)
        print_table(results);
    return fine ? 0 : 1;
}
