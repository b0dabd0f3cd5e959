# Man pages and completions, generated from the option tables.
#
# A program is documented from cmd/<tool>/opts.h (see cmd/common/opt.h) and
# man/<tool>.1.in; mc-issues(7) comes from the library's table of issues; a page of
# section 3 for each header comes from its comments and examples/libmc; pages that
# are not generated, man/*.[1-9], are copied.

DOC_TOOLS   := $(filter $(TOOLS),$(patsubst cmd/%/opts.h,%,$(wildcard cmd/*/opts.h)))
OPTDOCS     := $(addprefix $(BUILD)/tools/optdoc-,$(DOC_TOOLS))

MAN_TOOLS   := $(filter $(DOC_TOOLS),$(patsubst man/%.1.in,%,$(wildcard man/*.1.in)))
MAN_COPIED  := $(patsubst man/%,$(BUILD)/man/%,$(wildcard man/*.[1-9]))
MAN_MADE    := $(MAN_TOOLS:%=$(BUILD)/man/%.1)
MAN_ISSUES  := $(BUILD)/man/mc-issues.7
HEADERS     := $(wildcard libmc/include/mc/*.h)
MAN_HEADERS := $(patsubst libmc/include/mc/%.h,$(BUILD)/man/mc_%.3,$(filter-out %/mc.h,$(HEADERS)))
MAN_PAGES   := $(MAN_MADE) $(MAN_COPIED) $(MAN_ISSUES) $(MAN_HEADERS)

BASH_COMP   := $(DOC_TOOLS:%=$(BUILD)/completions/bash/%)
ZSH_COMP    := $(DOC_TOOLS:%=$(BUILD)/completions/zsh/_%)
FISH_COMP   := $(DOC_TOOLS:%=$(BUILD)/completions/fish/%.fish)
COMPLETIONS := $(BASH_COMP) $(ZSH_COMP) $(FISH_COMP)

.PHONY: docs
docs: $(MAN_PAGES) $(COMPLETIONS)

$(OPTDOCS): $(BUILD)/tools/optdoc-%: tools/optdoc.c cmd/%/opts.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CMD_CPPFLAGS) -DOPTDOC_TOOL_H='"$*/opts.h"' $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) \
		$(LDFLAGS) -o $@ $<

# Written under another name first: half a file must not look like a new one.
optdoc = $(Q)mkdir -p $(@D) && $(BUILD)/tools/optdoc-$* $(1) >$@.new && mv $@.new $@

$(BASH_COMP): $(BUILD)/completions/bash/%: $(BUILD)/tools/optdoc-%
	$(call say,GEN,$@)
	$(call optdoc,bash)

$(ZSH_COMP): $(BUILD)/completions/zsh/_%: $(BUILD)/tools/optdoc-%
	$(call say,GEN,$@)
	$(call optdoc,zsh)

$(FISH_COMP): $(BUILD)/completions/fish/%.fish: $(BUILD)/tools/optdoc-%
	$(call say,GEN,$@)
	$(call optdoc,fish)

# What a command prints, with its long lines broken, becomes the page.
wrapped = >$@.long && awk -f tools/mdocwrap.awk $@.long >$@.new && rm $@.long && mv $@.new $@

$(MAN_MADE): $(BUILD)/man/%.1: man/%.1.in $(BUILD)/tools/optdoc-% tools/mdocwrap.awk
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BUILD)/tools/optdoc-$* man $< $(wrapped)

# The table is in the pure rooms, which need no other library.
$(BUILD)/tools/issuedoc: tools/issuedoc.c $(PURE_A)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(MC_CPPFLAGS) $(CPPFLAGS) $(MC_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(PURE_A)

$(MAN_ISSUES): man/mc-issues.7.in $(BUILD)/tools/issuedoc tools/mdocwrap.awk
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BUILD)/tools/issuedoc $< $(wrapped)

# Headers speak of each other, hence all of them; the date is the overview's.
$(MAN_HEADERS): $(BUILD)/man/mc_%.3: tools/headdoc.awk $(HEADERS) examples/libmc/%.c man/libmc.3
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -f tools/headdoc.awk -v page=$* -v example=examples/libmc/$*.c \
		-v date="$$(sed -n 's/^\.Dd //p' man/libmc.3)" $(HEADERS) >$@.new && mv $@.new $@

$(MAN_COPIED): $(BUILD)/man/%: man/%
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@

-include $(addsuffix .d,$(OPTDOCS) $(BUILD)/tools/issuedoc)

include mk/common.mk
