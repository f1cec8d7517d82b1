/* Variants: read, and applied to the text that they are made from. */
#include "variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VARIANTS 40        /* in a file */

/* Cuts off what stands before the next "|", without the blanks around it. */
static void take_field(char **rest, char *field, size_t size, const char *path)
{
    char *at = *rest + strspn(*rest, " "), *end = strchr(at, '|');
    size_t length;

    if (*at == '\0')
        die("%s: a line with \"=\" has four parts: name | base | how it is found out | what is wrong", path);
    *rest = end != NULL ? end + 1 : at + strlen(at);
    length = end != NULL ? (size_t)(end - at) : strlen(at);
    while (length > 0 && at[length - 1] == ' ')
        length--;
    if (length >= size)
        die("%s: \"%.*s\" is too long", path, (int)length, at);
    memcpy(field, at, length);
    field[length] = '\0';
}

int read_variants(const char *path, struct variant **list, char **text)
{
    size_t size;
    int count = 0;
    char *next;

    *list = NULL;
    *text = file_exists(path) ? read_file(path, &size) : NULL;
    if (*text == NULL)
        return 0;
    *list = calloc(MOST_VARIANTS, sizeof **list);
    for (char *line = *text; line != NULL; line = next) {
        struct variant *variant = &(*list)[count];

        next = strchr(line, '\n');
        if (line[0] == '=' && count < MOST_VARIANTS) {
            char *rest = line + 1;

            *next++ = '\0';
            rest[strcspn(rest, "\r")] = '\0';
            take_field(&rest, variant->name, sizeof variant->name, path);
            take_field(&rest, variant->base, sizeof variant->base, path);
            take_field(&rest, variant->expected, sizeof variant->expected, path);
            take_field(&rest, variant->words, sizeof variant->words, path);
            variant->edits = next;
            if (line > *text)
                line[-1] = '\0';        /* the variant before ends here */
            count++;
        } else if (line[0] == '=') {
            die("%s has more than %d variants", path, MOST_VARIANTS);
        } else if (next != NULL) {
            next++;
        }
    }
    return count;
}

/* ---- Applying ---- */

/* A place: lines of the base, and what takes their place. */
struct place {
    char old[4000], new[4000];
};

static void add_line(char *text, size_t size, const char *line, size_t length)
{
    size_t there = strlen(text);

    if (there + length + 2 > size)
        die("a place of a variant is too long");
    memcpy(text + there, line, length);
    strcpy(text + there + length, "\n");
}

/* Reads the next place from *at on. false: there is none. */
static bool next_place(const char **at, struct place *place)
{
    place->old[0] = place->new[0] = '\0';
    while (**at != '\0') {
        const char *line = *at;
        size_t length = strcspn(line, "\n"), end = length;

        *at += length + (line[length] == '\n');
        if (end > 0 && line[end - 1] == '\r')
            end--;
        if (end == 0 && place->old[0] != '\0')
            return true;
        if (end > 0 && line[0] != '+')
            add_line(place->old, sizeof place->old, line + 1, end - 1);
        if (end > 0 && line[0] != '-')
            add_line(place->new, sizeof place->new, line + 1, end - 1);
    }
    return place->old[0] != '\0';
}

static char *without_returns(const char *text)
{
    char *copy = malloc(strlen(text) + 1), *to = copy;

    if (copy == NULL)
        die("out of memory");
    for (; *text != '\0'; text++)
        if (*text != '\r')
            *to++ = *text;
    *to = '\0';
    return copy;
}

static const char *find_lines(const char *text, const char *lines)
{
    const char *found = strstr(text, lines);

    while (found != NULL && found > text && found[-1] != '\n')
        found = strstr(found + 1, lines);
    return found;
}

char *apply_variant(const struct variant *variant, const char *base, struct verdict *v)
{
    char *text = without_returns(base);
    const char *at = variant->edits;
    struct place place;

    while (next_place(&at, &place)) {
        const char *found = find_lines(text, place.old);
        size_t before, after = strlen(place.old);
        char *changed;

        if (found == NULL || find_lines(found + 1, place.old) != NULL) {
            fail(v, MESSAGE, "%s: its %s has these lines %s: %.300s", variant->name, variant->base,
                 found == NULL ? "nowhere" : "more than once", place.old);
            free(text);
            return NULL;
        }
        before = (size_t)(found - text);
        changed = malloc(strlen(text) + strlen(place.new) + 1);
        if (changed == NULL)
            die("out of memory");
        memcpy(changed, text, before);
        strcpy(changed + before, place.new);
        strcat(changed, text + before + after);
        free(text);
        text = changed;
    }
    return text;
}

void write_if_new(const char *path, const char *text)
{
    size_t size;
    char *there = file_exists(path) ? read_file(path, &size) : NULL;

    if (there == NULL || strcmp(there, text) != 0) {
        FILE *file = open_file_to_write(path);

        fputs(text, file);
        fclose(file);
    }
    free(there);
}
