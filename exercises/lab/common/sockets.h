/* Winsock, as all the laboratory's clients and servers need it. Not a part of common.h, for <winsock2.h> is large:
   whoever needs it includes it by "common/sockets.h". */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <winsock2.h>
#include <stdbool.h>

/* Starts Winsock, or ends the program. */
void start_winsock(void);

/* A port of 127.0.0.1 on which nobody listens at this moment, from a range that the system does not hand out to
   clients. Another program may take it before it is used. */
int free_port(void);

/* A blocking connection to a port of an address such as "127.0.0.1"; INVALID_SOCKET: *error is Winsock's number. */
SOCKET connect_to(const char *address, int port, int *error);

/* recv with a deadline (now() of report.h, seconds). The bytes; 0: the end; -1: an error, which WSAGetLastError tells:
   WSAETIMEDOUT if nothing came in time. */
int receive_until(SOCKET s, char *buffer, int size, double deadline);

/* Closes the socket with a reset instead of a FIN: SO_LINGER with a timeout of zero ["closesocket function"]. */
void reset_socket(SOCKET s);

/* What every client sends: pseudo-random bytes with a prime period, so that a block that is shifted shows. The bytes at
   offset from start: *length of them lie at the returned address. */
const char *pattern(unsigned start, unsigned long long offset, int *length);

#endif
