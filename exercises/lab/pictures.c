/* The pictures: drawn from fresh runs, and compared with fresh runs. */
#include "chapters.h"
#include "files.h"
#include "process.h"
#include "scene.h"
#include "tests.h"
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#define POSTER "exercises/lab/poster.svg"

const char *system_name(void)
{
    static char name[60] = "Windows";
    const char *(CDECL *version)(void);
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version");

    if (found != NULL) {
        memcpy(&version, &found, sizeof version);
        snprintf(name, sizeof name, "Wine %s", version());
        name[strcspn(name, "(~")] = '\0';
    }
    return name;
}

/* ---- What a picture claims ---- */

/* How a row is called in the claims; NULL: it is not claimed, because it may be so or so: whether a call slept or
   just took long, and which worker it was. */
static const char *claim_of(const struct row *r)
{
    static char text[80];

    if (r->kind == SLEEP_ROW || r->kind == FOLD_ROW)
        return NULL;
    if (r->kind == CLIENT_ROW)
        snprintf(text, sizeof text, "%c %s", 'A' + r->client, r->event->name);
    else if (r->arrow != NO_ARROW && strcmp(r->event->name, "send") != 0)
        snprintf(text, sizeof text, "\"%s\"", r->told);
    else
        snprintf(text, sizeof text, "%s%s", r->event->name, strcmp(r->event->kind, "fails") == 0 ? " fails" : "");
    return text;
}

/* The order of what concerns one client (all: -1), but for what C's flood makes the server do: how many rounds that
   takes, and when, depends on the system's buffers. */
static void write_order(const struct timeline *t, FILE *file, int client)
{
    bool flood = false;
    const char *comma = "";

    for (int i = 0; i < t->row_count; i++) {
        const struct row *r = &t->rows[i];
        const char *claim = claim_of(r);

        flood = flood || (r->kind == CLIENT_ROW && r->client == 2 && strncmp(r->event->name, "sends", 5) == 0);
        if (claim == NULL || (client >= 0 && r->client != client)
            || (flood && r->kind != CLIENT_ROW && r->client != 0))
            continue;
        fprintf(file, "%s%s", comma, claim);
        comma = ", ";
    }
    fputc('\n', file);
}

/* The source lines that the picture names, of the rows before C's flood, in the source's order. */
static void write_lines(const struct timeline *t, FILE *file)
{
    const struct event *here;
    int line = 0;

    do {
        here = NULL;
        for (int i = 0; i < t->row_count; i++) {
            const struct row *r = &t->rows[i];

            if (r->kind == CLIENT_ROW && r->client == 2 && strncmp(r->event->name, "sends", 5) == 0)
                break;
            if (r->event != NULL && r->event->line > line && (here == NULL || r->event->line < here->line))
                here = r->event;
        }
        if (here != NULL)
            fprintf(file, "%s%s %d", line == 0 ? "" : ", ", here->name, here->line);
        line = here != NULL ? here->line : 0;
    } while (here != NULL);
    fputc('\n', file);
}

void write_claims(const struct timeline *t, FILE *file, const char *system)
{
    fprintf(file, "<desc>\nSystem: %s\n", system);
    for (int c = 0; c < CLIENTS; c++) {
        fprintf(file, "Client %c: ", 'A' + c);
        write_order(t, file, c);
    }
    if (t->all_threads == 1) {
        fprintf(file, "All: ");
        write_order(t, file, -1);
    }
    fprintf(file, "Lines: ");
    write_lines(t, file);
    fprintf(file, "Copied: %s\n</desc>\n", t->copied_before ? "by the system, before the wake-up" :
            "by recv, after the wake-up");
}

/* ---- Drawing ---- */

static void title_of(const struct chapter *chapter, char *title, size_t size)
{
    snprintf(title, size, "%s: %s", chapter->name, chapter->who_waits);
}

/* Plays the scene and loads its timeline. Ends the program if the echo was not right: such a run is not drawn. */
static void play_and_load(const struct chapter *chapter, struct timeline *t)
{
    char *trace = temporary_file("scene");
    struct scene scene;

    start_dialogue();
    scene = play_scene(chapter, trace);
    if (scene.verdict.symptom != PASS)
        die("%s: %s: %s", chapter->name, symptom_name(scene.verdict.symptom), scene.verdict.reason);
    load_timeline(t, trace, true);
    delete_file(trace);
}

static void write_svg_file(const struct chapter *chapter, const struct timeline *t, const char *path)
{
    char title[120];
    FILE *file = open_file_to_write(path);

    title_of(chapter, title, sizeof title);
    write_svg(t, file, title, system_name());
    if (fclose(file) != 0)
        die("cannot write %s", path);
}

int draw_pictures(void)
{
    static struct timeline timelines[CHAPTERS];
    char path[80];
    FILE *file;

    for (int i = 0; i < CHAPTERS; i++) {
        play_and_load(&chapters[i], &timelines[i]);
        snprintf(path, sizeof path, "%s/timeline.svg", chapters[i].name);
        write_svg_file(&chapters[i], &timelines[i], path);
        printf("drawn: %s\n", path);
        fflush(stdout);
    }
    file = open_file_to_write(POSTER);
    write_poster(timelines, file, system_name());
    if (fclose(file) != 0)
        die("cannot write %s", POSTER);
    printf("drawn: %s\n", POSTER);
    return 0;
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

int draw_timeline(const char *of, const char *path)
{
    static struct timeline t;
    const struct chapter *chapter = find_chapter(of);
    char title[300];
    FILE *file = stdout;

    if (chapter != NULL) {
        title_of(chapter, title, sizeof title);
        play_and_load(chapter, &t);
    } else {
        snprintf(title, sizeof title, "%s", of);
        load_timeline(&t, of, true);
    }
    if (path != NULL && !ends_with(path, ".svg") && !ends_with(path, ".json") && !ends_with(path, ".txt"))
        die("%s: its name must end with .svg, .json or .txt", path);
    if (path != NULL)
        file = open_file_to_write(path);
    if (path == NULL || ends_with(path, ".txt"))
        write_text(&t, file, title, system_name());
    else if (ends_with(path, ".svg"))
        write_svg(&t, file, title, system_name());
    else
        write_json(&t, file, title);
    if (path != NULL && fclose(file) != 0)
        die("cannot write %s", path);
    free_timeline(&t);
    return 0;
}

/* ---- Comparing ---- */

/* The claims in an SVG file; the caller frees them. NULL: there are none. */
static char *read_claims(const char *path)
{
    size_t size;
    char *svg = read_file(path, &size), *from = svg != NULL ? strstr(svg, "<desc>\n") : NULL, *to, *claims = NULL;

    if (from != NULL && (to = strstr(from, "</desc>")) != NULL) {
        *to = '\0';
        claims = _strdup(from + strlen("<desc>\n"));
    }
    free(svg);
    return claims;
}

/* The first line in which fresh and drawn differ, or false. The first line is the system's name. */
static bool differ(char *drawn, char *fresh, struct verdict *v)
{
    char *rest_drawn, *rest_fresh;
    char *d = strtok_s(drawn, "\r\n", &rest_drawn), *f = strtok_s(fresh, "\r\n", &rest_fresh);

    while ((d = strtok_s(NULL, "\r\n", &rest_drawn)) != NULL
           && (f = strtok_s(NULL, "\r\n", &rest_fresh)) != NULL) {
        int same = 0;

        while (d[same] != '\0' && d[same] == f[same])
            same++;
        if (d[same] == '\0' && f[same] == '\0')
            continue;
        *v = (struct verdict){ 0 };
        fail(v, MESSAGE, "%.9s... the picture: ...%.120s; this run: ...%.120s", d, d + (same > 30 ? same - 30 : 0),
             f + (same > 30 ? same - 30 : 0));
        return true;
    }
    return false;
}

/* On a busy machine a run may be disturbed; the picture is right if one of three is as it says. */
static struct verdict compare_picture(const struct chapter *chapter)
{
    static struct timeline t;
    struct verdict v = { 0 };
    char path[80], *fresh_path = temporary_file("fresh.svg");
    bool right = false;

    snprintf(path, sizeof path, "%s/timeline.svg", chapter->name);
    for (int tries = 0; tries < 3 && !right; tries++) {
        char *drawn = read_claims(path), *fresh;

        play_and_load(chapter, &t);
        write_svg_file(chapter, &t, fresh_path);
        free_timeline(&t);
        fresh = read_claims(fresh_path);
        if (drawn == NULL || fresh == NULL) {
            fail(&v, MESSAGE, "%s cannot be read; \"make pictures\" draws it", path);
            break;
        }
        if ((strncmp(drawn, "System: Wine", 12) == 0) != is_wine()) {
            fail(&v, SKIPPED, "the picture shows a run on another system");
            break;
        }
        right = !differ(drawn, fresh, &v);
        free(drawn);
        free(fresh);
    }
    if (right)
        v = (struct verdict){ 0 };
    delete_file(fresh_path);
    return v;
}

void test_pictures(void)
{
    for (int i = 0; i < CHAPTERS; i++) {
        char name[80];
        double start = now();
        struct verdict v = compare_picture(&chapters[i]);

        snprintf(name, sizeof name, "%s/timeline.svg: a fresh run has the same order", chapters[i].name);
        print_verdict(name, &v, now() - start);
    }
}
