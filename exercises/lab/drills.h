/* Scenarios that only exercises have: what a task asks for beyond the contract of the seven servers. */
#ifndef DRILLS_H
#define DRILLS_H

#include "trial.h"

/* Chapter 02. */
void try_slow_reader(struct trial *t);

#endif
