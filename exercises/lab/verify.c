/* Are the exercises right? Every starter must fail as declared, every solution must pass. */
#include "catalog.h"
#include "files.h"
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_TASK 40         /* lines */
#define LARGEST_FIX  15         /* lines from starter to solution */

static int count_lines(const char *path, const char *beginning)
{
    size_t size, length = strlen(beginning);
    char *text = read_file(path, &size);
    int count = 0;

    if (text == NULL)
        return -1;
    for (char *line = text; *line != '\0'; ) {
        count += strncmp(line, beginning, length) == 0;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    free(text);
    return count;
}

static void check_texts(const struct exercise *e)
{
    struct verdict v = { 0 };
    char path[200], name[120];
    int lines, differs = starter_differs_by(e);

    start_dialogue();
    snprintf(path, sizeof path, "%s/task.md", e->folder);
    lines = count_lines(path, "");
    if (lines < 5 || lines > LONGEST_TASK)
        fail(&v, MESSAGE, "%s has %d lines; 5 to %d are right", path, lines, LONGEST_TASK);
    snprintf(path, sizeof path, "%s/hints.txt", e->folder);
    if (count_lines(path, "--") != 2)
        fail(&v, MESSAGE, "%s has not three parts, with two lines that begin with --", path);
    if (differs == 0 || (strcmp(e->kind, "fix") == 0 && differs >= LARGEST_FIX))
        fail(&v, MESSAGE, "starter and solution differ by %d lines", differs);
    snprintf(name, sizeof name, "%s task, hints, difference (%d lines)", e->id, differs);
    print_verdict(name, &v, 0);
}

static void check_program(const struct exercise *e, bool is_starter)
{
    struct verdict v;
    char program[200], name[120];
    double start = now();

    if (is_starter)
        snprintf(program, sizeof program, "%s/start.exe", e->folder);
    else
        snprintf(program, sizeof program, "exercises/solutions/%s.exe", e->id);
    shows(e, program, is_starter, &v);
    if (is_starter)
        snprintf(name, sizeof name, "%s starter: %s in step %d", e->id, symptom_name(e->symptom), e->step);
    else
        snprintf(name, sizeof name, "%s solution passes", e->id);
    print_verdict(name, &v, now() - start);
}

void test_exercises(void)
{
    for (int i = 0; i < count_exercises(); i++) {
        check_texts(exercise_at(i));
        check_program(exercise_at(i), true);
        check_program(exercise_at(i), false);
    }
}
