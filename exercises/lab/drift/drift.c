/* Does each exercise follow the program that it was made from? A starter and a solution are copies of a
   server or a client of a chapter. Only what exercises/solutions/made_from.txt names may be their own;
   all else must be the same text. So no change in a chapter is forgotten in its exercises. */
#include "drift.h"
#include "made_from.h"
#include "pieces.h"
#include "learn/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 62                 /* for the words of a line that is printed */

/* A program, taken apart. */
struct source {
    char path[200];
    char *text;
    struct pieces pieces;
};

/* ---- What is found ---- */

/* What starter and solution have in common stands in the list once. */
static void add_found(struct own_list *own, char kind, const char *name, int lines, int file)
{
    struct own *o = find_own(own, name, STARTER | SOLUTION);

    if (o != NULL && o->kind == kind && o->lines == lines) {
        o->files |= file;
        return;
    }
    o = new_own(own, file);
    o->kind = kind;
    o->lines = lines;
    snprintf(o->name, sizeof o->name, "%s", name);
}

static void find_differences(const struct pieces *model, const struct pieces *copy, int file,
                             struct own_list *own)
{
    for (int i = 0; i < model->count; i++) {
        const char *name = model->list[i].name, *text = model->list[i].text;
        int at = find_piece(copy, name);

        if (at < 0)
            add_found(own, '-', name, 0, file);
        else if (strcmp(text, copy->list[at].text) != 0)
            add_found(own, ' ', name, differing_lines(text, copy->list[at].text), file);
    }
    for (int i = 0; i < copy->count; i++)
        if (find_piece(model, copy->list[i].name) < 0)
            add_found(own, '+', copy->list[i].name, 0, file);
}

/* ---- What is wrong ---- */

/* The line, for a terminal, in a buffer that the caller has. */
static const char *printable(const char *line, char text[71])
{
    size_t length = strcspn(line, "\n");

    if (*line == '\0')
        return "(nothing more)";
    snprintf(text, 71, "%.*s", (int)length, line);
    return text;
}

/* A piece that should be the chapter's text: the first line in which it is not. */
static void say_where(struct verdict *v, const char *name, const struct source *model,
                      const struct source *copy)
{
    const char *theirs = model->pieces.list[find_piece(&model->pieces, name)].text;
    const char *ours = copy->pieces.list[find_piece(&copy->pieces, name)].text;
    char our_line[71], their_line[71];
    size_t same = 0;

    while (ours[same] == theirs[same])
        same++;
    while (same > 0 && ours[same - 1] != '\n')
        same--;
    fail(v, CORRUPT, "%s is not the chapter's. The first line that differs:\n"
                     "        %s\n          %s\n        %s\n          %s",
         name, copy->path, printable(ours + same, our_line), model->path,
         printable(theirs + same, their_line));
}

/* Something was found that the table does not say, or says otherwise (declared). */
static void say_found(struct verdict *v, const struct own *is, const struct own *declared,
                      const struct source *model, const struct source *copy)
{
    const char *says = declared == NULL ? "does not name it" : "says something else of it";

    if (is->kind == '+')
        fail(v, CORRUPT, "%s has %s,\n        which %s has not;\n        %s %s", copy->path, is->name,
             model->path, MADE_FROM, says);
    else if (is->kind == '-')
        fail(v, CORRUPT, "%s has no %s,\n        which %s has;\n        %s %s", copy->path, is->name,
             model->path, MADE_FROM, says);
    else if (declared == NULL)
        say_where(v, is->name, model, copy);
    else
        fail(v, CORRUPT, "%s differs by %d lines, and not by %d as\n        %s says, between\n"
                         "        %s\n        and %s",
             is->name, is->lines, declared->lines, MADE_FROM, copy->path, model->path);
}

/* Does the table say what was found in this file, and nothing else? */
static void compare_lists(struct own_list *is, struct entry *entry, int file,
                          const struct source *model, const struct source *copy, struct verdict *v)
{
    for (int i = 0; i < is->count; i++) {
        const struct own *o = &is->list[i], *declared = find_own(&entry->own, o->name, file);

        if ((o->files & file) != 0
            && (declared == NULL || declared->kind != o->kind || declared->lines != o->lines))
            say_found(v, o, declared, model, copy);
    }
    for (int i = 0; i < entry->own.count; i++) {
        const struct own *declared = &entry->own.list[i];

        if ((declared->files & file) != 0 && find_own(is, declared->name, file) == NULL)
            fail(v, CORRUPT, "%s names %s;\n        but in %s\n        it is as in the chapter",
                 MADE_FROM, declared->name, copy->path);
    }
}

/* What is the chapter's text also stands in the chapter's order. */
static void check_order(const struct source *model, const struct source *copy, struct verdict *v)
{
    int last = 0;

    for (int i = 0; i < copy->pieces.count; i++) {
        const struct piece *piece = &copy->pieces.list[i];
        int at = find_piece(&model->pieces, piece->name);

        if (at < 0 || strcmp(model->pieces.list[at].text, piece->text) != 0)
            continue;
        if (at < last)
            fail(v, CORRUPT, "%s:\n        %s stands behind %s; in the chapter before it", copy->path,
                 piece->name, model->pieces.list[last].name);
        last = at;
    }
}

/* The header must say the same as the two tables. The reason of a solution stands before it. */
static void check_header(const struct exercise *e, const struct entry *entry,
                         const struct source *copy, struct verdict *v)
{
    const char *text = copy->text;
    char header[200];

    snprintf(header, sizeof header, "/* Exercise %s: %s. Made from the %s of chapter %s", e->id,
             e->title, entry->program, entry->chapter->number);
    if (strncmp(text, "/* Why: ", 8) == 0 && strstr(text, "*/") != NULL) {
        text = strstr(text, "*/") + 2;
        text += strspn(text, "\n");
    }
    if (strncmp(text, header, strlen(header)) != 0)
        fail(v, MESSAGE, "%s: its header should begin with\n        %s", copy->path, header);
}

/* ---- One exercise ---- */

static void read_source(struct source *source)
{
    size_t size;

    source->text = read_file(source->path, &size);
    if (source->text == NULL)
        die("cannot read %s", source->path);
    take_apart(source->text, &source->pieces);
}

static void free_source(struct source *source)
{
    free_pieces(&source->pieces);
    free(source->text);
}

/* Compares starter or solution with the chapter's program, and adds to the list what is its own. */
static void check_copy(const struct exercise *e, struct entry *entry, int file,
                       const struct source *model, struct source *copy, struct own_list *is,
                       struct verdict *v)
{
    read_source(copy);
    check_header(e, entry, copy, v);
    find_differences(&model->pieces, &copy->pieces, file, is);
    compare_lists(is, entry, file, model, copy, v);
    check_order(model, copy, v);
    free_source(copy);
}

/* "04c follows 04_eventselect/server.c: 26 same; own: on_event", if that fits into the line. */
static void print_result(const struct entry *entry, const struct source *model, struct own_list *is,
                         const struct verdict *v)
{
    char name[ROOM * 2], names[ROOM] = "";
    int same = model->pieces.count, own = 0, length;

    for (int i = 0; i < is->count; i++) {
        const struct own *o = &is->list[i];
        size_t used = strlen(names);

        if (find_own(is, o->name, STARTER | SOLUTION) != o)
            continue;                   /* it stands there twice: starter and solution differ, too */
        snprintf(names + used, sizeof names - used, "%s %s", own++ > 0 ? "," : "", o->name);
        same -= o->kind != '+';
    }
    length = snprintf(name, ROOM, "%s follows %s: %d same", entry->id, model->path, same);
    if (own > 0 && length + strlen("; own:") + strlen(names) <= ROOM)
        snprintf(name + length, sizeof names, "; own:%s", names);
    else if (own > 0)
        snprintf(name + length, sizeof names, ", %d own", own);
    print_verdict(name, v, 0);
}

/* advise: after a failure, says what the table would have to be. */
static void check_exercise(const struct exercise *e, struct entry *entry, bool advise)
{
    static struct source model, copy;
    struct verdict v = { 0 };
    struct own_list is = { 0 };

    start_dialogue();
    snprintf(model.path, sizeof model.path, "%s/%s.c", entry->chapter->name, entry->program);
    read_source(&model);
    snprintf(copy.path, sizeof copy.path, "%s/start.c", e->folder);
    check_copy(e, entry, STARTER, &model, &copy, &is, &v);
    /* A predict exercise has no solution. */
    snprintf(copy.path, sizeof copy.path, "exercises/solutions/%s.c", e->id);
    if (file_exists(copy.path))
        check_copy(e, entry, SOLUTION, &model, &copy, &is, &v);
    print_result(entry, &model, &is, &v);
    if (v.symptom != PASS && advise) {
        printf("        As the files are now, the table would have to say:\n");
        print_entry(entry, &is);
    }
    free_source(&model);
}

void test_drift(const char *only)
{
    struct verdict v = { 0 };
    int count = 0;

    if (!file_exists(MADE_FROM)) {
        skip(&v, "this copy of the repository has no solutions");
        print_verdict("drift", &v, 0);
        return;
    }
    for (int i = 0; i < count_exercises(); i++) {
        const struct exercise *e = exercise_at(i);
        struct entry *entry = find_entry(e->id);

        if (only != NULL && strncmp(e->id, only, strlen(only)) != 0)
            continue;
        count++;
        if (entry != NULL) {
            check_exercise(e, entry, only != NULL);
        } else {
            v = (struct verdict){ 0 };
            start_dialogue();
            fail(&v, MESSAGE, "%s has no entry for it", MADE_FROM);
            print_verdict(e->id, &v, 0);
        }
    }
    if (count == 0)
        die("there is no exercise \"%s\"; make list shows all", only != NULL ? only : "");
}
