# Tests of what the programs share: cmd/common, and what is generated from a table.

COMMON_TEST_DIR  := tests/unit/common
COMMON_TEST_SRC  := $(wildcard $(COMMON_TEST_DIR)/test_*.c)
COMMON_TEST_BINS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(COMMON_TEST_SRC))
FAKE_OPTDOC      := $(BUILD)/tests/common/optdoc-fake

# Only the pure part of libmc: cmd/common does without system calls of the library,
# but for the sandbox, which tests/cli tries in the programs themselves.
COMMON_TEST_OBJ  := $(filter-out %/sandbox.o,$(COMMON_OBJ))
$(COMMON_TEST_BINS): $(BUILD)/tests/%: tests/unit/%.c $(COMMON_TEST_OBJ) $(PURE_A)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CMD_CPPFLAGS) -I$(COMMON_TEST_DIR) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $(COMMON_TEST_OBJ) $(PURE_A) $(UNIT_LIBS)

$(FAKE_OPTDOC): tools/optdoc.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CMD_CPPFLAGS) -I$(COMMON_TEST_DIR) -DOPTDOC_TOOL_H='"fake/opts.h"' $(CPPFLAGS) \
		$(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

# All of them run, whichever fails.
.PHONY: check-common
check-common: $(COMMON_TEST_BINS) $(FAKE_OPTDOC)
	$(Q)status=0; for t in $(COMMON_TEST_BINS); do \
		CMOCKA_MESSAGE_OUTPUT=TAP $$t || status=1; done; \
	$(COMMON_TEST_DIR)/optdoc.sh $(FAKE_OPTDOC) $(COMMON_TEST_DIR)/fake/fake.1.in || status=1; \
	exit $$status

-include $(addsuffix .d,$(COMMON_TEST_BINS) $(FAKE_OPTDOC))
