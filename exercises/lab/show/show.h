/* The room "show": a traced server on a stage, clients called A, B, C that do one thing after the other, and what is
   made of it: the demonstration, the pictures, the experiments of the notes. */
#ifndef SHOW_H
#define SHOW_H

#include "experiments.h"

#include "common/common.h"

/* The classroom demonstration of one chapter, or of all (NULL). The exit code. */
int demonstrate(const struct chapter *chapter);

/* make pictures: plays the scene with each model, draws each timeline.svg and exercises/lab/poster.svg. The exit
   code. */
int draw_pictures(void);

/* One timeline: of a chapter ("04"), which is played, or of a trace file; to path, by its ending .svg, .json or .txt,
   or as text to stdout (NULL). The exit code. */
int draw_timeline(const char *of, const char *path);

/* A fresh run has the order of events that the pictures show; prints a line each. */
void test_pictures(void);

/* Plays an experiment of the notes ("04a"), or "all", and prints what the server did. The exit code. */
int try_experiment(const char *id);

/* Plays it and writes what it shows to the file path. varies: it may be different in the next run. */
struct verdict run_experiment(const char *id, const char *path, bool *varies);

/* Is there such an experiment? */
bool is_experiment(const char *id);

#endif
