/* The questions of the predict exercises. */
#include "questions.h"

const struct prediction predictions[] = {
    { "01a", {
        { "A connects and says nothing. B connects and sends 5 bytes. A is still silent.\n"
          "How often does the server send something to B?",
          { { "once: at once", 1, 1 }, { "never", 0, 0 }, { "many times", 2, 1000 } },
          { "01", .script = "A+ B+ B?5", .calls = " send ", .client = 2, .asleep = true } },
        { "The same, and then A says goodbye. How often has the server sent something to B in the end?",
          { { "once", 1, 1 }, { "never: B came while nobody accepted, and is lost", 0, 0 }, { "many times", 2, 1000 } },
          { "01", .script = "A+ B+ B?5 A-", .calls = " send ", .client = 2 } } } },
    { "03a", {
        { "A sends 12 bytes. For A recv is called once a message, with room for 65536.\n"
          "How many FD_READ messages come for A?",
          { { "two: one for the bytes, and one after the recv", 2, 2 }, { "one", 1, 1 },
            { "twelve, one for each byte", 3, 1000 } },
          { "03", .script = "A+ A12", .calls = " GetMessage ", .client = 1, .with = "FD_READ" } },
        { "B sends 12 bytes. For B recv is called once a message, and takes four bytes at most.\n"
          "How many FD_READ messages come for B?",
          { { "one: eight bytes stay where they are", 1, 1 },
            { "four: one after each recv, the last for nothing", 4, 1000 }, { "three", 3, 3 } },
          { "03", .script = "A+ B+ B12", .calls = " GetMessage ", .client = 2, .with = "FD_READ" } },
        { "C sends 12 bytes, three times. For C recv is never called.\n"
          "How many FD_READ messages come for C?",
          { { "one", 1, 1 }, { "three, one for each time", 3, 3 },
            { "more and more: the bytes are still there", 4, 1000 } },
          { "03", .script = "A+ B+ C+ C?12 C?12 C?12", .calls = " GetMessage ", .client = 3, .with = "FD_READ" } } } },
    { "04a", {
        { "A connects, and nobody sends anything. How often is FD_WRITE recorded for A?",
          { { "never: nothing is to be sent", 0, 0 }, { "once", 1, 1 },
            { "again and again: there is room all the time", 2, 1000 } },
          { "04", .script = "A+", .calls = " WSAEnumNetworkEvents ", .client = 1, .with = "FD_WRITE" } },
        { "A connects, and sends 5 bytes three times; each time they are sent back at once.\n"
          "How often is FD_WRITE recorded for A?",
          { { "once", 1, 1 }, { "three times: before each send", 3, 3 },
            { "four times: at the beginning, and after each send", 4, 1000 } },
          { "04", .script = "A+ A5 A5 A5", .calls = " WSAEnumNetworkEvents ", .client = 1, .with = "FD_WRITE" } },
        { "A connects, sends 12 MB, and does not read until the server's send fails with WSAEWOULDBLOCK.\n"
          "Then it reads. How often is FD_WRITE recorded for A?",
          { { "never: send has failed", 0, 0 }, { "once: at the beginning", 1, 1 }, { "more than once", 2, 1000 } },
          { "04", .script = "A+ A!12 A<", .calls = " WSAEnumNetworkEvents ", .client = 1, .with = "FD_WRITE" } } } },
};
const int prediction_count = sizeof predictions / sizeof predictions[0];
