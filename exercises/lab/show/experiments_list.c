/* The experiments of the notes: to add one, add a line, and show it in the chapter's notes in a block that begins with
   "$ make try-..." (proof/book.c plays it). */
#include "experiments.h"

#include <stddef.h>

const struct experiment experiments[] = {
    { "01a", "Where do the threads sleep while nobody speaks?", "A+ B+",
      .calls = " _beginthreadex ", .asleep = true },
    { "01b", "Who is answered while A is silent, and by whom?", "A+ B+ B5 A5 B-", .calls = " recv send " },
    { "01c", "A does not read. Where does its thread sleep, and is B answered?", "A+ B+ A!12 B5",
      .calls = " recv send ", .client = 2, .asleep = true },
    { "01d", "What does a reset look like?", "A+ A5 Ax B+ B5 B-", .show = LINES },
    { "02a", "What is select asked, and what does it answer?", "A+ B+ B5 A5 B-", .calls = " select " },
    { "02b", "What does client 64 get?", "*64", .show = LINES },
    { "02c", "A does not read. What is select asked now?", "A+ B+ A!12 B5",
      .calls = " select recv send ", .client = 2, .asleep = true },
    { "03a", "Which messages come for one client?", "A+ A5 A5 A-", .calls = " GetMessage recv send " },
    { "03b", "When does FD_WRITE come?", "A+ A5 A!12 A<",
      .calls = " GetMessage send ", .varies = true, .with = "FD_WRITE" },
    { "03c", "Does the model stop at 64 clients?", "*200", .show = LINES },
    { "04a", "What does the record say, and when?", "A+ A5 A-", .calls = " WSAEnumNetworkEvents recv send " },
    { "04b", "Which index does the wait give?", "A+ B+ C+ A5 C5 B5 A5",
      .calls = " WSAWaitForMultipleEvents " },
    { "04c", "What does client 64 get?", "*64", .show = LINES },
    { "05a", "Which calls does one echo take?", "A+ A5", .asleep = true },
    { "05b", "A does not read. Is B answered?", "A+ B+ A!12 B5", .client = 2, .asleep = true },
    { "05c", "What does client 64 get?", "*64", .show = LINES },
    { "06a", "When do the routines run?", "A+ A5", .asleep = true },
    { "06b", "How does a routine learn of a reset?", "A+ A5 Ax", .calls = " on_received closesocket " },
    { "06c", "Does the model stop at 64 clients?", "*200", .show = LINES },
    { "07a", "Which worker takes which packet?", "A+ B+ A5 B5 A5 B5",
      .calls = " GetQueuedCompletionStatus ", .varies = true },
    { "07b", "What does a reset look like at the completion port?", "A+ A5 Ax",
      .calls = " GetQueuedCompletionStatus WSAGetOverlappedResult closesocket ", .varies = true },
    { "07c", "Does the model stop at 64 clients?", "*200", .show = LINES },
};
const int experiment_count = sizeof experiments / sizeof experiments[0];
