/* The room "common": what all others stand on. Nothing in it knows what is tested, drawn or measured.

   report.h    verdicts and their symptoms, the dialogue, the count, the clock, die
   process.h   child processes in a job object: started, fed, listened to, measured, ended
   files.h     temporary and other files, environment variables
   chapters.h  the seven chapters, and where their programs lie
   sockets.h   Winsock: a free port, a connection, the pattern of bytes
   machine.h   Wine or Windows, the processor, today
   text.h      words and lines in texts, UTF-8 and UTF-16
   wrap.h      paragraphs for a terminal */
#ifndef COMMON_H
#define COMMON_H

#include "chapters.h"
#include "files.h"
#include "machine.h"
#include "process.h"
#include "report.h"
#include "text.h"
#include "wrap.h"

#endif
