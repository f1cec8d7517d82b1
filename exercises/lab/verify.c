/* Are the exercises right? Every starter must fail as declared, every solution must pass. */
#include "catalog.h"
#include "files.h"
#include "judge.h"
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
    bool predicts = e->answers[0] != '\0';
    int lines, differs = predicts ? 0 : starter_differs_by(e);

    start_dialogue();
    snprintf(path, sizeof path, "%s/task.md", e->folder);
    lines = count_lines(path, "");
    if (lines < 5 || lines > LONGEST_TASK)
        fail(&v, MESSAGE, "%s has %d lines; 5 to %d are right", path, lines, LONGEST_TASK);
    snprintf(path, sizeof path, "%s/hints.txt", e->folder);
    if (count_lines(path, "--") != 2)
        fail(&v, MESSAGE, "%s has not three parts, with two lines that begin with --", path);
    if (!predicts && (differs == 0 || (strcmp(e->kind, "fix") == 0 && differs >= LARGEST_FIX)))
        fail(&v, MESSAGE, "starter and solution differ by %d lines", differs);
    if (differs > 0)
        snprintf(name, sizeof name, "%s task, hints, difference (%d lines)", e->id, differs);
    else
        snprintf(name, sizeof name, "%s task, hints", e->id);
    print_verdict(name, &v, 0);
}

static void check_program(const struct exercise *e, bool is_starter)
{
    struct verdict v;
    char stem[200], name[120];
    double start = now();

    if (is_starter)
        snprintf(stem, sizeof stem, "%s/start", e->folder);
    else
        snprintf(stem, sizeof stem, "exercises/solutions/%s", e->id);
    if (!is_starter && starter_differs_by(e) < 0) {
        v = (struct verdict){ 0 };
        fail(&v, SKIPPED, "this copy of the repository has no solutions");
    } else {
        shows(e, stem, is_starter, &v);
    }
    if (is_starter)
        snprintf(name, sizeof name, "%s starter: %s in step %d", e->id, symptom_name(e->symptom), e->step);
    else
        snprintf(name, sizeof name, "%s solution passes", e->id);
    print_verdict(name, &v, now() - start);
}

static void check_answers(const struct exercise *e)
{
    struct verdict v;
    char program[200], name[120];
    double start = now();

    start_dialogue();
    snprintf(program, sizeof program, "%s/start_traced.exe", e->folder);
    answers_hold(e, program, &v);
    snprintf(name, sizeof name, "%s a real run answers %s", e->id, e->answers);
    print_verdict(name, &v, now() - start);
}

/* only: part of an id; NULL: all. */
void test_exercises(const char *only)
{
    for (int i = 0; i < count_exercises(); i++) {
        const struct exercise *e = exercise_at(i);

        if (only != NULL && strstr(e->id, only) == NULL)
            continue;
        check_texts(e);
        if (e->answers[0] != '\0') {
            check_answers(e);
        } else {
            check_program(e, true);
            check_program(e, false);
        }
    }
}
