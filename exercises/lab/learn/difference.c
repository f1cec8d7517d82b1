/* The difference of two sources, line by line. */
#include "difference.h"
#include "common/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_LINES 3000

static int split(char *text, char **lines)
{
    int n = 0;

    for (char *at = text; *at != '\0' && n < MOST_LINES; ) {
        size_t length = strcspn(at, "\n");

        lines[n++] = at;
        if (length > 0 && at[length - 1] == '\r')
            at[length - 1] = '\0';
        if (at[length] == '\0')
            break;
        at[length] = '\0';
        at += length + 1;
    }
    return n;
}

/* A solution begins with its reason, a comment of its own, which is no part of the difference. */
static char *behind_reason(char *text)
{
    char *end = strncmp(text, "/* Why:", 7) == 0 ? strstr(text, "*/") : NULL;

    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        return text + 3;                /* a byte order mark, which some editors write */
    if (end == NULL)
        return text;
    end += 2;
    return end + strspn(end, "\r\n");
}

/* Lines that are the same at the beginning and at the end are left out; what is between is found by a longest common
   subsequence, which for the few lines that are left is quick enough. print: shows it. Returns the lines that were
   added or taken away, the larger of the two. */
int difference(const char *from, const char *to, bool print)
{
    static char *a[MOST_LINES], *b[MOST_LINES];
    size_t size;
    char *text_a = read_file(from, &size), *text_b = read_file(to, &size);
    int n, m, begin = 0, i, j, gone = 0, come = 0, *table;

    if (text_a == NULL || text_b == NULL)
        die("cannot read %s", text_a == NULL ? from : to);
    n = split(behind_reason(text_a), a);
    m = split(behind_reason(text_b), b);
    while (begin < n && begin < m && strcmp(a[begin], b[begin]) == 0)
        begin++;
    while (n > begin && m > begin && strcmp(a[n - 1], b[m - 1]) == 0)
        n--, m--;
    table = calloc((size_t)(n - begin + 1) * (size_t)(m - begin + 1), sizeof *table);
    if (table == NULL)
        die("out of memory");
#define AT(i, j) table[(i - begin) * (m - begin + 1) + (j - begin)]
    for (i = n - 1; i >= begin; i--)
        for (j = m - 1; j >= begin; j--)
            AT(i, j) = strcmp(a[i], b[j]) == 0 ? AT(i + 1, j + 1) + 1
                       : AT(i + 1, j) > AT(i, j + 1) ? AT(i + 1, j) : AT(i, j + 1);
    for (i = j = begin; i < n || j < m; ) {
        if (i < n && j < m && strcmp(a[i], b[j]) == 0) {
            if (print)
                printf("    %s\n", a[i]);
            i++, j++;
        } else if (j == m || (i < n && AT(i + 1, j) >= AT(i, j + 1))) {
            if (print)
                printf("  - %s\n", a[i]);
            i++, gone++;
        } else {
            if (print)
                printf("  + %s\n", b[j]);
            j++, come++;
        }
    }
#undef AT
    free(table);
    free(text_a);
    free(text_b);
    return gone > come ? gone : come;
}

int changed_lines(const struct exercise *e, const char *path)
{
    char start[200];

    snprintf(start, sizeof start, "%s/start.c", e->folder);
    return difference(start, path, false);
}

bool has_solution(const struct exercise *e)
{
    char solution[80];

    snprintf(solution, sizeof solution, "exercises/solutions/%s.c", e->id);
    return file_exists(solution);
}

int starter_differs_by(const struct exercise *e)
{
    char solution[80];

    snprintf(solution, sizeof solution, "exercises/solutions/%s.c", e->id);
    return has_solution(e) ? changed_lines(e, solution) : -1;
}
