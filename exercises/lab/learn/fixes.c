/* Wrong fixes: what students try that only hides the symptom. The check of an exercise must see through each, for its
   reason. variants/fixes/ has them. */
#include "learn.h"
#include "difference.h"
#include "judge.h"
#include "client/client.h"
#include "variants/variants.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST   "exercises/lab/variants/fixes/%s.txt"
#define SOURCE BUILD_FOLDER "/fix_%s_%s.c"
#define SEEDS  3

/* ---- For make to build ---- */

/* NULL: this copy of the repository has no solutions. */
static char *read_base(const struct exercise *e, const struct variant *fix)
{
    size_t size;
    char path[200], *text;

    if (strcmp(fix->base, "start") == 0)
        snprintf(path, sizeof path, "%s/start.c", e->folder);
    else if (strcmp(fix->base, "solution") == 0)
        snprintf(path, sizeof path, "exercises/solutions/%s.c", e->id);
    else
        die("%s: %s is made from \"%s\": neither start nor solution", e->id, fix->name, fix->base);
    text = file_exists(path) ? read_file(path, &size) : NULL;
    if (text == NULL && strcmp(fix->base, "start") == 0)
        die("%s cannot be read", path);
    return text;
}

/* What fixes that are in no list any more have left. */
static void delete_all_but(char *names)
{
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(BUILD_FOLDER "/fix_*.c", &found);
    char path[MAX_PATH + 20];

    if (search == INVALID_HANDLE_VALUE)
        return;
    do
        if (!has(names, found.cFileName)) {
            snprintf(path, sizeof path, BUILD_FOLDER "/%s", found.cFileName);
            DeleteFileA(path);
        }
    while (FindNextFileA(search, &found));
    FindClose(search);
}

/* Returns how many it has written; *bad: how many fit their text no more. */
static int write_fixes_of(const struct exercise *e, char *names, size_t size, int *bad)
{
    char path[200], source[200], *text;
    struct variant *fixes;
    int count, written = 0;

    snprintf(path, sizeof path, LIST, e->id);
    count = read_variants(path, &fixes, &text);
    for (int i = 0; i < count; i++) {
        struct verdict v = { 0 };
        char *base = read_base(e, &fixes[i]), *changed = base != NULL ? apply_variant(&fixes[i], base, &v) : NULL;

        if (v.symptom != PASS) {
            fprintf(stderr, "lab: %s: %s\n", path, v.reason);
            ++*bad;
        }
        snprintf(source, sizeof source, SOURCE, e->id, fixes[i].name);
        if (changed != NULL) {
            write_if_new(source, changed);
            written++;
        }
        snprintf(names + strlen(names), size - strlen(names), "%s\n", source + strlen(BUILD_FOLDER) + 1);
        free(base);
        free(changed);
    }
    free(fixes);
    free(text);
    return written;
}

int write_fixes(void)
{
    static char names[60000];
    int count = 0, bad = 0;

    for (int i = 0; i < count_exercises(); i++)
        count += write_fixes_of(exercise_at(i), names, sizeof names, &bad);
    delete_all_but(names);
    printf("%d wrong fixes for make to build\n", count);
    return bad > 0;
}

/* ---- Playing ---- */

/* Where, and as what, a fix is found out: "step 2", "the strict system", "idle". */
struct finding {
    struct verdict v;
    char place[60];
};

/* "BUSY in idle" names a scenario of the battery, or a case for clients. */
static const char *named_place(const char *expected)
{
    const char *in = strstr(expected, " in ");

    return in != NULL && strncmp(in + 4, "step ", 5) != 0 && strcmp(in + 4, "strict") != 0 ? in + 4 : NULL;
}

/* As make check does: the steps, the strict system, the rest; of the rest only the place that the list names. */
static void find_out(const struct exercise *e, const char *stem, const char *expected, struct finding *f)
{
    struct tally tally = { 0 };
    int step;

    f->v = judge_steps(e, stem, &step);
    snprintf(f->place, sizeof f->place, "step %d", step);
    if (f->v.symptom == PASS) {
        snprintf(f->place, sizeof f->place, "strict");
        f->v = play_strictly(e, stem, SEEDS, &tally);
    }
    if (f->v.symptom == PASS && named_place(expected) != NULL) {
        snprintf(f->place, sizeof f->place, "%s", named_place(expected));
        f->v = judge_part(e, stem, f->place);
    }
}

/* "step 1/2": what stands behind the symptoms; "strict/step 2" is right, too. */
static bool is_place(const char *expected, const char *place)
{
    char names[60];
    const char *found;

    if (strcmp(expected, place) == 0)
        return true;
    snprintf(names, sizeof names, "%s", expected);
    found = strncmp(place, "step ", 5) == 0 ? place + 5 : place;
    return strchr(expected, '/') != NULL && has_word(names, found);
}

/* "STALL/CRASH in step 1", "rule 11", "freedom d1", "right", "unseen": does the finding fit? */
static bool is_expected(const struct finding *f, const char *expected)
{
    char symptoms[60], reason[20];
    const char *in = strstr(expected, " in ");

    if (strcmp(expected, "right") == 0 || strcmp(expected, "unseen") == 0)
        return f->v.symptom == PASS;
    if (strncmp(expected, "rule ", 5) == 0) {
        snprintf(reason, sizeof reason, "%s ", expected);
        return f->v.symptom == BROKEN_RULE && strncmp(f->v.reason, reason, strlen(reason)) == 0;
    }
    if (strncmp(expected, "freedom ", 8) == 0) {
        snprintf(reason, sizeof reason, "%s:", expected);
        return f->v.symptom != PASS && has(f->v.reason, reason);
    }
    snprintf(symptoms, sizeof symptoms, "%.*s", in != NULL ? (int)(in - expected) : 0, expected);
    return in != NULL && has_word(symptoms, symptom_name(f->v.symptom)) && is_place(in + 4, f->place);
}

static void try_fix(const struct exercise *e, const struct variant *fix)
{
    struct finding f = { 0 };
    struct verdict v = { 0 };
    char stem[200], program[220], name[200];
    double start = now();

    start_dialogue();
    snprintf(stem, sizeof stem, BUILD_FOLDER "/fix_%s_%s", e->id, fix->name);
    snprintf(program, sizeof program, "%s_traced.exe", stem);
    snprintf(name, sizeof name, "%s %s: %s", e->id, fix->name, fix->expected);
    if (strcmp(fix->base, "solution") == 0 && !has_solution(e)) {
        skip(&v, "this copy of the repository has no solutions");
    } else if (!file_exists(program)) {
        fail(&v, MESSAGE, "%s was not built", program);
    } else {
        find_out(e, stem, fix->expected, &f);
        if (!is_expected(&f, fix->expected) && f.v.symptom == PASS)
            fail(&v, MESSAGE, "it passes: %s", fix->words);
        else if (!is_expected(&f, fix->expected))
            fail(&v, MESSAGE, "it is found out as %s in %s: %s", symptom_name(f.v.symptom), f.place, f.v.reason);
    }
    print_verdict(name, &v, now() - start);
}

static void try_fixes_of(const struct exercise *e, const char *only)
{
    char path[200], *text;
    struct variant *fixes;
    int count;

    snprintf(path, sizeof path, LIST, e->id);
    count = read_variants(path, &fixes, &text);
    for (int i = 0; i < count; i++)
        if (only == NULL || strcmp(only, fixes[i].name) == 0)
            try_fix(e, &fixes[i]);
    free(fixes);
    free(text);
}

void test_fixes(const char *ids, const char *only)
{
    bool all = strcmp(ids, "all") == 0;
    int found = 0;

    for (int i = 0; i < count_exercises(); i++)
        if (all || strncmp(exercise_at(i)->id, ids, strlen(ids)) == 0) {
            found++;
            try_fixes_of(exercise_at(i), only);
        }
    if (found == 0)
        die("there is no exercise \"%s\"; make list shows all", ids);
}
