# What looks at the code from further sides: coverage, memory, analysers, other machines.

.PHONY: coverage valgrind analyze portability lto check-i386 check-s390x check-emulated

# Builds of their own, of everything or of one suite, with a few variables.
SUBMAKE      = $(MAKE) --no-print-directory

# The suites over a build that counts lines; what they miss is listed by
# `tools/coverage -u`.  Instrumented and slower, hence the longer limits.  Programs
# may run as somebody else, who has to write the counts too: hence the umask.
COVERAGE    := $(BUILD)/coverage
coverage:
	$(Q)! [ -d $(COVERAGE) ] || find $(COVERAGE) -name '*.gcda' -delete
	$(Q)status=0; umask 0; BATS_TEST_TIMEOUT=$${BATS_TEST_TIMEOUT:-300} \
		SUITE_TIMEOUT=$${SUITE_TIMEOUT:-1800} $(SUBMAKE) BUILD=$(COVERAGE) \
		CFLAGS='-O0 -g --coverage -DMC_SANDBOX_LOOSE' LDFLAGS=--coverage LINT_BATS= check || status=1; \
		tools/coverage $(COVERAGE)/obj || status=1; exit $$status

# Tests of the pure rooms and of cmd/common: nothing read before it is written, no leak.
VALGRIND     = valgrind -q --error-exitcode=9 --leak-check=full
valgrind: $(UNIT_BINS) $(COMMON_TEST_BINS)
	$(TALLY) $(foreach t,$(UNIT_BINS),unit/$(notdir $(t)) '$(VALGRIND) $(t)') \
		$(foreach t,$(COMMON_TEST_BINS),common/$(notdir $(t)) '$(VALGRIND) $(t)')

# Both analysers over the library and the programs; a finding that is none is suppressed
# where it is, with the reason.  Clang's are read in $(BUILD)/scan/report as well.
.PHONY: objects
objects: $(PURE_OBJ) $(SYS_OBJ) $(COMMON_OBJ) $(TOOL_OBJ)
analyze:
	$(Q)$(SUBMAKE) -k BUILD=$(BUILD)/analyze CC=gcc CFLAGS='-O2 -g -fanalyzer -Werror' objects
	$(Q)rm -rf $(BUILD)/scan && mkdir -p $(BUILD)/scan/report
	$(Q)scan-build --status-bugs --use-cc=clang -o $(BUILD)/scan/report \
		$(SUBMAKE) BUILD=$(BUILD)/scan objects

## other machines
portability: lto check-i386 check-s390x

# Both compilers see the program as a whole, and have nothing to say about it.
lto:
	$(Q)$(SUBMAKE) BUILD=$(BUILD)/lto-gcc CC=gcc AR=gcc-ar CFLAGS='-O2 -flto=auto -Werror' \
		LDFLAGS= all check-unit
	$(Q)$(SUBMAKE) BUILD=$(BUILD)/lto-clang CC=clang AR=llvm-ar CFLAGS='-O2 -flto -Werror' \
		LDFLAGS= all check-unit

# Words of 32 bits, with 64 bit ones aligned to 4; and bytes in the other order.  What
# Debian's cross compiler makes with that machine's libraries runs under qemu: unit,
# common and golden tests.
CROSS_i386  := i686-linux-gnu i386-linux-gnu
CROSS_s390x := s390x-linux-gnu s390x-linux-gnu
# Golden files have fractions to the last digit, which the x87 rounds twice.
CROSS_CFLAGS_i386 := -msse2 -mfpmath=sse
CROSS_LIBS   = libc6-dev libcmocka-dev libpcap0.8-dev libnet1-dev libmnl-dev libcap-dev libncurses-dev \
               libseccomp-dev
sysroot      = $(abspath $(BUILD))/sysroot-$(1)

$(BUILD)/sysroot-%.ready: tools/sysroot mk/quality.mk
	$(Q)rm -rf $(call sysroot,$*)
	$(Q)tools/sysroot $* $(call sysroot,$*) $(CROSS_LIBS)
	$(Q)touch $@
.PRECIOUS: $(BUILD)/sysroot-%.ready

check-i386 check-s390x: check-%: $(BUILD)/sysroot-%.ready
	$(Q)PKG_CONFIG_SYSROOT_DIR=$(call sysroot,$*) \
		PKG_CONFIG_LIBDIR=$(call sysroot,$*)/usr/lib/$(word 2,$(CROSS_$*))/pkgconfig \
		$(SUBMAKE) BUILD=$(BUILD)/$* CC='$(word 1,$(CROSS_$*))-gcc --sysroot=$(call sysroot,$*)' \
		CFLAGS='-O2 -g -Werror $(CROSS_CFLAGS_$*)' LDFLAGS= EMULATOR='qemu-$* -L $(call sysroot,$*)' check-emulated

# Where tests look for a program there is a script that starts the emulator with it.
EMULATED    := $(BUILD)/emulated
EMULATED_BINS = $(patsubst $(BUILD)/%,$(EMULATED)/%,$(BINS) $(GOLDEN_BINS))
$(EMULATED)/%: $(BUILD)/%
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\nexec %s "$$@"\n' '$(EMULATOR) $(abspath $<)' >$@ && chmod +x $@

check-emulated: TEST_BUILD = $(EMULATED)
check-emulated: $(UNIT_BINS) $(COMMON_TEST_BINS) $(EMULATED_BINS)
	$(TALLY) $(foreach t,$(UNIT_BINS),unit/$(notdir $(t)) '$(EMULATOR) $(t)') \
		$(foreach t,$(COMMON_TEST_BINS),common/$(notdir $(t)) '$(EMULATOR) $(t)') $(RUN_GOLDEN)
