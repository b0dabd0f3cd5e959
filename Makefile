# mctools - see README.md for the targets and variables
.DEFAULT_GOAL := all

VERSION     := $(shell cat VERSION)
SOVERSION   := 0
BUILD       ?= build
PREFIX      ?= /usr/local
BINDIR      ?= $(PREFIX)/bin
LIBDIR      ?= $(PREFIX)/lib
INCLUDEDIR  ?= $(PREFIX)/include
MANDIR      ?= $(PREFIX)/share/man
DATADIR     ?= $(PREFIX)/share
PKG_CONFIG  ?= pkg-config
CC          ?= cc
CFLAGS      ?= -O2 -g
INSTALL     ?= install
# Programs find the library beside themselves, in the build tree and installed.
RPATH       ?= -Wl,-rpath,'$$ORIGIN/../lib'
JOBS        ?= $(shell nproc 2>/dev/null || echo 1)
V           ?= 0
Q           := $(if $(filter 1,$(V)),,@)
say          = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2))

# As many commands at once as there are processors, unless -j says otherwise; of
# several goals, like `clean all`, each waits for the one before.
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS))$(word 2,$(filter-out deps,$(MAKECMDGOALS))),)
MAKEFLAGS   += -j$(JOBS)
endif

TOOLS       := $(sort $(notdir $(patsubst %/main.c,%,$(wildcard cmd/*/main.c))))
PURE_SRC    := $(wildcard libmc/base/*.c libmc/addr/*.c libmc/wire/*.c libmc/stream/*.c \
               libmc/fsm/*.c libmc/kern/*.c)
SYS_SRC     := $(wildcard libmc/sys/*.c)
COMMON_SRC  := $(wildcard cmd/common/*.c)
UNIT_SRC    := $(wildcard tests/unit/test_*.c)
FUZZ_SRC    := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC   := $(wildcard tests/bench/*.c)

# Recursive on purpose: `make deps all` installs pkg-config's answers first.
SYS_CFLAGS   = $(shell $(PKG_CONFIG) --cflags libpcap libmnl libcap)
SYS_LIBS     = $(shell $(PKG_CONFIG) --libs libpcap libmnl libcap) -lnet
CMD_LIBS     = $(shell $(PKG_CONFIG) --libs libseccomp)
# Of single programs: $(LIBS_<tool>).
LIBS_mctop   = $(shell $(PKG_CONFIG) --libs ncursesw)
UNIT_LIBS    = $(shell $(PKG_CONFIG) --libs cmocka)

WARN        := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
               -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wformat=2
MC_CPPFLAGS  = -D_GNU_SOURCE -DMC_VERSION='"$(VERSION)"' -Ilibmc/include
MC_CFLAGS    = -std=gnu11 $(WARN) -fvisibility=hidden -fno-semantic-interposition \
               -fno-strict-aliasing -MMD -MP
LIB_CPPFLAGS = $(MC_CPPFLAGS) -Ilibmc
CMD_CPPFLAGS = $(MC_CPPFLAGS) -Icmd

obj          = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
PURE_OBJ    := $(call obj,$(PURE_SRC))
SYS_OBJ     := $(call obj,$(SYS_SRC))
COMMON_OBJ  := $(call obj,$(COMMON_SRC))
TOOL_OBJ    := $(foreach t,$(TOOLS),$(call obj,$(wildcard cmd/$(t)/*.c)))
BINS        := $(addprefix $(BUILD)/bin/,$(TOOLS))
UNIT_BINS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SRC))
FUZZ_BINS   := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))
BENCH_BINS  := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(BENCH_SRC))
LIB_A       := $(BUILD)/lib/libmc.a
PURE_A      := $(BUILD)/lib/libmc-pure.a
LIB_SO      := $(BUILD)/lib/libmc.so.$(SOVERSION)
LIB_PC      := $(BUILD)/lib/libmc.pc

.PHONY: all lib install uninstall deps demo check check-unit check-golden check-cli check-lab \
        asan fuzz bench lint format dist deb clean help

all: lib $(BINS) docs
lib: $(LIB_A) $(LIB_SO) $(BUILD)/lib/libmc.so $(LIB_PC)

# With `make deps check`, also under -j, nothing is built before deps is done.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(PURE_OBJ) $(SYS_OBJ) $(COMMON_OBJ) $(TOOL_OBJ) demo check: | deps
endif

## library
$(PURE_OBJ): $(BUILD)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) -fPIC -c -o $@ $<

$(SYS_OBJ): $(BUILD)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(SYS_CFLAGS) $(CFLAGS) -fPIC -c -o $@ $<

$(LIB_A): $(PURE_OBJ) $(SYS_OBJ)
$(PURE_A): $(PURE_OBJ)
$(LIB_A) $(PURE_A):
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(LIB_SO): $(PURE_OBJ) $(SYS_OBJ) libmc/libmc.map
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libmc.so.$(SOVERSION) -Wl,-z,defs \
		-Wl,-Bsymbolic-functions -Wl,--version-script=libmc/libmc.map -o $@ $(filter %.o,$^) $(SYS_LIBS)

$(BUILD)/lib/libmc.so: $(LIB_SO)
	$(Q)ln -sf $(notdir $<) $@

$(BUILD)/obj/libmc/base/error.o: VERSION

$(LIB_PC): libmc/libmc.pc.in VERSION Makefile
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' $< >$@

## programs
$(COMMON_OBJ) $(TOOL_OBJ): $(BUILD)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CMD_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) -c -o $@ $<

.SECONDEXPANSION:
$(BINS): $(BUILD)/bin/%: $$(call obj,$$(wildcard cmd/%/*.c)) $(COMMON_OBJ) $(BUILD)/lib/libmc.so
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(RPATH) -o $@ $(filter %.o,$^) -L$(BUILD)/lib -lmc $(CMD_LIBS) $(LIBS_$*)

include mk/docs.mk
include mk/checks.mk
include mk/quality.mk
include mk/install.mk

-include $(patsubst %.o,%.d,$(PURE_OBJ) $(SYS_OBJ) $(COMMON_OBJ) $(TOOL_OBJ))

help:
	@sed -n -e '/^| target/,/^$$/p' -e '/^| variable/,/^$$/p' README.md

clean:
	rm -rf build
