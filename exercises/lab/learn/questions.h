/* The questions of the predict exercises. What is right is not written anywhere: it is counted in a real run. */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "show/show.h"

#define QUESTIONS 4
#define OPTIONS   4

/* An option holds if the calls that the experiment shows are least to most in number. */
struct prediction {
    const char *id;
    struct question {
        const char *words;
        struct { const char *words; int least, most; } options[OPTIONS];
        struct experiment experiment;
    } questions[QUESTIONS];
};

extern const struct prediction predictions[];
extern const int prediction_count;

#endif
