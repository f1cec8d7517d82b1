/* The laboratory: lab VERB [arguments]. It is run from the top folder of the repository. */
#include "bench/bench.h"
#include "client/client.h"
#include "common/common.h"
#include "common/sockets.h"
#include "conform/conform.h"
#include "drift/drift.h"
#include "learn/learn.h"
#include "proof/proof.h"
#include "server/server.h"
#include "show/show.h"

#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct chapter *chapter_argument(const char *name)
{
    const struct chapter *chapter = find_chapter(name);

    if (chapter == NULL)
        die("there is no chapter \"%s\"; they are 01 to 07", name);
    return chapter;
}

/* ---- Checking ---- */

/* -v: with what was measured. */
static int verb_check(int argc, char **argv)
{
    const struct chapter *chapter;
    char command[600];

    if (strcmp(argv[0], "-v") == 0) {
        show_measured();
        argc--, argv++;
    }
    if (argc < 1 || argc > 2)
        die("usage: lab check [-v] SERVER.exe [scenario]");
    if (!file_exists(argv[0]))
        die("there is no program %s", argv[0]);
    chapter = chapter_of(argv[0]);
    snprintf(command, sizeof command, "\"%s\"", argv[0]);
    printf("%s\n", argv[0]);
    check_server(&(struct subject){ .command = command, .limit = chapter != NULL ? chapter->limit : -1 },
                 argc > 1 ? argv[1] : NULL);
    return print_totals();
}

static int verb_clients(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("clients against servers that misbehave\n");
    test_clients();
    return print_totals();
}

static int verb_window(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("the window of chapter 03's client\n");
    test_window();
    return print_totals();
}

static int verb_pairs(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("every client against every server\n");
    test_pairs();
    return print_totals();
}

/* lab strict 05 [SEEDS [FIRST]]: a chapter; lab strict PROGRAM.exe: a traced server; lab strict test: the system
   itself. */
static int verb_strict(int argc, char **argv)
{
    bool test = strcmp(argv[0], "test") == 0;
    int seeds = argc > 1 && !test ? atoi(argv[1]) : 20, first = argc > 2 ? atoi(argv[2]) : 1;

    if (seeds < 1)
        die("\"%s\": not a number of seeds", argv[1]);
    if (first < 1)
        die("\"%s\": not a seed: it is a number from 1 on", argv[2]);
    printf("on the strict system\n");
    if (test)
        test_strict_system(argc > 1 ? argv[1] : NULL);
    else if (!ends_with(argv[0], ".exe"))
        test_chapter_strictly(chapter_argument(argv[0]), seeds, first);
    else if (!file_exists(argv[0]))
        die("there is no program %s", argv[0]);
    else
        test_program_strictly(argv[0], argc > 1 ? seeds : 10, first);
    return print_totals();
}

static int verb_rules(int argc, char **argv)
{
    (void)argc, (void)argv;
    return list_rules();
}

static int verb_same(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("what the programs share\n");
    test_common_text();
    return print_totals();
}

static int verb_drift(int argc, char **argv)
{
    printf("do the exercises follow their chapters? pieces that are the same, and their own:\n");
    test_drift(argc > 0 ? argv[0] : NULL);
    return print_totals();
}

static int verb_rooms(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("the laboratory's rooms\n");
    test_rooms();
    return print_totals();
}

/* lab wrong: the battery against wrong servers; lab wrong FAULT: against one; lab wrong FAULT PORT: is one. */
static int verb_wrong(int argc, char **argv)
{
    if (argc > 1)
        be_wrong_server(argc, argv);
    printf("the battery against wrong servers\n");
    test_wrong_servers(argc > 0 ? argv[0] : NULL);
    return print_totals();
}

static int verb_soak(int argc, char **argv)
{
    (void)argc;
    test_soak(chapter_argument(argv[0]));
    return print_totals();
}

static int verb_fixes(int argc, char **argv)
{
    if (strcmp(argv[0], "write") == 0)
        return write_fixes();
    test_fixes(argv[0], argc > 1 ? argv[1] : NULL);
    return print_totals();
}

static int verb_mutants(int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], "write") == 0)
        return write_mutants();
    test_mutants(argc > 0 ? chapter_argument(argv[0]) : NULL, argc > 1 ? argv[1] : NULL);
    return print_totals();
}

static int verb_faults(int argc, char **argv)
{
    (void)argc;
    printf("each call of chapter %s fails once\n", chapter_argument(argv[0])->number);
    test_faults(chapter_argument(argv[0]));
    return print_totals();
}

static int verb_imports(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("does the trace record everything?\n");
    test_imports();
    return print_totals();
}

static int verb_book(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("the notes and README.md\n");
    test_book();
    return print_totals();
}

static int verb_test(int argc, char **argv)
{
    (void)argc, (void)argv;
    return test_everything();
}

/* ---- Showing ---- */

static int verb_demo(int argc, char **argv)
{
    return demonstrate(argc > 0 ? chapter_argument(argv[0]) : NULL);
}

static int verb_try(int argc, char **argv)
{
    (void)argc;
    return try_experiment(argv[0]);
}

static int verb_timeline(int argc, char **argv)
{
    return draw_timeline(argv[0], argc > 1 ? argv[1] : NULL);
}

/* lab pictures draws; lab pictures compare: are they still true? */
static int verb_pictures(int argc, char **argv)
{
    if (argc == 0)
        return draw_pictures();
    if (strcmp(argv[0], "compare") != 0)
        die("usage: lab pictures [compare]");
    printf("the pictures against fresh runs\n");
    test_pictures();
    return print_totals();
}

/* lab bench measures; lab bench test: is the measuring right? */
static int verb_bench(int argc, char **argv)
{
    if (argc == 0 || strcmp(argv[0], "test") != 0)
        return run_bench(argc > 0 ? chapter_argument(argv[0]) : NULL);
    printf("the measurements\n");
    test_bench();
    return print_totals();
}

/* ---- The exercises ---- */

static int verb_list(int argc, char **argv)
{
    (void)argc, (void)argv;
    return list_exercises();
}

static int verb_next(int argc, char **argv)
{
    (void)argc, (void)argv;
    return show_next();
}

static int verb_take(int argc, char **argv)
{
    (void)argc;
    return take_exercise(argv[0]);
}

static int verb_exercise(int argc, char **argv)
{
    (void)argc;
    return judge(argv[0]);
}

static int verb_hint(int argc, char **argv)
{
    (void)argc;
    return show_hint(argv[0]);
}

static int verb_why(int argc, char **argv)
{
    (void)argc;
    return show_why(argv[0]);
}

static int verb_reset(int argc, char **argv)
{
    (void)argc;
    return reset_exercise(argv[0]);
}

static int verb_predict(int argc, char **argv)
{
    (void)argc;
    return predict(argv[0]);
}

static int verb_collect(int argc, char **argv)
{
    (void)argc;
    return collect(argv[0]);
}

static int verb_grade(int argc, char **argv)
{
    (void)argc;
    return grade(argv[0]);
}

static int verb_submission(int argc, char **argv)
{
    (void)argc;
    return judge_submission(argv[0], argv[1]);
}

/* lab verify, lab verify ID or the beginning of one, lab verify ID ROUNDS. */
static int verb_verify(int argc, char **argv)
{
    const char *only = argc > 0 && strcmp(argv[0], "all") != 0 ? argv[0] : NULL;
    int rounds = argc > 1 ? atoi(argv[1]) : 1;

    if (rounds < 1)
        die("\"%s\": not a number of rounds", argv[1]);
    printf("the exercises%s%s: starters and solutions\n", only != NULL ? " " : "", only != NULL ? only : "");
    for (; rounds > 0; rounds--)
        test_exercises(only);
    return print_totals();
}

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    int least, most;            /* arguments */
    const char *arguments, *does;
} verbs[] = {
    { "check",    verb_check,    1, 3, "[-v] SERVER.exe [scenario]", "the battery against one server" },
    { "demo",     verb_demo,     0, 1, "[CHAPTER]", "shows the seven models at work, or one" },
    { "test",     verb_test,     0, 0, "", "everything below, and the battery against all seven servers" },
    { "strict",   verb_strict,   1, 3, "CHAPTER | PROGRAM.exe [SEEDS [FIRST]]",
      "a chapter, or a traced server, on the strict system" },
    { "rules",    verb_rules,    0, 0, "", "the rules and the freedoms of the strict system, each with its page" },
    { "same",     verb_same,     0, 0, "", "do the shared functions, and the quotations in the notes, agree?" },
    { "drift",    verb_drift,    0, 1, "[ID]", "have the exercises the text of the programs they were made from?" },
    { "rooms",    verb_rooms,    0, 0, "", "does each room of the laboratory use only those below it?" },
    { "clients",  verb_clients,  0, 0, "", "every client against servers that misbehave" },
    { "window",   verb_window,   0, 0, "", "the window of chapter 03's client, as a user has it" },
    { "pairs",    verb_pairs,    0, 0, "", "every client against every server, a file there and back" },
    { "wrong",    verb_wrong,    0, 2, "[FAULT [PORT]]", "does the battery find it? With a port: is that server" },
    { "imports",  verb_imports,  0, 0, "", "does the trace record all that the programs call?" },
    { "book",     verb_book,     0, 0, "", "does what the notes name exist, do their experiments come out so?" },
    { "try",      verb_try,      1, 1, "EXPERIMENT", "one of the notes' experiments, such as 04a" },
    { "timeline", verb_timeline, 1, 2, "CHAPTER|FILE [picture]", "draws what happened: .svg, .json, .txt" },
    { "pictures", verb_pictures, 0, 1, "[compare]", "draws all timelines and the poster; compares them" },
    { "bench",    verb_bench,    0, 1, "[CHAPTER | test]", "measures all seven, or one; is the measuring right?" },
    { "faults",   verb_faults,   1, 1, "CHAPTER", "each call of its server and its client fails once" },
    { "soak",     verb_soak,     1, 1, "CHAPTER", "a mixture of all kinds of clients for some seconds" },
    { "list",     verb_list,     0, 0, "", "the exercises, and how far you are" },
    { "next",     verb_next,     0, 0, "", "the task of the next exercise" },
    { "take",     verb_take,     1, 1, "ID", "copies the starter to exercises/work, if no copy is there" },
    { "exercise", verb_exercise, 1, 1, "ID", "judges exercises/work/ID.exe" },
    { "hint",     verb_hint,     1, 1, "ID", "one more of three hints" },
    { "why",      verb_why,      1, 1, "ID", "the solution and its reason" },
    { "reset",    verb_reset,    1, 1, "ID", "the starter again; the old file is kept" },
    { "predict",  verb_predict,  1, 1, "ID", "asks what will happen, runs it, compares" },
    { "collect",  verb_collect,  1, 1, "FOLDER", "copies student/ID.c to where make builds it" },
    { "grade",    verb_grade,    1, 1, "FOLDER", "judges what was collected, writes exercises/work/grades.csv" },
    { "submission", verb_submission, 2, 2, "ID PATH", "judges one, for grade" },
    { "mutants",  verb_mutants,  0, 2, "[write | CHAPTER [NAME]]", "small mistakes in the servers: are they found?" },
    { "fixes",    verb_fixes,    1, 2, "write | all | ID [NAME]", "wrong fixes of the exercises: are they found out?" },
    { "verify",   verb_verify,   0, 2, "[ID [ROUNDS]]", "does every starter fail as declared, every solution pass?" },
};
#define VERBS (sizeof verbs / sizeof verbs[0])

/* The arguments in UTF-8, as everything here: argv itself has them in whatever this machine uses. */
static char **utf8_arguments(int *argc)
{
    WCHAR **wide = CommandLineToArgvW(GetCommandLineW(), argc);
    char **arguments = calloc((size_t)*argc + 1, sizeof *arguments);

    if (wide == NULL || arguments == NULL)
        die("out of memory");
    for (int i = 0; i < *argc; i++) {
        size_t size = wcslen(wide[i]) * 3 + 1;

        arguments[i] = malloc(size);
        if (arguments[i] == NULL)
            die("out of memory");
        to_utf8(wide[i], arguments[i], size);
    }
    return arguments;
}

int main(int argc, char **argv)
{
    argv = utf8_arguments(&argc);
    start_winsock();
    for (size_t i = 0; i < VERBS && argc > 1; i++) {
        const struct verb *verb = &verbs[i];

        if (strcmp(argv[1], verb->name) != 0)
            continue;
        if (argc - 2 < verb->least || argc - 2 > verb->most)
            die("usage: lab %s %s", verb->name, verb->arguments);
        return verb->run(argc - 2, argv + 2);
    }
    if (argc > 1 && strcmp(argv[1], "help") != 0)
        die("there is no verb \"%s\"; lab help lists them", argv[1]);
    for (size_t i = 0; i < VERBS; i++)
        printf("lab %s %s\n        %s\n", verbs[i].name, verbs[i].arguments, verbs[i].does);
    return 0;
}
