/* What is measured: the one table of it. */
#include "measure.h"

#include <stdio.h>

struct measured servers[SERVERS];

int list_servers(void)
{
    struct measured *more = &servers[CHAPTERS];

    for (int i = 0; i < CHAPTERS; i++) {
        servers[i].name = chapters[i].name;
        servers[i].limit = chapters[i].limit;
        snprintf(servers[i].program, sizeof servers[i].program, "%s", program_of(&chapters[i], "server"));
        snprintf(servers[i].traced, sizeof servers[i].traced, "%s", traced_program_of(&chapters[i], "server"));
    }
    *more = (struct measured){ .name = "07j_done_already", .program = BUILD_FOLDER "/07j_solution.exe",
                               .traced = BUILD_FOLDER "/07j_solution_traced.exe", .limit = 0 };
    return file_exists(more->program) && file_exists(more->traced) ? SERVERS : CHAPTERS;
}

bool is_measured(const struct bench *b, int i)
{
    return b->only == NULL ? i < b->servers : i < CHAPTERS && b->only == &chapters[i];
}
