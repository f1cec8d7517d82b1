/* What a learner does with the exercises: list, take, hint, why, reset. */
#include "learn.h"
#include "difference.h"
#include "praise.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void path_in(const struct exercise *e, const char *file, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", e->folder, file);
}

/* ---- State ---- */

/* A passed exercise is remembered by an empty file beside the learner's own. */
static const char *state_of(const struct exercise *e)
{
    if (file_exists(work_file(e, ".passed")))
        return "passed";
    return file_exists(work_file(e, ".c")) ? "begun" : "";
}

int list_exercises(void)
{
    int passed = 0, n = count_exercises();

    printf("  %-5s %-8s %-4s %-50s %s\n", "id", "kind", "min", "title", "state");
    for (int i = 0; i < n; i++) {
        const struct exercise *e = exercise_at(i);

        printf("  %-5s %-8s %3d  %-50s %s\n", e->id, e->kind, e->minutes, e->title, state_of(e));
        passed += strcmp(state_of(e), "passed") == 0;
    }
    printf("\n%d of %d passed. make next shows the next task, and how to begin it.\n", passed, n);
    return 0;
}

static const struct exercise *next_exercise(void)
{
    for (int i = 0; i < count_exercises(); i++)
        if (strcmp(state_of(exercise_at(i)), "passed") != 0)
            return exercise_at(i);
    return NULL;
}

int show_next(void)
{
    const struct exercise *e = next_exercise();
    char path[200], *task;
    size_t size;

    if (e == NULL) {
        printf("All exercises are passed.\n");
        return 0;
    }
    path_in(e, "task.md", path, sizeof path);
    task = read_file(path, &size);
    if (task == NULL)
        die("cannot read %s", path);
    print_wrapped(task);
    printf("\nBegin with: make %s-%s\n", e->answers[0] != '\0' ? "predict" : "check", e->id);
    free(task);
    return 0;
}

/* ---- Taking and resetting ---- */

int take_exercise(const char *id)
{
    const struct exercise *e = must_find(id);
    char start[200];

    CreateDirectoryA("exercises/work", NULL);
    if (!file_exists(work_file(e, ".c"))) {
        path_in(e, "start.c", start, sizeof start);
        copy_file(start, work_file(e, ".c"));
        printf("Your copy: %s   The task: %s/task.md\n", work_file(e, ".c"), e->folder);
    }
    printf("building %s\n", work_file(e, ".c"));
    return 0;
}

/* The old file is kept under the first number that is free: nothing is ever deleted. */
int reset_exercise(const char *id)
{
    const struct exercise *e = must_find(id);
    char old[80], kept[80], start[200];
    int number = 1;

    snprintf(old, sizeof old, "%s", work_file(e, ".c"));
    if (!file_exists(old))
        die("%s is not there: make check-%s makes it", old, e->id);
    do
        snprintf(kept, sizeof kept, "exercises/work/%s.old%d.c", e->id, number++);
    while (file_exists(kept));
    if (!MoveFileA(old, kept))
        die("cannot rename %s to %s: error %lu", old, kept, GetLastError());
    DeleteFileA(work_file(e, ".passed"));
    path_in(e, "start.c", start, sizeof start);
    copy_file(start, old);
    printf("%s is as at the beginning. Your old file is %s.\n", old, kept);
    return 0;
}

/* ---- Hints ---- */

/* hints.txt has three parts, parted by lines that begin with "--". Each call shows one more. */
int show_hint(const char *id)
{
    const struct exercise *e = must_find(id);
    char path[200], *text, *part, marker[80];
    size_t size;
    int level = 1;

    path_in(e, "hints.txt", path, sizeof path);
    text = read_file(path, &size);
    if (text == NULL)
        die("cannot read %s", path);
    CreateDirectoryA("exercises/work", NULL);
    for (; level < 3; level++) {
        snprintf(marker, sizeof marker, "exercises/work/%s.hint%d", e->id, level);
        if (!file_exists(marker)) {
            fclose(open_file_to_write(marker));
            break;
        }
    }
    part = text;
    for (int i = 1; i < level && part != NULL; i++)
        if ((part = strstr(part, "\n--")) != NULL)
            part = strchr(part + 1, '\n') + 1;
    if (part == NULL)
        die("%s has not three parts", path);
    if (strstr(part, "\n--") != NULL)
        strstr(part, "\n--")[1] = '\0';
    printf("Hint %d of 3 for %s, %s:\n\n", level, e->id, e->title);
    print_wrapped(part);
    free(text);
    return 0;
}

/* The first that is not passed among those after e; if there is none, among all. */
static const struct exercise *next_after(const struct exercise *e)
{
    bool behind = false;

    for (int i = 0; i < count_exercises(); i++) {
        if (behind && strcmp(state_of(exercise_at(i)), "passed") != 0)
            return exercise_at(i);
        behind = behind || exercise_at(i) == e;
    }
    return next_exercise();
}

void praise(const struct exercise *e)
{
    const struct exercise *next;
    int lines = changed_lines(e, work_file(e, ".c"));

    fclose(open_file_to_write(work_file(e, ".passed")));
    printf("\n  *** PASSED: %s, %s. You changed %d line%s. ***\n\n", e->id, e->title, lines, lines == 1 ? "" : "s");
    if (starter_differs_by(e) >= 0)
        printf("  why it is right: make why-%s      ", e->id);
    next = next_after(e);
    if (next != NULL)
        printf("  next: make %s-%s", next->answers[0] != '\0' ? "predict" : "check", next->id);
    printf("\n");
}

static void print_reason(const char *solution)
{
    size_t size;
    char *text = read_file(solution, &size), *end = text != NULL ? strstr(text, "*/") : NULL;

    if (end != NULL && strncmp(text, "/* ", 3) == 0) {
        *end = '\0';
        print_wrapped(text + 3);
        printf("\n");
    }
    free(text);
}

int show_why(const char *id)
{
    const struct exercise *e = must_find(id);
    char start[200], solution[80], force[10];

    snprintf(solution, sizeof solution, "exercises/solutions/%s.c", e->id);
    if (e->answers[0] != '\0')
        die("%s has questions; make predict-%s explains their answers", e->id, e->id);
    if (!file_exists(solution))
        die("%s is not there: this copy of the repository has no solutions", solution);
    if (!file_exists(work_file(e, ".passed")) && GetEnvironmentVariableA("FORCE", force, sizeof force) == 0)
        die("%s is not passed yet; make why-%s FORCE=1 shows the solution all the same", e->id, e->id);
    path_in(e, "start.c", start, sizeof start);
    print_reason(solution);
    printf("From the starter (-) to the solution (+):\n\n");
    difference(start, solution, true);
    return 0;
}
