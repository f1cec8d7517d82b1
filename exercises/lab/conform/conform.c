/* Programs on the strict system, with one seed after the other. */
#include "inside.h"
#include "client/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Does it fail in the same way if the system takes only this freedom? What hangs on a moment is tried with other
   seeds. */
static bool is_the_cause(const struct subject *subject, const struct scenario *scenario, int seed, enum freedom freedom,
                         enum symptom symptom)
{
    struct verdict v = { 0 };

    take_only(freedom_id(freedom));
    for (int i = 0; i < (freedom == PREEMPTED ? 5 : 1) && v.symptom != symptom; i++) {
        struct tally no_tally = { 0 };

        v = conform_server(subject, scenario, seed + i, &no_tally);
    }
    take_only(NULL);
    return v.symptom == symptom || (freedom == PREEMPTED && v.symptom != PASS);
}

/* Does it fail if the system takes no freedom at all? Then none is the cause. */
static bool fails_without(const struct subject *subject, const struct scenario *scenario, int seed)
{
    struct tally no_tally = { 0 };
    bool fails = false;

    take_only(",");
    for (int i = 0; i < 2 && !fails; i++)
        fails = conform_server(subject, scenario, seed + i, &no_tally).symptom != PASS;
    take_only(NULL);
    return fails;
}

/* It has failed, and no rule is broken: which freedom alone makes it fail? The reason is told so. */
static void find_cause(const struct subject *subject, const struct scenario *scenario, int seed,
                       const struct tally *taken,
                       struct verdict *v)
{
    if (fails_without(subject, scenario, seed))
        return;
    for (int i = 1; i < FREEDOMS; i++) {
        char reason[400];

        if (taken->taken[i] == 0 || !is_the_cause(subject, scenario, seed, i, v->symptom))
            continue;
        snprintf(reason, sizeof reason, "%s", v->reason);
        snprintf(v->reason, sizeof v->reason, "%s. It happens when the system does what it may, freedom %s: %s [%s]",
                 reason,
                 freedom_id(i), freedom_words(i), freedom_page(i));
        return;
    }
}

static struct verdict play(const struct subject *subject, const struct scenario *scenario, int seed,
                           struct tally *tally)
{
    struct tally this_one = { 0 };
    struct verdict v = conform_server(subject, scenario, seed, &this_one);

    tally->runs++;
    tally->broken += this_one.broken;
    for (int i = 1; i < FREEDOMS; i++)
        tally->taken[i] += this_one.taken[i];
    if (v.symptom != PASS && v.symptom != BROKEN_RULE)
        find_cause(subject, scenario, seed, &this_one, &v);
    return v;
}

struct verdict conform_once(const struct subject *subject, const struct scenario *plays, bool only_it, int seed,
                            struct tally *tally)
{
    struct verdict v = { 0 };

    if (!only_it)
        v = conform_server(subject, NULL, seed, tally);
    if (v.symptom != BROKEN_RULE && plays != NULL) {
        struct verdict other = conform_server(subject, plays, seed, tally);

        if (v.symptom == PASS || other.symptom == BROKEN_RULE)
            v = other;
    }
    return v;
}

struct verdict conform_quietly(const struct subject *subject, const struct scenario *plays, bool only_it, int seeds,
                               struct tally *tally)
{
    struct verdict v = { 0 };

    for (int seed = 1; seed <= seeds && v.symptom == PASS; seed++) {
        if (!only_it)
            v = play(subject, NULL, seed, tally);
        if (v.symptom == PASS && plays != NULL)
            v = play(subject, plays, seed, tally);
    }
    return v;
}

/* Cases that take no five seconds. */
static const char *const quick_cases[] = {
    "answers one byte at a time", "answers with pauses", "closes at once", "resets in the middle",
    "closes in the middle", "sends too much", "echoes, 20,000 bytes", "one byte on stdin", "nothing on stdin",
};
#define QUICK_CASES ((int)(sizeof quick_cases / sizeof quick_cases[0]))

struct verdict conform_client_quietly(const char *program, int seeds, struct tally *tally)
{
    struct verdict v = { 0 };

    for (int seed = 1; seed <= seeds && v.symptom == PASS; seed++)
        v = conform_client(program, quick_cases[seed % QUICK_CASES], seed, tally);
    return v;
}

/* Of so many scenarios or cases the first one for this seed, and how far it is to the next: over all seeds each is
   played, once at least. */
static int first_of(int seed, int seeds, int count, int *step)
{
    *step = seeds < count ? seeds : count;
    return seed % *step;
}

/* Not "churn": the layer keeps what the program has freed, to see who uses it afterwards, so memory grows by itself.
   Not "lines", where nothing may fail: here accept may. */
static bool suits(const struct scenario *scenario)
{
    return strcmp(scenario->key, "churn") != 0 && strcmp(scenario->key, "lines") != 0;
}

/* The mixture, and this seed's share of the battery. */
static struct verdict play_battery(const struct subject *subject, int seed, int seeds, struct tally *tally)
{
    struct verdict v = play(subject, NULL, seed, tally);
    int count = 0, step;

    while (scenario_number(count) != NULL)
        count++;
    for (int i = first_of(seed, seeds, count, &step); i < count && v.symptom == PASS; i += step) {
        if (suits(scenario_number(i)))
            v = play(subject, scenario_number(i), seed, tally);
        if (v.symptom != PASS)
            note("the scenario: %s", scenario_number(i)->words);
    }
    return v;
}

static struct verdict play_cases(const char *client, int chapter, int seed, int seeds, struct tally *tally)
{
    struct verdict v = { 0 };
    int count = 0, step;

    while (client_case_number(count, chapter) != NULL)
        count++;
    for (int i = first_of(seed, seeds, count, &step); i < count && v.symptom == PASS; i += step)
        v = conform_client(client, client_case_number(i, chapter), seed, tally);
    return v;
}

void print_tally(const struct tally *tally)
{
    char list[1200] = "";
    long total = 0;
    int kinds = 0;

    for (int i = 1; i < FREEDOMS; i++) {
        if (tally->taken[i] == 0)
            continue;
        total += tally->taken[i];
        kinds++;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s %ld  ", freedom_id(i), tally->taken[i]);
    }
    printf("  rules broken: %ld; freedoms taken: %ld times, of %d kinds; %ld runs\n", tally->broken, total, kinds,
           tally->runs);
    print_indented(4, list);
}

/* A freedom that applies to the chapter and was never taken would be one that nobody tests. */
static void check_taken(const struct chapter *chapter, const struct tally *tally)
{
    struct verdict v = { 0 };
    char name[120];

    for (int i = 1; i < FREEDOMS; i++)
        if (tally->taken[i] == 0
            && (strstr(freedom_chapters(i), chapter->number) != NULL || strcmp(freedom_chapters(i), "all") == 0))
            fail(&v, MESSAGE, "freedom %s counts for this chapter, and was not taken: %s", freedom_id(i),
                 freedom_words(i));
    snprintf(name, sizeof name, "%s: each freedom that applies was taken", chapter->name);
    print_verdict(name, &v, 0);
}

void test_chapter_strictly(const struct chapter *chapter, int seeds, int first)
{
    char server[120], client[80], name[120];
    struct subject subject = { .command = server, .limit = chapter->limit, .quick = true };
    struct tally tally = { 0 };
    struct verdict v = { 0 };
    double start = now();
    bool passed;
    char which[40];

    snprintf(which, sizeof which, seeds == 1 ? "seed %d" : "seeds %d to %d", first, first + seeds - 1);
    snprintf(server, sizeof server, "%s", traced_program_of(chapter, "server"));
    snprintf(client, sizeof client, "%s", traced_program_of(chapter, "client"));
    for (int seed = first; seed < first + seeds && v.symptom == PASS; seed++)
        v = play_battery(&subject, seed, seeds, &tally);
    snprintf(name, sizeof name, "%s: server, %s", chapter->name, which);
    print_verdict(name, &v, now() - start);
    start = now();
    passed = v.symptom == PASS;
    v = (struct verdict){ 0 };
    for (int seed = first; seed < first + seeds && v.symptom == PASS; seed++)
        v = play_cases(client, atoi(chapter->number), seed, seeds, &tally);
    snprintf(name, sizeof name, "%s: client, %s", chapter->name, which);
    print_verdict(name, &v, now() - start);
    if (passed && v.symptom == PASS && seeds >= 20)
        check_taken(chapter, &tally);
    print_tally(&tally);
}

void test_program_strictly(const char *program, int seeds, int first)
{
    char command[310];
    struct subject subject = { .command = command, .limit = -1, .quick = true };
    struct tally tally = { 0 };

    snprintf(command, sizeof command, "\"%s\"", program);
    for (int seed = first; seed < first + seeds; seed++) {
        double start = now();
        struct verdict v = play_battery(&subject, seed, seeds, &tally);
        char name[60];

        snprintf(name, sizeof name, "seed %d: all kinds of clients, and a part of the battery", seed);
        print_verdict(name, &v, now() - start);
        if (v.symptom != PASS)
            break;
    }
    print_tally(&tally);
}

/* ---- The list ---- */

static void print_entry(const char *id, const char *words, const char *chapters, const char *page, const char *quote)
{
    printf("\n%s%s%s\n", id, *chapters != '\0' ? "    chapters: " : "", chapters);
    print_indented(4, words);
    printf("    [%s]\n", page);
    print_indented(6, quote);
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
