/* Mutants: each believes that the system does not use one of its freedoms. It plays some rounds, and ends with
   SURPRISED when the belief was wrong. Where no freedom is taken, the belief holds under Wine 8. */
#include "mutants.h"

#define ROUNDS 60

static SOCKET ours, theirs;
static char buffer[1000];

static bool would_block(int result)
{
    return result == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK;
}

static void one_recv_has_all(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        send(theirs, buffer, 100, 0);
        wait_for_bytes(ours, 100);
        if (recv(ours, buffer, sizeof buffer, 0) != 100)
            end(SURPRISED, "recv gave fewer bytes than are there");
    }
}

static void drain(SOCKET s, int count)
{
    while (count > 0)
        count -= recv(s, buffer, count, 0);
}

static void one_send_takes_all(void)
{
    set_nonblocking(ours);
    for (int i = 0; i < ROUNDS; i++) {
        int n = send(ours, buffer, 100, 0);

        if (n >= 0 && n < 100)
            end(SURPRISED, "send took a part");
        if (n > 0)
            drain(theirs, n);
    }
}

static void small_sends_pass(void)
{
    set_nonblocking(ours);
    for (int i = 0; i < ROUNDS; i++) {
        int n = send(ours, buffer, 100, 0);

        if (would_block(n))
            end(SURPRISED, "send found no room");
        drain(theirs, n);
    }
}

static void readable_stays_readable(void)
{
    set_nonblocking(ours);
    for (int i = 0; i < ROUNDS; i++) {
        fd_set set;

        send(theirs, buffer, 1, 0);
        FD_ZERO(&set);
        FD_SET(ours, &set);
        select(0, &set, NULL, NULL, NULL);
        if (would_block(recv(ours, buffer, 1, 0)))
            end(SURPRISED, "recv would block, and select has said that it would not");
    }
}

/* The listener's event is set: whom does accept give? */
static SOCKET accept_at_event(SOCKET listener, WSAEVENT event, const struct sockaddr_in *here)
{
    WSANETWORKEVENTS happened;

    closesocket(new_client(here));
    WSAWaitForMultipleEvents(1, &event, FALSE, 1000, FALSE);
    WSAEnumNetworkEvents(listener, event, &happened);
    return accept(listener, NULL, NULL);
}

static void who_was_told_is_there(void)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);
    WSAEVENT event = WSACreateEvent();

    WSAEventSelect(listener, event, FD_ACCEPT);
    for (int i = 0; i < ROUNDS; i++) {
        SOCKET client = accept_at_event(listener, event, &here);

        if (client == INVALID_SOCKET)
            end(SURPRISED, "nobody is there");
        closesocket(client);
    }
}

static void accept_does_not_fail(void)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);

    for (int i = 0; i < ROUNDS; i++) {
        SOCKET client;

        closesocket(new_client(&here));
        client = accept(listener, NULL, NULL);
        if (client == INVALID_SOCKET)
            end(SURPRISED, "accept has failed");
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
        closesocket(other);
    }
}

/* Five bytes and the end: together says whether both may come in one record. */
static void watch_the_end(bool together)
{
    for (int i = 0; i < 20; i++) {
        WSAEVENT event = WSACreateEvent();
        SOCKET s, other;
        long seen = 0;

        new_pair(&s, &other);
        WSAEventSelect(s, event, FD_READ | FD_CLOSE);
        send(other, "hello", 5, 0);
        shutdown(other, SD_SEND);
        while ((seen & FD_CLOSE) == 0) {
            WSANETWORKEVENTS happened;

            WSAWaitForMultipleEvents(1, &event, FALSE, 1000, FALSE);
            WSAEnumNetworkEvents(s, event, &happened);
            seen = happened.lNetworkEvents;
            if (together && (seen & FD_READ) != 0 && (seen & FD_CLOSE) != 0)
                end(SURPRISED, "both in one record");
            if (!together && (seen & FD_CLOSE) != 0 && recv(s, buffer, 5, 0) > 0)
                end(SURPRISED, "FD_CLOSE, and bytes are there");
            if ((seen & FD_READ) != 0)
                recv(s, buffer, 5, 0);
        }
        closesocket(s);
        closesocket(other);
        WSACloseEvent(event);
    }
}

static void close_comes_last(void)
{
    watch_the_end(false);
}

static void one_event_a_record(void)
{
    watch_the_end(true);
}

static WSAOVERLAPPED *new_overlapped(void)
{
    WSAOVERLAPPED *overlapped = calloc(1, sizeof *overlapped);

    overlapped->hEvent = WSACreateEvent();
    return overlapped;
}

static bool is_set(WSAEVENT event, DWORD milliseconds)
{
    return WSAWaitForMultipleEvents(1, &event, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
}

static void done_means_zero(void)
{
    WSAOVERLAPPED *overlapped = new_overlapped();

    for (int i = 0; i < ROUNDS; i++) {
        send(theirs, buffer, 10, 0);
        wait_for_bytes(ours, 10);
        if (start_receive(ours, buffer, 10, overlapped) != 0)
            end(SURPRISED, "the bytes were there, and WSARecv did not return 0");
        is_set(overlapped->hEvent, 1000);
    }
}

static double milliseconds(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart * 1000 / (double)frequency.QuadPart;
}

/* In how many of the rounds did it take three milliseconds or more? A busy machine makes a few late. */
static void told_at_once(void)
{
    WSAOVERLAPPED *overlapped = new_overlapped();
    int late = 0;

    for (int i = 0; i < 200; i++) {
        double start;

        start_receive(ours, buffer, 10, overlapped);
        start = milliseconds();
        send(theirs, buffer, 10, 0);
        is_set(overlapped->hEvent, 1000);
        late += milliseconds() - start >= 3;
    }
    if (late > 10)
        end(SURPRISED, "many ends were told late");
}

static volatile LONG handled;

static unsigned __stdcall count_packets(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD n;

    while (GetQueuedCompletionStatus(port, &n, &key, &overlapped, 1000) && overlapped != NULL)
        InterlockedIncrement(&handled);
    return 0;
}

/* A busy machine lets a worker go first now and then. */
static void packet_comes_after_the_call(void)
{
    HANDLE port = CreateIoCompletionPort((HANDLE)ours, NULL, 1, 0);
    static WSAOVERLAPPED overlapped[ROUNDS];
    int early = 0;

    CloseHandle((HANDLE)_beginthreadex(NULL, 0, count_packets, port, 0, NULL));
    for (int i = 0; i < ROUNDS; i++) {
        Sleep(3);                       /* the worker is back, and sleeps */
        start_send(ours, buffer, 10, &overlapped[i]);
        early += handled > i;
        while (handled <= i)
            Sleep(1);
    }
    if (early > 4)
        end(SURPRISED, "packets were handled before the calls returned");
}

static volatile LONG first_woken;

struct worker {
    HANDLE port;
    LONG number;
};

static unsigned __stdcall wake_once(void *argument)
{
    struct worker *worker = argument;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD n;

    GetQueuedCompletionStatus(worker->port, &n, &key, &overlapped, 1000);
    InterlockedCompareExchange(&first_woken, worker->number, 0);
    return 0;
}

static void first_come_first_served(void)
{
    struct worker first = { CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), 1 }, second = { first.port, 2 };

    CloseHandle((HANDLE)_beginthreadex(NULL, 0, wake_once, &first, 0, NULL));
    Sleep(100);
    CloseHandle((HANDLE)_beginthreadex(NULL, 0, wake_once, &second, 0, NULL));
    Sleep(100);
    PostQueuedCompletionStatus(first.port, 1, 1, NULL);
    Sleep(100);
    PostQueuedCompletionStatus(first.port, 1, 1, NULL);
    Sleep(50);
    if (first_woken != 1)
        end(SURPRISED, "the one that fell asleep last was woken first");
}

static unsigned __stdcall work_ten_milliseconds(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD n;

    GetQueuedCompletionStatus(port, &n, &key, &overlapped, 1000);
    InterlockedIncrement(&handled);
    for (double end_of_work = milliseconds() + 10; milliseconds() < end_of_work; )
        ;
    return 0;
}

static void all_workers_run(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);

    for (int i = 0; i < 2; i++)
        CloseHandle((HANDLE)_beginthreadex(NULL, 0, work_ten_milliseconds, port, 0, NULL));
    Sleep(100);
    for (int i = 0; i < 2; i++)
        PostQueuedCompletionStatus(port, 1, 1, NULL);
    Sleep(7);
    if (handled < 2)
        end(SURPRISED, "the second packet waits, though a worker is free");
    Sleep(50);
}

static volatile LONG routines_run;

static void CALLBACK count_routine(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags)
{
    (void)error, (void)n, (void)overlapped, (void)flags;
    routines_run++;
}

/* A receive that has ended, and whose routine is queued. */
static void queue_routine(void)
{
    static WSAOVERLAPPED overlapped;
    WSABUF space = { 10, buffer };
    DWORD flags = 0;

    send(theirs, buffer, 10, 0);
    wait_for_bytes(ours, 10);
    WSARecv(ours, &space, 1, NULL, &flags, &overlapped, count_routine);
    Sleep(20);
}

static void events_go_first(void)
{
    WSAEVENT event = WSACreateEvent();

    WSASetEvent(event);
    queue_routine();
    if (WSAWaitForMultipleEvents(1, &event, FALSE, 100, TRUE) == WSA_WAIT_IO_COMPLETION)
        end(SURPRISED, "the routine went first, though the event was set");
}

static unsigned __stdcall come_later(void *where)
{
    Sleep(100);
    new_client(where);
    return 0;
}

static void no_routine_in_accept(void)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);

    queue_routine();
    CloseHandle((HANDLE)_beginthreadex(NULL, 0, come_later, &here, 0, NULL));
    accept(listener, NULL, NULL);
    if (routines_run > 0)
        end(SURPRISED, "a routine has run inside of accept");
    SleepEx(10, TRUE);
}

static void buffer_stays_as_it_was(void)
{
    WSAOVERLAPPED *overlapped = new_overlapped();

    memset(buffer, 'x', 10);
    start_receive(ours, buffer, 10, overlapped);
    if (buffer[0] != 'x')
        end(SURPRISED, "the buffer has changed, and nothing has come");
}

/* The bytes are changed after the call. (That breaks rule 4, too.) */
static void bytes_are_copied(void)
{
    WSAOVERLAPPED *overlapped = new_overlapped();

    for (int i = 0; i < ROUNDS; i++) {
        buffer[0] = 'x';
        start_send(ours, buffer, 1, overlapped);
        buffer[0] = 'y';
        is_set(overlapped->hEvent, 1000);
        recv(theirs, buffer, 1, 0);
        if (buffer[0] != 'x')
            end(SURPRISED, "the other side has the bytes that were written later");
    }
}

static void closed_means_ended(void)
{
    WSAOVERLAPPED *overlapped = new_overlapped();

    start_receive(ours, buffer, 10, overlapped);
    closesocket(ours);
    if (!is_set(overlapped->hEvent, 4))
        end(SURPRISED, "the operation has not ended, and the socket is closed");
}

static void reset_looks_like_the_end(void)
{
    struct linger hard = { 1, 0 };

    setsockopt(theirs, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof hard);
    closesocket(theirs);
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

static void calls_follow_at_once(void)
{
    int late = 0;

    for (int i = 0; i < 3000; i++) {
        double start = milliseconds();

        CloseHandle((HANDLE)WSACreateEvent());
        late += milliseconds() - start >= 1;
    }
    if (late > 40)
        end(SURPRISED, "the thread did not run for a while, again and again");
}

static void context_is_there(void)
{
    static WSAOVERLAPPED overlapped;
    static char addresses[2 * (sizeof(struct sockaddr_in) + 16)];
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX accept_ex;
    struct sockaddr_in here, peer;
    SOCKET listener = new_listener(&here), client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    int size = sizeof peer;
    DWORD n;

    WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex, &n, NULL,
             NULL);
    overlapped.hEvent = WSACreateEvent();
    accept_ex(listener, client, addresses, 0, sizeof here + 16, sizeof here + 16, &n, &overlapped);
    new_client(&here);
    is_set(overlapped.hEvent, 1000);
    if (getpeername(client, (struct sockaddr *)&peer, &size) == SOCKET_ERROR)
        end(SURPRISED, "getpeername fails");
}

static void timeouts_are_exact(void)
{
    WSAEVENT event = WSACreateEvent();
    double start = milliseconds();

    for (int i = 0; i < 10; i++)
        is_set(event, 10);
    if (milliseconds() - start > 150)
        end(SURPRISED, "ten waits of 10 ms took more than 150");
}

static void key_stays(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    ULONG_PTR key = 7;
    OVERLAPPED *overlapped;
    DWORD n = 7;

    GetQueuedCompletionStatus(port, &n, &key, &overlapped, 10);
    if (n != 7 || key != 7)
        end(SURPRISED, "there was no packet, and the key has changed");
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
    { "a1", one_recv_has_all }, { "a2", one_send_takes_all }, { "a3", small_sends_pass }, { "b1",
                                                                                            readable_stays_readable },
    { "b2", who_was_told_is_there }, { "b3", accept_does_not_fail }, { "c1", no_message_after_closing },
    { "d1", close_comes_last }, { "d2", one_event_a_record }, { "f1", done_means_zero }, { "f2", told_at_once },
    { "g", packet_comes_after_the_call }, { "h1", first_come_first_served }, { "h2", all_workers_run },
    { "i1", events_go_first }, { "i2", no_routine_in_accept }, { "j1", buffer_stays_as_it_was }, { "j2",
                                                                                                   bytes_are_copied },
    { "j3", closed_means_ended }, { "k", reset_looks_like_the_end }, { "l1", pointer_in_32_bits },
    { "l2", socket_in_16_bits }, { "m", calls_follow_at_once }, { "n", context_is_there }, { "o", timeouts_are_exact },
    { "p", key_stays }, { "q", success_leaves_zero },
};

int main(int argc, char **argv)
{
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    new_pair(&ours, &theirs);
    return run_mutant(mutants, (int)(sizeof mutants / sizeof mutants[0]), argc, argv);
}
