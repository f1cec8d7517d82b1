/* The experiments of the notes: a few clients do something to a chapter's server, and what the server did is shown. */
#include "show.h"
#include "stage.h"
#include "timeline/timeline.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct experiment *find_experiment(const char *id)
{
    for (int i = 0; i < experiment_count; i++)
        if (strcmp(experiments[i].id, id) == 0)
            return &experiments[i];
    return NULL;
}

bool is_experiment(const char *id)
{
    return find_experiment(id) != NULL;
}

/* ---- The script ---- */

/* What the server has printed by then is what an experiment with a crowd shows. */
static char *said;

static void crowd(struct stage *s, int count)
{
    struct peer *peers = calloc((size_t)count, sizeof *peers);
    int error;

    if (peers == NULL)
        die("out of memory");
    for (int i = 0; i < count; i++) {
        peers[i] = (struct peer){ .to_send = 5, .no_half_close = true };
        if (!connect_peer(&peers[i], s->trial.port, &error))
            die("client %d cannot connect: error %d", i + 1, error);
        run_peers(&peers[i], 1, 5, 2);
    }
    Sleep(100);
    said = copy_output(&s->trial.server);
    for (int i = 0; i < count; i++)
        close_peer(&peers[i]);
    free(peers);
}

static bool step(struct stage *s, const char *word)
{
    int actor = word[0] - 'A';

    if (word[0] == '*')
        crowd(s, atoi(word + 1));
    else if (word[1] == '+')
        return actor_connects(s, actor);
    else if (word[1] == '-')
        actor_leaves(s, actor);
    else if (word[1] == 'x')
        actor_resets(s, actor);
    else if (word[1] == '<')
        actor_reads(s, actor);
    else if (word[1] == '?')
        actor_asks(s, actor, atoi(word + 2));
    else if (word[1] == '!')
        actor_floods(s, actor, atoi(word + 2));
    else
        actor_speaks(s, actor, atoi(word + 1));
    return true;
}

static void play_script(struct stage *s, const char *script)
{
    char text[100], *rest;

    snprintf(text, sizeof text, "%s", script);
    for (char *word = strtok_s(text, " ", &rest); word != NULL; word = strtok_s(NULL, " ", &rest))
        if (!step(s, word))
            return;
}

/* ---- What is shown ---- */

static bool is_shown(const struct experiment *x, const struct row *r)
{
    char name[60];

    if (r->kind == CLIENT_ROW)
        return true;
    if (r->kind == COPY_ROW || r->event == NULL)
        return false;
    /* A wait is shown when it ends, for only then is it known what for; a send, when it begins. */
    if (r->kind == (strcmp(r->event->name, "send") == 0 ? WAKE_ROW : SLEEP_ROW))
        return false;
    if (strcmp(r->event->kind, "call") == 0 && *r->event->result == '\0')
        return false;               /* the server was ended before it returned */
    snprintf(name, sizeof name, " %s ", r->event->name);
    if (x->calls != NULL && strstr(x->calls, name) == NULL)
        return false;
    if (x->with != NULL && strstr(r->event->result, x->with) == NULL && strcmp(r->event->kind, "fails") != 0)
        return false;
    return x->client == 0 || r->client == x->client - 1;
}

static void print_call(FILE *file, const struct timeline *t, const struct row *r)
{
    fprintf(file, "    ");
    if (t->all_threads > 1)
        fprintf(file, "%-9s ", t->threads[r->thread]);
    fprintf(file, "%s\n", call_text(r->event));
}

static void print_asleep(FILE *file, const struct timeline *t, double last)
{
    for (int thread = 0; thread < t->thread_count; thread++) {
        const struct event *in = NULL;

        for (int i = 0; i < t->event_count; i++)
            if (strcmp(t->events[i].thread, t->threads[thread]) == 0 && t->events[i].slept > 0
                && t->events[i].start < last && t->events[i].end > last)
                in = &t->events[i];
        if (in != NULL)
            fprintf(file, "In the end %s sleeps in %s\n", t->threads[thread], in->name);
    }
}

/* Returns how many calls it has printed. */
static int print_calls(FILE *file, const struct experiment *x, const char *trace, double ended_at)
{
    static struct timeline t;
    bool begun = false;
    int calls = 0;

    load_timeline(&t, trace, false);
    for (int i = 0; i < t.row_count && t.rows[i].at < ended_at; i++) {
        const struct row *r = &t.rows[i];

        begun = begun || r->kind == CLIENT_ROW;
        if (!begun || !is_shown(x, r))
            continue;
        if (r->kind == CLIENT_ROW)
            fprintf(file, "%c %s\n", r->event->client[0], r->event->name);
        else
            print_call(file, &t, r), calls++;
    }
    if (x->asleep)
        print_asleep(file, &t, ended_at);
    free_timeline(&t);
    return calls;
}

/* Of many lines only the first one and the last two. */
static void print_lines(FILE *file, char *output)
{
    char *lines[600], *rest;
    int count = 0;

    for (char *line = strtok_s(output, "\r\n", &rest); line != NULL && count < 600;
         line = strtok_s(NULL, "\r\n", &rest))
        if (strncmp(line, "listening", 9) != 0)
            lines[count++] = line;
    for (int i = 0; i < count; i++)
        if (i == 0 || i >= count - 2 || count < 6)
            fprintf(file, "%s\n", lines[i]);
        else if (i == 1)
            fprintf(file, "... %d more\n", count - 3);
}

struct verdict play_experiment(const struct experiment *x, const char *command, FILE *file, int *calls)
{
    static struct stage stage;
    char *trace = temporary_file("experiment");
    struct verdict v;
    bool entered;

    fflush(file);
    start_dialogue();
    entered = command != NULL ? enter_stage_with(&stage, command, trace)
                              : enter_stage(&stage, chapter_of_id(x->id), x->show == CALLS ? trace : NULL);
    if (entered)
        play_script(&stage, x->script);
    if (x->show == LINES && stage.trial.verdict.symptom == PASS) {
        if (said == NULL)
            said = copy_output(&stage.trial.server);
        print_lines(file, said);
    }
    free(said);
    said = NULL;
    leave_stage(&stage);
    v = stage.trial.verdict;
    if (x->show == CALLS && v.symptom == PASS)
        *calls = print_calls(file, x, trace, stage.ended_at);
    delete_file(trace);
    return v;
}

static struct verdict play_with_title(const struct experiment *x, FILE *file)
{
    int calls;

    fprintf(file, "%s\n\n", x->title);
    return play_experiment(x, NULL, file, &calls);
}

struct verdict run_experiment(const char *id, const char *path, bool *varies)
{
    const struct experiment *x = find_experiment(id);
    struct verdict v = { 0 };
    FILE *file;

    if (x == NULL) {
        fail(&v, MESSAGE, "there is no experiment \"%s\"", id);
        return v;
    }
    *varies = x->varies;
    file = open_file_to_write(path);
    v = play_with_title(x, file);
    fclose(file);
    return v;
}

int try_experiment(const char *id)
{
    const struct experiment *x = find_experiment(id);
    struct verdict v;

    if (x == NULL && strcmp(id, "all") != 0) {
        for (int i = 0; i < experiment_count; i++)
            fprintf(stderr, "  %s  %s\n", experiments[i].id, experiments[i].title);
        die("there is no experiment \"%s\"; these are all", id);
    }
    for (int i = 0; i < experiment_count; i++)
        if (x == NULL || x == &experiments[i]) {
            v = play_with_title(&experiments[i], stdout);
            if (v.symptom != PASS)
                die("%s: %s", symptom_name(v.symptom), v.reason);
            printf("%s", x == NULL ? "\n" : "");
        }
    return 0;
}
