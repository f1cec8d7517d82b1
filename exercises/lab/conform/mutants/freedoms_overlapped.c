/* Mutants like those of freedoms.c, with overlapped operations: what ends when, and who is told. */
#include "mutants.h"

#define ROUNDS 100

static char buffer[1000];

static void done_means_zero(void)
{
    WSAOVERLAPPED *overlapped = new_overlapped();

    for (int i = 0; i < ROUNDS; i++) {
        they_send(theirs, buffer, 10);
        wait_for_bytes(ours, 10);
        if (start_receive(ours, buffer, 10, overlapped) != 0)
            end(SURPRISED, "the bytes were there, and WSARecv did not return 0");
        is_set(overlapped->hEvent, 1000);
    }
}

/* Two receives: the first one gets its bytes first. */
static void told_in_order(void)
{
    HANDLE port = CreateIoCompletionPort((HANDLE)ours, NULL, 1, 0);
    static WSAOVERLAPPED first, second;
    SOCKET s, other;

    new_pair(&s, &other);
    CreateIoCompletionPort((HANDLE)s, port, 2, 0);
    for (int i = 0; i < ROUNDS; i++) {
        OVERLAPPED *ended[2] = { NULL, NULL };

        start_receive(ours, buffer, 10, &first);
        start_receive(s, buffer + 10, 10, &second);
        they_send(theirs, buffer + 20, 10);
        they_send(other, buffer + 20, 10);
        for (int j = 0; j < 2; j++) {
            ULONG_PTR key;
            DWORD n;

            GetQueuedCompletionStatus(port, &n, &key, &ended[j], 1000);
        }
        if (ended[0] != &first)
            end(SURPRISED, "the receive that had its bytes first is told last");
    }
}

static volatile LONG handled;

/* Five milliseconds of work for a packet: by then the call that started its operation has returned. */
static unsigned __stdcall count_packets(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD n;

    while (GetQueuedCompletionStatus(port, &n, &key, &overlapped, 1000) && overlapped != NULL) {
        Sleep(5);
        InterlockedIncrement(&handled);
    }
    return 0;
}

/* A busy machine does it now and then, too. */
static void packet_comes_after_the_call(void)
{
    HANDLE port = CreateIoCompletionPort((HANDLE)ours, NULL, 1, 0);
    static WSAOVERLAPPED overlapped[ROUNDS];
    int early = 0;

    CloseHandle((HANDLE)_beginthreadex(NULL, 0, count_packets, port, 0, NULL));
    for (int i = 0; i < ROUNDS; i++) {
        Sleep(2);                       /* the worker is back, and sleeps */
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

static volatile LONG at_work, together;

/* A worker computes for some milliseconds. Does the other one run meanwhile? */
static unsigned __stdcall look_for_the_other(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD n;

    while (GetQueuedCompletionStatus(port, &n, &key, &overlapped, 1000)) {
        double end_of_work = milliseconds() + 12;

        InterlockedIncrement(&at_work);
        while (milliseconds() < end_of_work && at_work < 2)
            Sleep(0);
        if (at_work == 2)
            together++;
        end_of_work = milliseconds() + 1;
        while (milliseconds() < end_of_work)
            Sleep(0);
        InterlockedDecrement(&at_work);
        InterlockedIncrement(&handled);
    }
    return 0;
}

static void all_workers_run(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);

    for (int i = 0; i < 2; i++)
        CloseHandle((HANDLE)_beginthreadex(NULL, 0, look_for_the_other, port, 0, NULL));
    for (int i = 0; i < 15; i++) {
        Sleep(20);
        for (int j = 0; j < 2; j++)
            PostQueuedCompletionStatus(port, 1, 1, NULL);
        while (handled < 2 * (i + 1))
            Sleep(1);
    }
    if (together == 0)
        end(SURPRISED, "a packet waits, though a worker is free");
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

    they_send(theirs, buffer, 10);
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

static DWORD WINAPI come_later(void *where)
{
    Sleep(50);
    new_client(where);
    return 0;
}

/* A client comes while accept waits. */
static void no_routine_in_accept(void)
{
    struct sockaddr_in here;
    SOCKET listener = new_listener(&here);
    HANDLE thread;

    queue_routine();
    thread = CreateThread(NULL, 0, come_later, &here, 0, NULL);
    accept(listener, NULL, NULL);
    (WaitForSingleObject)(thread, 1000);
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
        they_receive(theirs, buffer, 1);
        if (buffer[0] != 'x')
            end(SURPRISED, "the other side has the bytes that were written later");
    }
}

/* It gives the system three milliseconds, and is content if one time in three is late. */
static void closed_means_ended(void)
{
    int late = 0;

    for (int i = 0; i < 15; i++) {
        WSAOVERLAPPED *overlapped = new_overlapped();
        SOCKET s, other;

        new_pair(&s, &other);
        start_receive(s, buffer, 10, overlapped);
        closesocket(s);
        late += !is_set(overlapped->hEvent, 3);
        is_set(overlapped->hEvent, 100);
        (closesocket)(other);
    }
    if (late > 5)
        end(SURPRISED, "the operation has not ended, and the socket is closed");
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

static const struct mutant mutants[] = {
    { "f1", done_means_zero }, { "f2", told_in_order }, { "g", packet_comes_after_the_call },
    { "h1", first_come_first_served }, { "h2", all_workers_run }, { "i1", events_go_first },
    { "i2", no_routine_in_accept }, { "j1", buffer_stays_as_it_was }, { "j2", bytes_are_copied },
    { "j3", closed_means_ended }, { "p", key_stays },
};

int main(int argc, char **argv)
{
    return run_mutant(mutants, (int)(sizeof mutants / sizeof mutants[0]), argc, argv);
}
