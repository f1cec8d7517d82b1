/* Predict exercises: questions about a server that is there, the reader's answers, a real run, and the comparison. What
   is right is not written anywhere here: it is counted in the run. */
#include "catalog.h"
#include "experiments.h"
#include "files.h"
#include "tests.h"
#include "wrap.h"

#include <windows.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS 4
#define OPTIONS   4

/* An option holds if the calls that the experiment shows are least to most in number. */
static const struct prediction {
    const char *id;
    struct question {
        const char *words;
        struct { const char *words; int least, most; } options[OPTIONS];
        struct experiment experiment;
    } questions[QUESTIONS];
} predictions[] = {
    { "01a", {
        { "A connects and says nothing. B connects and sends 5 bytes. A is still silent.\nHow often does the server send something to B?",
          { { "once: at once", 1, 1 }, { "never", 0, 0 }, { "many times", 2, 1000 } },
          { "01", .script = "A+ B+ B?5", .calls = " send ", .client = 2, .asleep = true } },
        { "The same, and then A says goodbye. How often has the server sent something to B in the end?",
          { { "once", 1, 1 }, { "never: B came while nobody accepted, and is lost", 0, 0 }, { "many times", 2, 1000 } },
          { "01", .script = "A+ B+ B?5 A-", .calls = " send ", .client = 2 } } } },
    { "03a", {
        { "A sends 12 bytes. For A recv is called once a message, with room for 65536.\n"
          "How many FD_READ messages come for A?",
          { { "two: one for the bytes, and one after the recv", 2, 2 }, { "one", 1, 1 },
            { "twelve, one for each byte", 3, 1000 } },
          { "03", .script = "A+ A12", .calls = " GetMessage ", .client = 1, .with = "FD_READ" } },
        { "B sends 12 bytes. For B recv is called once a message, and takes four bytes at most.\n"
          "How many FD_READ messages come for B?",
          { { "one: eight bytes stay where they are", 1, 1 }, { "four: one after each recv, the last for nothing", 4, 1000 },
            { "three", 3, 3 } },
          { "03", .script = "A+ B+ B12", .calls = " GetMessage ", .client = 2, .with = "FD_READ" } },
        { "C sends 12 bytes, three times. For C recv is never called.\n"
          "How many FD_READ messages come for C?",
          { { "one", 1, 1 }, { "three, one for each time", 3, 3 }, { "more and more: the bytes are still there", 4, 1000 } },
          { "03", .script = "A+ B+ C+ C?12 C?12 C?12", .calls = " GetMessage ", .client = 3, .with = "FD_READ" } } } },
    { "04a", {
        { "A connects, and nobody sends anything. How often is FD_WRITE recorded for A?",
          { { "never: nothing is to be sent", 0, 0 }, { "once", 1, 1 },
            { "again and again: there is room all the time", 2, 1000 } },
          { "04", .script = "A+", .calls = " WSAEnumNetworkEvents ", .client = 1, .with = "FD_WRITE" } },
        { "A connects, and sends 5 bytes three times; each time they are sent back at once.\n"
          "How often is FD_WRITE recorded for A?",
          { { "once", 1, 1 }, { "three times: before each send", 3, 3 },
            { "four times: at the beginning, and after each send", 4, 1000 } },
          { "04", .script = "A+ A5 A5 A5", .calls = " WSAEnumNetworkEvents ", .client = 1, .with = "FD_WRITE" } },
        { "A connects, sends 12 MB, and does not read until the server's send fails with WSAEWOULDBLOCK.\nThen it reads. "
          "How often is FD_WRITE recorded for A?",
          { { "never: send has failed", 0, 0 }, { "once: at the beginning", 1, 1 }, { "more than once", 2, 1000 } },
          { "04", .script = "A+ A!12 A<", .calls = " WSAEnumNetworkEvents ", .client = 1, .with = "FD_WRITE" } } } },
};

static const struct prediction *find_prediction(const struct exercise *e)
{
    for (size_t i = 0; i < sizeof predictions / sizeof predictions[0]; i++)
        if (strcmp(predictions[i].id, e->id) == 0)
            return &predictions[i];
    die("exercise %s has no questions in predict.c", e->id);
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
    print_wrapped(text != NULL ? text : "The explanation is not in this copy: ask your teacher, or read what the task names.");
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
        printf(answers[i] == 0 ? "You gave no answer.\n\n" : letter == answers[i] ? "You were right.\n\n" : "You said %c.\n\n",
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
    if (v->symptom == PASS && strcmp(found, e->answers) != 0)
        fail(v, MESSAGE, "a real run answers %s; list.txt says %s", found, e->answers);
    return v->symptom == PASS;
}
