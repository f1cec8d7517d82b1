/* The board: memory that the laboratory shares with a program on the strict system. */
#include "inside.h"

#include <windows.h>
#include <stdio.h>
#include <string.h>

static HANDLE mapping;

struct strict_board *set_board(int seed)
{
    static int count;
    struct strict_board *board;
    char name[60], text[20];

    snprintf(name, sizeof name, "seven-ways-%lu-%d", GetCurrentProcessId(), ++count);
    mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof *board, name);
    board = mapping != NULL ? MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, sizeof *board) : NULL;
    if (board == NULL)
        die("cannot make memory to share with a program: error %lu", GetLastError());
    snprintf(text, sizeof text, "%d", seed);
    SetEnvironmentVariableA("STRICT", text);
    SetEnvironmentVariableA("STRICT_BOARD", name);
    SetEnvironmentVariableA("TRACE_FILE", "NUL");
    return board;
}

void take_only(const char *ids)
{
    SetEnvironmentVariableA("STRICT_ONLY", ids);
}

struct verdict take_board(struct strict_board *board, int seed, struct verdict v, struct tally *tally)
{
    struct verdict found = { 0 };

    SetEnvironmentVariableA("STRICT", NULL);
    SetEnvironmentVariableA("STRICT_BOARD", NULL);
    SetEnvironmentVariableA("TRACE_FILE", NULL);
    tally->runs++;
    for (int i = 1; i < FREEDOMS; i++)
        tally->taken[i] += board->taken[i];
    for (int i = 1; i < RULES; i++)
        tally->broken += board->broken[i];
    if (board->reports > 0) {
        enum rule rule = board->report[0].rule;
        char told[40], leads_to[80] = "";

        if (chapters_that_tell_of(rule, told, sizeof told) > 0)
            snprintf(leads_to, sizeof leads_to, ". See \"What goes wrong\" in the notes of %s", told);
        note("rule %s is broken %s", rule_id(rule), board->report[0].text);
        fail(&found, BROKEN_RULE, "rule %s (seed %d) %s [%s]%s", rule_id(rule), seed, board->report[0].text,
             rule_page(rule), leads_to);
    } else if (v.symptom != PASS) {
        fail(&found, v.symptom, "with seed %d: %s", seed, v.reason);
    }
    UnmapViewOfFile(board);
    CloseHandle(mapping);
    return found;
}
