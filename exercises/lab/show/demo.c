/* The demonstration for a class: the question, the vote, the run, what happened, the counts. */
#include "show.h"
#include "scene.h"
#include "timeline/timeline.h"

#include <windows.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 79
#define USUAL_PACE 150          /* ms a line, if somebody looks on */

/* What is kept of one model for the table. */
struct result {
    bool fine;
    int threads, calls, wakes;
    bool copied_before;
    double answered;
};

static bool is_console(DWORD which)
{
    DWORD mode;

    return GetConsoleMode(GetStdHandle(which), &mode);
}

/* PACE=ms in the environment, or 150 if stdin is a console, or no pause. */
static int pace(void)
{
    char text[20], *end;
    DWORD length = GetEnvironmentVariableA("PACE", text, sizeof text);
    long ms;

    if (length == 0)
        return is_console(STD_INPUT_HANDLE) ? USUAL_PACE : 0;
    ms = strtol(text, &end, 10);
    if (length >= sizeof text || end == text || *end != '\0' || ms < 0 || ms > 60000)
        die("PACE=%s: not a number of milliseconds from 0 to 60000", length < sizeof text ? text : "...");
    return (int)ms;
}

/* Only if somebody is there to press it. */
static void wait_for_enter(const char *why)
{
    if (!is_console(STD_INPUT_HANDLE))
        return;
    printf("  %s", why);
    fflush(stdout);
    for (int c; (c = getchar()) != '\n' && c != EOF; )
        ;
    printf("\n");
}

static void ask(void)
{
    printf("  A connects and says nothing.\n"
           "  B connects, sends five bytes, waits for them, says goodbye.\n"
           "  C sends %d MB, more than all buffers hold, and reads only later.\n"
           "  While C is stuck, A speaks at last.\n\n"
           "  Who is answered, and when?\n\n", C_SENDS);
    wait_for_enter("Vote! Then press Enter. ");
}

static void show_rows(const struct timeline *t, int ms)
{
    write_text_heading(t, stdout, COLUMNS);
    for (int i = 0; i < t->row_count; i++) {
        write_text_row(t, stdout, i, COLUMNS);
        fflush(stdout);
        Sleep((DWORD)ms);
    }
}

static void show_answer(const struct chapter *chapter, const struct scene *scene, const struct timeline *t)
{
    printf("\n  B was answered after %.1f ms, though A was silent.\n"
           "  A was answered after %.1f ms, though C was stuck.\n"
           "  C was stuck after %.1f MB; when it read, all %d MB came back.\n"
           "  Every byte was compared, and every connection closed.\n\n",
           scene->b_answered, scene->a_answered, scene->c_taken, C_SENDS);
    printf("  Threads: %d.  For B's five bytes: %d calls, %d wake-up%s.\n", t->all_threads, t->calls_per_echo,
           t->wakes_per_echo, t->wakes_per_echo == 1 ? "" : "s");
    printf("  Who copied them out of the system's buffers?\n    %s\n\n", t->copied_before ?
           "The system, before the thread woke." : "recv did, after the thread was told that it may.");
    printf("  Picture: %s/timeline.svg\n  Source:  %s/server.c\n\n", chapter->name, chapter->name);
}

static struct result show_model(const struct chapter *chapter, int ms)
{
    static struct timeline t;
    struct result r = { 0 };
    char *trace = temporary_file("demo");
    struct scene scene;

    printf("== %s: %s ==\n\n", chapter->name, chapter->who_waits);
    fflush(stdout);
    start_dialogue();
    scene = play_scene(chapter, trace);
    r.fine = scene.verdict.symptom == PASS;
    if (r.fine) {
        load_timeline(&t, trace, true);
        show_rows(&t, ms);
        show_answer(chapter, &scene, &t);
        r = (struct result){ true, t.all_threads, t.calls_per_echo, t.wakes_per_echo, t.copied_before,
                             scene.b_answered };
        free_timeline(&t);
    } else {
        printf("  %s, %s:\n  %s\n\n", symptom_name(scene.verdict.symptom), symptom_meaning(scene.verdict.symptom),
               scene.verdict.reason);
    }
    fflush(stdout);
    delete_file(trace);
    return r;
}

static void print_table(const struct result *results)
{
    printf("== The seven side by side ==\n\n"
           "  model                   threads  wake-ups  calls    who copies       clients\n"
           "                                   per echo  per echo\n");
    for (int i = 0; i < CHAPTERS; i++) {
        const struct result *r = &results[i];
        char clients[20] = "memory";

        if (chapters[i].limit > 0)
            snprintf(clients, sizeof clients, "%d", chapters[i].limit);
        if (r->fine)
            printf("  %-23s %4d %9d %8d       %-16s %s\n", chapters[i].name, r->threads, r->wakes, r->calls,
                   r->copied_before ? "system, before" : "recv, after", clients);
        else
            printf("  %-23s did not get through, see above\n", chapters[i].name);
    }
    printf("\n  Notice:\n");
    for (int i = 0; i < CHAPTERS; i++)
        printf("    %s  %s\n", chapters[i].number, chapters[i].notice);
    printf("\nNext: read 01_blocking/notes.md beside 01_blocking/server.c.\n"
           "The pictures side by side: exercises/lab/poster.svg\n");
}

int demonstrate(const struct chapter *chapter)
{
    struct result results[CHAPTERS] = { 0 };
    int ms = pace();
    bool fine = true;

    ask();
    for (int i = 0; i < CHAPTERS; i++)
        if (chapter == NULL || chapter == &chapters[i]) {
            if (chapter == NULL && i > 0)
                wait_for_enter("Enter: the next model. ");
            results[i] = show_model(&chapters[i], ms);
            fine = fine && results[i].fine;
        }
    if (chapter == NULL)
        print_table(results);
    return fine ? 0 : 1;
}
