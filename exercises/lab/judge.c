/* Judging an exercise: its steps one after the other, the first that fails ends it. */
#include "catalog.h"
#include "chapters.h"
#include "process.h"
#include "tests.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 4

/* The steps: what the learner reads, and the scenario of the battery that is played (its name in battery.c). After them
   comes, for everybody, the rest of the battery: the mended server must still keep all promises. */
static const struct {
    const char *id;
    struct { const char *words, *scenario; } steps[MOST_STEPS];
} plans[] = {
    { "01b", { { "one client, one byte and more",          "S1  sizes 1, 4095, 4096, 4097, 65536" } } },
    { "02a", { { "one client, several messages",           "S1  one byte at a time" } } },
    { "02b", { { "messages of many sizes",                 "S1  sizes 1, 4095, 4096, 4097, 65536" },
               { "200 clients at once",                    "S8  200 clients at once" } } },
    { "04b", { { "messages of many sizes",                 "S1  sizes 1, 4095, 4096, 4097, 65536" },
               { "a client that sends much before it reads", "S5  64 MiB to a client that does not read" } } },
    { "05b", { { "messages of many sizes",                 "S1  sizes 1, 4095, 4096, 4097, 65536" },
               { "200 clients at once",                    "S8  200 clients at once" } } },
    { "06a", { { "one client, several messages",           "S1  one byte at a time" } } },
    { "07a", { { "messages of many sizes",                 "S1  sizes 1, 4095, 4096, 4097, 65536" },
               { "200 resets, then a healthy client",      "S6  200 resets with data in flight" } } },
    { "07d", { { "one client, several messages",           "S1  one byte at a time" } } },
};

/* What a learner is told of a symptom, beside its meaning. */
static const char *advice(enum symptom symptom)
{
    switch (symptom) {
    case STALL:         return "The server is alive and the connection is open, but it answers no more.";
    case EXTRA:         return "More bytes come back than were sent.";
    case CORRUPT:       return "What comes back is not what was sent.";
    case LOST_TAIL:     return "The connection was closed before everything had come back.";
    case EARLY_CLOSE:   return "The server closed the connection while the client had more to say.";
    case RESET:         return "The connection broke off in the middle.";
    case FEWER_CLIENTS: return "Some clients were neither served nor turned away.";
    case SLOW:          return "It answers, but one client waits for the others far too long.";
    case BUSY:          return "It uses the processor while there is nothing to do.";
    case CRASH:         return "The program has crashed: look for memory that is used after it was given back.";
    case EXITED:        return "The program has ended by itself: one client must not be able to do that.";
    default:            return symptom_meaning(symptom);
    }
}

static int plan_of(const struct exercise *e)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].id, e->id) == 0)
            return (int)i;
    die("exercise %s has no steps in judge.c", e->id);
}

/* Runs the steps against a program. loud: prints each. failed_step: 1, 2 ...; 0: all passed. */
static struct verdict run_steps(const struct exercise *e, const char *program, bool loud, int *failed_step)
{
    int plan = plan_of(e);
    const struct chapter *chapter = find_chapter((char[]){ e->id[0], e->id[1], '\0' });
    struct verdict v = { 0 };
    char command[200];

    snprintf(command, sizeof command, "\"%s\"", program);
    *failed_step = 0;
    for (int i = 0; i < MOST_STEPS && plans[plan].steps[i].words != NULL; i++) {
        double start = now();

        v = check_one(command, chapter->limit, plans[plan].steps[i].scenario);
        if (loud)
            printf("  step %d  %-52s %s %5.0f ms\n", i + 1, plans[plan].steps[i].words,
                   v.symptom == PASS ? "ok   " : symptom_name(v.symptom), (now() - start) * 1000);
        fflush(stdout);
        if (v.symptom != PASS) {
            *failed_step = i + 1;
            return v;
        }
    }
    return v;
}

static void print_head(const struct exercise *e)
{
    printf("\n%-5s %-58s chapter %d, %s\n", e->id, e->title, atoi((char[]){ e->id[0], e->id[1], '\0' }), e->kind);
}

int judge(const char *id)
{
    const struct exercise *e = find_exercise(id);
    char program[60];
    struct verdict v;
    int failed;

    if (e == NULL)
        die("there is no exercise \"%s\"; make list shows all", id);
    snprintf(program, sizeof program, "%s", work_file(e, ".exe"));
    print_head(e);
    printf("  build   %-52s ok\n", work_file(e, ".c"));
    v = run_steps(e, program, true, &failed);
    if (v.symptom != PASS) {
        printf("\n");
        print_dialogue();
        printf("\n  %s  %s\n         %s\n", symptom_name(v.symptom), advice(v.symptom), v.reason);
        printf("         This failure is the exercise: it is meant to fail until you fix it.\n");
        printf("  edit    %s      hint  make hint-%s      again  make check-%s\n", work_file(e, ".c"), e->id, e->id);
        return 1;
    }
    printf("\n  And everything else that a server promises:\n");
    fflush(stdout);
    check_server(program, find_chapter((char[]){ e->id[0], e->id[1], '\0' })->limit, NULL);
    if (print_totals() != 0) {
        printf("  The exercise's own steps pass, but something else is broken now: see above.\n");
        return 1;
    }
    praise(e);
    return 0;
}

/* Does the program show the declared symptom in the declared step (starter), or none (solution)? */
bool shows(const struct exercise *e, const char *program, bool is_starter, struct verdict *v)
{
    int failed;
    struct verdict found = run_steps(e, program, false, &failed);

    *v = (struct verdict){ 0 };
    if (is_starter && (found.symptom != e->symptom || failed != e->step))
        return fail(v, MESSAGE, "it should fail with %s in step %d; it says %s in step %d (%s)", symptom_name(e->symptom),
                    e->step, symptom_name(found.symptom), failed, found.reason);
    if (!is_starter && found.symptom != PASS)
        return fail(v, found.symptom, "step %d: %s", failed, found.reason);
    return true;
}
