/* The scenarios of the battery; the table in battery.c has them in order. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "trial.h"

/* More than this a server's memory may not grow between two measurements of the same load: bytes. */
#define MEMORY_SLACK (4 << 20)

void try_listening(struct trial *t);
void try_sizes(struct trial *t);
void try_empty(struct trial *t);
void try_both_ways(struct trial *t);
void try_byte_by_byte(struct trial *t);
void try_random_cuts(struct trial *t);
void try_fifty(struct trial *t);
void try_idle_beside(struct trial *t);
void try_half_close(struct trial *t);
void try_half_close_full(struct trial *t);
void try_half_close_at_once(struct trial *t);
void try_resets(struct trial *t);
void try_deaf(struct trial *t);
void try_deaf_and_lively(struct trial *t);
void try_floods(struct trial *t);
void try_coming_and_going(struct trial *t);
void try_many(struct trial *t);
void try_full(struct trial *t);
void try_churn(struct trial *t);
void try_idle(struct trial *t);
void try_lines(struct trial *t);
void try_second_server(struct trial *t);
void try_bad_ports(struct trial *t);
void try_bad_addresses(struct trial *t);

#endif
