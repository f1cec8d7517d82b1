/* The laboratory's own order. A room is a folder of exercises/lab. Its files include each other, and of another room
   only the header that has the room's name; and only of rooms that stand before it in this list, so there are no
   circles. */
#include "proof.h"

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAB         "exercises/lab"
#define MOST_FILES  18          /* in a room */
#define MOST_LINES  500         /* in a file */
#define WIDEST      120         /* columns of a line, as .editorconfig says */

/* From the ground up; "" is main.c. strict and trace are linked into other programs, and so use nothing of the
   laboratory. */
static const char *const rooms[] = {
    "strict", "trace", "common", "timeline", "server", "drills", "client", "conform", "show", "bench", "variants",
    "learn", "drift", "proof", "",
};
#define ROOMS ((int)(sizeof rooms / sizeof rooms[0]))

/* Headers that are large, and so do not stand in their room's own: whoever needs them includes them by name. */
static const char *const extra[] = { "common/sockets.h" };

static int place_of_room(const char *name, size_t length)
{
    int place = 0;

    while (place < ROOMS && (strlen(rooms[place]) != length || strncmp(rooms[place], name, length) != 0))
        place++;
    return place;
}

/* included: what stands between the quotes. */
static void check_include(int room, const char *file, const char *included, struct verdict *v)
{
    const char *slash = strchr(included, '/');
    char sign[60];
    int other;

    if (slash == NULL)
        return;                 /* of the same room: else the compiler does not find it */
    other = place_of_room(included, (size_t)(slash - included));
    snprintf(sign, sizeof sign, "%.*s/%.*s.h", (int)(slash - included), included, (int)(slash - included), included);
    if (other == ROOMS)
        fail(v, MESSAGE, "%s includes \"%s\", which is in no room", file, included);
    else if (other >= room)
        fail(v, MESSAGE, "%s includes \"%s\": %s does not stand below it", file, included, rooms[other]);
    else if (strcmp(included, sign) != 0 && strcmp(included, extra[0]) != 0)
        fail(v, MESSAGE, "%s includes \"%s\", which is private: the room's own header is \"%s\"", file, included, sign);
}

/* Returns the number of its includes of other rooms. */
static int check_file(int room, const char *path, struct verdict *v)
{
    size_t size;
    char *text = read_file(path, &size);
    int lines = 0, includes = 0;

    if (text == NULL)
        die("cannot read %s", path);
    for (char *at = text; *at != '\0'; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        char included[80] = "";

        if (sscanf(at, "#include \"%79[^\"\n]\"", included) == 1) {
            check_include(room, path, included, v);
            includes += strchr(included, '/') != NULL;
        }
        if (length > WIDEST)
            fail(v, MESSAGE, "%s: line %d has %zu columns, and %d are the most", path, lines + 1, length, WIDEST);
        at += length;
        lines++;
    }
    if (lines > MOST_LINES)
        fail(v, MESSAGE, "%s has %d lines, and %d are the most", path, lines, MOST_LINES);
    free(text);
    return includes;
}

static void check_room(int room)
{
    struct verdict v = { 0 };
    char pattern[100], path[300], name[120];
    const char *folder = rooms[room], *slash = *rooms[room] != '\0' ? "/" : "";
    WIN32_FIND_DATAA found;
    HANDLE search;
    int files = 0, includes = 0;

    start_dialogue();
    snprintf(pattern, sizeof pattern, LAB "/%s%s*.*", folder, slash);
    search = FindFirstFileA(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        die("there is no folder " LAB "/%s", folder);
    do {
        if (!ends_with(found.cFileName, ".c") && !ends_with(found.cFileName, ".h"))
            continue;
        snprintf(path, sizeof path, LAB "/%s%s%s", folder, slash, found.cFileName);
        includes += check_file(room, path, &v);
        files++;
    } while (FindNextFileA(search, &found));
    FindClose(search);
    snprintf(path, sizeof path, LAB "/%s/%s.h", folder, folder);
    if (*folder != '\0' && !file_exists(path))
        fail(&v, MESSAGE, "the room has no header of its own, %s", path);
    if (files == 0 || files > MOST_FILES)
        fail(&v, MESSAGE, "there are %d files; 1 to %d are right", files, MOST_FILES);
    snprintf(name, sizeof name, "%s: %d file%s, %d includes of rooms below", *folder != '\0' ? folder : "main.c", files,
             files == 1 ? "" : "s", includes);
    print_verdict(name, &v, 0);
}

/* A folder that is in no list would be looked at by nobody. */
static void check_folders(void)
{
    struct verdict v = { 0 };
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA(LAB "/*", &found);

    start_dialogue();
    if (search == INVALID_HANDLE_VALUE)
        die("there is no folder " LAB);
    do
        if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 && found.cFileName[0] != '.'
            && place_of_room(found.cFileName, strlen(found.cFileName)) == ROOMS)
            fail(&v, MESSAGE, LAB "/%s is a room that proof/rooms.c does not know", found.cFileName);
    while (FindNextFileA(search, &found));
    FindClose(search);
    print_verdict("every folder is a room of the list", &v, 0);
}

void test_rooms(void)
{
    for (int room = 0; room < ROOMS; room++)
        check_room(room);
    check_folders();
}
