/* Judging an exercise: its steps one after the other, the first that fails ends it. */
#include "learn.h"
#include "judge.h"
#include "plans.h"
#include "praise.h"
#include "client/client.h"
#include "drills/drills.h"
#include "server/server.h"
#include "timeline/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a learner is told of a symptom, beside its meaning. */
static const char *advice(enum symptom symptom, bool is_client)
{
    switch (symptom) {
    case STALL:         return is_client ? "The client is alive and does not come to its end."
                                         : "The server is alive and the connection is open, but it answers no more.";
    case EXTRA:         return "More bytes come back than were sent.";
    case CORRUPT:       return "What comes back is not what was sent.";
    case LOST_TAIL:     return "The connection was closed before everything had come back.";
    case EARLY_CLOSE:   return "The server closed the connection while the client had more to say.";
    case RESET:         return "The connection broke off in the middle.";
    case FEWER_CLIENTS: return "Fewer clients are served than should be.";
    case SLOW:          return "It answers, but one client waits for the others far too long.";
    case WASTE:         return "It answers well, but it does more than the answer needs.";
    case BUSY:          return "It uses the processor while there is nothing to do.";
    case CRASH:         return "The program has crashed: look for memory that is used after it was given back.";
    case BROKEN_RULE:   return "It seems to work, but only because this system forgives it.";
    case EXITED:        return is_client ? "The client has given up, though the server would have done its part."
                                         : "The program has ended by itself, and should not.";
    default:            return symptom_meaning(symptom);
    }
}

static struct subject subject_of(const struct exercise *e, const struct plan *plan, const char *command)
{
    int limit = plan->limit != 0 ? plan->limit : chapter_of_id(e->id)->limit;

    return (struct subject){ .command = command, .limit = plan->unlimited ? 0 : limit,
                             .input = plan->has_keyboard ? OPEN_STDIN : NULL };
}

const struct scenario *scenario_of(const struct step *step)
{
    const struct scenario *drill = find_drill(step->plays);

    return drill != NULL ? drill : find_scenario(step->plays);
}

/* "start" or "exercises/work/04c" becomes the program's path; the traced build has a name of its own. */
static void program_path(char *path, size_t size, const char *stem, bool traced)
{
    snprintf(path, size, "%s%s.exe", stem, traced ? "_traced" : "");
}

static struct verdict run_step(const struct exercise *e, const struct plan *plan, const struct step *step,
                               const char *stem)
{
    struct verdict v;
    char program[300], command[310];
    char *trace = step->counts_calls ? temporary_file("drill") : NULL;
    bool traced;

    program_path(program, sizeof program, stem, false);
    traced = trace != NULL || step->fault != NULL || !file_exists(program);
    program_path(program, sizeof program, stem, traced);
    snprintf(command, sizeof command, "\"%s\"", program);
    if (step->fault != NULL)
        set_fault(step->fault);
    if (traced)
        set_trace_file(trace != NULL ? trace : "NUL");      /* at which nobody looks */
    if (plan->is_client) {
        v = check_client(program, step->plays);
    } else {
        struct subject subject = subject_of(e, plan, command);
        const struct scenario *scenario = scenario_of(step);

        if (scenario == NULL)
            die("learn/plans.c, %s: there is no scenario \"%s\"", e->id, step->plays);
        subject.quick = true;
        v = run_scenario(&subject, scenario);
    }
    if (step->fault != NULL)
        clear_fault(step->fault);
    if (traced)
        set_trace_file(NULL);
    if (trace != NULL)
        delete_file(trace);
    return v;
}

/* Plays the steps, until one fails. loud: prints a line each. *failed_step: 1, 2 ...; 0: all have passed. */
static struct verdict run_steps(const struct exercise *e, const char *stem, bool loud, int *failed_step)
{
    const struct plan *plan = find_plan(e->id);
    struct verdict v = { 0 };

    if (plan == NULL)
        die("exercise %s has no steps in learn/plans.c", e->id);
    *failed_step = 0;
    for (int i = 0; i < MOST_STEPS && plan->steps[i].words != NULL; i++) {
        double start = now();

        v = run_step(e, plan, &plan->steps[i], stem);
        if (loud)
            printf("  step %d  %-47s %s %5.0f ms\n", i + 1, plan->steps[i].words,
                   v.symptom == PASS ? "ok   " : symptom_name(v.symptom), (now() - start) * 1000);
        fflush(stdout);
        if (v.symptom != PASS) {
            *failed_step = i + 1;
            return v;
        }
    }
    return v;
}

/* After the steps: the battery for servers or for clients; prints it. Returns 0, or 1 if something failed. */
static int check_rest(const struct exercise *e, const char *stem)
{
    const struct plan *plan = find_plan(e->id);
    char program[300], command[310];
    struct subject subject;

    if (plan->only_steps)
        return 0;
    program_path(program, sizeof program, stem, false);
    printf("\n  And everything else that a %s promises:\n", plan->is_client ? "client" : "server");
    fflush(stdout);
    if (plan->is_client) {
        check_client_cases(program, atoi(e->id));
    } else {
        snprintf(command, sizeof command, "\"%s\"", program);
        subject = subject_of(e, plan, command);
        check_server(&subject, NULL);
    }
    return print_totals();
}

/* What the exercise's last step without a fault plays; NULL: there is none. */
static const struct scenario *last_play(const struct plan *plan)
{
    const struct scenario *plays = NULL;

    for (int i = 0; i < MOST_STEPS && plan->steps[i].words != NULL; i++)
        if (plan->steps[i].fault == NULL && !plan->steps[i].counts_calls)
            plays = scenario_of(&plan->steps[i]);
    return plays;
}

struct verdict play_strictly(const struct exercise *e, const char *stem, int seeds, struct tally *tally)
{
    const struct plan *plan = find_plan(e->id);
    char program[300], command[310];
    struct subject subject;

    program_path(program, sizeof program, stem, true);
    if (plan->is_client)
        return conform_client_quietly(program, seeds, tally);
    snprintf(command, sizeof command, "\"%s\"", program);
    subject = subject_of(e, plan, command);
    subject.quick = true;
    return conform_quietly(&subject, last_play(plan), plan->only_steps, seeds, tally);
}

struct verdict play_one_seed(const struct exercise *e, const char *stem, int seed)
{
    const struct plan *plan = find_plan(e->id);
    struct tally tally = { 0 };
    char program[300], command[310];
    struct subject subject;

    program_path(program, sizeof program, stem, true);
    snprintf(command, sizeof command, "\"%s\"", program);
    subject = subject_of(e, plan, command);
    return conform_once(&subject, last_play(plan), plan->only_steps, seed, &tally);
}

#define SEEDS 3

/* The last step: the same on a Windows that does all that its pages allow. */
static struct verdict run_strict_step(const struct exercise *e, const char *stem)
{
    struct tally tally = { 0 };
    double start = now();
    struct verdict v = play_strictly(e, stem, SEEDS, &tally);

    printf("  last    %-47s %s %5.0f ms\n", "on a strict Windows (make rules)",
           v.symptom == PASS ? "ok   " : symptom_name(v.symptom), (now() - start) * 1000);
    fflush(stdout);
    return v;
}

static void print_head(const struct exercise *e)
{
    printf("\n%-5s %-52s chapter %d, %s\n", e->id, e->title, atoi(e->id), e->kind);
}

static void print_commands(const struct exercise *e)
{
    printf("  edit    %s    hint  make hint-%s    again  make check-%s\n", work_file(e, ".c"), e->id, e->id);
}

int judge(const char *id)
{
    const struct exercise *e = must_find(id);
    char stem[60];
    struct verdict v;
    int failed;

    if (strcmp(e->kind, "predict") == 0) {
        printf("\n%s has questions, and nothing to mend: make predict-%s\n", e->id, e->id);
        return 0;
    }
    snprintf(stem, sizeof stem, "%s", work_file(e, ""));
    print_head(e);
    printf("  build   %-47s ok\n", work_file(e, ".c"));
    v = run_steps(e, stem, true, &failed);
    if (v.symptom == PASS)
        v = run_strict_step(e, stem);
    if (v.symptom != PASS) {
        printf("\n");
        print_dialogue();
        printf("\n  %s\n", symptom_name(v.symptom));
        print_indented(9, advice(v.symptom, find_plan(e->id)->is_client));
        print_indented(9, v.reason);
        if (v.symptom == e->symptom && failed == e->step)
            printf("         This failure is the exercise: it is meant to fail until you %s it.\n",
                   strcmp(e->kind, "fix") == 0 ? "fix" : "write");
        print_commands(e);
        return 1;
    }
    if (check_rest(e, stem) != 0) {
        printf("  The exercise's own steps pass, but something else is broken now: see above.\n");
        print_commands(e);
        return 1;
    }
    praise(e);
    return 0;
}

bool shows(const struct exercise *e, const char *stem, bool is_starter, struct verdict *v)
{
    int failed;
    struct verdict found = run_steps(e, stem, false, &failed);

    *v = (struct verdict){ 0 };
    if (is_starter && (found.symptom != e->symptom || failed != e->step))
        return fail(v, MESSAGE, "it should fail with %s in step %d; it says %s in step %d (%s)",
                    symptom_name(e->symptom), e->step, symptom_name(found.symptom), failed, found.reason);
    if (!is_starter && found.symptom != PASS)
        return fail(v, found.symptom, "step %d: %s", failed, found.reason);
    return true;
}

bool keeps_promises(const struct exercise *e, const char *stem, struct verdict *v)
{
    const struct plan *plan = find_plan(e->id);
    char program[300], command[310];
    const char *what = "";
    struct verdict found;

    program_path(program, sizeof program, stem, false);
    snprintf(command, sizeof command, "\"%s\"", program);
    if (plan->only_steps) {
        return true;
    } else if (plan->is_client) {
        found = check_client_quietly(program, atoi(e->id), &what);
    } else {
        struct subject subject = subject_of(e, plan, command);

        subject.quick = true;
        found = check_quietly(&subject, &what);
    }
    return found.symptom == PASS || fail(v, found.symptom, "%s: %s", what, found.reason);
}

struct verdict judge_steps(const struct exercise *e, const char *stem, int *failed_step)
{
    return run_steps(e, stem, false, failed_step);
}

struct verdict judge_part(const struct exercise *e, const char *stem, const char *key)
{
    const struct plan *plan = find_plan(e->id);
    const struct step part = { .plays = key };

    return run_step(e, plan, &part, stem);
}

/* The last line: "passed", or the symptom, the step and the reason; step 0 is the battery afterwards. */
int judge_submission(const char *id, const char *stem)
{
    const struct exercise *e = find_exercise(id);
    struct verdict v;
    int failed;

    if (e == NULL || find_plan(e->id) == NULL)
        die("there is nothing to be graded in exercise \"%s\"", id);
    v = run_steps(e, stem, true, &failed);
    if (v.symptom == PASS)
        v = run_strict_step(e, stem);
    if (v.symptom != PASS) {
        printf("%s %d %s\n", symptom_name(v.symptom), failed, v.reason);
        return 1;
    }
    if (check_rest(e, stem) != 0) {
        printf("%s 0 the exercise's own steps pass, but something else is broken\n", symptom_name(first_symptom()));
        return 1;
    }
    printf("passed\n");
    return 0;
}
