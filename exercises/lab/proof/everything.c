/* Everything that can be checked: each part is a laboratory process of its own, a few at a time. */
#include "proof.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANES      4            /* most parts wait more than they work, so there may be more than processors */
#define TIME_LIMIT 600          /* seconds, for one part */

struct part {
    char arguments[80];
    struct process process;
    double start;
    bool running;
};

static struct part parts[60];
static int count;

static void add_part(const char *verb, const char *argument)
{
    snprintf(parts[count++].arguments, sizeof parts[0].arguments, "%s %s", verb, argument);
}

/* What takes long begins first, so that in the end no lane stands idle while another one has a long part left. */
static void list_parts(void)
{
    char server[80];

    add_part("same", "");
    add_part("rooms", "");
    add_part("drift", "");
    add_part("wrong", "");
    for (int i = CHAPTERS - 1; i >= 0; i--)
        add_part("verify", chapters[i].number);
    for (int i = 0; i < CHAPTERS; i++) {
        snprintf(server, sizeof server, "%s", program_of(&chapters[i], "server"));
        add_part("check", server);
    }
    for (int i = 0; i < CHAPTERS; i++)
        add_part("strict", chapters[i].number);
    add_part("strict", "test");
    add_part("clients", "");
    for (int i = 0; i < CHAPTERS; i++)
        add_part("faults", chapters[i].number);
    add_part("book", "");
    add_part("pictures", "compare");
    add_part("bench", "test");
    add_part("pairs", "");
    for (int i = 0; i < CHAPTERS; i++)
        add_part("soak", chapters[i].number);
    add_part("imports", "");
    add_part("window", "");
}

/* Prints what the part has printed, but for its last line, whose numbers are added to ours. */
static void take_over(struct part *part, unsigned long code)
{
    struct verdict v = { 0 };
    char *output = copy_output(&part->process);
    int passed, failed, skipped;
    char *totals = strstr(output, " passed, ");

    while (totals != NULL && totals > output && totals[-1] != '\n')
        totals--;
    if (totals == NULL || sscanf(totals, "%d passed, %d failed, %d skipped", &passed, &failed, &skipped) != 3
        || (code != 0) != (failed > 0)) {
        printf("%s", output);
        fail(&v, CRASH, "lab %s ended with exit code 0x%lx and without its last line", part->arguments,
             code);
        print_verdict(part->arguments, &v, now() - part->start);
    } else {
        *totals = '\0';
        printf("%s", output);
        add_counts(passed, failed, skipped);
    }
    fflush(stdout);
    free(output);
}

static void look_after(struct part *part, int *running)
{
    struct verdict v = { 0 };
    unsigned long code = 0;

    if (!part->running)
        return;
    if (wait_for_exit(&part->process, 50, &code)) {
        take_over(part, code);
    } else if (now() - part->start > TIME_LIMIT) {
        fail(&v, STALL, "lab %s has not ended after %d s", part->arguments, TIME_LIMIT);
        print_verdict(part->arguments, &v, now() - part->start);
    } else {
        return;
    }
    stop_process(&part->process);
    part->running = false;
    --*running;
}

int test_everything(void)
{
    int next = 0, running = 0;
    char command[900];

    list_parts();
    /* Under Wine the first program that needs the desktop starts it, as a child that ends with that program's job. So
       we need it first: the other parts must not lose it. */
    GetDesktopWindow();
    while (next < count || running > 0) {
        while (running < LANES && next < count) {
            struct part *part = &parts[next++];

            snprintf(command, sizeof command, "\"%s\" %s", lab_program(), part->arguments);
            part->start = now();
            if (!start_process(&part->process, command, NULL, NULL))
                die("%s could not be started: error %lu", command, GetLastError());
            part->running = true;
            running++;
        }
        for (int i = 0; i < next; i++)
            look_after(&parts[i], &running);
    }
    printf("all parts took %.0f s\n", now());
    return print_totals();
}
