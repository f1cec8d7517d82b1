/* Drills of chapter 07: clients of a server that has several operations, or several workers, at once. */
#include "list.h"

#include <string.h>

#define MIB (1 << 20)

/* 07c: a client that speaks, hears, and speaks again. Was it shown out after its first words? A server that closes with
   bytes unread sends a reset behind its goodbye; to this client both are an end that comes too early. */
void drill_speaks_again(struct trial *t)
{
    struct peer peer = { .name = "the client that speaks three times", .to_send = 15, .piece = 5, .lockstep = true,
                         .no_half_close = true };

    if (!connect_client(t, &peer))
        return;
    run_peers(&peer, 1, 10, 5);
    if (peer.verdict.symptom == RESET)
        peer.verdict.symptom = EARLY_CLOSE;
    all_fine(&peer, 1, &t->verdict);
    close_peer(&peer);
}

/* 07b: resets while the server has a send under way, for the client does not read, and a receive, for it says nothing
   more. How many bytes that takes depends on the system's buffers: so each client sends a little more than the
   one before, until the server takes no more. */
void drill_resets_while_silent(struct trial *t)
{
    bool more = true;

    for (int i = 1; more && i <= 36 && is_running(&t->server); i++) {
        struct peer peer = { .name = "the client that does not read", .deaf = true, .no_half_close = true };

        if (!connect_client(t, &peer))
            return;
        more = !fill_server(&peer, (unsigned long long)i * MIB / 3, 0.4);
        Sleep(60);      /* what is in the system's buffers comes to the server as well */
        reset_peer(&peer);
        note("a client has sent %llu KiB, read nothing, and resets", peer.sent / 1024);
        Sleep(20);
    }
}

/* ---- 07e: a chat. What one says goes to all, back to the speaker, too ---- */

#define VOICES   4
#define PATIENCE 3              /* seconds without a byte; the server needs some hundredths */

/* Each voice says nothing but its own letter: the first 'a', the second 'b' ... So whatever the order in which voices
   mix, it can be counted who has heard how much of whom. */
struct voice {
    SOCKET socket;
    unsigned said;
    unsigned heard[VOICES];
};

static bool join(struct trial *t, struct voice *voices, int count)
{
    u_long nonblocking = 1;
    int error = 0;

    for (int i = 0; i < count; i++) {
        voices[i] = (struct voice){ .socket = connect_to("127.0.0.1", t->port, &error) };
        if (voices[i].socket == INVALID_SOCKET)
            return fail(&t->verdict, REFUSED, "%c could not connect: error %d", 'A' + i, error);
        ioctlsocket(voices[i].socket, FIONBIO, &nonblocking);
        if (!wait_for_output(&t->server, "connected", 5000))
            return fail(&t->verdict, MESSAGE, "the server does not say that a client is connected");
    }
    /* A voice that the server does not know yet would miss what the others say. */
    wait_for_count(&t->server, "connected", count, 5000);
    note("%d clients are in the chat", count);
    return true;
}

static void leave(struct voice *voices, int count)
{
    for (int i = 0; i < count; i++)
        if (voices[i].socket != INVALID_SOCKET)
            closesocket(voices[i].socket);
}

static void speak(struct voice *voice, char letter, int bytes)
{
    char text[100];

    memset(text, letter, sizeof text);
    if (send(voice->socket, text, bytes, 0) == bytes)
        voice->said += (unsigned)bytes;
}

/* Takes what has come for one of them. *moved: something has. */
static bool listen_to_all(struct trial *t, struct voice *voices, int count, int hearer, bool *moved)
{
    struct voice *v = &voices[hearer];
    char text[4096];
    int n = recv(v->socket, text, sizeof text, 0);

    if (n == 0 || (n < 0 && WSAGetLastError() != WSAEWOULDBLOCK))
        return fail(&t->verdict, n == 0 ? EARLY_CLOSE : RESET, "%c finds the connection %s", 'A' + hearer,
                    n == 0 ? "closed" : "reset");
    for (int i = 0; i < n; i++) {
        int speaker = text[i] - 'a';

        *moved = true;
        if (speaker < 0 || speaker >= count)
            return fail(&t->verdict, CORRUPT, "%c hears the byte 0x%02x, which nobody has said", 'A' + hearer,
                        (unsigned char)text[i]);
        if (++v->heard[speaker] > voices[speaker].said)
            return fail(&t->verdict, EXTRA, "%c hears more of %c than %c has said", 'A' + hearer, 'A' + speaker,
                        'A' + speaker);
    }
    return true;
}

/* Until each has heard all of each, or nothing comes any more. */
static bool all_hear_all(struct trial *t, struct voice *voices, int count)
{
    for (double moved_at = now(); now() - moved_at < PATIENCE; ) {
        bool moved = false;
        int missing = 0;

        for (int i = 0; i < count; i++) {
            if (!listen_to_all(t, voices, count, i, &moved))
                return false;
            for (int j = 0; j < count; j++)
                missing += voices[i].heard[j] < voices[j].said;
        }
        if (missing == 0)
            return true;
        if (moved)
            moved_at = now();
        else
            Sleep(1);
    }
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            if (voices[i].heard[j] < voices[j].said) {
                note("%c has heard %u of the %u bytes that %c has said", 'A' + i, voices[i].heard[j], voices[j].said,
                     'A' + j);
                fail(&t->verdict, STALL, "%c has heard only %u of the %u bytes that %c has said", 'A' + i,
                     voices[i].heard[j], voices[j].said, 'A' + j);
            }
    return false;
}

/* In each round the first speakers of three say five bytes at the same moment, and all must hear all. */
static void converse(struct trial *t, int speakers, int rounds)
{
    struct voice voices[3] = {
        { .socket = INVALID_SOCKET }, { .socket = INVALID_SOCKET }, { .socket = INVALID_SOCKET },
    };
    bool fine = join(t, voices, 3);

    for (int round = 1; fine && round <= rounds; round++) {
        for (int i = 0; i < speakers; i++)
            speak(&voices[i], (char)('a' + i), 5);
        note(speakers == 1 ? "A speaks" : "A and B speak at the same moment");
        fine = all_hear_all(t, voices, 3);
        if (fine)
            note("and all have heard it");
    }
    leave(voices, 3);
}

void drill_one_speaks(struct trial *t)
{
    converse(t, 1, 3);
}

void drill_two_speak(struct trial *t)
{
    converse(t, 2, 6);
}

/* All speak and listen for half a second, without a pause. */
void drill_all_speak(struct trial *t)
{
    struct voice voices[VOICES] = { 0 };
    bool fine, moved;

    for (int i = 0; i < VOICES; i++)
        voices[i].socket = INVALID_SOCKET;
    fine = join(t, voices, VOICES);
    for (double end = now() + 0.5; fine && now() < end; )
        for (int i = 0; i < VOICES && fine; i++) {
            if (voices[i].said < 3000)
                speak(&voices[i], (char)('a' + i), 1);
            fine = listen_to_all(t, voices, VOICES, i, &moved);
        }
    if (fine && all_hear_all(t, voices, VOICES))
        note("each has heard all that the four have said");
    leave(voices, VOICES);
}
