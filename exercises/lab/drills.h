/* Scenarios that only exercises have: what a task asks for beyond the contract of the seven servers. */
#ifndef DRILLS_H
#define DRILLS_H

#include "trial.h"

/* drills_07_lifetime.c */
void try_reset_by_reset(struct trial *t);
void try_message_by_message(struct trial *t);
void try_stop_alone(struct trial *t);
void try_stop_busy(struct trial *t);
void try_one_after_another(struct trial *t);
void try_silent_clients(struct trial *t);

#endif
