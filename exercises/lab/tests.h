/* The parts of "make test". Each prints a line a test and counts it. */
#ifndef TESTS_H
#define TESTS_H

#include "report.h"

struct chapter;

void test_common_text(void);                /* shared functions and quoted lines are the same text everywhere */
void test_clients(void);                    /* every client against servers that misbehave */
struct verdict check_client(const char *program, const char *name);    /* one case, by its name; nothing printed */
void check_client_cases(const char *program, int chapter);  /* all cases for a client of that chapter */
void test_window(void);                     /* the window of chapter 03's client, as a user has it */
void test_book(void);                       /* what the notes and README.md name exists; their experiments come out so */
void test_pairs(void);                      /* every client against every server, a real file */
void test_wrong_servers(void);              /* the battery finds what is wrong in wrong servers */
void test_imports(void);                    /* the trace records all that the programs call */
void test_faults(const struct chapter *chapter);    /* each call of server and client fails once */
void test_soak(const struct chapter *chapter);  /* a mixture of everything, for some seconds */

/* "Wine 8.0" or "Windows". */
const char *system_name(void);

/* make pictures: plays the scene with each model, draws each timeline.svg and exercises/lab/poster.svg.
   The exit code. */
int draw_pictures(void);

/* One timeline: of a chapter ("04"), which is played, or of a trace file; to path, by its ending .svg, .json or .txt,
   or as text to stdout (NULL). The exit code. */
int draw_timeline(const char *of, const char *path);

void test_pictures(void);                   /* a fresh run has the order of events that the pictures show */

/* Plays an experiment and writes what it shows to the file path. varies: it may be different in the next run. */
struct verdict run_experiment(const char *id, const char *path, bool *varies);

/* Plays an experiment of the notes ("04a"), or "all", and prints what the server did. The exit code. */
int try_experiment(const char *id);

/* The exercises. All return the exit code. */
int list_exercises(void);
int show_next(void);                        /* the task of the first that is not passed */
int take_exercise(const char *id);          /* copies the starter to exercises/work, if there is no copy yet */
int reset_exercise(const char *id);         /* the starter again; the old file is kept */
int show_hint(const char *id);              /* one more of three, each time */
int show_why(const char *id);               /* the difference to the solution, and so the reason */
int judge(const char *id);                  /* exercises/work/ID.exe, step by step */
int predict(const char *id);                /* asks, runs exercises/work/ID_traced.exe, compares */
int judge_submission(const char *id, const char *stem);     /* like judge; its last line is for grade */
int grade(const char *folder);              /* judges what "collect" has copied and make has built; writes the CSV */
int collect(const char *folder);            /* copies FOLDER/student/ID.c to where make can build it */

/* Parts of these, and of their verification. */
struct exercise;
void praise(const struct exercise *e);
int changed_lines(const struct exercise *e, const char *path);  /* from the starter to that file */
int starter_differs_by(const struct exercise *e);      /* lines, from starter to solution; -1: no solution here */
bool answers_hold(const struct exercise *e, const char *program, struct verdict *v);
void test_exercises(const char *only);      /* every starter fails as declared, every solution passes; only: part of
                                               an id, NULL: all */

/* Measures all seven servers, or one, prints the tables; of all seven also a CSV file and a picture. The exit code. */
int run_bench(const struct chapter *only);
void test_bench(void);                      /* a short measurement, every byte verified; the statistics */

/* Everything, two parts at a time, each in a laboratory process of its own. The exit code. */
int test_everything(const char *lab);

/* lab wrong KIND PORT: is such a server, until it is ended. */
_Noreturn void be_wrong_server(int argc, char **argv);

/* The classroom demonstration of one chapter, or of all (NULL). The exit code. */
int demonstrate(const struct chapter *chapter);

#endif
