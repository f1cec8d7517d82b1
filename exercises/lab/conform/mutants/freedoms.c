/* Mutants: each believes that the system does not use one of its freedoms. It plays some rounds, and ends with
   SURPRISED when the belief was wrong. Where that freedom is not taken, the belief holds under Wine 8, whatever other
   freedoms are taken. */
#include "mutants.h"

#define ROUNDS 100

static char buffer[1000];

static void one_recv_has_all(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        they_send(theirs, buffer, 100);
        wait_for_bytes(ours, 100);
        if (recv(ours, buffer, sizeof buffer, 0) != 100)
            end(SURPRISED, "recv gave fewer bytes than are there");
    }
}

static void one_send_takes_all(void)
{
    set_nonblocking(ours);
    for (int i = 0; i < ROUNDS; i++) {
        int n = send(ours, buffer, 100, 0);

        if (n >= 0 && n < 100)
            end(SURPRISED, "send took a part");
        if (n > 0)
            they_receive(theirs, buffer, n);
    }
}

static void small_sends_pass(void)
{
    set_nonblocking(ours);
    for (int i = 0; i < ROUNDS; i++) {
        int n = send(ours, buffer, 100, 0);

        if (would_block(n))
            end(SURPRISED, "send found no room");
        they_receive(theirs, buffer, n);
    }
}

static void readable_stays_readable(void)
{
    set_nonblocking(ours);
    for (int i = 0; i < ROUNDS; i++) {
        fd_set set;

        they_send(theirs, buffer, 1);
        FD_ZERO(&set);
        FD_SET(ours, &set);
        select(0, &set, NULL, NULL, NULL);
        if (would_block(recv(ours, buffer, 1, 0)))
            end(SURPRISED, "recv would block, and select has said that it would not");
    }
}

static void who_was_told_is_there(void)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here), client;
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS happened;

    WSAEventSelect(listener, event, FD_ACCEPT);
    for (int i = 0; i < ROUNDS; i++) {
        SOCKET other = new_client(&here);

        is_set(event, 1000);
        WSAEnumNetworkEvents(listener, event, &happened);
        do
            client = accept(listener, NULL, NULL);
        while (client == INVALID_SOCKET && WSAGetLastError() == WSAECONNRESET);
        if (client == INVALID_SOCKET)
            end(SURPRISED, "FD_ACCEPT has come, and nobody is there");
        they_reset(other);
        closesocket(client);
    }
}

static void accept_does_not_fail(void)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);

    for (int i = 0; i < 2 * ROUNDS; i++) {
        SOCKET other = new_client(&here), client = accept(listener, NULL, NULL);

        if (client == INVALID_SOCKET)
            end(SURPRISED, "accept has failed");
        they_reset(other);
        closesocket(client);
    }
}

static void no_message_after_closing(void)
{
    HWND window = CreateWindowExA(0, "STATIC", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    MSG message;

    for (int i = 0; i < 10; i++) {
        SOCKET s, other;

        new_pair(&s, &other);
        WSAAsyncSelect(s, window, WM_APP, FD_READ);
        closesocket(s);
        if (PeekMessageA(&message, window, WM_APP, WM_APP, PM_REMOVE))
            end(SURPRISED, "a message for a closed socket");
        (closesocket)(other);
    }
}

/* It receives one byte for each FD_READ. When FD_CLOSE comes alone, nothing can be left. */
static void close_comes_last(void)
{
    for (int i = 0; i < 20; i++) {
        WSAEVENT event = WSACreateEvent();
        SOCKET s, other;
        long seen;

        new_pair(&s, &other);
        WSAEventSelect(s, event, FD_READ | FD_CLOSE);
        they_send(other, "hello", 5);
        next_record(s, event, 1000);
        (shutdown)(other, SD_SEND);
        seen = next_record(s, event, 20);
        if (seen == FD_CLOSE && recv(s, buffer, 5, 0) > 0)
            end(SURPRISED, "FD_CLOSE, and bytes are there");
        while ((seen & FD_CLOSE) == 0) {
            recv(s, buffer, 1, 0);
            seen = next_record(s, event, 1000);
            if (seen == FD_CLOSE && recv(s, buffer, 5, 0) > 0)
                end(SURPRISED, "FD_CLOSE, and bytes are there");
        }
        closesocket(s);
        (closesocket)(other);
        WSACloseEvent(event);
    }
}

/* It looks for FD_CLOSE first, and then for nothing else. */
static void one_event_a_record(void)
{
    for (int i = 0; i < 20; i++) {
        WSAEVENT event = WSACreateEvent();
        SOCKET s, other;
        long seen;

        new_pair(&s, &other);
        they_send(other, "hello", 5);
        (shutdown)(other, SD_SEND);
        WSAEventSelect(s, event, FD_READ | FD_CLOSE);
        while (((seen = next_record(s, event, 1000)) & FD_CLOSE) == 0)
            recv(s, buffer, 1, 0);
        if ((seen & FD_READ) != 0 && recv(s, buffer, 5, 0) > 0)
            end(SURPRISED, "FD_READ stands beside FD_CLOSE");
        closesocket(s);
        (closesocket)(other);
        WSACloseEvent(event);
    }
}

static void reset_looks_like_the_end(void)
{
    they_reset(theirs);
    Sleep(50);
    if (recv(ours, buffer, 1, 0) == SOCKET_ERROR)
        end(SURPRISED, "the reset is told as a reset");
}

static void pointer_in_32_bits(void)
{
    void *memory = calloc(1, 100);

    if ((ULONG_PTR)memory != (DWORD)(ULONG_PTR)memory)
        end(SURPRISED, "the pointer does not fit into a DWORD");
}

static void socket_in_16_bits(void)
{
    if (ours != (WORD)ours)
        end(SURPRISED, "the socket does not fit into a WORD");
}

/* Two lines that take no time. Neither is a call to the system, so a busy machine stops few of them. */
static void calls_follow_at_once(void)
{
    int late = 0;

    for (int i = 0; i < 3000; i++) {
        double start = milliseconds();

        free(calloc(1, 1));
        late += milliseconds() - start >= 1;
    }
    if (late > 40)
        end(SURPRISED, "the thread did not run for a while, again and again");
}

static void context_is_there(void)
{
    SOCKET client = accept_without_context();
    struct sockaddr_in peer;
    int size = sizeof peer;

    if (getpeername(client, (struct sockaddr *)&peer, &size) == SOCKET_ERROR)
        end(SURPRISED, "getpeername fails");
}

/* A busy machine makes a few late. */
static void timeouts_are_exact(void)
{
    WSAEVENT event = WSACreateEvent();
    int late = 0;

    for (int i = 0; i < 60; i++) {
        double start = milliseconds();

        WSAWaitForMultipleEvents(1, &event, TRUE, 3, FALSE);
        late += milliseconds() - start >= 8;
    }
    if (late > 12)
        end(SURPRISED, "many timeouts came late");
}

/* (That breaks rule 16, too.) */
static void success_leaves_zero(void)
{
    WSASetLastError(0);
    closesocket(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    if (WSAGetLastError() != 0)
        end(SURPRISED, "an error number, though nothing has failed");
}

static const struct mutant mutants[] = {
    { "a1", one_recv_has_all }, { "a2", one_send_takes_all }, { "a3", small_sends_pass },
    { "b1", readable_stays_readable }, { "b2", who_was_told_is_there }, { "b3", accept_does_not_fail },
    { "c1", no_message_after_closing }, { "d1", close_comes_last }, { "d2", one_event_a_record },
    { "k", reset_looks_like_the_end }, { "l1", pointer_in_32_bits }, { "l2", socket_in_16_bits },
    { "m", calls_follow_at_once }, { "n", context_is_there }, { "o", timeouts_are_exact },
    { "q", success_leaves_zero },
};

int main(int argc, char **argv)
{
    return run_mutant(mutants, (int)(sizeof mutants / sizeof mutants[0]), argc, argv);
}
