# Seven ways to wait: the Winsock I/O models. "make help" says what can be done.
#
# Works with mingw32-make under cmd.exe, with make in MSYS2, and on Linux with the MinGW-w64 cross
# compiler and Wine. A recipe line is one program and its arguments, so no shell is needed.

CHAPTERS := 01_blocking 02_select 03_asyncselect 04_eventselect 05_overlapped_event \
            06_overlapped_callback 07_iocp
LAB      := exercises/lab/lab.exe
PORT     ?= 5150

# ---- The machine -------------------------------------------------------------------------------

ifeq ($(OS),Windows_NT)
  DEFAULT_CC  := gcc
  GET_GCC     := winget install -e --id MSYS2.MSYS2, then see README.md, "Quick start"
  RUN         :=
  PREPARE_RUN :=
  ifneq ($(findstring indows32,$(MAKE_HOST)),)
    SHELL  := cmd.exe
    NOWHERE := nul
  else
    NOWHERE := /dev/null
  endif
else
  DEFAULT_CC  := x86_64-w64-mingw32-gcc
  GET_GCC     := sudo apt-get install -y gcc-mingw-w64-x86-64
  NOWHERE     := /dev/null
  RUN          = $(if $(shell command -v wine 2>$(NOWHERE)),wine,$(error \
                 Wine is missing. To install it: sudo apt-get install -y wine))
  # A Wine folder of our own, so that nothing is left in the user's.
  ifeq ($(origin WINEPREFIX),undefined)
    WINEPREFIX  := $(CURDIR)/.wine
    PREPARE_RUN := .wine/ready
  endif
  WINEDEBUG ?= -all
  WINEDLLOVERRIDES ?= mscoree,mshtml=
  export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
  # Wine takes the letters of file names from the locale.
  ifeq ($(findstring UTF-8,$(LC_ALL)$(LC_CTYPE)$(LANG)),)
    export LC_ALL := C.UTF-8
  endif
endif

# ---- The compiler ------------------------------------------------------------------------------

# make gives CC a value of its own, so "CC ?=" would do nothing.
ifeq ($(origin CC),default)
  CC := $(DEFAULT_CC)
endif
CFLAGS   ?= -O2
WARNINGS := -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror)
LDLIBS    = -lws2_32
COMPILER  = $(if $(shell $(CC) -dumpversion 2>$(NOWHERE)),,$(error \
            The compiler "$(CC)" is missing. To install it: $(GET_GCC)))
COMPILE   = $(COMPILER)$(CC) -std=c11 $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -o $@
LINK      = $(COMPILE) $(LDFLAGS)

# ---- The chapters ------------------------------------------------------------------------------

PROGRAMS := $(CHAPTERS:%=%/server.exe) $(CHAPTERS:%=%/client.exe)

.PHONY: all help test demo bench pictures clean traced lab check
all: $(PROGRAMS)
	$(info Built: server.exe and client.exe in each of the seven chapters.)
	$(info Next:  make demo      to see all seven at work)
	$(info .      make run-01    to start the server of chapter 01; then, in another window:)
	$(info .      make client-01 to talk to it)

$(PROGRAMS): %.exe: %.c
	$(LINK) $< $(LDLIBS)

03_asyncselect/client.exe: LDLIBS += -lgdi32

# For chapter 03 for example: 03_asyncselect, 03, run-03, client-03, demo-03, timeline-03, trace-03, trace-client-03, bench-03.
define CHAPTER_TARGETS
.PHONY: $(1) $(2) run-$(2) client-$(2) demo-$(2) check-$(2) timeline-$(2) trace-$(2) trace-client-$(2) bench-$(2)
$(1) $(2): $(1)/server.exe $(1)/client.exe
run-$(2): $(1)/server.exe | $$(PREPARE_RUN)
	@$$(RUN) $(1)/server.exe $$(PORT)
client-$(2): $(1)/client.exe | $$(PREPARE_RUN)
	@$$(RUN) $(1)/client.exe 127.0.0.1 $$(PORT)
demo-$(2): $$(TRACED)/$(2)_server.exe $$(LAB) | $$(PREPARE_RUN)
	@$$(RUN) $$(LAB) demo $(2)
check-$(2): $(1)/server.exe $$(LAB) | $$(PREPARE_RUN)
	@$$(RUN) $$(LAB) check $(1)/server.exe
bench-$(2): $(1)/server.exe $$(TRACED)/$(2)_server.exe $$(MANY_SELECT) $$(LAB) | $$(PREPARE_RUN)
	@$$(RUN) $$(LAB) bench $(2)
timeline-$(2): $$(TRACED)/$(2)_server.exe $$(LAB) | $$(PREPARE_RUN)
	@$$(RUN) $$(LAB) timeline $(2) $$(if $$(PICTURE),"$$(PICTURE)")
trace-$(2): $$(TRACED)/$(2)_server.exe | $$(PREPARE_RUN)
	@$$(RUN) $$(TRACED)/$(2)_server.exe $$(PORT)
trace-client-$(2): $$(TRACED)/$(2)_client.exe | $$(PREPARE_RUN)
	@$$(RUN) $$(TRACED)/$(2)_client.exe 127.0.0.1 $$(PORT)
$$(TRACED)/$(2)_server.exe: $(1)/server.c $$(TRACE)
	$$(LINK) -I$$(TRACED) $$< $$(filter %.o,$$(TRACE)) $$(LDLIBS)
$$(TRACED)/$(2)_client.exe: $(1)/client.c $$(TRACE)
	$$(LINK) -I$$(TRACED) $$< $$(filter %.o,$$(TRACE)) $$(LDLIBS) -lgdi32
TRACED_SERVERS  += $$(TRACED)/$(2)_server.exe
TRACED_PROGRAMS += $$(TRACED)/$(2)_server.exe $$(TRACED)/$(2)_client.exe
endef

# To see how select's cost grows: chapter 02, unchanged, for more sockets than 64.
MANY_SELECT := exercises/lab/select_1100.exe

# The trace: a source, unchanged, with a recording function before each call of its model.
TRACED := exercises/lab/trace
TRACE_H := $(sort $(wildcard $(TRACED)/*.h))
TRACE_O := $(patsubst %.c,%.o,$(sort $(wildcard $(TRACED)/*.c)))
TRACE   := $(TRACE_O) $(TRACE_H)
$(foreach chapter,$(CHAPTERS),\
  $(eval $(call CHAPTER_TARGETS,$(chapter),$(firstword $(subst _, ,$(chapter))))))

traced: $(TRACED_PROGRAMS)

$(TRACE_O): %.o: %.c $(TRACE_H)
	$(COMPILE) -I$(TRACED) -c $<

# Any other server's source, traced: make trace SOURCE=exercises/work/04c.c
.PHONY: trace $(TRACED)/source.exe
trace: $(TRACED)/source.exe | $(PREPARE_RUN)
	@$(RUN) $(TRACED)/source.exe $(PORT)
$(TRACED)/source.exe: $(TRACE)
	$(if $(SOURCE),,$(error It needs a file: make trace SOURCE=my_server.c))
	$(LINK) -I$(TRACED) "$(SOURCE)" $(TRACE_O) $(LDLIBS) -lgdi32

# ---- The laboratory ----------------------------------------------------------------------------

# The exercises whose check injects a fault, or whose question is answered by counting calls: they are built traced as well.
TRACED_EXERCISES := 01a 01d 02c 03a 03c 04a 04c 04d 04e 05c 05e
# Those whose program is a client.
CLIENT_EXERCISES := 01c 01e
STARTERS  := $(patsubst %.c,%.exe,$(sort $(wildcard exercises/*/start.c)))
SOLUTIONS := $(patsubst %.c,%.exe,$(sort $(wildcard exercises/solutions/*.c)))
TRACED_TEXTS := $(foreach id,$(TRACED_EXERCISES),$(wildcard exercises/$(id)_*/start.c exercises/solutions/$(id).c))
TRACED_BUILDS := $(patsubst %.c,%_traced.exe,$(TRACED_TEXTS))
CRASH := exercises/lab/guard/crash.o
LAB_SOURCES := $(sort $(wildcard exercises/lab/*.c))
LAB_HEADERS := $(sort $(wildcard exercises/lab/*.h))

$(LAB): $(LAB_SOURCES) $(LAB_HEADERS)
	$(LINK) $(LAB_SOURCES) $(LDLIBS) -lpsapi

$(MANY_SELECT): 02_select/server.c
	$(LINK) -DFD_SETSIZE=1100 $< $(LDLIBS)

demo: $(TRACED_SERVERS) $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) demo

# BENCH_SECONDS= reaches the program through the environment.
bench: $(CHAPTERS:%=%/server.exe) $(TRACED_SERVERS) $(MANY_SELECT) $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) bench

test: $(PROGRAMS) $(LAB) $(TRACED_PROGRAMS) $(MANY_SELECT) starters | $(PREPARE_RUN)
	@$(RUN) $(LAB) test

lab: $(LAB)

# The battery against any server: make check SERVER=my_server.exe
check: $(LAB) | $(PREPARE_RUN)
	$(if $(SERVER),,$(error It needs a server: make check SERVER=my_server.exe))
	@$(RUN) $(LAB) check "$(SERVER)"

# The experiments of the notes: make try-04a.
try-%: $(LAB) $(PROGRAMS) $(TRACED_SERVERS) | $(PREPARE_RUN)
	@$(RUN) $(LAB) try $*

pictures: $(LAB) $(TRACED_SERVERS) | $(PREPARE_RUN)
	@$(RUN) $(LAB) pictures

# Only where programs run under Wine: makes its folder without a word, and no debugger for crashes.
.wine/ready:
	$(info Preparing Wine's folder .wine: once, a few seconds.)
	@$(RUN) wineboot -i >$(NOWHERE) 2>&1
	@$(RUN) reg add 'HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug' \
	  /v Debugger /d false /f >$(NOWHERE) 2>&1
	@echo done >$@

# ---- The exercises -----------------------------------------------------------------------------

$(STARTERS) $(SOLUTIONS): %.exe: %.c
	$(LINK) $< $(LDLIBS)
$(TRACED_BUILDS): %_traced.exe: %.c $(TRACE)
	$(LINK) -I$(TRACED) $< $(TRACE_O) $(LDLIBS)
# What "lab verify" needs: all starters and solutions.
.PHONY: starters
starters: $(STARTERS) $(SOLUTIONS) $(TRACED_BUILDS)
$(CRASH): %.o: %.c
	$(COMPILE) -c $<

.PHONY: list next
list next: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) $@

# For exercise 04c: its own copy is taken, built, judged. What is built always is, for a learner has changed it. CRASH says
# in which function a program has crashed, if it was not inlined; the traced build is for injected faults.
BUILD_WORK   = $(COMPILER)$(CC) -std=c11 $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -fno-inline $(LDFLAGS) -o exercises/work/$*.exe \
               exercises/work/$*.c $(CRASH) $(LDLIBS)
BUILD_TRACED = $(COMPILER)$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) -fno-inline $(LDFLAGS) -o exercises/work/$*_traced.exe -I$(TRACED) \
               exercises/work/$*.c $(TRACE_O) $(CRASH) $(LDLIBS)

check-%: $(LAB) $(CRASH) $(TRACE) | $(PREPARE_RUN)
	@$(RUN) $(LAB) take $*
	$(BUILD_WORK)
	$(if $(filter $*,$(TRACED_EXERCISES)),$(BUILD_TRACED))
	@$(RUN) $(LAB) exercise $*
predict-%: $(LAB) $(CRASH) $(TRACE) | $(PREPARE_RUN)
	@$(RUN) $(LAB) take $*
	$(BUILD_TRACED)
	@$(RUN) $(LAB) predict $*
trace-%: $(LAB) $(CRASH) $(TRACE) | $(PREPARE_RUN)
	@$(RUN) $(LAB) take $*
	$(BUILD_TRACED)
	@$(RUN) exercises/work/$*_traced.exe $(if $(filter $*,$(CLIENT_EXERCISES)),127.0.0.1) $(PORT)
hint-%: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) hint $*
reset-%: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) reset $*
why-%: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) why $*

# For teachers: make grade DIR=folder, with student/04c.c in it. The second make builds what the first line has copied;
# a file that does not compile is a result, not an error.
.PHONY: grade submissions
grade: $(LAB) $(CRASH) $(TRACE) | $(PREPARE_RUN)
	$(if $(DIR),,$(error It needs a folder: make grade DIR=handed_in, with student/04c.c in it))
	@$(RUN) $(LAB) collect "$(DIR)"
	-@$(MAKE) -s -k submissions
	@$(RUN) $(LAB) grade "$(DIR)"

SUBMISSIONS := $(wildcard exercises/work/grade/*.c)
submissions: $(SUBMISSIONS:.c=.exe) \
             $(foreach id,$(TRACED_EXERCISES),$(patsubst %.c,%_traced.exe,$(filter %_$(id).c,$(SUBMISSIONS))))
exercises/work/grade/%_traced.exe: exercises/work/grade/%.c
	$(LINK) -w -fno-inline -I$(TRACED) $< $(TRACE_O) $(CRASH) $(LDLIBS)
exercises/work/grade/%.exe: exercises/work/grade/%.c
	$(LINK) -w -fno-inline $< $(CRASH) $(LDLIBS)

# ---- Help and clean ----------------------------------------------------------------------------

# Else make adds that there was nothing to be done.
ifeq ($(MAKECMDGOALS),help)
  MAKEFLAGS += -s
endif
help:
	$(info make               builds server.exe and client.exe of all seven chapters)
	$(info make 03            builds chapter 03 alone; so does make 03_asyncselect)
	$(info make demo          shows the seven models at work; make demo-03 shows one)
	$(info make run-03        starts the server of chapter 03 on port $(PORT); PORT=6000 changes it)
	$(info make client-03     starts the client of chapter 03)
	$(info make trace-03      starts the server of chapter 03 and prints each call that it makes, live)
	$(info make trace SOURCE=my_server.c     does the same with any other file)
	$(info make try-04a       plays an experiment of the notes; make try-all plays all of them)
	$(info make timeline-03   plays the demonstration's scene and prints what happened; PICTURE=my.svg draws it)
	$(info make pictures      draws each chapter's timeline.svg and the poster anew, from real runs)
	$(info make bench         measures all seven, about three minutes; make bench-07 one; BENCH_SECONDS=600 for longer)
	$(info make list          the exercises; make next, make check-04c, make hint-04c, make why-04c, make reset-04c)
	$(info make predict-03a  asks what will happen, then runs it)
	$(info make grade DIR=handed_in         checks what students have handed in, student/04c.c, and writes a CSV)
	$(info make check SERVER=my_server.exe   the tests of the seven servers against your own)
	$(info make test          checks everything; takes some minutes)
	$(info make clean         deletes what was built)
	$(info The chapters: $(CHAPTERS))
	$(info CC=, CFLAGS=, CPPFLAGS=, LDFLAGS= are honoured: make 02 CPPFLAGS=-DFD_SETSIZE=1024)

BUILT := $(PROGRAMS) $(LAB) $(MANY_SELECT) $(TRACED_PROGRAMS) $(TRACED)/source.exe $(TRACE_O) $(STARTERS) $(SOLUTIONS) \
         $(TRACED_BUILDS) $(CRASH)
ifneq ($(findstring indows32,$(MAKE_HOST)),)
clean:
	-@del /q $(subst /,\,$(BUILT)) 2>nul
else
clean:
	@rm -f $(BUILT)
endif
