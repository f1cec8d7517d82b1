/* The laboratory: lab VERB [arguments]. It is run from the top folder of the repository. */
#include "chapters.h"
#include "files.h"
#include "tests.h"
#include "trial.h"

#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int verb_check(int argc, char **argv)
{
    const struct chapter *chapter;
    char command[600];

    if (argc < 1 || argc > 2)
        die("usage: lab check SERVER.exe [part of a scenario's name]");
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

static int verb_same(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("what the programs share\n");
    test_common_text();
    return print_totals();
}

/* lab wrong: the battery against wrong servers; lab wrong KIND PORT: is one. */
static int verb_wrong(int argc, char **argv)
{
    if (argc > 0)
        be_wrong_server(argc, argv);
    printf("the battery against wrong servers\n");
    test_wrong_servers();
    return print_totals();
}

static const struct chapter *chapter_argument(const char *name)
{
    const struct chapter *chapter = find_chapter(name);

    if (chapter == NULL)
        die("there is no chapter \"%s\"; they are 01 to 07", name);
    return chapter;
}

static int verb_soak(int argc, char **argv)
{
    if (argc != 1)
        die("usage: lab soak CHAPTER");
    test_soak(chapter_argument(argv[0]));
    return print_totals();
}

static int verb_timeline(int argc, char **argv)
{
    if (argc < 1 || argc > 2)
        die("usage: lab timeline CHAPTER-or-trace-file [picture.svg | picture.json | picture.txt]");
    return draw_timeline(argv[0], argc > 1 ? argv[1] : NULL);
}

/* lab pictures draws; lab pictures compare: are they still true? */
static int verb_pictures(int argc, char **argv)
{
    if (argc == 0)
        return draw_pictures();
    if (argc > 1 || strcmp(argv[0], "compare") != 0)
        die("usage: lab pictures [compare]");
    printf("the pictures against fresh runs\n");
    test_pictures();
    return print_totals();
}

static int verb_faults(int argc, char **argv)
{
    if (argc != 1)
        die("usage: lab faults CHAPTER");
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

static int verb_demo(int argc, char **argv)
{
    if (argc > 1)
        die("usage: lab demo [CHAPTER]");
    return demonstrate(argc > 0 ? chapter_argument(argv[0]) : NULL);
}

/* lab bench measures; lab bench test: is the measuring right? */
static int verb_bench(int argc, char **argv)
{
    if (argc > 1)
        die("usage: lab bench [CHAPTER | test]");
    if (argc == 0 || strcmp(argv[0], "test") != 0)
        return run_bench(argc > 0 ? chapter_argument(argv[0]) : NULL);
    printf("the measurements\n");
    test_bench();
    return print_totals();
}

static int verb_book(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("the notes and README.md\n");
    test_book();
    return print_totals();
}

static int verb_try(int argc, char **argv)
{
    if (argc != 1)
        die("usage: lab try EXPERIMENT");
    return try_experiment(argv[0]);
}

/* The exercises: lab list, next; lab take, exercise, hint, why, reset ID; lab verify [ROUNDS]. */
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

static const char *exercise_argument(int argc, char **argv)
{
    if (argc != 1)
        die("which exercise? make list shows all");
    return argv[0];
}

static int verb_take(int argc, char **argv)
{
    return take_exercise(exercise_argument(argc, argv));
}

static int verb_exercise(int argc, char **argv)
{
    return judge(exercise_argument(argc, argv));
}

static int verb_hint(int argc, char **argv)
{
    return show_hint(exercise_argument(argc, argv));
}

static int verb_why(int argc, char **argv)
{
    return show_why(exercise_argument(argc, argv));
}

static int verb_reset(int argc, char **argv)
{
    return reset_exercise(exercise_argument(argc, argv));
}

static int verb_predict(int argc, char **argv)
{
    return predict(exercise_argument(argc, argv));
}

static const char *folder_argument(int argc, char **argv)
{
    if (argc != 1)
        die("which folder? make grade DIR=folder, with student/04c.c in it");
    return argv[0];
}

static int verb_collect(int argc, char **argv)
{
    return collect(folder_argument(argc, argv));
}

static int verb_grade(int argc, char **argv)
{
    return grade(folder_argument(argc, argv));
}

static int verb_submission(int argc, char **argv)
{
    if (argc != 2)
        die("usage: lab submission ID PATH-without-.exe");
    return judge_submission(argv[0], argv[1]);
}

static int verb_verify(int argc, char **argv)
{
    printf("the exercises: starters and solutions\n");
    for (int rounds = argc > 0 ? atoi(argv[0]) : 1; rounds > 0; rounds--)
        test_exercises(argc > 1 ? argv[1] : NULL);
    return print_totals();
}

static int verb_test(int argc, char **argv)
{
    (void)argv;
    if (argc > 0)
        die("usage: lab test");
    return test_everything("exercises/lab/lab.exe");
}

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *does;
} verbs[] = {
    { "check",   verb_check,   "SERVER.exe [scenario]: the battery against one server" },
    { "demo",    verb_demo,    "[CHAPTER]: shows the seven models at work, or one" },
    { "test",    verb_test,    "everything below, and the battery against all seven servers" },
    { "same",    verb_same,    "do the shared functions, and the quotations in the notes, agree?" },
    { "clients", verb_clients, "every client against servers that misbehave" },
    { "window",  verb_window,  "the window of chapter 03's client, as a user has it" },
    { "pairs",   verb_pairs,   "every client against every server, a file there and back" },
    { "wrong",   verb_wrong,   "does the battery find what is wrong in wrong servers?" },
    { "imports", verb_imports, "does the trace record all that the programs call?" },
    { "book",    verb_book,    "does what the notes name exist, and do their experiments come out so?" },
    { "try",     verb_try,     "EXPERIMENT: one of the notes' experiments, such as 04a" },
    { "timeline", verb_timeline, "CHAPTER or trace file [.svg, .json, .txt]: draws what happened" },
    { "pictures", verb_pictures, "[compare]: draws all timelines and the poster; compares them" },
    { "bench",   verb_bench,   "[CHAPTER | test]: measures all seven servers, or one; is the measuring right?" },
    { "faults",  verb_faults,  "CHAPTER: each call of its server and its client fails once" },
    { "list",    verb_list,    "the exercises, and how far you are" },
    { "next",    verb_next,    "the task of the next exercise" },
    { "take",    verb_take,    "ID: copies the starter to exercises/work, if no copy is there" },
    { "exercise", verb_exercise, "ID: judges exercises/work/ID.exe" },
    { "hint",    verb_hint,    "ID: one more of three hints" },
    { "why",     verb_why,     "ID: the solution and its reason" },
    { "reset",   verb_reset,   "ID: the starter again; the old file is kept" },
    { "predict", verb_predict, "ID: asks what will happen, runs it, compares" },
    { "collect", verb_collect, "FOLDER: copies student/ID.c to where make builds it" },
    { "grade",   verb_grade,   "FOLDER: judges what was collected, writes exercises/work/grades.csv" },
    { "submission", verb_submission, "ID PATH: judges one, for grade" },
    { "verify",  verb_verify,  "[ROUNDS [ID]]: does every starter fail as declared, every solution pass?" },
    { "soak",    verb_soak,    "CHAPTER: a mixture of all kinds of clients for some seconds" },
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
        int size = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, NULL, 0, NULL, NULL);

        arguments[i] = malloc((size_t)size);
        if (arguments[i] == NULL)
            die("out of memory");
        WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, arguments[i], size, NULL, NULL);
    }
    return arguments;
}

int main(int argc, char **argv)
{
    argv = utf8_arguments(&argc);
    start_winsock();
    for (size_t i = 0; i < VERBS && argc > 1; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "help") != 0)
        die("there is no verb \"%s\"; lab help lists them", argv[1]);
    for (size_t i = 0; i < VERBS; i++)
        printf("lab %-8s %s\n", verbs[i].name, verbs[i].does);
    return 0;
}
