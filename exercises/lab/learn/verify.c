/* Are the exercises right? Every starter must fail as declared, every solution must pass. */
#include "learn.h"
#include "difference.h"
#include "judge.h"
#include "plans.h"
#include "praise.h"
#include "client/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_TASK 40         /* lines */
#define LARGEST_FIX  15         /* lines from starter to solution, at most */

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
    if (!predicts && (differs == 0 || (strcmp(e->kind, "fix") == 0 && differs > LARGEST_FIX)))
        fail(&v, MESSAGE, "starter and solution differ by %d lines", differs);
    if (differs > 0)
        snprintf(name, sizeof name, "%s task, hints, difference (%d lines)", e->id, differs);
    else
        snprintf(name, sizeof name, "%s task, hints", e->id);
    print_verdict(name, &v, 0);
}

static bool is_client_in_makefile(const char *id)
{
    size_t size;
    char *makefile = read_file("Makefile", &size);
    char *line = makefile != NULL ? strstr(makefile, "CLIENT_EXERCISES :=") : NULL;
    bool found;

    if (line == NULL)
        die("the Makefile has no line CLIENT_EXERCISES := ...");
    line[strcspn(line, "\r\n")] = '\0';
    found = has_word(line, id);
    free(makefile);
    return found;
}

/* Each step plays something that there is. */
static void check_plan(const struct exercise *e)
{
    const struct plan *plan = find_plan(e->id);
    struct verdict v = { 0 };
    char name[120];

    start_dialogue();
    if (plan == NULL)
        fail(&v, MESSAGE, "there is no plan for %s in learn/plans.c", e->id);
    if (plan != NULL && plan->is_client != is_client_in_makefile(e->id))
        fail(&v, MESSAGE, "CLIENT_EXERCISES in the Makefile and learn/plans.c do not agree about %s", e->id);
    for (int i = 0; plan != NULL && i < MOST_STEPS && plan->steps[i].words != NULL; i++) {
        const struct step *step = &plan->steps[i];

        if (plan->is_client ? !is_client_case(step->plays) : scenario_of(step) == NULL)
            fail(&v, MESSAGE, "step %d plays \"%s\", which is nowhere", i + 1, step->plays);
    }
    if (v.symptom == PASS)
        return;
    snprintf(name, sizeof name, "%s plan", e->id);
    print_verdict(name, &v, 0);
}

static void check_program(const struct exercise *e, bool is_starter)
{
    struct verdict v;
    char stem[200], name[120];
    double start = now();

    snprintf(stem, sizeof stem, BUILD_FOLDER "/%s_%s", e->id, is_starter ? "start" : "solution");
    if (!is_starter && starter_differs_by(e) < 0) {
        v = (struct verdict){ 0 };
        skip(&v, "this copy of the repository has no solutions");
    } else {
        shows(e, stem, is_starter, &v);
        if (!is_starter && v.symptom == PASS)
            keeps_promises(e, stem, &v);
    }
    if (is_starter)
        snprintf(name, sizeof name, "%s starter: %s in step %d", e->id, symptom_name(e->symptom), e->step);
    else
        snprintf(name, sizeof name, "%s solution passes, and keeps all promises", e->id);
    print_verdict(name, &v, now() - start);
}

#define SEEDS 3                /* for a solution; a starter that breaks a rule has a few more,
    for some need the moment */

/* The solution is right wherever the pages hold; the starter breaks the rule that list.txt names. (One mistake can
   break two rules: freed memory is the system's in one run, and the other worker's in the next.) */
static void check_strictly(const struct exercise *e, bool is_starter)
{
    struct tally tally = { 0 };
    struct verdict v = { 0 };
    char stem[200], name[120], rule[20];
    double start = now();

    start_dialogue();
    snprintf(stem, sizeof stem, BUILD_FOLDER "/%s_%s", e->id, is_starter ? "start" : "solution");
    snprintf(rule, sizeof rule, "rule %s ", e->rule);
    if (is_starter) {
        struct verdict found = { 0 };

        for (int seed = 1; seed <= 4 * SEEDS && strncmp(found.reason, rule, strlen(rule)) != 0; seed++)
            found = play_one_seed(e, stem, seed);
        if (strncmp(found.reason, rule, strlen(rule)) != 0)
            fail(&v, MESSAGE, "it should break %s; it says %s: %s", rule, symptom_name(found.symptom), found.reason);
        snprintf(name, sizeof name, "%s starter breaks rule %s of the strict system", e->id, e->rule);
    } else {
        if (starter_differs_by(e) < 0)
            skip(&v, "this copy of the repository has no solutions");
        else
            v = play_strictly(e, stem, SEEDS, &tally);
        snprintf(name, sizeof name, "%s solution on the strict system, seeds 1 to %d", e->id, SEEDS);
    }
    print_verdict(name, &v, now() - start);
}

static void check_answers(const struct exercise *e)
{
    struct verdict v;
    char program[200], name[120];
    double start = now();

    start_dialogue();
    snprintf(program, sizeof program, BUILD_FOLDER "/%s_start_traced.exe", e->id);
    answers_hold(e, program, &v);
    snprintf(name, sizeof name, "%s a real run answers as list.txt says", e->id);
    print_verdict(name, &v, now() - start);
}

void test_exercises(const char *only)
{
    int count = 0;

    for (int i = 0; i < count_exercises(); i++) {
        const struct exercise *e = exercise_at(i);

        if (only != NULL && strncmp(e->id, only, strlen(only)) != 0)
            continue;
        count++;
        check_texts(e);
        if (e->answers[0] != '\0') {
            check_answers(e);
        } else {
            check_plan(e);
            check_program(e, true);
            check_program(e, false);
            if (e->rule[0] != '\0')
                check_strictly(e, true);
            check_strictly(e, false);
        }
    }
    if (count == 0)
        die("there is no exercise \"%s\"; make list shows all", only != NULL ? only : "");
}
