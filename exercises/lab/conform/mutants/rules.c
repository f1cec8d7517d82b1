/* Mutants: each breaks one rule of the strict system, as a student would, and seems to work without it. */
#include "mutants.h"

static void one_overlapped_for_two(void)
{
    static WSAOVERLAPPED overlapped;
    static char first[100], second[100];

    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, first, 100, &overlapped);
    start_receive(ours, second, 100, &overlapped);
}

static void not_zeroed(void)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[100];

    overlapped.Offset = 0x12345678;     /* what lay on the stack */
    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, buffer, 100, &overlapped);
}

static void freed_too_early(void)
{
    static WSAOVERLAPPED overlapped;
    char *buffer = malloc(100);

    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, buffer, 100, &overlapped);
    free(buffer);
}

static void written_while_lent(void)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[100];

    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, buffer, 100, &overlapped);
    buffer[50] = 'x';
    they_send(theirs, "hello", 5);
    WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 1000, FALSE);
}

static void event_closed(void)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[100];

    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, buffer, 100, &overlapped);
    WSACloseEvent(overlapped.hEvent);
}

static void result_to_nowhere(void)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[100];
    DWORD n;

    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, buffer, 100, &overlapped);
    WSAGetOverlappedResult(ours, &overlapped, &n, FALSE, NULL);
}

static void wait_for_a_closed_event(void)
{
    WSAEVENT event = WSACreateEvent();

    WSACloseEvent(event);
    WSAWaitForMultipleEvents(1, &event, FALSE, 10, FALSE);
}

static void closed_socket_in_a_set(void)
{
    struct timeval at_once = { 0, 0 };
    fd_set set;

    FD_ZERO(&set);
    FD_SET(ours, &set);
    FD_SET(theirs, &set);
    closesocket(ours);
    select(0, &set, NULL, NULL, &at_once);
}

static unsigned __stdcall receive_for_ever(void *unused)
{
    char byte;

    (void)unused;
    recv(ours, &byte, 1, 0);
    return 0;
}

static void closed_under_a_reader(void)
{
    _beginthreadex(NULL, 0, receive_for_ever, NULL, 0, NULL);
    Sleep(100);
    closesocket(ours);
    Sleep(50);
}

static void used_after_closing(void)
{
    closesocket(ours);
    send(ours, "hello", 5, 0);
}

static void context_not_updated(void)
{
    shutdown(accept_without_context(), SD_SEND);
}

static unsigned __stdcall start_and_leave(void *unused)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[100];

    (void)unused;
    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, buffer, 100, &overlapped);
    return 0;
}

static void thread_ends(void)
{
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, start_and_leave, NULL, 0, NULL);

    WaitForSingleObject(thread, 1000);
}

#define MUCH 30000

/* While one thread is in WSASend, the other one comes: so many bytes take their time. */
static unsigned __stdcall send_much(void *bytes)
{
    WSAOVERLAPPED overlapped = { .hEvent = WSACreateEvent() };
    DWORD n, flags, start = GetTickCount();

    for (int i = 0; i < 300 && GetTickCount() - start < 1000; i++) {
        start_send(ours, bytes, MUCH, &overlapped);
        WSAGetOverlappedResult(ours, &overlapped, &n, TRUE, &flags);
    }
    return 0;
}

static DWORD WINAPI take_all(void *unused)
{
    static char bytes[MUCH];

    (void)unused;
    while ((recv)(theirs, bytes, sizeof bytes, 0) > 0)
        ;
    return 0;
}

static void two_senders(void)
{
    static char bytes[2][MUCH];
    HANDLE threads[2];

    CreateThread(NULL, 0, take_all, NULL, 0, NULL);
    for (int i = 0; i < 2; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, send_much, bytes[i], 0, NULL);
    for (int i = 0; i < 2; i++)
        WaitForSingleObject(threads[i], 1200);
}

static void CALLBACK answer_in_a_routine(DWORD error, DWORD n, WSAOVERLAPPED *overlapped, DWORD flags)
{
    (void)error, (void)n, (void)overlapped, (void)flags;
    send(ours, "hello", 5, 0);
}

/* The bytes for the receive come first, and then those for which recv waits. */
static DWORD WINAPI send_to_both(void *second)
{
    Sleep(50);
    they_send(theirs, "1", 1);
    Sleep(50);
    they_send(*(SOCKET *)second, "2", 1);
    return 0;
}

static void blocking_in_a_routine(void)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[1];
    static SOCKET second, its_peer;
    WSABUF space = { 1, buffer };
    DWORD flags = 0;
    char byte;

    new_pair(&second, &its_peer);
    CloseHandle(CreateThread(NULL, 0, send_to_both, &its_peer, 0, NULL));
    WSARecv(ours, &space, 1, NULL, &flags, &overlapped, answer_in_a_routine);
    recv(second, &byte, 1, 0);          /* the routine runs in here */
}

static void key_without_a_packet(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    int connection = 5;
    ULONG_PTR key = (ULONG_PTR)&connection;
    OVERLAPPED *overlapped;
    DWORD n;

    GetQueuedCompletionStatus(port, &n, &key, &overlapped, 10);
    ++*(volatile int *)key;
}

static void error_of_a_success(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    if (s == INVALID_SOCKET || WSAGetLastError() != 0)
        printf("error %d\n", WSAGetLastError());
}

static void zero_taken_for_the_end(void)
{
    static WSAOVERLAPPED overlapped;
    DWORD n = 0, flags;

    overlapped.hEvent = WSACreateEvent();
    start_receive(ours, NULL, 0, &overlapped);
    they_send(theirs, "hello", 5);
    WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 1000, FALSE);
    if (WSAGetOverlappedResult(ours, &overlapped, &n, FALSE, &flags) && n == 0)
        shutdown(ours, SD_SEND);
}

/* It believes that no packet comes where WSASend has returned 0. */
static void packet_forgotten(void)
{
    static WSAOVERLAPPED overlapped, *its;
    HANDLE port = CreateIoCompletionPort((HANDLE)ours, NULL, 1, 0);
    ULONG_PTR key;
    DWORD n;

    for (int i = 0; i < 20; i++)
        if (start_send(ours, "hello", 5, &overlapped) != 0) {
            GetQueuedCompletionStatus(port, &n, &key, &its, 1000);
        } else {
            start_send(ours, "hello", 5, &overlapped);
            return;
        }
}

static void CALLBACK pool_called(PTP_CALLBACK_INSTANCE instance, void *context, void *overlapped, ULONG error,
                                 ULONG_PTR n, PTP_IO io)
{
    (void)instance, (void)context, (void)overlapped, (void)error, (void)n, (void)io;
}

static void pool_not_told(void)
{
    static WSAOVERLAPPED overlapped;
    static char buffer[100];

    CreateThreadpoolIo((HANDLE)ours, pool_called, NULL, NULL);
    they_send(theirs, "hello", 5);
    start_receive(ours, buffer, 100, &overlapped);
    Sleep(100);
}

static void reset_by_hand(void)
{
    WSAEVENT event = WSACreateEvent();

    WSAEventSelect(ours, event, FD_READ);
    they_send(theirs, "hello", 5);
    WSAWaitForMultipleEvents(1, &event, FALSE, 1000, FALSE);
    WSAResetEvent(event);
    WSAWaitForMultipleEvents(1, &event, FALSE, 10, FALSE);
}

static const struct mutant mutants[] = {
    { "1", one_overlapped_for_two }, { "2", not_zeroed }, { "3", freed_too_early }, { "4", written_while_lent },
    { "5", event_closed }, { "6", result_to_nowhere }, { "7", wait_for_a_closed_event },
    { "8", closed_socket_in_a_set }, { "9", closed_under_a_reader }, { "10", used_after_closing },
    { "11", context_not_updated }, { "12", thread_ends }, { "13", two_senders }, { "14", blocking_in_a_routine },
    { "15", key_without_a_packet }, { "16", error_of_a_success }, { "17", zero_taken_for_the_end },
    { "18", packet_forgotten }, { "19", pool_not_told }, { "20", reset_by_hand },
};

int main(int argc, char **argv)
{
    return run_mutant(mutants, (int)(sizeof mutants / sizeof mutants[0]), argc, argv);
}
