/* Files and environment variables. */
#include "files.h"
#include "report.h"
#include "text.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static WCHAR *wide_path(const char *path)
{
    static WCHAR wide[MAX_PATH * 2];

    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, MAX_PATH * 2);
    return wide;
}

char *temporary_file(const char *name)
{
    WCHAR folder[MAX_PATH + 1];
    char *path = malloc(MAX_PATH * 4);

    if (path == NULL || GetTempPathW(MAX_PATH + 1, folder) == 0
        || WideCharToMultiByte(CP_UTF8, 0, folder, -1, path, MAX_PATH * 3, NULL, NULL) == 0)
        die("no temporary folder: error %lu", GetLastError());
    snprintf(path + strlen(path), MAX_PATH, "lab-%lu-%s", GetCurrentProcessId(), name);
    return path;
}

void delete_file(char *path)
{
    DeleteFileW(wide_path(path));
    free(path);
}

FILE *open_file_to_write(const char *path)
{
    FILE *file = _wfopen(wide_path(path), L"wb");

    if (file == NULL)
        die("cannot write %s", path);
    return file;
}

void copy_file(const char *from, const char *to)
{
    WCHAR *wide_from = to_wide(from), *wide_to = to_wide(to);

    if (!CopyFileW(wide_from, wide_to, TRUE))
        die("cannot copy %s to %s: error %lu", from, to, GetLastError());
    free(wide_from);
    free(wide_to);
}

bool file_exists(const char *path)
{
    return GetFileAttributesW(wide_path(path)) != INVALID_FILE_ATTRIBUTES;
}

void set_variable(const char *name, const char *path)
{
    WCHAR wide_name[60];

    MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 60);
    SetEnvironmentVariableW(wide_name, path != NULL ? wide_path(path) : NULL);
}

void write_random_file(const char *path, size_t size, unsigned seed)
{
    FILE *file = open_file_to_write(path);
    unsigned x = seed;

    for (size_t i = 0; i < size; i++) {
        x = x * 1103515245u + 12345u;
        if (putc((int)(x >> 16 & 0xff), file) == EOF)
            die("cannot write %s", path);
    }
    if (fclose(file) != 0)
        die("cannot write %s", path);
}

char *read_file(const char *path, size_t *size)
{
    FILE *file = _wfopen(wide_path(path), L"rb");
    char *bytes = NULL;
    long length;

    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0
        && (bytes = malloc((size_t)length + 1)) != NULL) {
        rewind(file);
        *size = fread(bytes, 1, (size_t)length, file);
        bytes[*size] = '\0';
    }
    fclose(file);
    return bytes;
}

bool same_content(const char *one, const char *other, size_t *at)
{
    size_t size1 = 0, size2 = 0;
    char *bytes1 = read_file(one, &size1);
    char *bytes2 = read_file(other, &size2);
    bool same = bytes1 != NULL && bytes2 != NULL && size1 == size2;

    *at = 0;
    while (bytes1 != NULL && bytes2 != NULL && *at < size1 && *at < size2
           && bytes1[*at] == bytes2[*at])
        ++*at;
    same = same && *at == size1;
    free(bytes1);
    free(bytes2);
    return same;
}
