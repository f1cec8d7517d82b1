/* Reading exercises/list.txt: id | kind | minutes | SYMPTOM in step N, or answers as a number | title. */
#include "catalog.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST "exercises/list.txt"

static struct exercise exercises[MAX_EXERCISES];
static int count = -1;

/* The folder whose name begins with the id. */
static void find_folder(struct exercise *e)
{
    WIN32_FIND_DATAA found;
    char pattern[60];
    HANDLE search;

    snprintf(pattern, sizeof pattern, "exercises/%s_*", e->id);
    search = FindFirstFileA(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        die("%s names %s, but there is no folder exercises/%s_...", LIST, e->id, e->id);
    FindClose(search);
    snprintf(e->folder, sizeof e->folder, "exercises/%.100s", found.cFileName);
}

static void read_line(char *line)
{
    struct exercise *e = &exercises[count++];
    char symptom[20];

    if (count > MAX_EXERCISES)
        die("%s has more than %d exercises", LIST, MAX_EXERCISES);
    if (sscanf(line, " %7[^ |] | predict | %d | answers %11[0-9a-f] | %79[^\r\n]", e->id, &e->minutes, e->answers,
               e->title) == 4) {
        snprintf(e->kind, sizeof e->kind, "predict");
    } else {
        e->answers[0] = e->rule[0] = '\0';
        if (sscanf(line, " %7[^ |] | %11[^ |] | %d | %19[A-Z_] in step %d, rule %7[0-9] | %79[^\r\n]", e->id, e->kind,
                   &e->minutes, symptom, &e->step, e->rule, e->title) != 7
            && sscanf(line, " %7[^ |] | %11[^ |] | %d | %19[A-Z_] in step %d | %79[^\r\n]", e->id, e->kind, &e->minutes,
                      symptom, &e->step, e->title) != 6)
            die("%s: this line is not id | kind | minutes | SYMPTOM in step N[, rule N] | title: %s", LIST, line);
        e->symptom = symptom_by_name(symptom);
        if (e->symptom == SYMPTOMS)
            die("%s: %s is no symptom: %s", LIST, symptom, line);
    }
    find_folder(e);
}

int count_exercises(void)
{
    size_t size;
    char *text, *rest;

    if (count >= 0)
        return count;
    text = read_file(LIST, &size);
    if (text == NULL)
        die("cannot read %s", LIST);
    count = 0;
    for (char *line = strtok_s(text, "\r\n", &rest); line != NULL; line = strtok_s(NULL, "\r\n", &rest))
        if (line[0] != '#')
            read_line(line);
    free(text);
    return count;
}

const struct exercise *exercise_at(int i)
{
    return i < count_exercises() ? &exercises[i] : NULL;
}

const struct exercise *find_exercise(const char *id)
{
    for (int i = 0; i < count_exercises(); i++)
        if (_stricmp(exercises[i].id, id) == 0)
            return &exercises[i];
    return NULL;
}

const struct exercise *must_find(const char *id)
{
    const struct exercise *e = find_exercise(id);

    if (e == NULL)
        die("there is no exercise \"%s\"; make list shows all", id);
    return e;
}

/* FNV-1a. */
const char *hash_of_answers(const struct exercise *e, const char *letters)
{
    static char text[12];
    unsigned long hash = 2166136261u;

    snprintf(text, sizeof text, "%.4s:%.6s", e->id, letters);
    for (const char *c = text; *c != '\0'; c++)
        hash = ((hash ^ (unsigned char)*c) * 16777619u) & 0xffffffff;
    snprintf(text, sizeof text, "%08lx", hash);
    return text;
}

const char *work_file(const struct exercise *e, const char *ending)
{
    static char path[60];

    snprintf(path, sizeof path, "exercises/work/%s%s", e->id, ending);
    return path;
}
