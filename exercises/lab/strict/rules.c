/* The one table of rules and freedoms: "make rules" prints it, the reports quote it, "lab strict test" goes through
   it. */
#include "rules.h"

#include <stddef.h>
#include <string.h>

/* Each sentence stands on its page, letter for letter. */
static const struct entry {
    const char *id, *words, *chapters, *page, *quote;
} rules[RULES] = {
    [ONE_OPERATION_EACH] = { "1",
        "use an OVERLAPPED for one operation at a time",
        "05 06 07", "WSARecv function",
        "If multiple I/O operations are simultaneously outstanding, each must reference a separate WSAOVERLAPPED "
        "structure." },
    [CLEAN_OVERLAPPED] = { "2",
        "start an operation with an OVERLAPPED whose unused members are zero and whose hEvent is open or NULL",
        "05 06 07", "OVERLAPPED structure",
        "Any unused members of this structure should always be initialized to zero before the structure is used in "
        "a function call." },
    [LENT_MEMORY_STAYS] = { "3",
        "not free or leave an OVERLAPPED or a buffer before the end of its operation is told",
        "05 06 07", "closesocket function",
        "an application should not cleanup any resources (WSAOVERLAPPED structures, for example) referenced by the "
        "outstanding I/O requests until the I/O requests are indeed completed." },
    [LENT_BUFFER_UNTOUCHED] = { "4",
        "not write into a buffer while an operation on it is under way",
        "05 06 07", "WSASend function; Synchronous and Asynchronous I/O",
        "Do not deallocate or modify the OVERLAPPED structure or the data buffer until all asynchronous I/O "
        "operations to the file object have been completed." },
    [EVENT_STAYS] = { "5",
        "not close the event of an operation that is under way, and let WSAGetOverlappedResult wait for a "
        "manual-reset event only",
        "05", "WSARecv function; OVERLAPPED structure",
        "the hEvent parameter of lpOverlapped is signaled when the overlapped operation completes if it contains "
        "a valid event object handle." },
    [RESULT_ASKED_RIGHT] = { "6",
        "give WSAGetOverlappedResult valid pointers, and let it wait for an event only",
        "05 06 07", "WSAGetOverlappedResult function",
        "The fWait parameter may be set to TRUE only if the overlapped operation selected the event-based "
        "completion notification." },
    [WAIT_FOR_LIVE_EVENTS] = { "7",
        "wait for 1 to 64 events that are open",
        "04 05 06", "WSAWaitForMultipleEvents function",
        "The maximum number of event object handles is WSA_MAXIMUM_WAIT_EVENTS. One or more events must be "
        "specified." },
    [SELECT_LIVE_SOCKETS] = { "8",
        "give select open sockets, at least one, and no more than FD_SETSIZE in a set",
        "02", "select function",
        "One of the descriptor sets contains an entry that is not a socket." },
    [CLOSED_ALONE] = { "9",
        "not call closesocket while another thread is in a call with the same socket",
        "all", "closesocket function",
        "A Winsock client must never issue closesocket on s concurrently with another Winsock function call." },
    [NOTHING_CLOSED] = { "10",
        "not use what it has closed or freed, nor close or free it twice",
        "all", "closesocket function",
        "the socket descriptor passed in the s parameter may immediately be reused by the system as soon as "
        "closesocket function is issued." },
    [CONTEXT_UPDATED] = { "11",
        "set SO_UPDATE_ACCEPT_CONTEXT after AcceptEx, SO_UPDATE_CONNECT_CONTEXT after ConnectEx",
        "05 07", "AcceptEx function; SOL_SOCKET Socket Options",
        "When this operation is successfully completed, sAcceptSocket can be passed, but to the following "
        "functions only: ... setsockopt (only for SO_UPDATE_ACCEPT_CONTEXT)" },
    [THREAD_STAYS] = { "12",
        "not end a thread while operations that it has started are under way, unless a port tells their end",
        "05 06", "ExitThread function",
        "all pending I/O initiated by the thread that is not associated with a completion port is canceled, and "
        "the thread terminates." },
    [ONE_SENDER] = { "13",
        "not call WSASend, or WSARecv, for one stream from two threads at the same time",
        "07", "WSASend function; WSARecv function",
        "WSASend should not be called on the same stream-oriented socket concurrently from different threads" },
    [NO_BLOCKING_IN_ROUTINE] = { "14",
        "make no blocking Winsock call in a completion routine that has interrupted a blocking Winsock call",
        "06", "WSARecv function",
        "Issuing another blocking Winsock call inside an APC that interrupted an ongoing blocking Winsock call on "
        "the same thread will lead to undefined behavior" },
    [NOTHING_UNDEFINED] = { "15",
        "not use the key or the number of bytes where GetQueuedCompletionStatus has given no packet",
        "07", "GetQueuedCompletionStatus function",
        "the function does not store information in the variables pointed to by the lpNumberOfBytes and "
        "lpCompletionKey parameters, and their values are indeterminate." },
    [ERROR_OF_THE_CALL] = { "16",
        "ask for the error of a call that has failed, and at once",
        "all", "WSAGetLastError function",
        "some functions may reset the last extended error code to 0 if they succeed, overwriting the extended "
        "error code returned by a previously failed function." },
    [ZERO_IS_NOT_THE_END] = { "17",
        "not take the end of a receive that asked for 0 bytes for the end of the connection",
        "07", "WSARecv function",
        "incoming data is placed into the buffers until the buffers are filled, the connection is closed, or the "
        "internally buffered data is exhausted." },
    [NOTIFIED_ONCE] = { "18",
        "not start the next operation with an OVERLAPPED whose packet, or whose routine's call, is still to come",
        "06 07", "WSARecv function",
        "Regardless of whether or not the incoming data fills all the buffers, the completion indication occurs "
        "for overlapped sockets." },
    [POOL_TOLD] = { "19",
        "call StartThreadpoolIo before each operation, if the thread pool is to tell its end",
        "", "StartThreadpoolIo function",
        "You must call this function before initiating each asynchronous I/O operation on the file handle bound to "
        "the I/O completion object." },
    [RESET_WITH_RECORD] = { "20",
        "reset the event of WSAEventSelect by WSAEnumNetworkEvents, together with the record",
        "04 05 06", "WSAEventSelect function",
        "The proper way to reset the state of an event object used with the WSAEventSelect function is to pass the "
        "handle of the event object to the WSAEnumNetworkEvents function" },
};

static const struct entry freedoms[FREEDOMS] = {
    [SHORT_RECV] = { "a1",
        "recv gives fewer bytes than are there",
        "01 02 03 04", "WSARecv function",
        "There is no guarantee that more than a single byte will be returned." },
    [SHORT_SEND] = { "a2",
        "a non-blocking send takes fewer bytes than it gets",
        "02 03 04", "send function",
        "On nonblocking stream oriented sockets, the number of bytes written can be between 1 and the requested "
        "length, depending on buffer availability" },
    [SEND_REFUSED] = { "a3",
        "a non-blocking send takes none, and a promise follows",
        "02 03 04", "WSAAsyncSelect function",
        "an application can assume that sends are possible starting from the first FD_WRITE message and lasting "
        "until a send returns WSAEWOULDBLOCK." },
    [READ_GONE] = { "b1",
        "what was told as readable is not, when recv is called",
        "02 03 04", "WSAAsyncSelect function",
        "a robust application must be prepared for the possibility that it can receive a message and issue a "
        "Windows Sockets 2 call that returns WSAEWOULDBLOCK immediately." },
    [ACCEPT_GONE] = { "b2",
        "a client that was told of is not there, when accept is called",
        "02 03 04 05 06", "accept function",
        "The socket is marked as nonblocking and no connections are present to be accepted." },
    [ACCEPT_RESET] = { "b3",
        "accept fails, for a client has given up",
        "all", "accept function",
        "An incoming connection was indicated, but was subsequently terminated by the remote peer prior to "
        "accepting the call." },
    [STALE_MESSAGE] = { "c1",
        "a message of a closed socket is still in the queue",
        "03", "WSAAsyncSelect function",
        "Closing a socket with closesocket also cancels WSAAsyncSelect message sending, but the same caveat about "
        "messages in the queue still applies." },
    [CLOSE_BEFORE_READ] = { "d1",
        "FD_CLOSE comes while bytes are unread, and no FD_READ after it",
        "03 04", "WSAEventSelect function",
        "An application should check for remaining data upon receipt of FD_CLOSE to avoid any possibility of "
        "losing data." },
    [READ_AND_CLOSE] = { "d2",
        "FD_READ and FD_CLOSE come in one record",
        "04", "WSAEventSelect function",
        "retrieve the contents of the internal network event record and thus determine which of the nominated "
        "network events have occurred." },
    [ENDS_LATER] = { "f1",
        "an operation ends after its start, though all that it needs is there",
        "05 06 07", "WSARecv function",
        "If the overlapped operation is successfully initiated and will complete later, WSARecv returns "
        "SOCKET_ERROR and indicates error code WSA_IO_PENDING." },
    [ENDS_LATE] = { "f2",
        "an end, or what has arrived, is told late; so ends of different sockets come in another order",
        "03 04 05 06 07", "WSARecv function",
        "An overlapped operation was successfully initiated and completion will be indicated at a later time." },
    [WORKER_FIRST] = { "g",
        "a worker handles the packet to its end before the call that started the operation returns",
        "07", "I/O Completion Ports",
        "one of the waiting threads (the most recent one) is allowed to process the completion packet." },
    [LAST_SLEEPER_FIRST] = { "h1",
        "the worker that fell asleep last is woken first",
        "07", "I/O Completion Ports",
        "Threads that block their execution on an I/O completion port are released in last-in-first-out (LIFO) "
        "order" },
    [CONCURRENCY_KEPT] = { "h2",
        "no worker is woken while as many run as the port allows",
        "07", "I/O Completion Ports",
        "the system blocks the execution of any subsequent threads associated with that completion port until the "
        "number of runnable threads drops below the concurrency value." },
    [ROUTINE_BEFORE_EVENT] = { "i1",
        "queued routines run before an alertable wait looks at its events (no page gives the order; Wine's "
        "tests, which run on Windows, have this one)",
        "06", "WSARecv function",
        "all waiting completion routines are called before the alertable thread's wait is satisfied with a "
        "return code of WSA_IO_COMPLETION." },
    [ROUTINE_IN_OTHER_WAIT] = { "i2",
        "routines run inside a blocking Winsock call",
        "", "accept function",
        "Winsock performs an alertable wait in this situation, which can be interrupted by an asynchronous "
        "procedure call (APC) scheduled on the same thread." },
    [BUFFER_WRITTEN] = { "j1",
        "the system writes into the buffer of a receive before the end",
        "05 06 07", "ReadFile function",
        "The caller must not use this buffer until the read operation is completed." },
    [BUFFER_READ_LATE] = { "j2",
        "the system reads the buffer of a send some time after the start",
        "05 06 07", "WSASend function",
        "once the WSASend function is called, the system owns these buffers and the application may not access "
        "them." },
    [CANCELLED_LATER] = { "j3",
        "a cancelled operation ends some time later, with WSA_OPERATION_ABORTED",
        "", "closesocket function",
        "that does not mean that an application will receive I/O completion for these I/O operations by the time "
        "the closesocket function returns." },
    [RESET_TOLD] = { "k",
        "a reset that came before the receive is told as a reset (some Wines tell it as the end)",
        "", "WSARecv function",
        "In any case a return error code of WSAECONNRESET indicates an abortive close has occurred." },
    [HIGH_MEMORY] = { "l1",
        "memory lies above 4 GiB",
        "all", "Rules for Using Pointers",
        "All pointers are 64 bits on 64-bit Windows." },
    [HIGH_HANDLE] = { "l2",
        "the number of a socket is larger than 16 bits",
        "all", "Socket Data Type",
        "Socket handles may take any value in the range 0 to INVALID_SOCKET-1." },
    [PREEMPTED] = { "m",
        "a thread does not run for some milliseconds, at any call",
        "all", "Multitasking",
        "The currently executing thread is suspended when its time slice elapses, allowing another thread to "
        "run." },
    [CONTEXT_NEEDED] = { "n",
        "calls that need SO_UPDATE_..._CONTEXT fail without it, with WSAENOTCONN; Windows is said to do it, no "
        "page says so: taken only if STRICT_ONLY names it",
        "", "SOL_SOCKET Socket Options",
        "This option should be set if the getpeername, getsockname, getsockopt, setsockopt, or shutdown "
        "functions are to be used on the connected socket." },
    [TIMEOUT_LATE] = { "o",
        "a timeout comes late",
        "04 05 06 07", "Wait Functions",
        "The accuracy of the specified time-out interval depends on the resolution of the system clock." },
    [OUTPUT_UNDEFINED] = { "p",
        "key and number of bytes without a packet are numbers that nobody expects",
        "", "GetQueuedCompletionStatus function",
        "the function does not store information in the variables pointed to by the lpNumberOfBytes and "
        "lpCompletionKey parameters, and their values are indeterminate." },
    [ERROR_UNDEFINED] = { "q",
        "a call that succeeds leaves some error number behind",
        "all", "WSAGetLastError function",
        "some functions may reset the last extended error code to 0 if they succeed, overwriting the extended "
        "error code returned by a previously failed function." },
};

const char *rule_id(enum rule rule) { return rules[rule].id; }
const char *rule_words(enum rule rule) { return rules[rule].words; }
const char *rule_page(enum rule rule) { return rules[rule].page; }
const char *rule_quote(enum rule rule) { return rules[rule].quote; }
const char *rule_chapters(enum rule rule) { return rules[rule].chapters; }
const char *freedom_id(enum freedom freedom) { return freedoms[freedom].id; }
const char *freedom_words(enum freedom freedom) { return freedoms[freedom].words; }
const char *freedom_page(enum freedom freedom) { return freedoms[freedom].page; }
const char *freedom_quote(enum freedom freedom) { return freedoms[freedom].quote; }
const char *freedom_chapters(enum freedom freedom) { return freedoms[freedom].chapters; }

enum rule find_rule(const char *id)
{
    for (int i = 1; i < RULES; i++)
        if (strcmp(rules[i].id, id) == 0)
            return i;
    return NO_RULE;
}

enum freedom find_freedom(const char *id)
{
    for (int i = 1; i < FREEDOMS; i++)
        if (strcmp(freedoms[i].id, id) == 0)
            return i;
    return NO_FREEDOM;
}
