# Installation; DESTDIR stages it.  One manifest serves install and uninstall,
# so that the one removes exactly what the other brought.

LIBEXECDIR  ?= $(PREFIX)/libexec
BASHDIR      = $(DATADIR)/bash-completion/completions
ZSHDIR       = $(DATADIR)/zsh/site-functions
FISHDIR      = $(DATADIR)/fish/vendor_completions.d
OURDATA      = $(DATADIR)/mctools
DOCDIR       = $(DATADIR)/doc/mctools
OWN_DIRS     = $(INCLUDEDIR)/mc $(LIBEXECDIR)/mctools $(OURDATA)/schema $(OURDATA) \
               $(DOCDIR)/examples/libmc $(DOCDIR)/examples $(DOCDIR)

SCHEMAS     := $(wildcard schema/*.json)
EXAMPLES    := $(wildcard examples/*.*)
API_EXAMPLES := $(wildcard examples/libmc/*.c)
MAN_SECTIONS = $(sort $(patsubst .%,%,$(suffix $(MAN_PAGES))))

# The unit names the program where it will be.
SYSTEMDDIR  ?= $(PREFIX)/lib/systemd/system
UNITS       := $(BUILD)/systemd/mcquery@.service

$(UNITS): $(BUILD)/systemd/%: systemd/%.in $(BUILD)/lib/prefix
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's|@BINDIR@|$(BINDIR)|' $< >$@

# $(call put,MODE,FILES,DIRECTORY) gives words MODE:TARGET:SOURCE.
put          = $(foreach f,$(2),$(1):$(3)/$(notdir $(f)):$(f))
MANIFEST     = $(call put,755,$(BINS),$(BINDIR)) \
               $(call put,755,$(LIB_SO),$(LIBDIR)) \
               $(call put,644,$(LIB_A),$(LIBDIR)) \
               $(call put,644,$(LIB_PC),$(LIBDIR)/pkgconfig) \
               $(call put,644,$(HEADERS),$(INCLUDEDIR)/mc) \
               $(foreach s,$(MAN_SECTIONS),$(call put,644,$(filter %.$(s),$(MAN_PAGES)),$(MANDIR)/man$(s))) \
               $(call put,644,$(BASH_COMP),$(BASHDIR)) \
               $(call put,644,$(ZSH_COMP),$(ZSHDIR)) \
               $(call put,644,$(FISH_COMP),$(FISHDIR)) \
               $(call put,644,$(SCHEMAS),$(OURDATA)/schema) \
               $(call put,644,$(UNITS),$(SYSTEMDDIR)) \
               $(call put,755,tests/lab/lab.bash,$(OURDATA)) \
               $(call put,755,$(LAB_BINS),$(LIBEXECDIR)/mctools) \
               $(call put,644,$(EXAMPLES),$(DOCDIR)/examples) \
               $(call put,644,$(API_EXAMPLES),$(DOCDIR)/examples/libmc)

# Each function is found by its name: a link to its header's page.
install: all $(LAB_BINS) $(UNITS)
	$(Q)for entry in $(MANIFEST); do \
		mode=$${entry%%:*}; paths=$${entry#*:}; \
		$(INSTALL) -D -m $$mode "$${paths#*:}" "$(DESTDIR)$${paths%%:*}" || exit 1; \
	done
	$(Q)ln -sf $(notdir $(LIB_SO)) '$(DESTDIR)$(LIBDIR)/libmc.so'
	$(Q)for page in $(notdir $(MAN_HEADERS)); do \
		for name in $$(sed -n 's/^\.Nm \(mc_[a-z0-9_]*\).*/\1/p' $(BUILD)/man/$$page); do \
			[ $$name.3 = $$page ] || ln -sf $$page "$(DESTDIR)$(MANDIR)/man3/$$name.3"; \
		done; \
	done
	$(if $(DESTDIR),,@printf '%s\n' $(CAPS_HINT))

# Programs with capabilities find libraries by the cache alone, hence ldconfig.
CAPS_TOOLS   = $(filter igmpdump mcquery mchost mctop,$(TOOLS))
CAPS_HINT    = 'To capture and send frames without being root:' \
               '  ldconfig' \
               '  for f in $(CAPS_TOOLS); do setcap cap_net_raw,cap_net_admin+ep $(BINDIR)/$$f; done'

uninstall:
	$(Q)for entry in $(MANIFEST); do \
		paths=$${entry#*:}; rm -f "$(DESTDIR)$${paths%%:*}" || exit 1; \
	done
	$(Q)rm -f '$(DESTDIR)$(LIBDIR)/libmc.so'
	$(Q)for page in $(notdir $(MAN_HEADERS)); do \
		find '$(DESTDIR)$(MANDIR)/man3' -type l -lname $$page -exec rm {} + 2>/dev/null; \
	done
	$(Q)for dir in $(OWN_DIRS); do rmdir "$(DESTDIR)$$dir" 2>/dev/null || :; done

# The pkg-config file names the prefix, so another prefix makes it stale.
$(LIB_PC): $(BUILD)/lib/prefix
$(BUILD)/lib/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX) $(BINDIR) $(LIBDIR) $(INCLUDEDIR)' | cmp -s - $@ || \
		echo '$(PREFIX) $(BINDIR) $(LIBDIR) $(INCLUDEDIR)' >$@

.PHONY: FORCE
FORCE:
