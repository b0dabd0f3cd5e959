# Tests, sanitizers, fuzzing, benchmarks, lint, the release tarball.

TIME        ?= 60
TARGET      ?= *
TESTS       ?=
TAGS        ?=
FUZZ_CC     ?= clang
SAN_FLAGS    = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

GOLDEN_BINS := $(BUILD)/golden/fields $(BUILD)/golden/gmfields
LAB_BINS    := $(BUILD)/lab/lab-probe $(BUILD)/lab/lab-mroute
LAB_SOURCES := $(BUILD)/lab/lab-sources
LAB_SHIMS   := $(BUILD)/lab/clockstep.so $(BUILD)/lab/uring.so
GOLDEN_BATS := $(wildcard tests/golden/*.bats)
CLI_BATS    := $(wildcard tests/cli/*.bats)
LAB_BATS    := $(wildcard tests/lab/*.bats)
LINT_BATS   := $(wildcard tests/lint/*.bats)

## programs of the tests
# A unit test links the pure objects only: what does not link is not pure.
$(UNIT_BINS): $(BUILD)/tests/%: tests/unit/%.c $(PURE_A)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(PURE_A) $(UNIT_LIBS)

$(LAB_BINS): $(BUILD)/lab/lab-%: tests/lab/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -D_GNU_SOURCE $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

# Prints what the library reads from the kernel; tests alone need it.
$(LAB_SOURCES): tests/lab/sources.c $(LIB_A)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(MC_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_A) $(SYS_LIBS)

# Preloaded, ahead of the sanitizers' own runtime: without them itself.
$(LAB_SHIMS): $(BUILD)/lab/%.so: tests/lab/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -D_GNU_SOURCE $(MC_CFLAGS) -fPIC -shared -o $@ $<

$(GOLDEN_BINS): $(BUILD)/golden/%: tests/golden/%.c $(LIB_A)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(MC_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_A) $(SYS_LIBS)

BENCH_LIBS_bare_pcap = $(SYS_LIBS)
BENCH_LIBS_bare_frames = -lnet
BENCH_LIBS_sim_hosts = $(LIB_A)
$(BUILD)/bench/sim_hosts: $(LIB_A)
BENCH_LIBS_router_many = $(LIB_A)
BENCH_LIBS_observer_many = $(LIB_A) $(SYS_LIBS)
$(BENCH_BINS): $(BUILD)/bench/%: tests/bench/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(MC_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(BENCH_LIBS_$*)
$(BUILD)/bench/router_many $(BUILD)/bench/observer_many: $(LIB_A)

# The programs again, with a hook that tries what their sandbox should not allow.
SANDBOX_BINS := $(addprefix $(BUILD)/sandbox/bin/,$(TOOLS))
SANDBOX_OBJ  := $(BUILD)/sandbox/sandbox.o $(BUILD)/sandbox/hook.o
SANDBOX_SHIM := $(BUILD)/sandbox/without-seccomp

$(BUILD)/sandbox/sandbox.o: cmd/common/sandbox.c
$(BUILD)/sandbox/hook.o: tests/sandbox/hook.c
$(SANDBOX_OBJ):
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -DMC_SANDBOX_HOOK $(CMD_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) -c -o $@ $<

$(SANDBOX_BINS): $(BUILD)/sandbox/bin/%: $$(call obj,$$(wildcard cmd/%/*.c)) $(COMMON_OBJ) $(SANDBOX_OBJ) \
		$(BUILD)/lib/libmc.so
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/../../lib' -o $@ \
		$(filter-out %/common/sandbox.o,$(filter %.o,$^)) -L$(BUILD)/lib -lmc $(CMD_LIBS) $(LIBS_$*)

$(SANDBOX_SHIM): tests/sandbox/without-seccomp.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -D_GNU_SOURCE $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(CMD_LIBS)

-include $(addsuffix .d,$(UNIT_BINS) $(GOLDEN_BINS) $(LAB_BINS) $(LAB_SOURCES) $(SANDBOX_SHIM) \
                   $(BENCH_BINS)) $(SANDBOX_OBJ:.o=.d)

# Nobody runs all of them by hand; lint compiles them.
TEST_PROGRAMS = $(UNIT_BINS) $(COMMON_TEST_BINS) $(FAKE_OPTDOC) $(GOLDEN_BINS) $(LAB_BINS) \
                $(LAB_SOURCES) $(LAB_SHIMS) $(SANDBOX_BINS) $(SANDBOX_SHIM) $(BENCH_BINS)
.PHONY: test-programs
test-programs: $(TEST_PROGRAMS)

ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(TEST_PROGRAMS) $(OPTDOCS) $(FUZZ_BINS): | deps
lint asan fuzz bench format coverage analyze lto check-i386 check-s390x: | deps
endif

## suites
# Tests find the programs in MCTOOLS_BIN, other products in MCTOOLS_BUILD.  A
# `make` they call is a fresh one, hence the variables taken away.
TEST_BUILD   = $(BUILD)
TEST_ENV     = env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES TESTS='$(TESTS)' TAGS='$(TAGS)' \
               CMOCKA_MESSAGE_OUTPUT=TAP BATS_TEST_TIMEOUT=$${BATS_TEST_TIMEOUT:-120} \
               BATS_LIB_PATH=$${BATS_LIB_PATH:-/usr/lib/bats:/usr/share/bats:/usr/lib} \
               MCTOOLS_BIN='$(abspath $(TEST_BUILD))/bin' MCTOOLS_BUILD='$(abspath $(TEST_BUILD))' \
               LAB_HELPERS='$(abspath $(BUILD))/lab' LC_ALL=C.UTF-8 TZ=UTC
BATS         = bats --tap $(if $(TESTS),--filter "$$TESTS") $(if $(TAGS),--filter-tags "$$TAGS")
TALLY        = $(Q)$(TEST_ENV) tools/tally -j $(JOBS) -o $(BUILD)/totals

# Each suite: a name and a command.
RUN_UNIT     = $(foreach t,$(UNIT_BINS),unit/$(notdir $(t)) $(t))
RUN_COMMON   = $(foreach t,$(COMMON_TEST_BINS),common/$(notdir $(t)) $(t)) $(if $(COMMON_TEST_BINS), \
               common/optdoc '$(COMMON_TEST_DIR)/optdoc.sh $(FAKE_OPTDOC) $(COMMON_TEST_DIR)/fake/fake.1.in')
RUN_GOLDEN   = $(foreach b,$(GOLDEN_BATS),golden/$(basename $(notdir $b)) '$(BATS) $b')
RUN_CLI      = $(foreach b,$(CLI_BATS),cli/$(basename $(notdir $b)) '$(BATS) $b') \
               $(foreach b,$(LINT_BATS),lint/$(basename $(notdir $b)) '$(BATS) $b')
RUN_LAB      = $(foreach b,$(LAB_BATS),lab/$(basename $(notdir $b)) 'tests/lab/lab.bash $(BATS) $b')

check: all test-programs
	$(TALLY) $(RUN_UNIT) $(RUN_COMMON) $(RUN_GOLDEN) $(RUN_CLI) $(RUN_LAB)

check-unit: $(UNIT_BINS)
	$(TALLY) $(RUN_UNIT)

check-golden: all $(GOLDEN_BINS)
	$(TALLY) $(RUN_GOLDEN)

check-cli: all $(SANDBOX_BINS) $(SANDBOX_SHIM)
	$(TALLY) $(RUN_CLI)

check-lab: all $(LAB_BINS) $(LAB_SOURCES) $(LAB_SHIMS)
	$(TALLY) $(RUN_LAB)

# The same suites over a build of its own, under the sanitizers: but for tests that
# compare results with those of others, that read or do what is written, that are
# about the lab itself, or that the sanitizers' own system calls would fail.
asan:
	$(Q)ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS='-g -O1 $(SAN_FLAGS)' \
		LDFLAGS='$(SAN_FLAGS)' LINT_BATS= TAGS='!oracle,!text,!sealed,!lab' check

## fuzzing
# The library is compiled again, with coverage, into a tree of its own.
FUZZ_OBJ    := $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(PURE_SRC))

$(FUZZ_OBJ): $(BUILD)/fuzz/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(LIB_CPPFLAGS) $(MC_CFLAGS) -g -O1 $(SAN_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

# Of the programs, what turns packets into text is fuzzed too.
FUZZ_COMMON  := $(addprefix cmd/common/,hindex.c out.c term.c units.c)
FUZZ_CMD_fuzz_igmpdump := $(FUZZ_COMMON) $(addprefix cmd/igmpdump/,brief.c buf.c json_message.c \
                          line.c links.c message.c put.c stamp.c tree.c)
FUZZ_CMD_fuzz_filter := cmd/common/hindex.c cmd/common/units.c $(addprefix cmd/igmpdump/,filter.c \
                        links.c message.c)
FUZZ_CMD_fuzz_script := cmd/common/groups.c cmd/common/units.c $(addprefix cmd/mchost/,channels.c \
                        script_read.c shares.c)
FUZZ_CMD_fuzz_settings := cmd/common/units.c cmd/mcquery/settings.c
FUZZ_CMD_fuzz_values := cmd/common/format.c cmd/common/units.c cmd/mchost/shares.c \
                        cmd/mcsend/payload.c
FUZZ_CMD_fuzz_capture := $(addprefix libmc/sys/,capture.c pcapfile.c why.c)
FUZZ_LIBS_fuzz_capture = $(shell $(PKG_CONFIG) --libs libpcap)
$(foreach t,$(FUZZ_BINS),$(eval $t: $(FUZZ_CMD_$(notdir $t))))
$(FUZZ_BINS): $(wildcard tests/fuzz/*.h cmd/*/*.h)

$(FUZZ_BINS): $(BUILD)/fuzz/%: tests/fuzz/%.c $(FUZZ_OBJ)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(LIB_CPPFLAGS) -Icmd $(MC_CFLAGS) -g -O1 $(SAN_FLAGS) -fsanitize=fuzzer -o $@ $< \
		$(FUZZ_CMD_$*) $(FUZZ_OBJ) $(FUZZ_LIBS_$*)

-include $(FUZZ_OBJ:.o=.d) $(addsuffix .d,$(FUZZ_BINS))

# What is found stays under build/fuzz: NAME-crash-... beside the grown corpus.
fuzz: $(filter $(BUILD)/fuzz/fuzz_$(subst *,%,$(TARGET)),$(FUZZ_BINS))
	$(if $^,,$(error no fuzz target matches TARGET=$(TARGET)))
	$(Q)rc=0; for bin in $^; do \
		name=$${bin##*/fuzz_}; corpus=$(BUILD)/fuzz/corpus/$$name; seeds=tests/fuzz/corpus/$$name; \
		mkdir -p $$corpus; [ -d $$seeds ] || seeds=; \
		echo "# fuzz $$name, $(TIME) s"; \
		$$bin -max_total_time=$(TIME) -print_final_stats=1 -timeout=10 \
			-artifact_prefix=$(BUILD)/fuzz/$$name- $$corpus $$seeds || rc=1; \
	done; exit $$rc

## the rest
demo: $(BINS)
	$(Q)MCTOOLS_BIN='$(abspath $(BUILD))/bin' tests/lab/demo.bash

bench: all $(BENCH_BINS) $(LAB_BINS) $(LAB_SOURCES)
	$(Q)$(TEST_ENV) BENCH_BIN='$(abspath $(BUILD))/bench' tests/bench/run

lint: all
	$(Q)BUILD=$(BUILD) MAKE='$(MAKE)' tools/lint

# For those who compile a file by themselves.
.PHONY: flags
flags:
	@echo $(CMD_CPPFLAGS) -Ilibmc $(SYS_CFLAGS) -std=gnu11 $(WARN)

C_FILES      = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h')

format:
	clang-format -i $(C_FILES)

deps:
	$(Q)BENCH='$(BENCH)' tools/deps $(filter-out deps,$(MAKECMDGOALS))

# Reproducible: names sorted, times those of the commit, nobody's user id.
dist:
	$(Q)mkdir -p $(BUILD)
	$(Q)git ls-files -z | tar --null -T - --sort=name --format=gnu --mtime="@$$(git log -1 --format=%ct)" \
		--owner=0 --group=0 --numeric-owner --mode='u+rw,go+r-w,a-s' \
		--transform='s,^,mctools-$(VERSION)/,S' -cf - | gzip -9n >$(BUILD)/mctools-$(VERSION).tar.gz
	@echo $(BUILD)/mctools-$(VERSION).tar.gz

# Debian packages of what is committed or added, beside each other in build/deb.
deb: dist
	$(Q)rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb
	$(Q)tar -xzf $(BUILD)/mctools-$(VERSION).tar.gz -C $(BUILD)/deb
	$(Q)cd $(BUILD)/deb/mctools-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES \
		dpkg-buildpackage -us -uc -b
	@ls $(BUILD)/deb/*.deb
