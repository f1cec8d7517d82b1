/* The pictures: drawn from fresh runs, and compared with fresh runs. */
#include "show.h"
#include "scene.h"
#include "common/common.h"
#include "timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#define POSTER "exercises/lab/poster.svg"

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

/* The first line of the claims is the system's name, which need not be the same. */
static bool same_claims(char *drawn, char *fresh, struct verdict *v)
{
    char *d = strchr(drawn, '\n'), *f = strchr(fresh, '\n');

    if (d == NULL || f == NULL || d[1] == '\0')
        return fail(v, MESSAGE, "the picture claims nothing");
    return same_lines(d, f, "this run", v);
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
            skip(&v, "the picture shows a run on another system");
            break;
        }
        right = same_claims(drawn, fresh, &v);
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
