/* Where the notes tell of a rule: the rows of "What goes wrong" carry its number, "(rules 3 and 4)". */
#include "inside.h"
#include "common/common.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In what stands between "(rule" and ")": is one of the numbers this one? */
static bool names(const char *list, const char *end, const char *id)
{
    size_t length = strlen(id);

    for (const char *at = list; at + length <= end; at++)
        if (strncmp(at, id, length) == 0 && !isalnum((unsigned char)at[-1]) && !isalnum((unsigned char)at[length]))
            return true;
    return false;
}

static bool tells_of(const struct chapter *chapter, enum rule rule)
{
    char path[100], *text, *at;
    size_t size;
    bool found = false;

    snprintf(path, sizeof path, "%s/notes.md", chapter->name);
    text = read_file(path, &size);
    at = text != NULL ? strstr(text, "## What goes wrong") : NULL;
    while (at != NULL && !found && (at = strstr(at, "(rule")) != NULL) {
        const char *end = strchr(at, ')');

        found = end != NULL && names(at + 5, end, rule_id(rule));
        at++;
    }
    free(text);
    return found;
}

int chapters_that_tell_of(enum rule rule, char *list, size_t size)
{
    int count = 0;

    list[0] = '\0';
    for (int i = 0; i < CHAPTERS; i++)
        if (tells_of(&chapters[i], rule))
            snprintf(list + strlen(list), size - strlen(list), "%s%s", count++ > 0 ? ", " : "", chapters[i].number);
    return count;
}

const char *rule_without_notes(void)
{
    for (int i = 1; i < RULES; i++) {
        char list[40];

        if (rule_chapters(i)[0] != '\0' && chapters_that_tell_of(i, list, sizeof list) == 0)
            return rule_id(i);
    }
    return NULL;
}
