/* Scenarios that only exercises have: what a task asks for beyond the contract of the seven servers. */
#ifndef DRILLS_H
#define DRILLS_H

#include "trial.h"

void drill_question(struct trial *t);
void drill_echo_beside_questions(struct trial *t);
void drill_ask_and_go(struct trial *t);
void drill_gone_at_once(struct trial *t);
void drill_next_message(struct trial *t);
void drill_floods_in_front(struct trial *t);
void drill_goodbyes(struct trial *t);

#endif
