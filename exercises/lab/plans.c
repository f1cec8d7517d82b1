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
    { .id = "04b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a client that sends much before it reads", .plays = "S5  64 MiB to a client that does not read" } } },
    { .id = "05b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "06a", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
    { .id = "07a", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a reset, then a healthy client, many times", .plays = "07a a reset, then a healthy client, many times" } } },
    { .id = "07d", .steps = {
        { .words = "one client, one message after the other", .plays = "07d one message after the other" } } },
    { .id = "07g", .has_keyboard = true, .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "stdin ends, nobody is connected", .plays = "07g stdin ends, nobody is connected" },
        { .words = "a line on stdin, four clients are connected", .plays = "07g a line on stdin, four are connected" } } },
    { .id = "07h", .steps = {
        { .words = "five clients, messages of many sizes", .plays = SIZES },
        { .words = "forty clients, one after the other", .plays = "07h forty clients, one after the other" },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "07i", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "two silent clients, two active ones", .plays = "07i silent clients and active ones" } } },
};

const struct plan *find_plan(const char *id)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].id, id) == 0)
            return &plans[i];
    return NULL;
}
