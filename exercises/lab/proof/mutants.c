/* Mutants: the seven servers, each with a small mistake that a reviewer might overlook (variants/servers/04.txt). The
   tests of this repository must find it: the battery, the sweep of failing calls, the soak, or the strict system. Not a
   part of make test. */
#include "proof.h"
#include "variants/variants.h"

#include <windows.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST       "exercises/lab/variants/servers/%s.txt"
#define STEM       BUILD_FOLDER "/mut_%s_%s"       /* with the chapter's name: "lab check" knows its limit by it */
#define LANES      3
#define TIME_LIMIT 300          /* seconds, for one mutant */
#define MOST       140          /* mutants */

struct mutant {
    const struct chapter *chapter;
    const struct variant *variant;
    struct process lab;         /* that plays it */
    double start;
    bool running;
};

static struct mutant mutants[MOST];
static int count, killed, unseen;

/* ---- For make to build ---- */

static void write_mutants_of(const struct chapter *chapter, int *written, int *bad)
{
    char path[100], source[120], base_path[60], *text, *base;
    struct variant *list;
    size_t size;
    int n;

    snprintf(path, sizeof path, LIST, chapter->number);
    snprintf(base_path, sizeof base_path, "%s/server.c", chapter->name);
    base = read_file(base_path, &size);
    if (base == NULL)
        die("%s cannot be read", base_path);
    n = read_variants(path, &list, &text);
    for (int i = 0; i < n; i++) {
        struct verdict v = { 0 };
        char *changed = apply_variant(&list[i], base, &v);

        if (changed == NULL) {
            fprintf(stderr, "lab: %s: %s\n", path, v.reason);
            ++*bad;
            continue;
        }
        snprintf(source, sizeof source, STEM ".c", chapter->name, list[i].name);
        write_if_new(source, changed);
        ++*written;
        free(changed);
    }
    free(base);
    free(list);
    free(text);
}

int write_mutants(void)
{
    int written = 0, bad = 0;

    for (int i = 0; i < CHAPTERS; i++)
        write_mutants_of(&chapters[i], &written, &bad);
    printf("%d mutants for make to build\n", written);
    return bad > 0;
}

/* ---- Playing: a laboratory process for each, in which the mutant stands for the chapter's server ---- */

/* "BUSY in idle" is the battery's; "faults", "soak", "strict", "rule 3", "freedom f1" name another part. */
static void part_that_kills(const struct mutant *m, char *arguments, size_t size)
{
    const char *expected = m->variant->expected, *in = strstr(expected, " in "), *number = m->chapter->number;

    if (in != NULL)
        snprintf(arguments, size, "check \"" STEM ".exe\" %s", m->chapter->name, m->variant->name, in + 4);
    else if (strcmp(expected, "faults") == 0 || strcmp(expected, "soak") == 0)
        snprintf(arguments, size, "%s %s", expected, number);
    else
        snprintf(arguments, size, "strict %s", number);
}

static void start_mutant(struct mutant *m)
{
    char arguments[200], command[1100], stem[100];

    snprintf(stem, sizeof stem, STEM, m->chapter->name, m->variant->name);
    part_that_kills(m, arguments, sizeof arguments);
    snprintf(command, sizeof command, "\"%s\" %s", lab_program(), arguments);
    SetEnvironmentVariableA("SERVER_STEM", stem);
    if (!start_process(&m->lab, command, NULL, NULL))
        die("%s could not be started: error %lu", command, GetLastError());
    SetEnvironmentVariableA("SERVER_STEM", NULL);
    m->start = now();
    m->running = true;
}

/* Has the part failed, and with the words that were promised? */
static bool is_killed(const struct mutant *m, const char *output, unsigned long code)
{
    const char *expected = m->variant->expected, *in = strstr(expected, " in ");
    char symptoms[40], sign[20];

    if (code == 0)
        return false;
    if (in != NULL) {
        snprintf(symptoms, sizeof symptoms, "%.*s", (int)(in - expected), expected);
        for (char *symptom = strtok(symptoms, "/"); symptom != NULL; symptom = strtok(NULL, "/"))
            if (has_word(output, symptom))
                return true;
        return false;
    }
    snprintf(sign, sizeof sign, "%s", expected);
    return strncmp(expected, "rule", 4) != 0 && strncmp(expected, "freedom", 7) != 0 ? has(output, "FAIL")
                                                                                     : has_word(output, sign);
}

static void end_mutant(struct mutant *m, unsigned long code)
{
    struct verdict v = { 0 };
    char *output = copy_output(&m->lab), name[160];

    start_dialogue();
    snprintf(name, sizeof name, "%s %s: %s", m->chapter->number, m->variant->name, m->variant->expected);
    if (is_killed(m, output, code)) {
        killed++;
    } else if (code == 0) {
        fail(&v, MESSAGE, "it survives: %s", m->variant->words);
    } else {
        fail(&v, MESSAGE, "it is killed for another reason: %s", m->variant->words);
        printf("%s", output);
    }
    print_verdict(name, &v, now() - m->start);
    fflush(stdout);
    free(output);
    stop_process(&m->lab);
    m->running = false;
}

static bool look_after(struct mutant *m)
{
    unsigned long code = ULONG_MAX;

    if (!wait_for_exit(&m->lab, 50, &code) && now() - m->start < TIME_LIMIT)
        return true;
    end_mutant(m, code);
    return false;
}

static void play_all(void)
{
    int next = 0, running = 0;

    while (next < count || running > 0) {
        while (running < LANES && next < count) {
            start_mutant(&mutants[next++]);
            running++;
        }
        for (int i = 0; i < next; i++)
            if (mutants[i].running && !look_after(&mutants[i]))
                running--;
    }
}

static void list_mutants_of(const struct chapter *chapter, const char *only)
{
    char path[100], *text;
    struct variant *list;
    int n;

    snprintf(path, sizeof path, LIST, chapter->number);
    n = read_variants(path, &list, &text);          /* kept until the end */
    for (int i = 0; i < n; i++) {
        if (only != NULL && strcmp(only, list[i].name) != 0)
            continue;
        if (strcmp(list[i].expected, "unseen") == 0) {
            printf("  --    %s %s: nothing here can see it. %s\n", chapter->number, list[i].name, list[i].words);
            unseen++;
        } else if (count < MOST) {
            mutants[count++] = (struct mutant){ .chapter = chapter, .variant = &list[i] };
        }
    }
}

void test_mutants(const struct chapter *only_chapter, const char *only)
{
    for (int i = 0; i < CHAPTERS; i++)
        if (only_chapter == NULL || only_chapter == &chapters[i])
            list_mutants_of(&chapters[i], only);
    play_all();
    if (count + unseen > 0)
        printf("%d of %d mutants were killed; %d more cannot be seen here\n", killed, count, unseen);
}
