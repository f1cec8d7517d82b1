/* Programs on the strict system, with one seed after the other. */
#include "inside.h"
#include "client/client.h"

#include <stdio.h>
#include <string.h>

/* Cases that take no five seconds. */
static const char *const cases[] = {
    "answers one byte at a time", "answers with pauses", "closes at once", "resets in the middle",
        "closes in the middle",
    "sends too much", "echoes, 20,000 bytes", "one byte on stdin", "nothing on stdin",
};
#define CASES ((int)(sizeof cases / sizeof cases[0]))

/* Of the battery, beside the mixture: one with each seed. */
static const char *const scenarios[] = {
    "sizes", "byte-by-byte", "random-cuts", "resets", "half-close", "half-close-early", "half-close-full", "empty",
        "fifty",
    "both-ways", "come-and-go", "beside-deaf",
};
#define SCENARIOS ((int)(sizeof scenarios / sizeof scenarios[0]))

struct verdict conform_server(const struct subject *subject, const struct scenario *scenario, int seed,
                              struct tally *tally)
{
    struct strict_board *board = set_board(seed);
    struct verdict v = run_scenario(subject, scenario != NULL ? scenario : &mixture);

    return take_board(board, seed, v, tally);
}

struct verdict conform_client(const char *program, const char *key, int seed, struct tally *tally)
{
    struct strict_board *board = set_board(seed);
    struct verdict v = check_client(program, key);

    return take_board(board, seed, v, tally);
}

struct verdict conform_quietly(const struct subject *subject, const struct scenario *plays, bool only_it, int seeds,
                               struct tally *tally)
{
    struct verdict v = { 0 };

    for (int seed = 1; seed <= seeds && v.symptom == PASS; seed++) {
        if (!only_it)
            v = conform_server(subject, NULL, seed, tally);
        if (v.symptom == PASS && plays != NULL)
            v = conform_server(subject, plays, seed, tally);
    }
    return v;
}

struct verdict conform_client_quietly(const char *program, int chapter, int seeds, struct tally *tally)
{
    struct verdict v = { 0 };

    (void)chapter;
    for (int seed = 1; seed <= seeds && v.symptom == PASS; seed++)
        for (int i = 0; i < 3 && v.symptom == PASS; i++)
            v = conform_client(program, cases[(seed * 3 + i) % CASES], seed, tally);
    return v;
}

void print_tally(const struct tally *tally)
{
    long total = 0;
    int kinds = 0;

    for (int i = 1; i < FREEDOMS; i++) {
        total += tally->taken[i];
        kinds += tally->taken[i] > 0;
    }
    printf("  rules broken: %ld; freedoms taken: %ld times, of %d kinds; %ld runs\n", tally->broken, total, kinds,
           tally->runs);
}

/* One line for a program and a range of seeds: the first that fails is told. */
static void report(const char *name, const struct verdict *v, double start)
{
    print_verdict(name, v, now() - start);
}

void test_chapter_strictly(const struct chapter *chapter, int seeds)
{
    char server[80], client[80], name[120];
    struct subject subject = { .command = server, .limit = chapter->limit, .quick = true };
    struct tally tally = { 0 };
    struct verdict v = { 0 };
    double start = now();

    snprintf(server, sizeof server, ".build/%s_server_traced.exe", chapter->number);
    snprintf(client, sizeof client, ".build/%s_client_traced.exe", chapter->number);
    for (int seed = 1; seed <= seeds && v.symptom == PASS; seed++) {
        v = conform_server(&subject, NULL, seed, &tally);
        if (v.symptom == PASS)
            v = conform_server(&subject, find_scenario(scenarios[seed % SCENARIOS]), seed, &tally);
    }
    snprintf(name, sizeof name, "%s: server, seeds 1 to %d", chapter->name, seeds);
    report(name, &v, start);
    start = now();
    v = conform_client_quietly(client, atoi(chapter->number), seeds, &tally);
    snprintf(name, sizeof name, "%s: client, seeds 1 to %d", chapter->name, seeds);
    report(name, &v, start);
    print_tally(&tally);
}

#define SEEDS 10

void test_program_strictly(const char *program)
{
    char command[310];
    struct subject subject = { .command = command, .limit = -1, .quick = true };
    struct tally tally = { 0 };

    snprintf(command, sizeof command, "\"%s\"", program);
    for (int seed = 1; seed <= SEEDS; seed++) {
        double start = now();
        struct verdict v = conform_server(&subject, NULL, seed, &tally);
        char name[60];

        if (v.symptom == PASS)
            v = conform_server(&subject, find_scenario(scenarios[seed % SCENARIOS]), seed, &tally);
        snprintf(name, sizeof name, "seed %d: all kinds of clients; %s", seed, scenarios[seed % SCENARIOS]);
        report(name, &v, start);
        if (v.symptom != PASS)
            break;
    }
    print_tally(&tally);
}

/* ---- The list ---- */

static void print_entry(const char *id, const char *words, const char *chapters, const char *page, const char *quote)
{
    printf("\n%4s  %s\n", id, words);
    if (*page != '\0') {
        printf("      [%s]", page);
        if (*chapters != '\0')
            printf("  chapters: %s", chapters);
        printf("\n");
        print_indented(6, quote);
    }
}

int list_rules(void)
{
    printf("Rules: the program must ...\n");
    for (int i = 1; i < RULES; i++)
        print_entry(rule_id(i), rule_words(i), rule_chapters(i), rule_page(i), rule_quote(i));
    printf("\nFreedoms: the system may do this ...\n");
    for (int i = 1; i < FREEDOMS; i++)
        print_entry(freedom_id(i), freedom_words(i), freedom_chapters(i), freedom_page(i), freedom_quote(i));
    return 0;
}
