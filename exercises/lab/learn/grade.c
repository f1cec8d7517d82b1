/* Grading: collect copies what students have handed in to exercises/work/grade, under names without blanks, for make
   to build; grade judges each in a laboratory process of its own and writes a table. */
#include "learn.h"
#include "difference.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER     "exercises/work/grade"
#define INDEX      FOLDER "/index.txt"
#define TABLE      "exercises/work/grades.csv"
#define TIME_LIMIT 300000       /* milliseconds, for one submission */

/* What an earlier grading has left. */
static void empty_folder(void)
{
    WIN32_FIND_DATAW found;
    HANDLE search;
    WCHAR path[MAX_PATH + 40];

    CreateDirectoryW(L"exercises/work", NULL);
    CreateDirectoryW(L"" FOLDER, NULL);
    search = FindFirstFileW(L"" FOLDER "/*_*.*", &found);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do {
        _snwprintf(path, MAX_PATH + 40, L"" FOLDER "/%ls", found.cFileName);
        DeleteFileW(path);
    } while (FindNextFileW(search, &found));
    FindClose(search);
}

static int collect_student(const WCHAR *folder, const WCHAR *student, FILE *index, int number)
{
    WIN32_FIND_DATAW found;
    WCHAR pattern[MAX_PATH * 2], from[MAX_PATH * 2], to[100];
    char name[300], who[300], id[8] = "";
    HANDLE search;
    int count = 0;

    _snwprintf(pattern, MAX_PATH * 2, L"%ls/%ls/*.c", folder, student);
    search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        return 0;
    to_utf8(student, who, sizeof who);
    do {
        const struct exercise *e;

        to_utf8(found.cFileName, name, sizeof name);
        snprintf(id, sizeof id, "%.*s", (int)(strlen(name) - 2), name);
        e = strlen(name) == 5 ? find_exercise(id) : NULL;
        if (e == NULL || e->answers[0] != '\0') {
            printf("left out: %s/%s is no exercise that can be graded\n", who, name);
            continue;
        }
        _snwprintf(from, MAX_PATH * 2, L"%ls/%ls/%ls", folder, student, found.cFileName);
        _snwprintf(to, 100, L"" FOLDER "/%04d_%hs.c", number + count, e->id);
        if (!CopyFileW(from, to, FALSE))
            die("cannot copy %s/%s: error %lu", who, name, GetLastError());
        fprintf(index, "%04d_%s\t%s\t%s\n", number + count, e->id, e->id, who);
        count++;
    } while (FindNextFileW(search, &found));
    FindClose(search);
    return count;
}

int collect(const char *folder)
{
    WIN32_FIND_DATAW found;
    WCHAR wide[MAX_PATH], pattern[MAX_PATH + 4];
    HANDLE search;
    FILE *index;
    int count = 0;

    MultiByteToWideChar(CP_UTF8, 0, folder, -1, wide, MAX_PATH);
    _snwprintf(pattern, MAX_PATH + 4, L"%ls/*", wide);
    search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        die("there is no folder \"%s\"", folder);
    empty_folder();
    index = open_file_to_write(INDEX);
    do
        if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 && found.cFileName[0] != L'.')
            count += collect_student(wide, found.cFileName, index, count + 1);
    while (FindNextFileW(search, &found));
    FindClose(search);
    fclose(index);
    if (count == 0)
        die("in \"%s\" there is no student/ID.c, such as kim/04c.c", folder);
    printf("%d submission%s from %s\n", count, count == 1 ? "" : "s", folder);
    return 0;
}

/* A field between quotes, in which a quote is written twice. */
static void put_field(FILE *table, const char *text)
{
    fputc('"', table);
    for (; *text != '\0'; text++)
        if (*text == '"')
            fputs("\"\"", table);
        else
            fputc(*text, table);
    fputc('"', table);
}

/* The last line that the submission's laboratory has printed. */
static void last_line(char *output, char *line, size_t size)
{
    char *end = output + strlen(output), *at;

    while (end > output && (end[-1] == '\n' || end[-1] == '\r'))
        *--end = '\0';
    at = strrchr(output, '\n');
    snprintf(line, size, "%s", at != NULL ? at + 1 : output);
}

static void judge_one(const char *stem, const char *id, char *result, size_t size)
{
    char command[900], program[100], *output;
    struct process lab = { 0 };
    unsigned long code;

    snprintf(program, sizeof program, FOLDER "/%s.exe", stem);
    if (GetFileAttributesA(program) == INVALID_FILE_ATTRIBUTES) {
        snprintf(result, size, "NO_BUILD 0 it does not compile");
        return;
    }
    snprintf(command, sizeof command, "\"%s\" submission %s " FOLDER "/%s", lab_program(), id, stem);
    if (!start_process(&lab, command, NULL, NULL))
        die("%s could not be started: error %lu", command, GetLastError());
    if (wait_for_exit(&lab, TIME_LIMIT, &code)) {
        output = copy_output(&lab);
        last_line(output, result, size);
        free(output);
    } else {
        snprintf(result, size, "STALL 0 the checks have not ended after %d s", TIME_LIMIT / 1000);
    }
    stop_process(&lab);
}

/* result: "passed", or "SYMPTOM step reason". */
static void put_row(FILE *table, const char *student, const char *id, const char *stem, const char *result)
{
    char symptom[20] = "", reason[500] = "", source[100];
    int step = 0;
    bool passed = strcmp(result, "passed") == 0;

    if (!passed)
        sscanf(result, "%19s %d %499[^\n]", symptom, &step, reason);
    snprintf(source, sizeof source, FOLDER "/%s.c", stem);
    put_field(table, student);
    fprintf(table, ",%s,%s,%s,", id, passed ? "passed" : "failed", symptom);
    if (step > 0)
        fprintf(table, "%d", step);
    fprintf(table, ",%d,", changed_lines(find_exercise(id), source));
    put_field(table, reason);
    fputs("\r\n", table);
    fflush(table);
    printf("  %-24s %-5s %s\n", student, id, passed ? "passed" : result);
    fflush(stdout);
}

int grade(const char *folder)
{
    size_t size;
    char *index = read_file(INDEX, &size), *rest, *fields;
    FILE *table;
    int count = 0;

    if (index == NULL)
        die("nothing was collected from \"%s\"", folder);
    table = open_file_to_write(TABLE);
    /* The mark tells Excel that the letters are UTF-8. */
    fputs("\xef\xbb\xbfstudent,exercise,result,symptom,step,lines changed,reason\r\n", table);
    for (char *line = strtok_s(index, "\n", &rest); line != NULL; line = strtok_s(NULL, "\n", &rest)) {
        char result[600], *stem = strtok_s(line, "\t", &fields), *id = strtok_s(NULL, "\t", &fields);

        judge_one(stem, id, result, sizeof result);
        put_row(table, fields, id, stem, result);
        count++;
    }
    fclose(table);
    free(index);
    printf("%d graded: " TABLE "\n", count);
    return 0;
}
