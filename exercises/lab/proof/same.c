/* What must agree in the text of the repository. The functions that the seven programs share stand in
   every one of them, under a heading "---- The same in ... ----": they must be the same text. The notes
   quote the sources: each quoted line must stand there. */
#include "proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADING "/* ---- The same in "

static char *source_of(int chapter, const char *program)
{
    char path[80];
    size_t size;
    char *text;

    snprintf(path, sizeof path, "%s/%s.c", chapters[chapter].name, program);
    text = read_file(path, &size);
    if (text == NULL)
        die("cannot read %s", path);
    return text;
}

/* The section under the heading that begins with words: its start, and its length. NULL: not there. */
static const char *find_section(const char *text, const char *words, size_t *length)
{
    const char *start = text, *end;

    while ((start = strstr(start, HEADING)) != NULL && strncmp(start + strlen(HEADING), words, strlen(words)) != 0)
        start++;
    if (start == NULL)
        return NULL;
    end = strstr(start + 1, HEADING);
    if (end == NULL)
        end = start + strlen(start);
    while (end > start && end[-1] == '\n')
        end--;
    *length = (size_t)(end - start);
    return start;
}

static void compare_section(const char *program, const char *words, int first)
{
    struct verdict v = { 0 };
    char *model = source_of(first, program);
    size_t model_length = 0, length = 0;
    const char *model_section = find_section(model, words, &model_length);
    char name[120];

    start_dialogue();
    if (model_section == NULL || model_length < 500)
        fail(&v, CORRUPT, "%s/%s.c has no section \"The same in %s\"", chapters[first].name, program,
             words);
    for (int i = first + 1; i < CHAPTERS && v.symptom == PASS; i++) {
        char *text = source_of(i, program);
        const char *section = find_section(text, words, &length);

        if (section == NULL || length != model_length || memcmp(section, model_section, length) != 0)
            fail(&v, CORRUPT, "the section \"The same in %s\" of %s/%s.c is not the same as in %s",
                 words, chapters[i].name, program, chapters[first].name);
        free(text);
    }
    free(model);
    snprintf(name, sizeof name, "the same text in %s", words);
    print_verdict(name, &v, 0);
}

/* Is line, without the blanks around it, a whole line of text? */
static bool has_line(const char *text, const char *line)
{
    size_t length;

    while (*line == ' ')
        line++;
    length = strcspn(line, "\r\n");
    for (const char *at = text; (at = strstr(at, line)) != NULL; at++) {
        const char *before = at;

        while (before > text && before[-1] == ' ')
            before--;
        if ((before == text || before[-1] == '\n') && (at[length] == '\n' || at[length] == '\r'))
            return true;
    }
    return false;
}

/* Every line of a block ```c in a chapter's notes must stand in its server.c or its client.c. */
static void check_quotations(int chapter)
{
    struct verdict v = { 0 };
    char *server = source_of(chapter, "server"), *client = source_of(chapter, "client"), *notes;
    char name[120];
    size_t size;
    bool code = false;
    int lines = 0;

    start_dialogue();
    snprintf(name, sizeof name, "%s/notes.md", chapters[chapter].name);
    notes = read_file(name, &size);
    if (notes == NULL)
        die("cannot read %s", name);
    for (char *line = strtok(notes, "\r\n"); line != NULL; line = strtok(NULL, "\r\n")) {
        if (strncmp(line, "```", 3) == 0) {
            code = strcmp(line, "```c") == 0;
        } else if (code) {
            lines += strlen(line + strspn(line, " ")) > 2;      /* a brace alone stands everywhere */
            if (!has_line(server, line) && !has_line(client, line))
                fail(&v, CORRUPT, "quotes a line that its sources do not have: %s", line);
        }
    }
    if (lines == 0)
        fail(&v, MESSAGE, "it quotes no code");
    free(server);
    free(client);
    free(notes);
    snprintf(name, sizeof name, "%s/notes.md quotes its sources (%d lines)", chapters[chapter].name, lines);
    print_verdict(name, &v, 0);
}

void test_common_text(void)
{
    for (int i = 0; i < CHAPTERS; i++)
        check_quotations(i);
    compare_section("server", "all seven servers", 0);
    compare_section("client", "all seven clients", 0);
    compare_section("client", "clients 02 to 07", 1);
}
