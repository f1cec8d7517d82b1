/* Reading exercises/solutions/made_from.txt, whose first lines say how it is written. */
#include "made_from.h"
#include "learn/learn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mark { const char *word; int files; } marks[] = {
    { "both:", STARTER | SOLUTION }, { "starter:", STARTER }, { "solution:", SOLUTION } };
#define MARKS 3

static struct entry *entries;
static int count;

struct own *new_own(struct own_list *own, int files)
{
    struct own *o = &own->list[own->count];

    if (own->count++ == MOST_OWN)
        die("more than %d pieces of an exercise are its own", MOST_OWN);
    *o = (struct own){ .kind = ' ', .files = files };
    return o;
}

struct own *find_own(struct own_list *own, const char *name, int files)
{
    for (int i = 0; i < own->count; i++)
        if ((own->list[i].files & files) != 0 && strcmp(own->list[i].name, name) == 0)
            return &own->list[i];
    return NULL;
}

/* ---- Reading ---- */

/* The first word of text; with NULL the next one, as with strtok. */
static char *next_word(char *text, char **rest)
{
    return strtok_s(text, " ,\t\r\n", rest);
}

/* "04c server 04" begins an entry. */
static void begin_entry(const char *id, char **rest)
{
    const char *program = next_word(NULL, rest);
    const char *number = next_word(NULL, rest);
    struct entry *entry = &entries[count];

    for (int i = 0; i < count; i++)
        if (strcmp(entries[i].id, id) == 0)
            die("%s has two entries for %s", MADE_FROM, id);
    entry->chapter = number != NULL ? find_chapter(number) : NULL;
    if (entry->chapter == NULL || (strcmp(program, "server") != 0 && strcmp(program, "client") != 0))
        die("%s: behind %s must stand server or client, and a chapter's number", MADE_FROM, id);
    snprintf(entry->id, sizeof entry->id, "%s", id);
    snprintf(entry->program, sizeof entry->program, "%s", program);
    count++;
}

/* One name, or the number of lines behind it. */
static void add_word(struct own_list *own, const char *word, int files)
{
    struct own *o;

    if (isdigit((unsigned char)*word)) {
        if (own->count == 0 || own->list[own->count - 1].kind != ' ')
            die("%s: the number %s stands behind no name", MADE_FROM, word);
        if (word[strspn(word, "0123456789")] != '\0')
            die("%s: %s is neither an exercise nor a number", MADE_FROM, word);
        own->list[own->count - 1].lines = atoi(word);
        return;
    }
    o = new_own(own, files);
    if (*word == '+' || *word == '-')
        o->kind = *word++;
    snprintf(o->name, sizeof o->name, "%s", word);
}

/* A line that begins with # is a comment. */
static void remove_comments(char *text)
{
    for (char *at = text; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (*at == '#')
            memset(at, ' ', strcspn(at, "\n"));
    }
}

/* The table is a row of words. An exercise's id begins an entry; a word with a colon says in which
   files the names are that follow it. */
static void read_table(void)
{
    size_t size;
    char *text = read_file(MADE_FROM, &size), *rest;
    int files = 0;

    entries = calloc(MAX_EXERCISES, sizeof *entries);
    if (text == NULL || entries == NULL)
        die("cannot read %s", MADE_FROM);
    remove_comments(text);
    for (char *word = next_word(text, &rest); word != NULL; word = next_word(NULL, &rest)) {
        const struct exercise *e = find_exercise(word);
        int mark = 0;

        while (mark < MARKS && strcmp(word, marks[mark].word) != 0)
            mark++;
        if (mark < MARKS) {
            files = marks[mark].files;
        } else if (e != NULL) {
            begin_entry(e->id, &rest);
            files = 0;
        } else if (count > 0 && files != 0) {
            add_word(&entries[count - 1].own, word, files);
        } else {
            die("%s: \"%s\" stands behind none of both:, starter:, solution:", MADE_FROM, word);
        }
    }
    free(text);
}

struct entry *find_entry(const char *id)
{
    if (entries == NULL)
        read_table();
    for (int i = 0; i < count; i++)
        if (strcmp(entries[i].id, id) == 0)
            return &entries[i];
    return NULL;
}

/* ---- Printing ---- */

static void print_names(const struct own_list *own, const struct mark *mark)
{
    size_t column = 0;

    for (int i = 0; i < own->count; i++) {
        const struct own *o = &own->list[i];
        char word[LONGEST_NAME + 20];

        if (o->files != mark->files)
            continue;
        if (o->kind == ' ')
            snprintf(word, sizeof word, "%s %d", o->name, o->lines);
        else
            snprintf(word, sizeof word, "%c%s", o->kind, o->name);
        if (column == 0) {
            printf("    %-9s", mark->word);
            column = 13;
        } else if (column + strlen(word) > 76) {
            printf(",\n             ");
            column = 13;
        } else {
            printf(",");
            column++;
        }
        printf(" %s", word);
        column += 1 + strlen(word);
    }
    if (column > 0)
        printf("\n");
}

void print_entry(const struct entry *entry, const struct own_list *own)
{
    printf("%s %s %s\n", entry->id, entry->program, entry->chapter->number);
    for (int i = 0; i < MARKS; i++)
        print_names(own, &marks[i]);
}
