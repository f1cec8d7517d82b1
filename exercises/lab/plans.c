/* How each exercise is checked, step by step. After the steps comes the whole battery: what is mended must still keep
   all promises. */
#include "plans.h"

#include <stddef.h>
#include <string.h>

#define SIZES   "S1  sizes 1, 4095, 4096, 4097, 65536"
#define BYTES   "S1  one byte at a time"
#define CROWD   "S8  200 clients at once"

static const struct plan plans[] = {
    { .id = "01b", .steps = {
        { .words = "one client, one byte and more", .plays = SIZES } } },
    { .id = "02a", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
    { .id = "02b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "03b", .steps = {
        { .words = "one client asks the database", .plays = "one client asks the database" },
        { .words = "an echo beside five that ask", .plays = "an echo beside five that ask" },
        { .words = "clients that ask and go", .plays = "clients that ask and go" } } },
    { .id = "03c", .steps = {
        { .words = "clients that say five bytes and goodbye", .plays = "five bytes and goodbye" } } },
    { .id = "04b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a client that sends much before it reads", .plays = "S5  64 MiB to a client that does not read" } } },
    { .id = "04c", .steps = {
        { .words = "the next message right after the answer", .plays = "the next message right after the answer",
          .fault = "DELAY=WSAResetEvent:100" } } },
    { .id = "04d", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "four floods in front of a small client", .plays = "four floods in front of a small client",
          .fault = "DELAY=recv:5" } } },
    { .id = "04e", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "goodbye while the server owes bytes", .plays = "goodbye while the server owes bytes",
          .fault = "SEND_BUFFER=4096" } } },
    { .id = "05b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "06a", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
    { .id = "07a", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 resets, then a healthy client", .plays = "S6  200 resets with data in flight" } } },
    { .id = "07d", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
};

const struct plan *find_plan(const char *id)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].id, id) == 0)
            return &plans[i];
    return NULL;
}
