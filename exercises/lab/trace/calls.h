/* Every call that the seven servers and the seven clients make and that belongs to a model, and some that only
   exercises and learners make (WSAPoll, CancelIoEx, locks, the thread pool), with the recording function that takes its
   place. Each function takes the place of the call in the source (its line), then the call's own arguments, and returns
   what the call returns.

   To record another call: write its function, add a line here. The test "lab imports" compares this list
   with what the programs import: a call that is missing here cannot be missed. */
#ifndef TRACE_CALLS_H
#define TRACE_CALLS_H

#include <winsock2.h>
#include <ws2tcpip.h>

/* Setting up, and ending. */
int trace_WSAStartup(int line, WORD version, WSADATA *data);
int trace_WSACleanup(int line);
SOCKET trace_socket(int line, int family, int type, int protocol);
int trace_setsockopt(int line, SOCKET s, int level, int option, const char *value, int size);
int trace_getsockopt(int line, SOCKET s, int level, int option, char *value, int *size);
int trace_getsockname(int line, SOCKET s, struct sockaddr *name, int *size);
int trace_getpeername(int line, SOCKET s, struct sockaddr *name, int *size);
int trace_bind(int line, SOCKET s, const struct sockaddr *name, int size);
int trace_listen(int line, SOCKET s, int backlog);
int trace_connect(int line, SOCKET s, const struct sockaddr *name, int size);
int trace_getaddrinfo(int line, const char *node, const char *service, const struct addrinfo *hints,
                      struct addrinfo **result);
int trace_ioctlsocket(int line, SOCKET s, long command, u_long *value);
int trace_WSAIoctl(int line, SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size,
                   DWORD *returned, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int trace_shutdown(int line, SOCKET s, int how);
int trace_closesocket(int line, SOCKET s);

/* Is not recorded; the strict system looks whether the number that it gives is a call's. */
int trace_WSAGetLastError(int line);

/* Clients and bytes. */
SOCKET trace_accept(int line, SOCKET s, struct sockaddr *name, int *size);
int trace_recv(int line, SOCKET s, char *buffer, int size, int flags);
int trace_send(int line, SOCKET s, const char *buffer, int size, int flags);
int trace_WSARecv(int line, SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD *flags,
                  WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const char *name);
int trace_WSASend(int line, SOCKET s, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD flags,
                  WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const char *name);
BOOL trace_WSAGetOverlappedResult(int line, SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait,
                                  DWORD *flags);

/* Readiness. */
int trace_select(int line, u_int capacity, int n, fd_set *readable, fd_set *writable, fd_set *failed,
                 const struct timeval *timeout);
int trace_WSAPoll(int line, WSAPOLLFD *polled, ULONG count, INT timeout);
int trace_WSAAsyncSelect(int line, SOCKET s, HWND window, u_int message, long events);
WSAEVENT trace_WSACreateEvent(int line);
BOOL trace_WSACloseEvent(int line, WSAEVENT event);
BOOL trace_WSAResetEvent(int line, WSAEVENT event);
int trace_WSAEventSelect(int line, SOCKET s, WSAEVENT event, long events);
int trace_WSAEnumNetworkEvents(int line, SOCKET s, WSAEVENT event, WSANETWORKEVENTS *happened);
DWORD trace_WSAWaitForMultipleEvents(int line, DWORD count, const WSAEVENT *events, BOOL all,
                                     DWORD milliseconds, BOOL alertable);

/* Threads, packets, calls in other threads, and what else can be waited for. */
uintptr_t trace__beginthreadex(int line, void *security, unsigned stack, unsigned (__stdcall *start)(void *),
                               void *argument, unsigned flags, unsigned *id, const char *name);
HANDLE trace_OpenThread(int line, DWORD access, BOOL inherit, DWORD id);
HANDLE trace_CreateIoCompletionPort(int line, HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
BOOL trace_SetFileCompletionNotificationModes(int line, HANDLE file, UCHAR flags);
BOOL trace_GetQueuedCompletionStatus(int line, HANDLE port, DWORD *bytes, ULONG_PTR *key,
                                     OVERLAPPED **overlapped, DWORD milliseconds);
BOOL trace_GetQueuedCompletionStatusEx(int line, HANDLE port, OVERLAPPED_ENTRY *entries, ULONG most, ULONG *count,
                                       DWORD milliseconds, BOOL alertable);
BOOL trace_PostQueuedCompletionStatus(int line, HANDLE port, DWORD bytes, ULONG_PTR key,
                                      OVERLAPPED *overlapped);
BOOL trace_CancelIoEx(int line, HANDLE file, OVERLAPPED *overlapped);
void trace_InitializeCriticalSection(int line, CRITICAL_SECTION *section, const char *name);
void trace_EnterCriticalSection(int line, CRITICAL_SECTION *section, const char *name);
void trace_LeaveCriticalSection(int line, CRITICAL_SECTION *section, const char *name);
void trace_AcquireSRWLockExclusive(int line, SRWLOCK *lock, const char *name);
void trace_ReleaseSRWLockExclusive(int line, SRWLOCK *lock, const char *name);
DWORD trace_QueueUserAPC(int line, PAPCFUNC routine, HANDLE thread, ULONG_PTR data, const char *name);
DWORD trace_SleepEx(int line, DWORD milliseconds, BOOL alertable);
HANDLE trace_CreateEventA(int line, SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set, const char *name);
BOOL trace_SetEvent(int line, HANDLE event);
BOOL trace_WSASetEvent(int line, WSAEVENT event);
BOOL trace_ResetEvent(int line, HANDLE event);
HANDLE trace_CreateWaitableTimerA(int line, SECURITY_ATTRIBUTES *security, BOOL manual, const char *its_name);
BOOL trace_SetWaitableTimer(int line, HANDLE handle, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine,
                            void *argument, BOOL resume, const char *name);
DWORD trace_WaitForSingleObject(int line, HANDLE object, DWORD milliseconds);
BOOL trace_ReadFile(int line, HANDLE file, void *buffer, DWORD size, DWORD *bytes, OVERLAPPED *overlapped);
BOOL trace_WriteFile(int line, HANDLE file, const void *buffer, DWORD size, DWORD *bytes,
                     OVERLAPPED *overlapped);
BOOL trace_CloseHandle(int line, HANDLE object);
PTP_IO trace_CreateThreadpoolIo(int line, HANDLE file, PTP_WIN32_IO_CALLBACK callback, void *context,
                                PTP_CALLBACK_ENVIRON where);
void trace_StartThreadpoolIo(int line, PTP_IO io);
void trace_CancelThreadpoolIo(int line, PTP_IO io);
void trace_WaitForThreadpoolIoCallbacks(int line, PTP_IO io, BOOL cancel);
void trace_CloseThreadpoolIo(int line, PTP_IO io);
void *trace_calloc(int line, size_t count, size_t size);
void *trace_malloc(int line, size_t size);
void *trace_realloc(int line, void *memory, size_t size);
void trace_free(int line, void *memory);
BOOL trace_VirtualFree(int line, void *memory, SIZE_T size, DWORD type);
BOOL trace_HeapFree(int line, HANDLE heap, DWORD flags, void *memory);

/* Windows and their messages. */
ATOM trace_RegisterClassA(int line, const WNDCLASSA *class);
ATOM trace_RegisterClassW(int line, const WNDCLASSW *class);
HWND trace_CreateWindowExA(int line, DWORD extended, const char *class, const char *title, DWORD style, int x,
                           int y, int width, int height, HWND parent, HMENU menu, HINSTANCE instance, void *data);
HWND trace_CreateWindowExW(int line, DWORD extended, const WCHAR *class, const WCHAR *title, DWORD style, int x,
                           int y, int width, int height, HWND parent, HMENU menu, HINSTANCE instance, void *data);
BOOL trace_GetMessageA(int line, MSG *message, HWND window, UINT first, UINT last);
BOOL trace_GetMessageW(int line, MSG *message, HWND window, UINT first, UINT last);
BOOL trace_PostMessageA(int line, HWND window, UINT message, WPARAM wparam, LPARAM lparam);
BOOL trace_PostMessageW(int line, HWND window, UINT message, WPARAM wparam, LPARAM lparam);
UINT_PTR trace_SetTimer(int line, HWND window, UINT_PTR id, UINT milliseconds, TIMERPROC routine);
BOOL trace_KillTimer(int line, HWND window, UINT_PTR id);

#ifndef TRACE_ITSELF
#undef GetMessage
#undef RegisterClass
#define WSAStartup(...)                 trace_WSAStartup(__LINE__, __VA_ARGS__)
#define WSACleanup()                    trace_WSACleanup(__LINE__)
#define socket(...)                     trace_socket(__LINE__, __VA_ARGS__)
#define setsockopt(...)                 trace_setsockopt(__LINE__, __VA_ARGS__)
#define getsockopt(...)                 trace_getsockopt(__LINE__, __VA_ARGS__)
#define getsockname(...)                trace_getsockname(__LINE__, __VA_ARGS__)
#define getpeername(...)                trace_getpeername(__LINE__, __VA_ARGS__)
#define WSAGetLastError()               trace_WSAGetLastError(__LINE__)
#define bind(...)                       trace_bind(__LINE__, __VA_ARGS__)
#define listen(...)                     trace_listen(__LINE__, __VA_ARGS__)
#define connect(...)                    trace_connect(__LINE__, __VA_ARGS__)
#define getaddrinfo(...)                trace_getaddrinfo(__LINE__, __VA_ARGS__)
#define ioctlsocket(...)                trace_ioctlsocket(__LINE__, __VA_ARGS__)
#define WSAIoctl(...)                   trace_WSAIoctl(__LINE__, __VA_ARGS__)
#define shutdown(...)                   trace_shutdown(__LINE__, __VA_ARGS__)
#define closesocket(...)                trace_closesocket(__LINE__, __VA_ARGS__)
#define accept(...)                     trace_accept(__LINE__, __VA_ARGS__)
#define recv(...)                       trace_recv(__LINE__, __VA_ARGS__)
#define send(...)                       trace_send(__LINE__, __VA_ARGS__)
#define WSARecv(s, b, c, n, f, o, r)    trace_WSARecv(__LINE__, s, b, c, n, f, o, r, #r)
#define WSASend(s, b, c, n, f, o, r)    trace_WSASend(__LINE__, s, b, c, n, f, o, r, #r)
#define WSAGetOverlappedResult(...)     trace_WSAGetOverlappedResult(__LINE__, __VA_ARGS__)
#define select(...)                     trace_select(__LINE__, FD_SETSIZE, __VA_ARGS__)
#define WSAPoll(...)                    trace_WSAPoll(__LINE__, __VA_ARGS__)
#define WSAAsyncSelect(...)             trace_WSAAsyncSelect(__LINE__, __VA_ARGS__)
#define WSACreateEvent()                trace_WSACreateEvent(__LINE__)
#define WSACloseEvent(...)              trace_WSACloseEvent(__LINE__, __VA_ARGS__)
#define WSAResetEvent(...)              trace_WSAResetEvent(__LINE__, __VA_ARGS__)
#define WSAEventSelect(...)             trace_WSAEventSelect(__LINE__, __VA_ARGS__)
#define WSAEnumNetworkEvents(...)       trace_WSAEnumNetworkEvents(__LINE__, __VA_ARGS__)
#define WSAWaitForMultipleEvents(...)   trace_WSAWaitForMultipleEvents(__LINE__, __VA_ARGS__)
#define _beginthreadex(a, b, f, c, d, e) trace__beginthreadex(__LINE__, a, b, f, c, d, e, #f)
#define OpenThread(...)                 trace_OpenThread(__LINE__, __VA_ARGS__)
#define CreateIoCompletionPort(...)     trace_CreateIoCompletionPort(__LINE__, __VA_ARGS__)
#define GetQueuedCompletionStatus(...)  trace_GetQueuedCompletionStatus(__LINE__, __VA_ARGS__)
#define SetFileCompletionNotificationModes(...) trace_SetFileCompletionNotificationModes(__LINE__, __VA_ARGS__)
#define GetQueuedCompletionStatusEx(...) trace_GetQueuedCompletionStatusEx(__LINE__, __VA_ARGS__)
#define PostQueuedCompletionStatus(...) trace_PostQueuedCompletionStatus(__LINE__, __VA_ARGS__)
#define CancelIoEx(...)                 trace_CancelIoEx(__LINE__, __VA_ARGS__)
#define InitializeCriticalSection(s)    trace_InitializeCriticalSection(__LINE__, s, #s)
#define EnterCriticalSection(s)         trace_EnterCriticalSection(__LINE__, s, #s)
#define LeaveCriticalSection(s)         trace_LeaveCriticalSection(__LINE__, s, #s)
#define AcquireSRWLockExclusive(s)      trace_AcquireSRWLockExclusive(__LINE__, s, #s)
#define ReleaseSRWLockExclusive(s)      trace_ReleaseSRWLockExclusive(__LINE__, s, #s)
#define QueueUserAPC(f, t, d)           trace_QueueUserAPC(__LINE__, f, t, d, #f)
#define SleepEx(...)                    trace_SleepEx(__LINE__, __VA_ARGS__)
#define CreateEventA(...)               trace_CreateEventA(__LINE__, __VA_ARGS__)
#define SetEvent(...)                   trace_SetEvent(__LINE__, __VA_ARGS__)
#define WSASetEvent(...)                trace_WSASetEvent(__LINE__, __VA_ARGS__)
#define ResetEvent(...)                 trace_ResetEvent(__LINE__, __VA_ARGS__)
#define CreateWaitableTimerA(...)       trace_CreateWaitableTimerA(__LINE__, __VA_ARGS__)
#define SetWaitableTimer(t, d, p, r, a, s) trace_SetWaitableTimer(__LINE__, t, d, p, r, a, s, #r)
#define WaitForSingleObject(...)        trace_WaitForSingleObject(__LINE__, __VA_ARGS__)
#define ReadFile(...)                   trace_ReadFile(__LINE__, __VA_ARGS__)
#define WriteFile(...)                  trace_WriteFile(__LINE__, __VA_ARGS__)
#define CloseHandle(...)                trace_CloseHandle(__LINE__, __VA_ARGS__)
#define CreateThreadpoolIo(...)         trace_CreateThreadpoolIo(__LINE__, __VA_ARGS__)
#define StartThreadpoolIo(...)          trace_StartThreadpoolIo(__LINE__, __VA_ARGS__)
#define CancelThreadpoolIo(...)         trace_CancelThreadpoolIo(__LINE__, __VA_ARGS__)
#define WaitForThreadpoolIoCallbacks(...) trace_WaitForThreadpoolIoCallbacks(__LINE__, __VA_ARGS__)
#define CloseThreadpoolIo(...)          trace_CloseThreadpoolIo(__LINE__, __VA_ARGS__)
#define malloc(...)                     trace_malloc(__LINE__, __VA_ARGS__)
#define realloc(...)                    trace_realloc(__LINE__, __VA_ARGS__)
#define calloc(...)                     trace_calloc(__LINE__, __VA_ARGS__)
#define VirtualFree(...)                trace_VirtualFree(__LINE__, __VA_ARGS__)
#define HeapFree(...)                   trace_HeapFree(__LINE__, __VA_ARGS__)
#define free(...)                       trace_free(__LINE__, __VA_ARGS__)
#define RegisterClassA(...)             trace_RegisterClassA(__LINE__, __VA_ARGS__)
#define RegisterClassW(...)             trace_RegisterClassW(__LINE__, __VA_ARGS__)
#undef CreateWindowExA
#undef CreateWindowExW
#define CreateWindowExA(...)            trace_CreateWindowExA(__LINE__, __VA_ARGS__)
#define CreateWindowExW(...)            trace_CreateWindowExW(__LINE__, __VA_ARGS__)
#define GetMessage(...)                 trace_GetMessageA(__LINE__, __VA_ARGS__)
#define GetMessageA(...)                trace_GetMessageA(__LINE__, __VA_ARGS__)
#define GetMessageW(...)                trace_GetMessageW(__LINE__, __VA_ARGS__)
#define PostMessageA(...)               trace_PostMessageA(__LINE__, __VA_ARGS__)
#define PostMessageW(...)               trace_PostMessageW(__LINE__, __VA_ARGS__)
#define SetTimer(...)                   trace_SetTimer(__LINE__, __VA_ARGS__)
#define KillTimer(...)                  trace_KillTimer(__LINE__, __VA_ARGS__)
#endif

#endif
