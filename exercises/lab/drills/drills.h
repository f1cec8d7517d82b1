/* The room "drills": scenarios that only exercises have, because their task asks for something beyond the contract of
   the seven servers. */
#ifndef DRILLS_H
#define DRILLS_H

#include "server/server.h"

/* The drill by its key; NULL: there is none. */
const struct scenario *find_drill(const char *key);

#endif
