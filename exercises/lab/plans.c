/* How each exercise is checked, step by step. After the steps comes the whole battery: what is mended must still keep
   all promises. */
#include "plans.h"

#include <stddef.h>
#include <string.h>

#define SIZES   "S1  sizes 1, 4095, 4096, 4097, 65536"
#define BYTES   "S1  one byte at a time"
#define CROWD   "S8  200 clients at once"
#define DEAF    "S5  64 MiB to a client that does not read"

static const struct plan plans[] = {
    { .id = "01b", .steps = {
        { .words = "one client, one byte and more", .plays = SIZES } } },
    { .id = "01c", .is_client = true, .steps = {
        { .words = "one byte, one answer", .plays = "one byte on stdin" },
        { .words = "the answer comes in parts, with pauses", .plays = "answers with pauses" } } },
    { .id = "01d", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "the same, and send takes 1000 bytes at most", .plays = SIZES, .fault = "SHORT_SENDS=1000" },
        { .words = "random cuts, and send takes 1000 bytes at most", .plays = "S1  random cuts",
          .fault = "SHORT_SENDS=1000" } } },
    { .id = "01e", .is_client = true, .steps = {
        { .words = "a small file, 20,000 bytes", .plays = "echoes, 20,000 bytes" },
        { .words = "a large file, 16 MiB", .plays = "echoes, 16 MiB" } } },
    { .id = "02a", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
    { .id = "02b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "02c", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "one does not read, another one speaks", .plays = "D02 a speaker beside a client that does not read" },
        { .words = "who did not read begins to, and gets everything", .plays = DEAF },
        { .words = "the second send finds no room", .plays = BYTES, .fault = "FAULT=send#2=10035" } } },
    { .id = "02d", .unlimited = true, .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "04b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a client that sends much before it reads", .plays = DEAF } } },
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
