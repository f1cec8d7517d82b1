/* The trace's own <winsock2.h>: first in the include path of a traced program, it includes the real one,
   under whatever FD_SETSIZE the source has set, and then puts a recording function before each call that
   belongs to the models. The source itself is unchanged. calls.h has the list. */
#ifndef TRACE_WINSOCK2_H
#define TRACE_WINSOCK2_H

#pragma GCC system_header      /* include_next is gcc's and clang's own */
#include_next <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <process.h>
#include <stdlib.h>

#ifndef TRACE_ITSELF
#include "calls.h"
#endif

#endif
