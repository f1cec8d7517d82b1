/* The check of the book: what the notes and README.md name exists, and the experiments that they show come out so. */
#include "proof.h"
#include "conform/conform.h"
#include "learn/learn.h"
#include "show/show.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 4000

static char *makefile, *sources;        /* sources: all of the chapters' and the trace's header, one after the other */
static char *starter;                   /* of a task: the file that it is about; else NULL */

static void read_sources(void)
{
    static const char *more[] = { "exercises/lab/trace/calls.h", "exercises/lab/trace/trace.h" };
    size_t size, length = 0;

    makefile = read_file("Makefile", &size);
    sources = calloc(1, 2000000);
    if (makefile == NULL || sources == NULL)
        die("the Makefile cannot be read");
    for (int i = 0; i < 2 * CHAPTERS + 2; i++) {
        char path[80], *text;

        if (i < 2 * CHAPTERS)
            snprintf(path, sizeof path, "%s/%s.c", chapters[i / 2].name, i % 2 == 0 ? "server" : "client");
        else
            snprintf(path, sizeof path, "%s", more[i - 2 * CHAPTERS]);
        text = read_file(path, &size);
        if (text == NULL || length + size > 1900000)
            die("%s cannot be read", path);
        memcpy(sources + length, text, size);
        length += size;
        free(text);
    }
}

/* ---- What is named ---- */

/* A path as the page in folder ("" or "04_eventselect/") writes it. A program may not be built: then its source
   counts. */
static bool is_there(const char *folder, const char *path)
{
    char full[300];
    size_t length;

    snprintf(full, sizeof full, "%s%s", folder, path);
    full[strcspn(full, "#")] = '\0';
    if (file_exists(full) || file_exists(path))
        return true;
    length = strlen(full);
    if (!ends_with(full, ".exe"))
        return false;
    strcpy(full + length - 4, ".c");
    return file_exists(full) || strstr(path, "lab.exe") != NULL;
}

/* "run-03" is there because the Makefile has $(NUMBERS:%=run-%): and the like; "NN" stands for any number; try-04a is
   one of the experiments. */
static bool is_target(const char *target)
{
    char rule[80];
    const char *dash = strrchr(target, '-');

    if (find_chapter(target) != NULL)
        return true;
    if (dash != NULL && strncmp(target, "try-", 4) == 0)
        return has(makefile, "try-%:") && (dash[1] == '\0' || strcmp(dash, "-all") == 0 || is_experiment(dash + 1));
    if (dash != NULL && (find_exercise(dash + 1) != NULL || dash[1] == '\0')) {      /* make why-... */
        snprintf(rule, sizeof rule, "\n%.*s-%%:", (int)(dash - target), target);
        return strstr(makefile, rule) != NULL;
    }
    if (dash != NULL && (find_chapter(dash + 1) != NULL || strcmp(dash, "-NN") == 0)) {
        snprintf(rule, sizeof rule, "\n$(NUMBERS:%%=%.*s-%%):", (int)(dash - target), target);
        return strstr(makefile, rule) != NULL;
    }
    snprintf(rule, sizeof rule, " %s ", target);
    for (const char *at = makefile; (at = strstr(at, "\n.PHONY:")) != NULL; at++) {
        char line[300];

        snprintf(line, sizeof line, "%.*s ", (int)strcspn(at + 1, "\r\n"), at + 1);
        if (strstr(line, rule) != NULL)
            return true;
    }
    return false;
}

/* A command: at the beginning of a line of a block, or behind a backtick, a prompt, a pipe or "mingw32-"; "make sure"
   in prose is none. */
static bool is_command(const char *line, const char *make, bool block)
{
    if (make == line)
        return block;
    if (make[-1] == '`' || make[-1] == '-')
        return true;
    return block && make - line >= 2 && make[-1] == ' ' && strchr("$&|", make[-2]) != NULL;
}

/* The word behind "make", if it is a target and not a variable. */
static void check_make(const char *line, bool block, struct verdict *v, int *count)
{
    for (const char *at = line; (at = strstr(at, "make ")) != NULL; at++) {
        char target[60];
        size_t length = strspn(at + 5, "abcdefghijklmnopqrstuvwxyz0123456789_-N");

        if (length == 0 || at[5 + length] == '=' || at[5] == '-' || !is_command(line, at, block))
            continue;
        snprintf(target, sizeof target, "%.*s", (int)length, at + 5);
        ++*count;
        if (!is_target(target))
            fail(v, MESSAGE, "names \"make %s\", and the Makefile has no such target", target);
    }
}

/* A name in backticks: a path must be there, a name_with_underlines must be in a source or in the Makefile. */
static void check_name(const char *folder, const char *name, struct verdict *v, int *count)
{
    size_t length = strlen(name);

    if (length == 0)
        return;
    if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-") == length
        && strchr(name, '/') != NULL && strchr(name, '.') != NULL && name[0] != '/' && strstr(name, "NN") == NULL) {
        ++*count;
        if (!is_there(folder, name) && strncmp(name, "exercises/work/", 15) != 0)     /* a learner's file */
            fail(v, MESSAGE, "names the file %s, which does not exist", name);
    } else if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length && strchr(name, '_') != NULL
               && name[0] != '_') {
        ++*count;
        if (!has_word(sources, name) && !has_word(makefile, name) && !is_there("", name)
            && (starter == NULL || !has_word(starter, name)))
            fail(v, MESSAGE, "names `%s`, which is in no source", name);
    }
}

static void check_names(const char *folder, char *line, struct verdict *v, int *count)
{
    for (char *open = strchr(line, '`'); open != NULL; ) {
        char *close = strchr(open + 1, '`');

        if (close == NULL)
            return;
        *close = '\0';
        check_name(folder, open + 1, v, count);
        *close = '`';
        open = strchr(close + 1, '`');
    }
}

/* [words](path): not the addresses of pages elsewhere. */
static void check_links(const char *folder, char *line, struct verdict *v, int *count)
{
    for (char *at = line; (at = strstr(at, "](")) != NULL; at++) {
        char *end = strchr(at, ')'), path[300];

        if (end == NULL || strncmp(at + 2, "http", 4) == 0 || at[2] == '#')
            continue;
        *end = '\0';
        ++*count;
        snprintf(path, sizeof path, "%s%s", folder, at + 2);     /* a link is read from its page's own folder */
        path[strcspn(path, "#")] = '\0';
        if (!file_exists(path))
            fail(v, MESSAGE, "has a link to %s, which does not exist", at + 2);
        *end = ')';
    }
}

static void check_page(const char *folder, const char *file, int least)
{
    struct verdict v = { 0 };
    char path[120], name[160], *text, *rest;
    double start = now();
    size_t size;
    bool block = false;
    int count = 0;

    start_dialogue();
    snprintf(path, sizeof path, "%s%s", folder, file);
    text = read_file(path, &size);
    if (text == NULL)
        die("%s cannot be read", path);
    snprintf(path, sizeof path, "%sstart.c", folder);
    starter = read_file(path, &size);
    for (char *line = strtok_s(text, "\r\n", &rest); line != NULL; line = strtok_s(NULL, "\r\n", &rest)) {
        if (strncmp(line, "```", 3) == 0)
            block = !block;
        check_make(line, block, &v, &count);
        check_names(folder, line, &v, &count);
        check_links(folder, line, &v, &count);
    }
    if (count < least)
        fail(&v, MESSAGE, "only %d names were found", count);
    snprintf(name, sizeof name, "%s%s: what it names exists (%d names)", folder, file, count);
    print_verdict(name, &v, now() - start);
    free(starter);
    free(text);
}

/* ---- The experiments ---- */

/* The call in a line such as "main      recv(#1, 65536) -> 5 bytes". */
static void name_of_call(const char *line, char *name, size_t size)
{
    const char *end = strchr(line, '('), *start = end;

    if (end == NULL)
        end = start = line;
    while (start > line && start[-1] != ' ')
        start--;
    snprintf(name, size, "%.*s", (int)(end - start), start);
}

/* Of an experiment whose order or number varies: what the clients do is the same in both, and each call of the one
   occurs in the other. */
static bool same_kind(const char *shown, const char *fresh, struct verdict *v)
{
    for (int way = 0; way < 2; way++) {
        const char *from = way == 0 ? shown : fresh, *in = way == 0 ? fresh : shown;
        char line[300], name[100];

        for (; *from != '\0'; from += strcspn(from, "\r\n"), from += strspn(from, "\r\n")) {
            snprintf(line, sizeof line, "%.*s", (int)strcspn(from, "\r\n"), from);
            if (line[0] == ' ')
                name_of_call(line, name, sizeof name);
            if (!has(in, line[0] == ' ' ? name : line))
                return fail(v, MESSAGE, "%s has \"%s\"; %s has not", way == 0 ? "the page" : "this run", line,
                            way == 0 ? "this run" : "the page");
        }
    }
    return true;
}

/* On a busy machine a run may be disturbed; the page is right if one of three runs is as it shows. */
static void check_experiment(const char *page, const char *id, const char *shown)
{
    char *path = temporary_file("shown"), name[160];
    struct verdict v = { 0 };
    double start = now();
    bool right = false, varies = false;

    for (int tries = 0; tries < 3 && !right; tries++) {
        char *expected = _strdup(shown), *fresh;
        size_t size;
        struct verdict played = run_experiment(id, path, &varies);

        fresh = played.symptom == PASS ? read_file(path, &size) : NULL;
        if (fresh == NULL || expected == NULL)
            v = played;
        else if (varies)
            v = (struct verdict){ 0 }, right = same_kind(expected, fresh, &v);
        else
            right = same_lines(expected, fresh, "this run", &v);
        free(expected);
        free(fresh);
    }
    if (right)
        v = (struct verdict){ 0 };
    else if (!is_wine()) {
        v = (struct verdict){ 0 };
        skip(&v, "the page shows what Wine does");
    }
    snprintf(name, sizeof name, "%s: experiment %s %s", page, id,
             varies ? "comes out like that" : "comes out as shown");
    print_verdict(name, &v, now() - start);
    delete_file(path);
}

/* A block that begins with the line "$ make try-04a" shows that experiment: its title, and what comes out. */
static int check_experiments(int chapter)
{
    char page[60], shown[LONGEST], id[10] = "", *text, *rest;
    size_t size;
    int count = 0;
    bool block = false;

    snprintf(page, sizeof page, "%s/notes.md", chapters[chapter].name);
    text = read_file(page, &size);
    if (text == NULL)
        die("%s cannot be read", page);
    for (char *line = strtok_s(text, "\r\n", &rest); line != NULL; line = strtok_s(NULL, "\r\n", &rest)) {
        if (strncmp(line, "```", 3) == 0) {
            if (block && id[0] != '\0') {
                check_experiment(page, id, shown);
                count++;
            }
            block = !block;
            id[0] = shown[0] = '\0';
        } else if (block && strncmp(line, "$ make try-", 11) == 0) {
            snprintf(id, sizeof id, "%s", line + 11);
        } else if (block && id[0] != '\0' && strlen(shown) + strlen(line) + 2 < sizeof shown) {
            strcat(strcat(shown, line), "\n");
        }
    }
    free(text);
    return count;
}

/* A report says in which notes its rule stands: so it must stand there. */
static void check_rules(void)
{
    struct verdict v = { 0 };

    if (rule_without_notes() != NULL)
        fail(&v, MESSAGE, "rule %s stands in no \"What goes wrong\"", rule_without_notes());
    print_verdict("each rule stands in the notes of a chapter", &v, 0);
}

void test_book(void)
{
    char folder[130];

    read_sources();
    check_page("", "README.md", 50);
    check_page("exercises/", "README.md", 8);
    check_page("exercises/", "teachers.md", 3);
    for (int i = 0; i < count_exercises(); i++) {
        snprintf(folder, sizeof folder, "%s/", exercise_at(i)->folder);
        check_page(folder, "task.md", 1);
    }
    for (int i = 0; i < CHAPTERS; i++) {
        struct verdict v = { 0 };
        char name[100];
        int count;

        snprintf(folder, sizeof folder, "%s/", chapters[i].name);
        check_page(folder, "notes.md", 10);
        count = check_experiments(i);
        if (count < 3)
            fail(&v, MESSAGE, "it shows %d experiments, not three or more", count);
        snprintf(name, sizeof name, "%snotes.md shows %d experiments", folder, count);
        print_verdict(name, &v, 0);
    }
    check_rules();
    free(makefile);
    free(sources);
}
