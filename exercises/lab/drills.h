/* Scenarios that only exercises have: what a task asks for beyond the contract of the seven servers. */
#ifndef DRILLS_H
#define DRILLS_H

#include "trial.h"

#endif
