/* Predict exercises: questions about a server that is there, the reader's answers, a real run, and the comparison. What
   is right is not written anywhere here: it is counted in the run. */
#include "learn.h"
#include "praise.h"
#include "questions.h"

#include <windows.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct prediction *find_prediction(const struct exercise *e)
{
    for (int i = 0; i < prediction_count; i++)
        if (strcmp(predictions[i].id, e->id) == 0)
            return &predictions[i];
    die("exercise %s has no questions in learn/questions.c", e->id);
}

/* Prints the question and reads a letter: 'a' and on; 0: none was given. */
static char ask(const struct question *q, int number)
{
    char line[100];

    printf("Question %d\n", number + 1);
    print_wrapped(q->words);
    printf("\n");
    for (int i = 0; i < OPTIONS && q->options[i].words != NULL; i++)
        printf("     %c  %s\n", 'a' + i, q->options[i].words);
    for (int tries = 0; tries < 5; tries++) {
        printf("\n   Your answer: ");
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL)
            break;
        line[0] = (char)tolower((unsigned char)line[0]);
        if (line[0] >= 'a' && line[0] < 'a' + OPTIONS && q->options[line[0] - 'a'].words != NULL) {
            printf("\n");
            return line[0];
        }
        printf("   a letter, please");
    }
    printf("(none)\n\n");
    return 0;
}

/* What really happens: the letter of the option that holds; 0: none does. */
static char run(const struct question *q, const char *command, FILE *file, struct verdict *v, int *count)
{
    *v = play_experiment(&q->experiment, command, file, count);
    for (int i = 0; v->symptom == PASS && i < OPTIONS && q->options[i].words != NULL; i++)
        if (*count >= q->options[i].least && *count <= q->options[i].most)
            return (char)('a' + i);
    return 0;
}

static void explain(const struct exercise *e)
{
    char path[80], *text;
    size_t size;

    snprintf(path, sizeof path, "exercises/solutions/%s.txt", e->id);
    text = read_file(path, &size);
    print_wrapped(text != NULL ? text
                               : "The explanation is not in this copy: ask your teacher, or read what the task names.");
    printf("\n");
    free(text);
}

int predict(const char *id)
{
    const struct exercise *e = must_find(id);
    const struct prediction *p;
    char answers[QUESTIONS] = { 0 }, program[60], command[70];
    int right = 0, asked = 0;

    if (strcmp(e->kind, "predict") != 0)
        die("%s is to be mended, not predicted: make check-%s", e->id, e->id);
    p = find_prediction(e);
    snprintf(program, sizeof program, "%s", work_file(e, "_traced.exe"));
    snprintf(command, sizeof command, "\"%s\"", program);
    printf("\n%s  %s   (the server: %s)\n\n", e->id, e->title, work_file(e, ".c"));
    for (; asked < QUESTIONS && p->questions[asked].words != NULL; asked++)
        answers[asked] = ask(&p->questions[asked], asked);
    for (int i = 0; i < asked; i++) {
        const struct question *q = &p->questions[i];
        struct verdict v;
        char letter;
        int count = 0;

        printf("---- %d: the real thing ----\n\n", i + 1);
        letter = run(q, command, stdout, &v, &count);
        if (v.symptom != PASS)
            die("%s: %s", symptom_name(v.symptom), v.reason);
        if (letter == 0)
            die("%d calls: none of the options; has %s been changed?", count, work_file(e, ".c"));
        printf("\n   It is %c: %s (counted: %d). ", letter, q->options[letter - 'a'].words, count);
        right += letter == answers[i];
        printf(answers[i] == 0        ? "You gave no answer.\n\n"
               : letter == answers[i] ? "You were right.\n\n"
                                      : "You said %c.\n\n",
               answers[i]);
    }
    explain(e);
    fclose(open_file_to_write(work_file(e, ".passed")));
    printf("  *** %s: %d of %d right. ***\n\n  Change %s and predict again, or go on: make next\n", e->id, right, asked,
           work_file(e, ".c"));
    return 0;
}

bool answers_hold(const struct exercise *e, const char *program, struct verdict *v)
{
    const struct prediction *p = find_prediction(e);
    char found[QUESTIONS + 1] = "", command[310], *path = temporary_file("answers");
    FILE *file = open_file_to_write(path);

    *v = (struct verdict){ 0 };
    snprintf(command, sizeof command, "\"%s\"", program);
    for (int i = 0; i < QUESTIONS && p->questions[i].words != NULL && v->symptom == PASS; i++) {
        int count = 0;
        char letter = run(&p->questions[i], command, file, v, &count);

        note("question %d: %d calls", i + 1, count);
        found[i] = letter != 0 ? letter : '?';
    }
    fclose(file);
    delete_file(path);
    if (v->symptom == PASS && strcmp(hash_of_answers(e, found), e->answers) != 0)
        fail(v, MESSAGE, "a real run answers %s, which is %s; list.txt says %s", found, hash_of_answers(e, found),
             e->answers);
    return v->symptom == PASS;
}
