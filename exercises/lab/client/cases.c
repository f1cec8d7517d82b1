/* The battery for clients: against servers that misbehave, each client must end with exit code 1 and
   one clear line, within ten seconds; against slow but honest ones it must do its work. */
#include "client.h"
#include "common/sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME_LIMIT 10000        /* milliseconds */
#define STUCK      3            /* seconds without a byte from an honest server, for a client alone with it */
#define SILENT     ((size_t)-1) /* as input: stdin stays open, and nothing comes */
#define FOR_EXERCISES 99

/* How a client must end. says: words of which one must be in its line, separated by '|'. */
static const struct client_case {
    const char *name;
    behaviour behave;           /* NULL: nobody listens */
    size_t input;               /* bytes on stdin, or SILENT */
    unsigned long code;
    const char *says;
    int first;                  /* the first chapter to which this applies; FOR_EXERCISES: none */
} cases[] = {
    { "nothing on stdin",                  echo,                       0,       0, "",           1 },
    { "one byte on stdin",                 echo,                       1,       0, "",           1 },
    { "answers one byte at a time",        answer_byte_by_byte,        3000,    0, "",           1 },
    { "answers with pauses",               answer_with_pauses,         50000,   0, "",           1 },
    { "nobody listens",                    NULL,                       100,     1, "10061",      1 },
    { "closes at once",                    close_at_once,              100000,  1, "closed|100", 1 },
    { "resets in the middle",              reset_in_the_middle,        400000,  1, "100|closed", 1 },
    { "closes in the middle",              close_in_the_middle,        400000,  1, "closed|100", 1 },
    { "keeps the last byte",               close_before_the_last_byte, 100000,  1, "closed|no answer", 1 },
    { "reads and never answers",           read_and_never_answer,      100000,  1, "no answer",  1 },
    { "never reads",                       never_read,                 8 << 20, 1, "no answer",  1 },
    { "sends too much",                    send_too_much,              20000,   1, "more",       1 },
    { "sends something unasked",           send_unasked,               0,       1, "more",       1 },
    { "never closes",                      never_close,                1000,    1, "no answer",  1 },
    { "closes while the keyboard is silent", close_after_a_while,      SILENT,  1, "closed",     2 },
    { "echoes, 20,000 bytes",              echo,                       20000,   0, "",           FOR_EXERCISES },
    { "echoes, 16 MiB",                    echo,                       16 << 20, 0, "",          FOR_EXERCISES },
};
#define CASES (sizeof cases / sizeof cases[0])

static bool says_one_of(const char *line, const char *words)
{
    char copy[100];

    snprintf(copy, sizeof copy, "%s", words);
    if (copy[0] == '\0')
        return true;
    for (char *word = strtok(copy, "|"); word != NULL; word = strtok(NULL, "|"))
        if (strstr(line, word) != NULL)
            return true;
    return false;
}

/* Bad arguments and bad servers end alike. */
void judge_client(struct verdict *v, struct process *client, unsigned long expected, const char *says, int limit)
{
    unsigned long code;
    char *line, *end;
    int length;                 /* without the line end */

    if (!wait_for_exit(client, limit, &code)) {
        fail(v, STALL, "it has not ended in time");
        return;
    }
    line = copy_output(client);
    end = strchr(line, '\n');
    length = (int)strlen(line);
    while (length > 0 && strchr("\r\n", line[length - 1]) != NULL)
        length--;
    note("it ended with exit code %lu and said: %.*s", code, length, line);
    if (code != expected)
        fail(v, symptom_of_exit(code), "the exit code is 0x%lx, not %lu; it said: %.*s", code, expected, length, line);
    else if (expected == 0 && *line != '\0')
        fail(v, MESSAGE, "it says something, though nothing is wrong: %.*s", length, line);
    else if (expected == 1 && (strncmp(line, "client: ", 8) != 0 || end == NULL || end[1] != '\0'
                               || !says_one_of(line, says)))
        fail(v, MESSAGE, "not one line that says \"%s\": %s", says, line);
    free(line);
}

/* All clients at the same time, for some of these cases take five seconds. */
static void run_case(const struct client_case *c, const char *input, char *copies[CHAPTERS])
{
    struct process clients[CHAPTERS] = { 0 };
    struct bad_server *server = NULL;
    int port = free_port();
    double start = now();
    size_t at;

    if (c->behave != NULL)
        server = start_bad_server(c->behave, &port);
    for (int i = c->first - 1; i < CHAPTERS; i++) {
        char command[200];

        snprintf(command, sizeof command, "%s 127.0.0.1 %d", program_of(&chapters[i], "client"), port);
        if (!start_process(&clients[i], command, c->input == SILENT ? OPEN_STDIN : input, copies[i]))
            die("%s could not be started", command);
    }
    for (int i = c->first - 1; i < CHAPTERS; i++) {
        struct verdict v = { 0 };
        int left = TIME_LIMIT - (int)((now() - start) * 1000);
        char name[120];

        start_dialogue();
        judge_client(&v, &clients[i], c->code, c->says, left > 0 ? left : 0);
        if (v.symptom == PASS && c->code == 0 && !same_content(input, copies[i], &at))
            fail(&v, CORRUPT, "what it wrote to stdout is not the echo, from byte %zu on", at);
        snprintf(name, sizeof name, "%s: %s", chapters[i].name, c->name);
        print_verdict(name, &v, now() - start);
        stop_process(&clients[i]);
    }
    if (server != NULL)
        stop_bad_server(server);
}

static void try_arguments(const struct chapter *chapter)
{
    static const struct { const char *arguments, *says; } bad[] = {
        { "127.0.0.1 0x", "port" }, { "127.0.0.1 70000", "port" }, { "127.0.0.1 -1", "port" },
        { "127.0.0.1 abc", "port" }, { "127.0.0.1 \"\"", "port" }, { "\"\" 5150", "host" },
        { "no..such..name 5150", "no..such..name" }, { "127.0.0.1 5150 more", "arguments" },
    };
    struct verdict v = { 0 };
    double start = now();
    char name[120];

    start_dialogue();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0] && v.symptom == PASS; i++) {
        struct process client = { 0 };
        char command[200];

        snprintf(command, sizeof command, "%s %s", program_of(chapter, "client"), bad[i].arguments);
        note("%s", command);
        if (start_process(&client, command, NULL, "NUL"))
            judge_client(&v, &client, 1, bad[i].says, TIME_LIMIT);
        else
            fail(&v, EXITED, "could not be started");
        stop_process(&client);
    }
    snprintf(name, sizeof name, "%s: bad arguments", chapter->name);
    print_verdict(name, &v, now() - start);
}

void test_clients(void)
{
    char *input = temporary_file("input");
    char *copies[CHAPTERS];

    for (int i = 0; i < CHAPTERS; i++) {
        char name[20];

        snprintf(name, sizeof name, "copy-%s", chapters[i].number);
        copies[i] = temporary_file(name);
        try_arguments(&chapters[i]);
    }
    for (size_t i = 0; i < CASES; i++) {
        if (cases[i].first == FOR_EXERCISES)
            continue;
        write_random_file(input, cases[i].input == SILENT ? 0 : cases[i].input, 7);
        run_case(&cases[i], input, copies);
    }
    delete_file(input);
    for (int i = 0; i < CHAPTERS; i++)
        delete_file(copies[i]);
}

/* ---- One client: a learner's ---- */

/* Until the client ends. false: it has not, and the honest server has got rid of no byte for some time. */
static bool comes_to_its_end(struct process *client)
{
    long sent = count_sent_bytes();
    double last = now();
    unsigned long code;

    while (!wait_for_exit(client, 50, &code)) {
        if (count_sent_bytes() == sent && now() - last > STUCK)
            return false;
        if (count_sent_bytes() != sent)
            last = now();
        sent = count_sent_bytes();
    }
    return true;
}

static struct verdict run_one(const struct client_case *c, const char *program)
{
    char *input = temporary_file("input"), *copy = temporary_file("copy"), command[300];
    struct process client = { 0 };
    struct bad_server *server = NULL;
    struct verdict v = { 0 };
    int port = free_port();
    size_t at;

    start_dialogue();
    write_random_file(input, c->input == SILENT ? 0 : c->input, 7);
    if (c->behave != NULL)
        server = start_bad_server(c->behave, &port);
    snprintf(command, sizeof command, "\"%s\" 127.0.0.1 %d", program, port);
    note("%s, with %zu bytes on stdin", command, c->input == SILENT ? 0 : c->input);
    note("the server: %s", c->name);
    if (!start_process(&client, command, c->input == SILENT ? OPEN_STDIN : input, copy))
        fail(&v, EXITED, "could not be started");
    else if (c->code == 0 && !comes_to_its_end(&client))
        fail(&v, STALL,
             "it has not ended, and for %d seconds no byte has moved; the server could send %ld of %zu bytes", STUCK,
             count_sent_bytes(), c->input);
    else
        judge_client(&v, &client, c->code, c->says, TIME_LIMIT);
    if (v.symptom == PASS && c->code == 0 && !same_content(input, copy, &at))
        fail(&v, CORRUPT, "what it wrote to stdout is not the echo, from byte %zu on", at);
    stop_process(&client);
    if (server != NULL)
        stop_bad_server(server);
    delete_file(input);
    delete_file(copy);
    return v;
}

static const struct client_case *find_case(const char *key)
{
    for (size_t i = 0; i < CASES; i++)
        if (strcmp(cases[i].name, key) == 0)
            return &cases[i];
    return NULL;
}

bool is_client_case(const char *key)
{
    return find_case(key) != NULL;
}

const char *client_case_number(int i, int chapter)
{
    for (size_t c = 0; c < CASES; c++)
        if (cases[c].first <= chapter && i-- == 0)
            return cases[c].name;
    return NULL;
}

struct verdict check_client(const char *program, const char *key)
{
    const struct client_case *c = find_case(key);

    if (c == NULL)
        die("there is no case \"%s\" in client/cases.c", key);
    return run_one(c, program);
}

void check_client_cases(const char *program, int chapter)
{
    for (size_t i = 0; i < CASES; i++)
        if (cases[i].first <= chapter) {
            double start = now();
            struct verdict v = run_one(&cases[i], program);

            print_verdict(cases[i].name, &v, now() - start);
        }
}

struct verdict check_client_quietly(const char *program, int chapter, const char **failed)
{
    struct verdict v = { 0 };

    for (size_t i = 0; i < CASES && v.symptom == PASS; i++)
        if (cases[i].first <= chapter) {
            v = run_one(&cases[i], program);
            *failed = cases[i].name;
        }
    return v;
}
