/* Weaving the clients' events into the server's trace: one file, in the order in which things began. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The server's lines stand in the order in which calls ended; all are put in the order in which they began. */
struct line {
    double at;
    int order;
    char *text;
};

static int by_time(const void *one, const void *other)
{
    const struct line *a = one, *b = other;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order - b->order;
}

/* The call that a thread slept in when the server was ended: of it there is only the line of its beginning, which
   is the thread's last. It gets the end of the trace for its end. */
static char *end_call_at(const char *line, double end)
{
    const char *thread = strchr(strchr(strchr(line, '\t') + 1, '\t') + 1, '\t') + 1;
    const char *name = strstr(thread, "\tbegins\t") + strlen("\tbegins\t");
    char text[300];

    snprintf(text, sizeof text, "%.0f\t%.0f\t%.0f\t%.*s\tcall\t%s", atof(line), end, end - atof(line),
             (int)(strchr(thread, '\t') - thread), thread, name);
    return _strdup(text);
}

/* Has a call begun in this line that no other line ends? */
static bool is_unended(const struct line *lines, int count, int i)
{
    const char *thread = lines[i].text;

    if (strstr(lines[i].text, "\tbegins\t") == NULL)
        return false;
    for (int field = 0; field < 3; field++)
        thread = strchr(thread, '\t') + 1;
    for (int j = 0; j < count; j++) {
        const char *other = lines[j].text;

        if (j == i || lines[j].at < lines[i].at)
            continue;
        for (int field = 0; field < 3; field++)
            other = strchr(other, '\t') + 1;
        if (strncmp(other, thread, (size_t)(strchr(thread, '\t') - thread) + 1) == 0)
            return false;
    }
    return true;
}

void weave(const char *path, const struct mark *marks, int mark_count)
{
    size_t size;
    char *text = read_file(path, &size), *at = text, *end;
    struct line *lines;
    int count = 0, max = mark_count;
    FILE *file;

    if (text == NULL)
        die("there is no trace in %s", path);
    for (char *c = text; *c != '\0'; c++)
        max += *c == '\n';
    lines = calloc((size_t)max, sizeof *lines);
    if (lines == NULL)
        die("out of memory");
    for (; (end = strchr(at, '\n')) != NULL; at = end + 1, count++) {
        *end = '\0';
        lines[count] = (struct line){ atof(at), count, _strdup(at) };
    }
    for (int i = 0; i < mark_count; i++, count++) {
        char line[200];

        snprintf(line, sizeof line, "%.0f\t%.0f\t0\t%s\tclient\t%s\t%s\t\t\t0", marks[i].at, marks[i].at,
                 marks[i].client, marks[i].what, marks[i].client);
        lines[count] = (struct line){ marks[i].at, count, _strdup(line) };
    }
    qsort(lines, (size_t)count, sizeof *lines, by_time);
    file = open_file_to_write(path);
    for (int i = 0; i < count; i++) {
        if (is_unended(lines, count, i)) {
            char *ended = end_call_at(lines[i].text, lines[count - 1].at);

            fprintf(file, "%s\n", ended);
            free(ended);
        } else if (strstr(lines[i].text, "\tbegins\t") == NULL) {
            fprintf(file, "%s\n", lines[i].text);
        }
    }
    for (int i = 0; i < count; i++)
        free(lines[i].text);
    fclose(file);
    free(lines);
    free(text);
}
