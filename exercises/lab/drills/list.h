/* Inside the room: the drills that the table in drills.c names. */
#ifndef DRILLS_LIST_H
#define DRILLS_LIST_H

#include "server/server.h"

/* Chapter 02. */
void drill_slow_reader(struct trial *t);
void drill_quiet_while_owed(struct trial *t);
void drill_come_and_go_alone(struct trial *t);
void drill_first_and_last_leave(struct trial *t);

/* Chapter 03. */
void drill_question(struct trial *t);
void drill_echo_beside_questions(struct trial *t);
void drill_ask_and_go(struct trial *t);
void drill_gone_at_once(struct trial *t);

/* Chapter 04. */
void drill_next_message(struct trial *t);
void drill_floods_in_front(struct trial *t);
void drill_goodbyes(struct trial *t);

/* Chapter 05. */
void drill_shorter(struct trial *t);
void drill_answer(struct trial *t);
void drill_come_and_go(struct trial *t);

/* Chapter 06. */
void drill_speak_beside_silent(struct trial *t);
void drill_beats(struct trial *t);
void drill_beats_beside_traffic(struct trial *t);

/* Chapter 07: several operations of one connection, several workers. */
void drill_resets_while_silent(struct trial *t);
void drill_speaks_again(struct trial *t);
void drill_one_speaks(struct trial *t);
void drill_two_speak(struct trial *t);
void drill_all_speak(struct trial *t);

/* Chapter 07: beginning and end of connections, workers, the server. */
void drill_reset_by_reset(struct trial *t);
void drill_message_by_message(struct trial *t);
void drill_stop_alone(struct trial *t);
void drill_stop_busy(struct trial *t);
void drill_one_after_another(struct trial *t);
void drill_silent_clients(struct trial *t);
void drill_after_slow_echo(struct trial *t);
void drill_failed_send(struct trial *t);

/* Chapter 07: packets that are not needed, and clients that always have bytes ready. */
void drill_few_packets(struct trial *t);
void drill_floods_and_workers(struct trial *t);

#endif
