/* The room "strict": a Winsock that is as strict as Microsoft's documentation. It is linked into other programs, below
   the trace, whose recording functions call a strict_... function in place of each call.

   Without the environment variable STRICT each of them is the call itself. With it, the layer holds the program to the
   RULES of rules.c, reports each one that is broken with the line of the source, and takes the FREEDOMS of rules.c: of
   what the pages allow the system to do, it does what is least comfortable. All environment variables:

   STRICT=seed          on: the rules are checked. 0: no freedom is taken (and rules 15 and 16, which need p and q, are
                        not seen); else the seed of the choices
   STRICT_ONLY=f2,m     only these freedoms
   STRICT_WITHOUT=3,f2  neither these rules nor these freedoms
   STRICT_BOARD=name    a file mapping with a struct strict_board, on which another program can look; without it, and
                        with it, reports are events of the trace */
#ifndef STRICT_H
#define STRICT_H

#include "rules.h"

#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <mswsock.h>

#include <stdbool.h>
#include <stdint.h>

/* Before any other call: reads the environment. tell takes the layer's reports: a line of the source, what is said of
   it ("rule 3 broken"), the client whom it is about ("#3" or ""), and a sentence. */
void strict_start(void (*tell)(int line, const char *what, const char *client, const char *text));
bool strict_is_on(void);

/* From here on the calls of this thread are those of that line of the source. frame: where the stack of the function
   with that line ends; what lies below it belongs to functions that have returned. Perhaps the thread is kept from
   running for a moment: freedom m. */
void strict_at(int line, const void *frame);

/* By this name the reports call the socket: "#3". */
void strict_name(SOCKET s, const char *name);

/* The end of a call: one that has succeeded may leave any error number behind. */
void strict_leave(bool succeeded);

/* This thread ends, by returning from its function. */
void strict_thread_ends(void);

/* Each has the name, the arguments and the result of the call whose place it takes. */
SOCKET strict_socket(int family, int type, int protocol);
int strict_setsockopt(SOCKET s, int level, int option, const char *value, int size);
int strict_getsockopt(SOCKET s, int level, int option, char *value, int *size);
int strict_getsockname(SOCKET s, struct sockaddr *name, int *size);
int strict_getpeername(SOCKET s, struct sockaddr *name, int *size);
int strict_bind(SOCKET s, const struct sockaddr *name, int size);
int strict_listen(SOCKET s, int backlog);
int strict_connect(SOCKET s, const struct sockaddr *name, int size);
int strict_ioctlsocket(SOCKET s, long command, u_long *value);
int strict_shutdown(SOCKET s, int how);
int strict_closesocket(SOCKET s);
SOCKET strict_accept(SOCKET s, struct sockaddr *name, int *size);
int strict_recv(SOCKET s, char *buffer, int size, int flags);
int strict_send(SOCKET s, const char *buffer, int size, int flags);
int strict_WSAGetLastError(int line);

/* capacity: the FD_SETSIZE of the source. */
int strict_select(int n, fd_set *readable, fd_set *writable, fd_set *failed, const struct timeval *timeout,
                  u_int capacity);
int strict_WSAPoll(WSAPOLLFD *polled, ULONG count, INT timeout);

int strict_WSAAsyncSelect(SOCKET s, HWND window, u_int message, long events);
int strict_WSAEventSelect(SOCKET s, WSAEVENT event, long events);
int strict_WSAEnumNetworkEvents(SOCKET s, WSAEVENT event, WSANETWORKEVENTS *happened);

WSAEVENT strict_WSACreateEvent(void);
HANDLE strict_CreateEventA(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set, const char *name);
BOOL strict_WSACloseEvent(WSAEVENT event);
BOOL strict_WSAResetEvent(WSAEVENT event);
BOOL strict_CloseHandle(HANDLE object);
DWORD strict_WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all, DWORD milliseconds,
                                      BOOL alertable);
DWORD strict_WaitForSingleObject(HANDLE object, DWORD milliseconds);
DWORD strict_SleepEx(DWORD milliseconds, BOOL alertable);

int strict_WSARecv(SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD *flags, WSAOVERLAPPED *overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int strict_WSASend(SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD flags, WSAOVERLAPPED *overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
BOOL strict_ReadFile(HANDLE file, void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped);
BOOL strict_WriteFile(HANDLE file, const void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped);
BOOL PASCAL strict_AcceptEx(SOCKET listener, SOCKET client, void *output, DWORD data, DWORD local, DWORD remote,
                            DWORD *bytes, OVERLAPPED *overlapped);
BOOL PASCAL strict_ConnectEx(SOCKET s, const struct sockaddr *name, int size, void *data, DWORD length, DWORD *sent,
                             OVERLAPPED *overlapped);
BOOL strict_WSAGetOverlappedResult(SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait, DWORD *flags);
BOOL strict_CancelIoEx(HANDLE file, OVERLAPPED *overlapped);
int strict_WSAIoctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                    WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

HANDLE strict_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
BOOL strict_GetQueuedCompletionStatus(HANDLE port, DWORD *bytes, ULONG_PTR *key, OVERLAPPED **overlapped,
                                      DWORD milliseconds);
BOOL strict_GetQueuedCompletionStatusEx(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG most, ULONG *count,
                                        DWORD milliseconds, BOOL alertable);
BOOL strict_PostQueuedCompletionStatus(HANDLE port, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped);
BOOL strict_SetFileCompletionNotificationModes(HANDLE file, UCHAR flags);

PTP_IO strict_CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, void *context,
                                 PTP_CALLBACK_ENVIRON where);
void strict_StartThreadpoolIo(PTP_IO io);
void strict_CancelThreadpoolIo(PTP_IO io);
void strict_WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel);
void strict_CloseThreadpoolIo(PTP_IO io);

void *strict_calloc(size_t count, size_t size);
void *strict_malloc(size_t size);
void *strict_realloc(void *memory, size_t size);
void strict_free(void *memory);
BOOL strict_VirtualFree(void *memory, SIZE_T size, DWORD type);
BOOL strict_HeapFree(HANDLE heap, DWORD flags, void *memory);

#endif
