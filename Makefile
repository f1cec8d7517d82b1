# Seven ways to wait: the Winsock I/O models. "make help" says what can be done.
#
# Works with mingw32-make under cmd.exe, with make in MSYS2, and on Linux with the MinGW-w64 cross
# compiler and Wine. A recipe line is one program and its arguments, so no shell is needed (but for
# two that no Windows ever sees: .wine/ready, and one form of clean).

CHAPTERS := 01_blocking 02_select 03_asyncselect 04_eventselect 05_overlapped_event \
            06_overlapped_callback 07_iocp
NUMBERS  := $(foreach chapter,$(CHAPTERS),$(firstword $(subst _, ,$(chapter))))
PORT     ?= 5150

# What is built and is not for readers lies in one folder, which git ignores.
BUILD    := .build
LAB      := $(BUILD)/lab.exe

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
  # Looked for once, and only when something is to be run.
  RUN          = $(eval RUN := $(if $(shell command -v wine 2>$(NOWHERE)),wine,$(error \
                 Wine is missing. To install it: sudo apt-get install -y wine)))$(RUN)
  # A Wine folder of our own, so that nothing is left in the user's.
  ifeq ($(origin WINEPREFIX),undefined)
    WINEPREFIX  := $(CURDIR)/.wine
    PREPARE_RUN := .wine/ready
  endif
  # No words of Wine's own, nothing to install, and no debugger that would hold a crashed program.
  WINEDEBUG ?= -all
  WINEDLLOVERRIDES ?= mscoree,mshtml,winedbg.exe=
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
# Looked for once, and only when something is to be compiled.
COMPILER  = $(eval COMPILER := $(if $(shell $(CC) -dumpversion 2>$(NOWHERE)),,$(error \
            The compiler "$(CC)" is missing. To install it: $(GET_GCC))))
# _WIN32_WINNT: what today's headers of MinGW-w64 say anyway; those of before 2021 would hide the newer functions.
COMPILE   = $(COMPILER)$(CC) -std=c11 -D_WIN32_WINNT=0x0A00 $(WARNINGS) $(CPPFLAGS) $(CFLAGS)
LINK      = $(COMPILE) $(LDFLAGS) -o $@

# The commands of the chapters are shown: they are a part of the lesson. Of the laboratory's there is a
# short line instead; V=1 shows them all.
QUIET     = $(if $(V),,@)
tell      = $(if $(V),,$(info $(1)))

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

# From here on $$ in a list of prerequisites stands for what is known only when the target's stem is: of
# run-03 the stem $* is 03, and $(chapter) is 03_asyncselect.
.SECONDEXPANSION:
chapter = $(filter $*_%,$(CHAPTERS))

.PHONY: $(CHAPTERS) $(NUMBERS)
$(CHAPTERS): %: %/server.exe %/client.exe
$(NUMBERS): %: $$(chapter)

# ---- The trace ---------------------------------------------------------------------------------

# A source, unchanged, with a recording function before each call of its model: TRACE stands first where
# <winsock2.h> is looked for.
TRACE   := exercises/lab/trace
LAYER   := exercises/lab/strict
TRACE_C := $(filter-out %/crash.c,$(sort $(wildcard $(TRACE)/*.c)))
TRACE_H := $(sort $(wildcard $(TRACE)/*.h))
STRICT_C := $(sort $(wildcard $(LAYER)/*.c))
STRICT_H := $(sort $(wildcard $(LAYER)/*.h))
TRACE_O := $(TRACE_C:$(TRACE)/%.c=$(BUILD)/trace-%.o) $(STRICT_C:$(LAYER)/%.c=$(BUILD)/strict-%.o)
CRASH   := $(BUILD)/trace-crash.o
LEAN    := -DWIN32_LEAN_AND_MEAN
TRACED_SERVERS  := $(NUMBERS:%=$(BUILD)/%_server_traced.exe)
TRACED_PROGRAMS := $(TRACED_SERVERS) $(NUMBERS:%=$(BUILD)/%_client_traced.exe)
LINK_TRACED      = $(LINK) $(LEAN) -I$(TRACE) $< $(TRACE_O) $(LDLIBS) -lgdi32

$(filter $(BUILD)/trace-%,$(TRACE_O)) $(CRASH): $(BUILD)/trace-%.o: $(TRACE)/%.c $(TRACE_H) $(STRICT_H)
	$(QUIET)$(COMPILE) $(LEAN) -I$(TRACE) -Iexercises/lab -c -o $@ $<
$(filter $(BUILD)/strict-%,$(TRACE_O)): $(BUILD)/strict-%.o: $(LAYER)/%.c $(STRICT_H)
	$(QUIET)$(COMPILE) $(LEAN) -Iexercises/lab -c -o $@ $<

traced: $(TRACED_PROGRAMS)
$(TRACED_SERVERS): $(BUILD)/%_server_traced.exe: $$(chapter)/server.c $(TRACE_O)
	$(call tell,building $@: $< with the trace)
	$(QUIET)$(LINK_TRACED)
$(NUMBERS:%=$(BUILD)/%_client_traced.exe): $(BUILD)/%_client_traced.exe: $$(chapter)/client.c $(TRACE_O)
	$(call tell,building $@: $< with the trace)
	$(QUIET)$(LINK_TRACED)

# Any other server's source, traced: make trace SOURCE=exercises/work/04c.c
.PHONY: trace $(BUILD)/source_traced.exe
trace: $(BUILD)/source_traced.exe | $(PREPARE_RUN)
	@$(RUN) $(BUILD)/source_traced.exe $(PORT)
$(BUILD)/source_traced.exe: $(TRACE_O)
	$(if $(SOURCE),,$(error It needs a file: make trace SOURCE=my_server.c))
	$(LINK) -I$(TRACE) "$(SOURCE)" $(TRACE_O) $(LDLIBS) -lgdi32

# Small wrong programs, by which the strict system is tested itself.
MUTANTS_C := $(sort $(wildcard exercises/lab/conform/mutants/*.c))
MUTANTS   := $(MUTANTS_C:exercises/lab/conform/mutants/%.c=$(BUILD)/mutant_%.exe)
$(MUTANTS): $(BUILD)/mutant_%.exe: exercises/lab/conform/mutants/%.c exercises/lab/conform/mutants/mutants.h $(TRACE_O)
	$(call tell,building $@)
	$(QUIET)$(LINK_TRACED)

# Right servers in other ways than the seven, at which it must find nothing.
OTHERS := $(patsubst exercises/lab/conform/others/%.c,$(BUILD)/other_%.exe,$(sort $(wildcard exercises/lab/conform/others/*.c)))
$(OTHERS): $(BUILD)/other_%.exe: exercises/lab/conform/others/%.c $(TRACE_O)
	$(call tell,building $@)
	$(QUIET)$(LINK_TRACED)

# On the strict system: make strict-05, make strict SOURCE=my_server.c, both with one seed only: SEED=7; and a trace: make
# trace-05 STRICT=7. (A variable of the command line is in the environment of what make starts.)
ONE_SEED = $(if $(SEED),1 "$(SEED)")
.PHONY: strict rules
strict: $(BUILD)/source_traced.exe $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) strict $(BUILD)/source_traced.exe $(ONE_SEED)
rules: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) rules

# ---- The laboratory ----------------------------------------------------------------------------

# Its rooms, each a folder; exercises/lab/README.md has the map.
ROOMS := common timeline server drills client conform show bench variants learn drift proof
LAB_C := exercises/lab/main.c $(TRACE)/waits.c $(LAYER)/rules.c $(sort $(foreach room,$(ROOMS),$(wildcard exercises/lab/$(room)/*.c)))
LAB_O := $(foreach source,$(LAB_C),$(BUILD)/lab-$(subst /,-,$(source:exercises/lab/%.c=%)).o)

lab: $(LAB)
$(LAB): $(LAB_O)
	$(call tell,building the laboratory: $(LAB))
	$(QUIET)$(LINK) $(LAB_O) $(LDLIBS) -lpsapi -liphlpapi -ldbghelp

# lab-server-battery.o comes from server/battery.c. Each tenth is told.
progress = building the laboratory: $(words $(COMPILED)) of $(words $(LAB_O))
$(LAB_O): $(BUILD)/lab-%.o: exercises/lab/$$(subst -,/,$$*).c
	$(eval COMPILED += $@)$(if $(filter %0,$(words $(COMPILED))),$(call tell,$(progress)))
	$(QUIET)$(COMPILE) $(LEAN) -Iexercises/lab -MMD -MP -c -o $@ $<
-include $(LAB_O:.o=.d)

# To see how select's cost grows: chapter 02, unchanged, for more sockets than 64.
MANY_SELECT := $(BUILD)/select_1100.exe
$(MANY_SELECT): 02_select/server.c
	$(QUIET)$(LINK) -DFD_SETSIZE=1100 $< $(LDLIBS)

# ---- One chapter: run-03, client-03, demo-03, check-03, trace-03 ... ------------------------------

.PHONY: $(foreach verb,run client demo check strict timeline trace trace-client bench,$(NUMBERS:%=$(verb)-%))
$(NUMBERS:%=run-%): run-%: $$(chapter)/server.exe | $(PREPARE_RUN)
	@$(RUN) $(chapter)/server.exe $(PORT)
$(NUMBERS:%=client-%): client-%: $$(chapter)/client.exe | $(PREPARE_RUN)
	@$(RUN) $(chapter)/client.exe 127.0.0.1 $(PORT)
$(NUMBERS:%=trace-%): trace-%: $(BUILD)/%_server_traced.exe | $(PREPARE_RUN)
	@$(RUN) $< $(PORT)
$(NUMBERS:%=trace-client-%): trace-client-%: $(BUILD)/%_client_traced.exe | $(PREPARE_RUN)
	@$(RUN) $< 127.0.0.1 $(PORT)
$(NUMBERS:%=demo-%): demo-%: $(BUILD)/%_server_traced.exe $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) demo $*
$(NUMBERS:%=timeline-%): timeline-%: $(BUILD)/%_server_traced.exe $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) timeline $* $(if $(PICTURE),"$(PICTURE)")
$(NUMBERS:%=check-%): check-%: $$(chapter)/server.exe $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) check $(chapter)/server.exe $(if $(ONLY),"$(ONLY)")
$(NUMBERS:%=strict-%): strict-%: $(BUILD)/%_server_traced.exe $(BUILD)/%_client_traced.exe $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) strict $* $(ONE_SEED)
$(NUMBERS:%=bench-%): bench-%: $$(chapter)/server.exe $(BUILD)/%_server_traced.exe $(MANY_SELECT) $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) bench $*

# ---- All chapters ------------------------------------------------------------------------------

demo: $(TRACED_SERVERS) $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) demo

# Exercise 07j's solution is measured, too, if this copy has the solutions. BENCH_SECONDS= reaches the program through the environment.
bench: $(CHAPTERS:%=%/server.exe) $(TRACED_SERVERS) $(MANY_SELECT) $$(BENCHED_SOLUTION) $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) bench

test: $(PROGRAMS) $(LAB) $(TRACED_PROGRAMS) $(MANY_SELECT) $(MUTANTS) $(OTHERS) starters | $(PREPARE_RUN)
	@$(RUN) $(LAB) test

# The battery against any server: make check SERVER=my_server.exe, and one scenario of it: ONLY=S8.
ifeq ($(filter check,$(MAKECMDGOALS)),check)
  blank := $() $()
  ifeq ($(wildcard $(subst $(blank),\$(blank),$(SERVER))),)
    $(error $(if $(SERVER),There is no program $(SERVER),It needs a server: make check SERVER=my_server.exe))
  endif
endif
check: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) check "$(SERVER)" $(if $(ONLY),"$(ONLY)")

# The experiments of the notes: make try-04a, and all of them: make try-all.
percent := %
tried = $(foreach n,$(NUMBERS),$(if $(filter $(n)% all,$*),$(n)))
try-%: $(LAB) $$(foreach n,$$(tried),$$(filter $$(n)_$$(percent),$$(PROGRAMS)) $(BUILD)/$$(n)_server_traced.exe) | $(PREPARE_RUN)
	@$(RUN) $(LAB) try $*

pictures: $(LAB) $(TRACED_SERVERS) | $(PREPARE_RUN)
	@$(RUN) $(LAB) pictures

# Only where programs run under Wine: makes its folder without a word.
.wine/ready:
	$(info Preparing Wine's folder .wine: once, a few seconds.)
	@$(RUN) wineboot -i >$(NOWHERE) 2>&1
	@echo done >$@

# ---- The exercises -----------------------------------------------------------------------------

# Those whose program is a client; learn/plans.c says the same.
CLIENT_EXERCISES := 01c 01e
STARTS    := $(sort $(wildcard exercises/*/start.c))
IDS       := $(foreach start,$(STARTS),$(firstword $(subst _, ,$(start:exercises/%/start.c=%))))
SOLVED    := $(patsubst exercises/solutions/%.c,%,$(sort $(wildcard exercises/solutions/*.c)))
STARTERS  := $(IDS:%=$(BUILD)/%_start.exe)
SOLUTIONS := $(SOLVED:%=$(BUILD)/%_solution.exe)
TRACED_STARTERS  := $(STARTERS:%.exe=%_traced.exe)
TRACED_SOLUTIONS := $(SOLUTIONS:%.exe=%_traced.exe)
BENCHED_SOLUTION := $(filter $(BUILD)/07j%,$(SOLUTIONS) $(TRACED_SOLUTIONS))

# What "lab verify" needs: all starters and solutions, as they are and traced.
.PHONY: starters
starters: $(STARTERS) $(SOLUTIONS) $(TRACED_STARTERS) $(TRACED_SOLUTIONS)
$(STARTERS): $(BUILD)/%_start.exe: $$(wildcard exercises/$$*_*/start.c)
	$(call tell,building exercise $*)
	$(QUIET)$(LINK) $(LEAN) $< $(LDLIBS)
$(TRACED_STARTERS): $(BUILD)/%_start_traced.exe: $$(wildcard exercises/$$*_*/start.c) $(TRACE_O)
	$(QUIET)$(LINK_TRACED)
$(SOLUTIONS): $(BUILD)/%_solution.exe: exercises/solutions/%.c
	$(QUIET)$(LINK) $(LEAN) $< $(LDLIBS)
$(TRACED_SOLUTIONS): $(BUILD)/%_solution_traced.exe: exercises/solutions/%.c $(TRACE_O)
	$(QUIET)$(LINK_TRACED)

# Wrong fixes, by which the checks are tested: make fixes, make fixes-04c. All of them take half an hour.
.PHONY: fixes fixes-written
fixes: $(LAB) $(TRACE_O) | $(PREPARE_RUN)
	@$(RUN) $(LAB) fixes write
	@$(MAKE) -s fixes-written
	@$(RUN) $(LAB) fixes all
fixes-%: $(LAB) $(TRACE_O) | $(PREPARE_RUN)
	@$(RUN) $(LAB) fixes write
	@$(MAKE) -s fixes-written ONLY=$*
	@$(RUN) $(LAB) fixes $*
FIXES := $(wildcard $(BUILD)/fix_$(ONLY)*.c)
fixes-written: $(FIXES:.c=_traced.exe)
$(BUILD)/fix_%_traced.exe: $(BUILD)/fix_%.c $(TRACE_O)
	$(QUIET)$(COMPILE) -w $(LDFLAGS) -o $@ $(LEAN) -I$(TRACE) $< $(TRACE_O) $(LDLIBS) -lgdi32

# Small mistakes in the servers, by which the tests are tested: make mutants, make mutants-04. It takes half an hour.
.PHONY: mutants mutants-written $(NUMBERS:%=mutants-%)
mutants $(NUMBERS:%=mutants-%): $(LAB) $(TRACE_O) traced | $(PREPARE_RUN)
	@$(RUN) $(LAB) mutants write
	@$(MAKE) -s mutants-written
	@$(RUN) $(LAB) mutants $(filter $(NUMBERS),$(@:mutants-%=%))
MUT := $(wildcard $(BUILD)/mut_*.c)
mutants-written: $(MUT:.c=.exe) $(MUT:.c=_traced.exe)
$(BUILD)/mut_%_traced.exe: $(BUILD)/mut_%.c $(TRACE_O)
	$(QUIET)$(COMPILE) -w $(LDFLAGS) -o $@ $(LEAN) -I$(TRACE) $< $(TRACE_O) $(LDLIBS) -lgdi32
$(BUILD)/mut_%.exe: $(BUILD)/mut_%.c
	$(QUIET)$(COMPILE) -w $(LDFLAGS) -o $@ $(LEAN) $< $(LDLIBS)

.PHONY: list next
list next: $(LAB) | $(PREPARE_RUN)
	@$(RUN) $(LAB) $@

# For exercise 04c: its own copy is taken, built, judged. What is built always is, for a learner has changed it. CRASH says
# in which function a program has crashed, if it was not inlined; the traced build is for injected faults.
BUILD_WORK   = $(COMPILE) -fno-inline $(LDFLAGS) -o exercises/work/$*.exe exercises/work/$*.c $(CRASH) $(LDLIBS)
BUILD_TRACED = $(QUIET)$(COMPILE) -w -fno-inline $(LDFLAGS) -o exercises/work/$*_traced.exe \
               -I$(TRACE) exercises/work/$*.c $(TRACE_O) $(CRASH) $(LDLIBS)

check-%: $(LAB) $(CRASH) $(TRACE_O) | $(PREPARE_RUN)
	@$(RUN) $(LAB) take $*
	$(BUILD_WORK)
	$(BUILD_TRACED)
	@$(RUN) $(LAB) exercise $*
predict-%: $(LAB) $(CRASH) $(TRACE_O) | $(PREPARE_RUN)
	@$(RUN) $(LAB) take $*
	$(BUILD_TRACED)
	@$(RUN) $(LAB) predict $*
trace-%: $(LAB) $(CRASH) $(TRACE_O) | $(PREPARE_RUN)
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
grade: $(LAB) $(CRASH) $(TRACE_O) | $(PREPARE_RUN)
	$(if $(DIR),,$(error It needs a folder: make grade DIR=handed_in, with student/04c.c in it))
	@$(RUN) $(LAB) collect "$(DIR)"
	-@$(MAKE) -s -k submissions
	@$(RUN) $(LAB) grade "$(DIR)"

SUBMISSIONS := $(wildcard exercises/work/grade/*.c)
submissions: $(SUBMISSIONS:.c=.exe) $(SUBMISSIONS:.c=_traced.exe)
exercises/work/grade/%_traced.exe: exercises/work/grade/%.c
	$(LINK) -w -fno-inline $(LEAN) -I$(TRACE) $< $(TRACE_O) $(CRASH) $(LDLIBS)
exercises/work/grade/%.exe: exercises/work/grade/%.c
	$(LINK) -w -fno-inline $(LEAN) $< $(CRASH) $(LDLIBS)

# ---- Help and clean ----------------------------------------------------------------------------

# Else make adds that there was nothing to be done.
ifeq ($(MAKECMDGOALS),help)
  MAKEFLAGS += -s
endif
help:
	$(info make               builds server.exe and client.exe of all seven chapters)
	$(info make 03            builds chapter 03 alone; so does make 03_asyncselect)
	$(info make demo          shows the seven models at work; make demo-03 shows one)
	$(info make run-03        starts chapter 03's server on port $(PORT); or: PORT=6000)
	$(info make client-03     starts the client of chapter 03)
	$(info make trace-03      starts chapter 03's server and prints each call that it makes)
	$(info make trace SOURCE=my_server.c     does the same with any other file)
	$(info make trace-03 STRICT=7  the same on the strict system, with the seed 7)
	$(info make strict-03     server and client on the strict system; SEED=7 only this seed)
	$(info make strict SOURCE=my_server.c    does the same with any other server)
	$(info make rules         what a program must do, and what Windows may do)
	$(info make try-04a       plays an experiment of the notes; make try-all plays all)
	$(info make timeline-03   plays the demonstration's scene; PICTURE=my.svg draws it)
	$(info make pictures      draws each timeline.svg and the poster anew, from real runs)
	$(info make bench         measures all (3 minutes; longer: BENCH_SECONDS=600))
	$(info make list          the exercises; next, check-04c, hint-04c, why-04c, reset-04c)
	$(info make predict-03a   asks what will happen, then runs it)
	$(info make grade DIR=handed_in         checks the files STUDENT/04c.c, writes a CSV)
	$(info make check SERVER=my_server.exe  tests your own server; ONLY=S8 one promise)
	$(info make test          checks everything; takes some minutes)
	$(info make fixes-04c     wrong fixes of an exercise: does its check see through them?)
	$(info make mutants-04    small mistakes in a server: do the tests find them?)
	$(info make clean         deletes what was built)
	$(info The chapters: $(wordlist 1,4,$(CHAPTERS)))
	$(info $()              $(wordlist 5,7,$(CHAPTERS)))
	$(info CC=, CFLAGS=, CPPFLAGS=, LDFLAGS= are taken: make 02 CPPFLAGS=-DFD_SETSIZE=1024)
	$(info V=1 shows all commands)

BUILT := $(PROGRAMS) $(wildcard $(BUILD)/*.exe $(BUILD)/*.o $(BUILD)/*.d $(BUILD)/fix_*.c $(BUILD)/mut_*.c)
ifneq ($(findstring indows32,$(MAKE_HOST)),)
clean:
	-@del /q $(subst /,\,$(PROGRAMS)) $(BUILD)\*.exe $(BUILD)\*.o $(BUILD)\*.d 2>nul
else
clean:
	@rm -f $(BUILT)
endif
