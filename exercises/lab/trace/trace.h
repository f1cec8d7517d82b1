/* The room "trace": what is linked into other programs.

   The trace records every call of a model that an unchanged source makes: its folder stands first in the include path,
   so that its winsock2.h puts a recording function (calls.h) before each of them. crash.c is linked to a learner's
   program and says in which function it has crashed.

   What is recorded goes, a line an event, to stdout (to be read) or to the file that the environment
   variable TRACE_FILE names (to be read by programs). All environment variables:

   TRACE_FILE=path       the file; then nothing is printed
   TRACE_CLOCK=n         times count from this QueryPerformanceCounter value, not from the program's start
   FAULT=name@line=e     the first call of name at that source line fails with error number e,
                         and is not made (accept and closesocket: is made, and its result thrown away)
   FAULT=name#k=e        the k-th call of name fails with error e
   SHORT_SENDS=n         send and WSASend take at most n bytes of what they are given
   SLOW_LINE=n:ms        send takes n bytes, then fails with WSAEWOULDBLOCK until ms milliseconds later, when FD_WRITE
                         comes; and so on, for each socket with FD_WRITE by WSAEventSelect (chapter 04)
   WOULD_BLOCK=k         each k-th recv on a non-blocking socket fails with WSAEWOULDBLOCK, though bytes are there
                         (send cannot: FD_WRITE would never come, for it follows only a send that really failed)
   NO_BUFFERS=k          each k-th WSARecv and WSASend fails with WSAENOBUFS
   NO_MEMORY=k           each k-th calloc gives NULL
   DELAY=line:ms         each recorded call at that source line sleeps so long before it is made
   DELAY=name:ms         the same with each call of that name */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

/* Of the recorded calls: can this one put its thread to sleep? */
bool can_sleep(const char *call);

/* Is it the call in which a model waits for news? Its return is a wake-up. In chapter 01 that is recv, which is not
   meant here: in the other chapters recv never sleeps. */
bool waits_for_news(const char *call);

#endif
