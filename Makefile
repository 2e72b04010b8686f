# SPDX-License-Identifier: LGPL-2.1-or-later
# DoubleDecker. `make demo` and `make check` install what is missing, build and run; see README.md.
# V=1 shows whole commands. SAN=1 builds with address and undefined-behaviour sanitizers,
# COVERAGE=1 so that running counts lines.

VERSION   := $(shell sed -n 's/^.define DD_VERSION "\(.*\)"/\1/p' libdd/include/dd.h)
SOVERSION := 1
DESTDIR   ?=
BUILD     ?= build
V         ?= 0
ifeq ($(origin CC),default)
CC        := gcc
endif

# Where things go, and where programs look for keys. Give them to `make` and to `make install`.
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(PREFIX)/sbin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
DOCDIR     ?= $(DATADIR)/doc/doubledecker
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
SYSCONFDIR ?= /etc
# What is installed into somebody's home leaves the system alone.
LOGROTATEDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),$(SYSCONFDIR),$(PREFIX)/etc)/logrotate.d
# Shells look for completions by the program's name.
BASHDIR    ?= $(DATADIR)/bash-completion/completions
FISHDIR    ?= $(DATADIR)/fish/vendor_completions.d
ZSHDIR     ?= $(DATADIR)/zsh/site-functions
# Debian's python3 looks in the first, and for what isn't from a package in a folder of its version.
PYTHON_VERSION = $(shell python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo 3)
PYTHONDIR  ?= $(PREFIX)/lib/python$(if $(filter /usr,$(PREFIX)),3,$(PYTHON_VERSION))/dist-packages

# Debian 12's names. `deps` calls apt-get only for what dpkg doesn't know as installed.
DEPS := gcc libc6-dev pkg-config libzmq3-dev libczmq-dev libsodium-dev libjson-c-dev uthash-dev \
        libmicrohttpd-dev libncurses-dev libcdk5-dev libcmocka-dev mandoc tmux
LINT_DEPS := clang-format cppcheck mandoc groff mypy libssl-dev
# What building alone takes, but for what Debian has wherever packages are built.
BUILD_DEPS := $(filter-out gcc libc6-dev libcmocka-dev mandoc tmux,$(DEPS))
DEB_DEPS  := dpkg-dev debhelper dh-python

# A user's CPPFLAGS, CFLAGS and LDFLAGS come after ours and never replace them. WERROR=1 makes errors
# of warnings: `lint` and .ci/run do, others have compilers that warn of something else.
WARNINGS := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wundef \
            -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
# gcc for x86 clears a small struct by "rep stos" where it stands, if it isn't told otherwise: for 192
# bytes that takes four times as long as memset(3).
CLEARING := -mmemset-strategy=unrolled_loop:32:noalign,libcall:-1:noalign
OPTIMISE := -O2 -g -fno-strict-aliasing $(shell echo | $(CC) $(CLEARING) -E - >/dev/null 2>&1 && echo '$(CLEARING)')
HARDEN   := -fstack-protector-strong -fPIC -fvisibility=hidden
LINKHARD := -Wl,-z,relro,-z,now -Wl,--as-needed
# Whoever brings a level of his own, or doesn't optimise, would be warned of ours.
FORTIFY  := $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
ifeq ($(SAN),1)
BUILD    := build/san
OPTIMISE := -O1 -g -fno-omit-frame-pointer
HARDEN   := -fPIC -fvisibility=hidden -fsanitize=address,undefined -fno-sanitize-recover=undefined
LINKHARD := -fsanitize=address,undefined
FORTIFY  :=
# What gcc knows of ranges is less under sanitizers, and it warns of texts that do fit.
WARNINGS += -Wno-format-truncation
endif
ifeq ($(COVERAGE),1)
BUILD    := build/coverage
OPTIMISE := -O0 -g
HARDEN   := -fPIC -fvisibility=hidden --coverage
LINKHARD := --coverage
FORTIFY  :=
endif
DD_CPPFLAGS := -I. -Ilibdd/include -D_GNU_SOURCE -DDD_SYSCONF='"$(SYSCONFDIR)/doubledecker"' $(FORTIFY)
DD_CFLAGS   := -std=gnu11 $(OPTIMISE) $(WARNINGS) $(if $(filter 1,$(WERROR)),-Werror) $(HARDEN) -pthread
DD_LDFLAGS  := $(LINKHARD) -pthread
COMPILE     := $(CC) $(DD_CPPFLAGS) $(CPPFLAGS) $(DD_CFLAGS) $(CFLAGS)
LINK        := $(CC) $(DD_CFLAGS) $(CFLAGS) $(DD_LDFLAGS) $(LDFLAGS)

# A list of make's ends at a space: a BUILD with one is reached by a link that has none.
ifneq ($(words $(BUILD)),1)
override BUILD := $(shell link=.build-$$(echo '$(BUILD)' | cksum | cut -d ' ' -f 1) && \
    mkdir -p '$(BUILD)' && ln -sfn '$(BUILD)' $$link && echo $$link)
endif
# What installs packages first and then calls make again uses all processors, unless it was told how many.
SUBMAKE = --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

LIBDD_LIBS    := -lzmq -lsodium -ljson-c
DDBROKER_LIBS := -lczmq -lmicrohttpd $(LIBDD_LIBS)
# Debian's libcdk.so is linked with the narrow ncurses and mangles UTF-8; its archive isn't.
DDTUI_LIBS    := -l:libcdk.a -lncursesw -ltinfo -lczmq $(LIBDD_LIBS)
DDKEYS_LIBS   := $(LIBDD_LIBS)

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2);)

PROGRAMS := ddbroker ddtui ddkeys ddperf
HAVE     := $(foreach p,$(PROGRAMS),$(if $(wildcard $(p)/main.c),$(p)))
# A program's sources stand in its folder and in that of each layer.
sources   = $(wildcard $(1)/*.c $(1)/*/*.c)
# What programs with a configuration file share, and the library and the other programs do without.
CONFIG_O := $(patsubst %.c,$(BUILD)/%.o,$(wildcard config/*.c))
configured = $(if $(filter ddbroker ddtui,$(1)),$(CONFIG_O))
SOURCES  := $(call sources,libdd) $(wildcard config/*.c) $(foreach p,$(HAVE),$(call sources,$(p)))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
LIBDD_A  := $(BUILD)/libdd.a
LIBDD_SO := $(BUILD)/libdd.so.$(VERSION)
BINARIES := $(foreach p,$(HAVE),$(BUILD)/bin/$(p))
MANPAGES := $(wildcard man/*.[0-9])

all: $(LIBDD_A) $(LIBDD_SO) $(BINARIES)

# ---- objects, library, programs ----------------------------------------------------------------

$(BUILD)/%.o: %.c | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(call say,CC,$<)$(COMPILE) -MMD -MP -c -o $@ $<

objects: $(OBJECTS)

$(LIBDD_A): $(patsubst %.c,$(BUILD)/%.o,$(call sources,libdd))
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(LIBDD_SO): $(patsubst %.c,$(BUILD)/%.o,$(call sources,libdd)) libdd/libdd.map
	$(call say,LD,$@)$(LINK) -shared -Wl,-soname,libdd.so.$(SOVERSION) -Wl,--version-script=libdd/libdd.map \
	    -o $@ $(filter %.o,$^) $(LIBDD_LIBS)

# A program's objects without main.o, so that tests can link them.
define program
$(BUILD)/$(1).a: $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(1)/main.c,$(call sources,$(1)))) $(call configured,$(1))
	$$(call say,AR,$$@)rm -f $$@ && $$(AR) rcs $$@ $$^
$(BUILD)/bin/$(1): $(BUILD)/$(1)/main.o $(BUILD)/$(1).a $(LIBDD_A)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$(LINK) -pie -o $$@ $$^ $$($(call upper,$(1))_LIBS)
endef
upper = $(shell echo $(1) | tr a-z A-Z)
DDPERF_LIBS := $(LIBDD_LIBS)
$(foreach p,$(HAVE),$(eval $(call program,$(p))))

# ---- tests -------------------------------------------------------------------------------------
# tests/unit/<program>/<layer>/test_<module>.c links that program's objects, and what its tests share;
# tests/system/test_*.c and tests/screens/test_*.c drive real programs through
# tests/system/harness.c; tests/fuzz/fuzz_*.c replay their corpora, and random_peer does both;
# tests/chaos plays faults on trees.

UNIT    := $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)
SYSTEM  := $(wildcard tests/system/test_*.c tests/screens/test_*.c)
FUZZ    := $(wildcard tests/fuzz/fuzz_*.c)
SCRIPTS := $(wildcard tests/system/test_*.sh tests/chaos/test_*.sh)
TESTS   := $(UNIT:%.c=$(BUILD)/%) $(FUZZ:%.c=$(BUILD)/%) $(BUILD)/tests/fuzz/random_peer $(SYSTEM:%.c=$(BUILD)/%)
CHAOS   := $(addprefix $(BUILD)/tests/chaos/,chaos clock_shift.so)
CHAOS_O := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/main.c %/clock_shift.c,$(wildcard tests/chaos/*.c)))
HARNESS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/system/test_%.c,$(wildcard tests/system/*.c)))

# Unit tests can say when memory runs out: tests/unit/memory_limit.h.
$(BUILD)/tests/unit/%: LINK += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
shared = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c) $(filter-out tests/unit/$(1)/test_%.c,$(wildcard tests/unit/$(1)/*.c)))
$(BUILD)/tests/unit/libdd/%: $(BUILD)/tests/unit/libdd/%.o $(call shared,libdd) $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
$(BUILD)/tests/unit/config/%: $(BUILD)/tests/unit/config/%.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c)) $(CONFIG_O) $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka -lczmq $(LIBDD_LIBS)
$(BUILD)/tests/unit/ddbroker/%: $(BUILD)/tests/unit/ddbroker/%.o $(call shared,ddbroker) $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(DDBROKER_LIBS)
$(BUILD)/tests/unit/ddtui/%: $(BUILD)/tests/unit/ddtui/%.o $(call shared,ddtui) $(BUILD)/ddtui.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(DDTUI_LIBS)
$(BUILD)/tests/unit/ddkeys/%: $(BUILD)/tests/unit/ddkeys/%.o $(call shared,ddkeys) $(BUILD)/ddkeys.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(DDKEYS_LIBS)
$(BUILD)/tests/unit/ddperf/%: $(BUILD)/tests/unit/ddperf/%.o $(call shared,ddperf) $(BUILD)/ddperf.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(DDPERF_LIBS)
$(BUILD)/tests/unit/chaos/%: $(BUILD)/tests/unit/chaos/%.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c)) $(CHAOS_O) $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
# libFuzzer has a main of its own; without it, replay.c goes over the corpus.
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(if $(LIBFUZZER),,$(BUILD)/tests/fuzz/replay.o) $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ -Wl,--start-group $^ -Wl,--end-group $(FUZZ_LIBS)
$(BUILD)/tests/fuzz/fuzz_%: FUZZ_LIBS = $(DDBROKER_LIBS)
$(BUILD)/tests/fuzz/fuzz_report: $(BUILD)/ddtui.a
$(BUILD)/tests/fuzz/fuzz_report: FUZZ_LIBS = $(DDTUI_LIBS)
$(BUILD)/tests/fuzz/fuzz_payload: $(BUILD)/ddperf.a
$(BUILD)/tests/fuzz/random_peer: $(BUILD)/tests/fuzz/random_peer.o $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
$(BUILD)/tests/fuzz/seeds: $(BUILD)/tests/fuzz/seeds.o $(BUILD)/ddperf.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ $(DDBROKER_LIBS)
$(BUILD)/tests/system/test_%: $(BUILD)/tests/system/test_%.o $(HARNESS) $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(DDBROKER_LIBS)
$(BUILD)/tests/screens/test_%: $(BUILD)/tests/screens/test_%.o $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)

$(BUILD)/tests/chaos/chaos: $(BUILD)/tests/chaos/main.o $(CHAOS_O) $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
$(BUILD)/tests/chaos/clock_shift.so: $(BUILD)/tests/chaos/clock_shift.o
	$(call say,LD,$@)$(LINK) -shared -o $@ $^

# What stays connected in the demo, and publishes.
DEMO := $(BUILD)/share/demo/publisher
$(DEMO): $(DEMO).o $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ $(LIBDD_LIBS)
demo-programs: all $(DEMO)

tests: all $(TESTS) $(CHAOS) $(DEMO)

# The work behind `check`, for a machine that has everything.
test: tests
	$(Q)BUILD=$(BUILD) tests/run $(TESTS) $(SCRIPTS)

check: deps
	$(Q)$(MAKE) $(SUBMAKE) test

asan:
	$(Q)$(MAKE) $(SUBMAKE) SAN=1 test

# Which lines the tests run, by folder. Tests that fail don't keep the report back.
coverage:
	$(Q)find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	$(Q)TEST_TIMEOUT=400 $(MAKE) --no-print-directory COVERAGE=1 test; status=$$?; \
	    tests/coverage build/coverage && exit $$status

# What `bench` measures with and against. Peers that can't be installed are left out.
BENCH     := $(addprefix $(BUILD)/tests/bench/,load forward core_scale)
CORE_BENCH := $(wildcard tests/bench/core_*.c)

$(BUILD)/tests/bench/load: $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/forward.c $(CORE_BENCH),$(wildcard tests/bench/*.c))) $(BUILD)/ddperf.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lssl -lcrypto $(LIBDD_LIBS)
$(BUILD)/tests/bench/forward: $(BUILD)/tests/bench/forward.o $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ -lzmq
$(BUILD)/tests/bench/core_scale: $(CORE_BENCH:%.c=$(BUILD)/%.o) $(BUILD)/tests/unit/ddbroker/tenants.o $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(LINK) -pie -o $@ $^ $(DDBROKER_LIBS)

# Faults of every kind under load, twenty minutes of them; tests/chaos/run plays single ones.
chaos: deps
	$(Q)$(MAKE) --no-print-directory all $(CHAOS)
	$(Q)BUILD=$(BUILD) tests/chaos/run

bench-programs: $(BENCH)

# Prints a table, and writes what README shows of it to BENCH_PLOT; tests/bench/run says the rest.
bench: deps
	$(Q)share/deps libssl-dev openssl
	$(Q)share/deps mosquitto nats-server || true
	$(Q)$(MAKE) $(SUBMAKE) all bench-programs
	$(Q)BUILD=$(BUILD) tests/bench/run

# Hostile bytes, each target for T seconds, and a random peer for as long.
T ?= 60
fuzz:
	$(Q)tests/fuzz/run -t $(T)
	$(Q)$(MAKE) $(SUBMAKE) SAN=1 all build/san/tests/fuzz/random_peer
	$(Q)BUILD=build/san build/san/tests/fuzz/random_peer $(T)

# ---- users -------------------------------------------------------------------------------------

deps:
	$(Q)share/deps $(DEPS)

# Debian's packages, into this folder. DD_BUILD: see share/debian/rules.
deb: $(if $(DD_BUILD),,deps)
	$(Q)$(if $(DD_BUILD),,share/deps $(DEB_DEPS))
	$(Q)share/deb $(VERSION) $(BUILD)/deb $(BUILD_DEPS)

demo: deps
	$(Q)$(MAKE) -s $(SUBMAKE) demo-programs
	$(Q)BUILD=$(BUILD) share/demo/demo

# Files that name folders name those they are installed to.
fill      = sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|' \
                -e 's|^\([a-z]*dir\)=$(PREFIX)/|\1=$${prefix}/|; s|@VERSION@|$(VERSION)|' \
                -e 's|@SBINDIR@|$(SBINDIR)|; s|/etc/doubledecker|$(SYSCONFDIR)/doubledecker|g' \
                $(if $(OLD_SYSTEMD),-e '/^RestartSteps=/d; /^RestartMaxDelaySec=/d')
# Before version 254 it knows nothing of these two, and says so at each start.
OLD_SYSTEMD = $(shell systemctl --version 2>/dev/null | awk '$$1 == "systemd" && $$2 < 254')
# Whatever the umask, all may read it.
install_all = umask 022 && for file in $(2); do \
                  install -D -m $(1) "$$file" "$(DESTDIR)$(3)/$${file\#\#*/}" || exit 1; done
install_filled = umask 022 && for file in $(1); do name=$${file\#\#*/} && \
                  $(fill) "$$file" | install -D -m 644 /dev/stdin "$(DESTDIR)$(2)/$${name%.in}" || exit 1; done
install_as = umask 022 && $(fill) $(1) | install -D -m 644 /dev/stdin "$(DESTDIR)$(2)"
pages     = $(filter %.$(1),$(MANPAGES))

install: all
	$(call install_all,755,$(filter-out %/ddbroker,$(BINARIES)),$(BINDIR))
	$(call install_all,755,$(BUILD)/bin/ddbroker,$(SBINDIR))
	$(call install_all,644,libdd/include/dd.h,$(INCLUDEDIR))
	$(call install_all,644,$(LIBDD_A),$(LIBDIR))
	$(call install_all,755,$(LIBDD_SO),$(LIBDIR))
	ln -sf libdd.so.$(VERSION) "$(DESTDIR)$(LIBDIR)/libdd.so.$(SOVERSION)"
	ln -sf libdd.so.$(SOVERSION) "$(DESTDIR)$(LIBDIR)/libdd.so"
	$(call install_filled,share/libdd.pc.in,$(LIBDIR)/pkgconfig)
	$(foreach section,1 3 5 7 8,$(call install_filled,$(call pages,$(section)),$(MANDIR)/man$(section)) &&) :
	umask 022 && for program in $(PROGRAMS); do \
	    install -D -m 644 share/completions/doubledecker.bash "$(DESTDIR)$(BASHDIR)/$$program" && \
	    install -D -m 644 share/completions/doubledecker.fish "$(DESTDIR)$(FISHDIR)/$$program.fish" || exit 1; done
	$(call install_all,644,share/completions/_doubledecker,$(ZSHDIR))
	$(call install_filled,$(wildcard share/examples/*),$(DOCDIR)/examples)
	$(call install_all,644,$(wildcard share/python/doubledecker/*.*),$(PYTHONDIR)/doubledecker)
	$(call install_filled,$(wildcard share/systemd/*.service),$(UNITDIR))
	$(call install_as,share/systemd/doubledecker.sysusers,$(SYSUSERSDIR)/doubledecker.conf)
	$(call install_as,share/systemd/doubledecker.tmpfiles,$(TMPFILESDIR)/doubledecker.conf)
	$(call install_as,share/logrotate,$(LOGROTATEDIR)/doubledecker)
	$(if $(DESTDIR),,[ "$$(id -u)" -ne 0 ] || $(LDCONFIG))
	$(if $(DESTDIR),,$(left_to_do))

# The loader's list of libraries is the running system's, so only that is told.
LDCONFIG ?= PATH="$$PATH:/sbin:/usr/sbin" ldconfig

# What packages do by themselves, and what the administrator decides.
left_to_do = @printf '%s\n' 'Installed. What is left to do, as root, to have a broker as a service:' \
    '    systemd-sysusers "$(SYSUSERSDIR)/doubledecker.conf"' \
    '    systemd-tmpfiles --create "$(TMPFILESDIR)/doubledecker.conf"' \
    '    systemctl daemon-reload' \
    '    ddkeys -t TENANT,TENANT' \
    '    cp "$(DOCDIR)/examples/ddbroker.conf" "$(SYSCONFDIR)/doubledecker/top.conf"' \
    '    systemctl enable --now ddbroker@top'

uninstall:
	for program in $(filter-out ddbroker,$(PROGRAMS)); do rm -f "$(DESTDIR)$(BINDIR)/$$program"; done
	rm -f "$(DESTDIR)$(SBINDIR)/ddbroker" "$(DESTDIR)$(INCLUDEDIR)/dd.h" \
	    "$(DESTDIR)$(LIBDIR)"/libdd.a "$(DESTDIR)$(LIBDIR)"/libdd.so* "$(DESTDIR)$(LIBDIR)/pkgconfig/libdd.pc"
	for unit in $(notdir $(wildcard share/systemd/*.service)); do rm -f "$(DESTDIR)$(UNITDIR)/$$unit"; done
	for program in $(PROGRAMS); do \
	    rm -f "$(DESTDIR)$(BASHDIR)/$$program" "$(DESTDIR)$(FISHDIR)/$$program.fish"; done
	rm -f "$(DESTDIR)$(ZSHDIR)/_doubledecker" "$(DESTDIR)$(SYSUSERSDIR)/doubledecker.conf" \
	    "$(DESTDIR)$(TMPFILESDIR)/doubledecker.conf" "$(DESTDIR)$(LOGROTATEDIR)/doubledecker"
	rm -rf "$(DESTDIR)$(DOCDIR)/examples" "$(DESTDIR)$(PYTHONDIR)/doubledecker"
	rmdir "$(DESTDIR)$(DOCDIR)" 2>/dev/null || :
	for page in $(notdir $(MANPAGES)); do rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$$page"; done

# ---- developers --------------------------------------------------------------------------------

# Warnings are errors in what is built for it, which is beside what was built without that.
LINT_BUILD ?= build/lint
lint:
	$(Q)share/deps $(LINT_DEPS)
	$(Q)$(MAKE) $(SUBMAKE) BUILD=$(LINT_BUILD) WERROR=1 tests bench-programs
	$(Q)BUILD=$(LINT_BUILD) tests/lint

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

dist:
	$(Q)share/dist doubledecker-$(VERSION)

clean:
	rm -rf build .build-*

.PHONY: all objects tests test check asan coverage chaos bench bench-programs fuzz deps deb demo demo-programs install uninstall lint format dist clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(BUILD)/ -path $(BUILD)/deb -prune -o -type f -name '*.d' -print 2>/dev/null)
