# Tests, lint, fuzzing, benchmarks.

# A unit test links the pure objects only: what does not link is not pure.
$(UNIT_BINS): $(BUILD)/tests/%: tests/unit/%.c $(PURE_OBJ)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(PURE_OBJ) $(UNIT_LIBS)

check-unit: $(UNIT_BINS)
	$(Q)for t in $(UNIT_BINS); do CMOCKA_MESSAGE_OUTPUT=TAP $$t || exit 1; done

-include $(addsuffix .d,$(UNIT_BINS))
