/* What the parts of the room say to each other. */
#ifndef PRAISE_H
#define PRAISE_H

#include "catalog.h"

/* Remembers that the exercise is passed, and says so loudly, with what comes next. */
void praise(const struct exercise *e);

/* Of a predict exercise: does a real run of its program (traced) answer what list.txt says? */
bool answers_hold(const struct exercise *e, const char *program, struct verdict *v);

#endif
