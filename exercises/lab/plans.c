/* How each exercise is checked, step by step. After the steps comes the whole battery: what is mended must still keep
   all promises. */
#include "plans.h"

#include <stddef.h>
#include <string.h>

#define SIZES   "S1  sizes 1, 4095, 4096, 4097, 65536"
#define BYTES   "S1  one byte at a time"
#define CROWD   "S8  200 clients at once"
#define STREAM  "S1  32 MiB both ways at once"

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
        { .words = "200 resets, then a healthy client", .plays = "S6  200 resets with data in flight" } } },
    { .id = "07b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "clients that do not read, and then reset", .plays = "07b resets from clients that do not read" } } },
    { .id = "07c", .steps = {
        { .words = "a client that speaks three times", .plays = "07c a client that speaks three times" },
        { .words = "clients that send, end, and wait", .plays = SIZES } } },
    { .id = "07d", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
    { .id = "07e", .only_steps = true, .steps = {
        { .words = "one speaks, all hear it", .plays = "07e one speaks, all hear it" },
        { .words = "two speak at the same moment", .plays = "07e two speak at the same moment" },
        { .words = "four speak without a pause", .plays = "07e four speak without a pause" } } },
    { .id = "07f", .steps = {
        { .words = "one client, one byte after the other", .plays = BYTES },
        { .words = "one client, 32 MiB in one go", .plays = STREAM } } },
};

const struct plan *find_plan(const char *id)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].id, id) == 0)
            return &plans[i];
    return NULL;
}
