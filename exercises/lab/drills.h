/* Scenarios that only exercises have: what a task asks for beyond the contract of the seven servers. */
#ifndef DRILLS_H
#define DRILLS_H

#include "trial.h"

/* drills_07_several.c */
void drill_resets_while_silent(struct trial *t);
void drill_speaks_again(struct trial *t);
void drill_one_speaks(struct trial *t);
void drill_two_speak(struct trial *t);
void drill_all_speak(struct trial *t);

#endif
