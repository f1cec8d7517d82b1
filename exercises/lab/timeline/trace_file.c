/* The file that a traced program writes: asked for, and read. */
#include "trace_file.h"
#include "common/common.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 10

static char trace_file[MAX_PATH * 3];   /* in UTF-8 */

double set_trace_file(const char *path)
{
    LARGE_INTEGER count;
    char text[30];
    double zero;

    QueryPerformanceCounter(&count);
    zero = now();               /* the same moment */
    snprintf(text, sizeof text, "%lld", (long long)count.QuadPart);
    snprintf(trace_file, sizeof trace_file, "%s", path != NULL ? path : "");
    set_variable("TRACE_FILE", path);
    set_variable("TRACE_CLOCK", path != NULL ? text : NULL);
    return zero;
}

char *read_trace(void)
{
    size_t size;

    return read_file(trace_file, &size);
}

static void put_fault(const char *fault, bool is_set)
{
    const char *value = strchr(fault, '=');
    char name[40];

    if (value == NULL)
        die("\"%s\" is not NAME=value", fault);
    snprintf(name, sizeof name, "%.*s", (int)(value - fault), fault);
    set_variable(name, is_set ? value + 1 : NULL);
}

void set_fault(const char *fault)
{
    put_fault(fault, true);
}

void clear_fault(const char *fault)
{
    put_fault(fault, false);
}

static void split(char *line, struct event *event)
{
    char *fields[FIELDS], *at = line;

    for (int i = 0; i < FIELDS; i++) {
        if (at == NULL)
            die("this is not a trace: a line has %d fields, not %d", i, FIELDS);
        fields[i] = at;
        at = strchr(at, '\t');
        if (at != NULL)
            *at++ = '\0';
    }
    *event = (struct event){ atof(fields[0]), atof(fields[1]), atof(fields[2]), fields[3], fields[4], fields[5],
                             fields[6], fields[7], fields[8], atoi(fields[9]) };
}

bool next_event(char **text, struct event *event)
{
    do {
        char *line = *text, *end = line != NULL ? strchr(line, '\n') : NULL;

        if (end == NULL)
            return false;
        *end = '\0';
        *text = end + 1;
        split(line, event);
    } while (strcmp(event->kind, "begins") == 0);
    return true;
}
