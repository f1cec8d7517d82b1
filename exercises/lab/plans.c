/* How each exercise is checked, step by step. After the steps comes the whole battery: what is mended must still keep
   all promises. */
#include "plans.h"

#include <stddef.h>
#include <string.h>

#define SIZES   "S1  sizes 1, 4095, 4096, 4097, 65536"
#define BYTES   "S1  one byte at a time"
#define CROWD   "S8  200 clients at once"
#define DEAF    "S5  64 MiB to a client that does not read"
#define STREAM  "S1  32 MiB both ways at once"

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
        { .words = "one client, byte by byte; then another one", .plays = BYTES } } },
    { .id = "02b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "02c", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "one does not read, another one speaks", .plays = "a speaker beside a client that does not read" },
        { .words = "who did not read begins to, and gets everything", .plays = DEAF },
        { .words = "the second send finds no room", .plays = BYTES, .fault = "FAULT=send#2=10035" } } },
    { .id = "02d", .unlimited = true, .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "03b", .steps = {
        { .words = "one client asks the database", .plays = "one client asks the database" },
        { .words = "an echo beside five that ask", .plays = "an echo beside five that ask" },
        { .words = "clients that ask and go", .plays = "clients that ask and go" } } },
    { .id = "03c", .steps = {
        { .words = "clients that say five bytes and goodbye", .plays = "five bytes and goodbye",
          .fault = "DELAY=recv:20" } } },
    { .id = "04b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a client that sends much before it reads", .plays = DEAF } } },
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
    { .id = "05a", .limit = 31, .steps = {
        { .words = "messages, each a little shorter", .plays = "messages, each shorter than the one before" },
        { .words = "32 MiB both ways at once", .plays = STREAM } } },
    { .id = "05b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "05c", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "one comes while another one goes", .plays = "one comes while another one goes",
          .fault = "DELAY=WSARecv:400" } } },
    { .id = "05d", .unlimited = true, .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "05e", .steps = {
        { .words = "one client, one message", .plays = "an answer to the first message" },
        { .words = "200 clients at once", .plays = CROWD },
        { .words = "one client, while accept would fail", .plays = "an answer to the first message",
          .fault = "FAULT=accept#1=10055" } } },
    { .id = "06a", .steps = {
        { .words = "one client, several messages", .plays = BYTES } } },
    { .id = "06b", .steps = {
        { .words = "one client, several messages", .plays = BYTES },
        { .words = "one speaks, another one is silent", .plays = "one speaks beside one that is silent" } } },
    { .id = "06c", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a beat each 200 ms", .plays = "a beat each 200 ms" },
        { .words = "the beats beside traffic", .plays = "the beats beside traffic" } } },
    { .id = "07a", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "a reset, then a healthy client, many times", .plays = "a reset, then a healthy client, many times" } } },
    { .id = "07b", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "clients that do not read, and then reset", .plays = "resets from clients that do not read" } } },
    { .id = "07c", .steps = {
        { .words = "a client that speaks three times", .plays = "a client that speaks three times" },
        { .words = "clients that send, end, and wait", .plays = SIZES } } },
    { .id = "07d", .steps = {
        { .words = "one client, one message after the other", .plays = "one message after the other" } } },
    { .id = "07e", .only_steps = true, .steps = {
        { .words = "one speaks, all hear it", .plays = "one speaks, all hear it" },
        { .words = "two speak at the same moment", .plays = "two speak at the same moment" },
        { .words = "four speak without a pause", .plays = "four speak without a pause" } } },
    { .id = "07f", .steps = {
        { .words = "one client, one byte after the other", .plays = BYTES },
        { .words = "one client, 32 MiB in one go", .plays = STREAM } } },
    { .id = "07g", .has_keyboard = true, .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "stdin ends, nobody is connected", .plays = "stdin ends, nobody is connected" },
        { .words = "a line on stdin, four clients are connected", .plays = "a line on stdin, four are connected" } } },
    { .id = "07h", .steps = {
        { .words = "five clients, messages of many sizes", .plays = SIZES },
        { .words = "forty clients, one after the other", .plays = "forty clients, one after the other" },
        { .words = "200 clients at once", .plays = CROWD } } },
    { .id = "07i", .steps = {
        { .words = "messages of many sizes", .plays = SIZES },
        { .words = "two silent clients, two active ones", .plays = "silent clients and active ones" } } },
};

const struct plan *find_plan(const char *id)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].id, id) == 0)
            return &plans[i];
    return NULL;
}
