/* How each exercise is checked, step by step. After the steps comes the whole battery: what is mended must still keep
   all promises. */
#include "plans.h"

#include <stddef.h>
#include <string.h>

static const struct plan plans[] = {
    { .id = "01b", .steps = {
        { .words = "one client, one byte and more", .plays = "sizes" },
        { .words = "the same, and send takes 1000 bytes at most", .plays = "sizes", .fault = "SHORT_SENDS=1000" },
        { .words = "random cuts, and send takes 1000 bytes at most", .plays = "random-cuts",
          .fault = "SHORT_SENDS=1000" } } },
    { .id = "01c", .is_client = true, .steps = {
        { .words = "one byte, one answer", .plays = "one byte on stdin" },
        { .words = "the answer comes in parts, with pauses", .plays = "answers with pauses" } } },
    { .id = "01d", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "the same, and send takes 1000 bytes at most", .plays = "sizes", .fault = "SHORT_SENDS=1000" },
        { .words = "random cuts, and send takes 1000 bytes at most", .plays = "random-cuts",
          .fault = "SHORT_SENDS=1000" } } },
    { .id = "01e", .is_client = true, .steps = {
        { .words = "a small file, 20,000 bytes", .plays = "echoes, 20,000 bytes" },
        { .words = "a large file, 16 MiB", .plays = "echoes, 16 MiB" } } },
    { .id = "02a", .steps = {
        { .words = "one client, byte by byte; then another one", .plays = "byte-by-byte" } } },
    { .id = "02b", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "200 clients at once", .plays = "many-clients" } } },
    { .id = "02c", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "one does not read, another one speaks", .plays = "slow-reader" },
        { .words = "who did not read begins to, and gets everything", .plays = "deaf" },
        { .words = "the second send finds no room", .plays = "byte-by-byte", .fault = "FAULT=send#2=10035" },
        { .words = "the server sleeps while A does not read", .plays = "quiet-while-owed", .counts_calls = true } } },
    { .id = "02d", .unlimited = true, .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "200 clients at once", .plays = "many-clients" } } },
    { .id = "02e", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "a hundred clients, never two at once", .plays = "one-by-one" },
        { .words = "three come; the first leaves, then the last", .plays = "first-and-last-leave" } } },
    { .id = "03b", .steps = {
        { .words = "one client asks the database", .plays = "one-question" },
        { .words = "an echo beside five that ask", .plays = "echo-beside-questions" },
        { .words = "clients that ask and go", .plays = "ask-and-go" } } },
    { .id = "03c", .steps = {
        { .words = "clients that say five bytes and goodbye", .plays = "gone-at-once",
          .fault = "DELAY=recv:20" } } },
    { .id = "04b", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "a client that sends much before it reads", .plays = "deaf" } } },
    { .id = "04c", .steps = {
        { .words = "the next message right after the answer", .plays = "next-message",
          .fault = "DELAY=WSAResetEvent:100" } } },
    { .id = "04d", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "four floods in front of a small client", .plays = "floods-in-front",
          .fault = "DELAY=recv:5" } } },
    { .id = "04e", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "goodbye while the server owes bytes", .plays = "goodbyes",
          .fault = "SLOW_LINE=20000:200" } } },
    { .id = "05a", .limit = 31, .steps = {
        { .words = "messages, each a little shorter", .plays = "shorter" },
        { .words = "32 MiB both ways at once", .plays = "both-ways" },
        { .words = "goodbye when the server takes no more", .plays = "half-close-full" } } },
    { .id = "05b", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "200 clients at once", .plays = "many-clients" } } },
    { .id = "05c", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "one comes while another one goes", .plays = "one-comes-one-goes",
          .fault = "DELAY=WSARecv:400" } } },
    { .id = "05d", .unlimited = true, .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "200 clients at once", .plays = "many-clients" },
        { .words = "one comes while another one goes", .plays = "one-comes-one-goes",
          .fault = "DELAY=WSARecv:400" } } },
    { .id = "05e", .steps = {
        { .words = "one client, one message", .plays = "one-answer" },
        { .words = "200 clients at once", .plays = "many-clients" },
        { .words = "one client, while accept would fail", .plays = "one-answer",
          .fault = "FAULT=accept#1=10055" },
        { .words = "one client; the first AcceptEx fails", .plays = "byte-by-byte",
          .fault = "FAULT=AcceptEx#1=10055" } } },
    { .id = "06a", .steps = {
        { .words = "one client, several messages", .plays = "byte-by-byte" } } },
    { .id = "06b", .steps = {
        { .words = "one client, several messages", .plays = "byte-by-byte" },
        { .words = "one speaks, another one is silent", .plays = "beside-silent" },
        { .words = "several speak at the same time", .plays = "fifty" } } },
    { .id = "06c", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "a beat each 200 ms", .plays = "beats" },
        { .words = "the beats beside traffic", .plays = "beats-beside-traffic" } } },
    { .id = "07a", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "a reset, then a healthy client, many times", .plays = "reset-by-reset" } } },
    { .id = "07b", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "clients that do not read, and then reset", .plays = "resets-while-silent" },
        { .words = "the first send fails", .plays = "failed-send", .fault = "FAULT=WSASend#1=10055" } } },
    { .id = "07c", .steps = {
        { .words = "a client that speaks three times", .plays = "speaks-again" },
        { .words = "clients that send, end, and wait", .plays = "sizes" } } },
    { .id = "07d", .steps = {
        { .words = "one client, one message after the other", .plays = "message-by-message" },
        { .words = "more floods than workers", .plays = "floods-and-workers", .fault = "DELAY=WSARecv:20" } } },
    { .id = "07e", .only_steps = true, .steps = {
        { .words = "one speaks, all hear it", .plays = "one-speaks" },
        { .words = "two speak at the same moment", .plays = "two-speak" },
        { .words = "four speak without a pause", .plays = "all-speak" } } },
    { .id = "07f", .steps = {
        { .words = "one client, one byte after the other", .plays = "byte-by-byte" },
        { .words = "one client, 32 MiB in one go", .plays = "both-ways" } } },
    { .id = "07g", .has_keyboard = true, .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "stdin ends, nobody is connected", .plays = "stop-alone" },
        { .words = "a line on stdin, four clients are connected", .plays = "stop-busy" } } },
    { .id = "07h", .steps = {
        { .words = "five clients, messages of many sizes", .plays = "sizes" },
        { .words = "forty clients, one after the other", .plays = "one-after-another" },
        { .words = "200 clients at once", .plays = "many-clients" } } },
    { .id = "07i", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "two silent clients, two active ones", .plays = "silent-and-active" },
        { .words = "it speaks again soon after an echo that took long", .plays = "after-slow-echo",
          .fault = "DELAY=WSASend:2600" } } },
    { .id = "07j", .steps = {
        { .words = "messages of many sizes", .plays = "sizes" },
        { .words = "the packets for fifty messages", .plays = "few-packets", .counts_calls = true },
        { .words = "more floods than workers", .plays = "floods-and-workers",
          .fault = "DELAY=WSARecv:20" } } },
};

const struct plan *find_plan(const char *id)
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].id, id) == 0)
            return &plans[i];
    return NULL;
}
