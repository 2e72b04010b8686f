# SPDX-License-Identifier: LGPL-2.1-or-later
# DoubleDecker. `make demo` and `make check` install what is missing, build and run; see README.md.
# V=1 shows whole commands. SAN=1 builds with address and undefined-behaviour sanitizers.

VERSION   := 1.0.0
SOVERSION := 1
PREFIX    ?= /usr/local
SYSCONF   ?= /etc/doubledecker
DESTDIR   ?=
CC        ?= gcc
BUILD     ?= build
V         ?= 0

# Debian 12's names. `deps` calls apt-get only for what dpkg doesn't know as installed.
DEPS := libzmq3-dev libczmq-dev libsodium-dev libjson-c-dev uthash-dev libncurses-dev libcdk5-dev \
        libcmocka-dev mandoc tmux
LINT_DEPS := clang-format cppcheck

WARNINGS := -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wundef \
            -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
OPTIMISE := -O2 -g -fno-strict-aliasing
HARDEN   := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIC -fvisibility=hidden
LINKHARD := -Wl,-z,relro,-z,now -Wl,--as-needed
ifeq ($(SAN),1)
BUILD    := build/san
OPTIMISE := -O1 -g -fno-omit-frame-pointer
HARDEN   := -fPIC -fvisibility=hidden -fsanitize=address,undefined -fno-sanitize-recover=undefined
LINKHARD := -fsanitize=address,undefined
# What gcc knows of ranges is less under sanitizers, and it warns of texts that do fit.
WARNINGS += -Wno-format-truncation
endif
CFLAGS   += -std=gnu11 $(OPTIMISE) $(WARNINGS) $(HARDEN) -pthread
CPPFLAGS += -I. -Ilibdd/include -D_GNU_SOURCE -DDD_SYSCONF='"$(SYSCONF)"'
LDFLAGS  += $(LINKHARD) -pthread

LIBDD_LIBS    := -lzmq -lsodium -ljson-c
DDBROKER_LIBS := -lczmq $(LIBDD_LIBS)
# Debian's libcdk.so is linked with the narrow ncurses and mangles UTF-8; its archive isn't.
DDTUI_LIBS    := -l:libcdk.a -lncursesw -ltinfo $(LIBDD_LIBS)
DDKEYS_LIBS   := $(LIBDD_LIBS)

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2);)

PROGRAMS := ddbroker ddtui ddkeys ddperf
HAVE     := $(foreach p,$(PROGRAMS),$(if $(wildcard $(p)/main.c),$(p)))
# A program's sources stand in its folder and in that of each layer.
sources   = $(wildcard $(1)/*.c $(1)/*/*.c)
SOURCES  := $(call sources,libdd) $(foreach p,$(HAVE),$(call sources,$(p)))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
LIBDD_A  := $(BUILD)/libdd.a
LIBDD_SO := $(BUILD)/libdd.so.$(VERSION)
BINARIES := $(foreach p,$(HAVE),$(BUILD)/bin/$(p))
MANPAGES := $(wildcard man/*.[0-9])

all: $(LIBDD_A) $(LIBDD_SO) $(BINARIES)

# ---- objects, library, programs ----------------------------------------------------------------

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIBDD_A): $(patsubst %.c,$(BUILD)/%.o,$(call sources,libdd))
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$(LIBDD_SO): $(patsubst %.c,$(BUILD)/%.o,$(call sources,libdd))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -shared -Wl,-soname,libdd.so.$(SOVERSION) -o $@ $^ $(LIBDD_LIBS)

# A program's objects without main.o, so that tests can link them.
define program
$(BUILD)/$(1).a: $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(1)/main.c,$(call sources,$(1))))
	$$(call say,AR,$$@)rm -f $$@ && ar rcs $$@ $$^
$(BUILD)/bin/$(1): $(BUILD)/$(1)/main.o $(BUILD)/$(1).a $(LIBDD_A)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$(CC) $(LDFLAGS) -pie -o $$@ $$^ $$($(call upper,$(1))_LIBS)
endef
upper = $(shell echo $(1) | tr a-z A-Z)
DDPERF_LIBS := $(LIBDD_LIBS)
$(foreach p,$(HAVE),$(eval $(call program,$(p))))

# ---- tests -------------------------------------------------------------------------------------
# tests/unit/<program>/<layer>/test_<module>.c links that program's objects, and what its tests share;
# tests/system/test_*.c and tests/screens/test_*.c drive real programs through
# tests/system/harness.c; tests/fuzz/fuzz_*.c replay their corpora; tests/chaos plays faults on trees.

UNIT    := $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)
SYSTEM  := $(wildcard tests/system/test_*.c tests/screens/test_*.c)
FUZZ    := $(wildcard tests/fuzz/fuzz_*.c)
SCRIPTS := $(wildcard tests/system/test_*.sh tests/chaos/test_*.sh)
TESTS   := $(UNIT:%.c=$(BUILD)/%) $(FUZZ:%.c=$(BUILD)/%) $(SYSTEM:%.c=$(BUILD)/%)
CHAOS   := $(addprefix $(BUILD)/tests/chaos/,chaos clock_shift.so)
CHAOS_O := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/main.c %/clock_shift.c,$(wildcard tests/chaos/*.c)))
HARNESS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/system/test_%.c,$(wildcard tests/system/*.c)))

shared = $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/unit/$(1)/test_%.c,$(wildcard tests/unit/$(1)/*.c)))
$(BUILD)/tests/unit/libdd/%: $(BUILD)/tests/unit/libdd/%.o $(call shared,libdd) $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
$(BUILD)/tests/unit/ddbroker/%: $(BUILD)/tests/unit/ddbroker/%.o $(call shared,ddbroker) $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(DDBROKER_LIBS)
$(BUILD)/tests/unit/ddtui/%: $(BUILD)/tests/unit/ddtui/%.o $(call shared,ddtui) $(BUILD)/ddtui.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(DDTUI_LIBS)
$(BUILD)/tests/unit/ddkeys/%: $(BUILD)/tests/unit/ddkeys/%.o $(call shared,ddkeys) $(BUILD)/ddkeys.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(DDKEYS_LIBS)
$(BUILD)/tests/unit/ddperf/%: $(BUILD)/tests/unit/ddperf/%.o $(call shared,ddperf) $(BUILD)/ddperf.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(DDPERF_LIBS)
$(BUILD)/tests/unit/chaos/%: $(BUILD)/tests/unit/chaos/%.o $(CHAOS_O) $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
# libFuzzer has a main of its own; without it, replay.c goes over the corpus.
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(if $(LIBFUZZER),,$(BUILD)/tests/fuzz/replay.o) $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ $(DDBROKER_LIBS)
$(BUILD)/tests/fuzz/seeds: $(BUILD)/tests/fuzz/seeds.o $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ $(DDBROKER_LIBS)
$(BUILD)/tests/system/test_%: $(BUILD)/tests/system/test_%.o $(HARNESS) $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(DDBROKER_LIBS)
$(BUILD)/tests/screens/test_%: $(BUILD)/tests/screens/test_%.o $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)

$(BUILD)/tests/chaos/chaos: $(BUILD)/tests/chaos/main.o $(CHAOS_O) $(HARNESS) $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lcmocka $(LIBDD_LIBS)
$(BUILD)/tests/chaos/clock_shift.so: $(BUILD)/tests/chaos/clock_shift.o
	$(call say,LD,$@)$(CC) $(LDFLAGS) -shared -o $@ $^

tests: all $(TESTS) $(CHAOS)

# The work behind `check`, for a machine that has everything.
test: tests
	$(Q)BUILD=$(BUILD) tests/run $(TESTS) $(SCRIPTS)

check: deps
	$(Q)$(MAKE) --no-print-directory test

asan:
	$(Q)TEST_TIMEOUT=400 $(MAKE) --no-print-directory SAN=1 test

# What `bench` measures with and against. Peers that can't be installed are left out.
BENCH     := $(addprefix $(BUILD)/tests/bench/,load forward core_scale)

$(BUILD)/tests/bench/load: $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/forward.c %/core_scale.c,$(wildcard tests/bench/*.c))) $(BUILD)/ddperf.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lssl -lcrypto $(LIBDD_LIBS)
$(BUILD)/tests/bench/forward: $(BUILD)/tests/bench/forward.o $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ -lzmq
$(BUILD)/tests/bench/core_scale: $(BUILD)/tests/bench/core_scale.o $(BUILD)/tests/unit/ddbroker/tenants.o $(BUILD)/ddbroker.a $(LIBDD_A)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -pie -o $@ $^ $(DDBROKER_LIBS)

# Faults of every kind under load, twenty minutes of them; tests/chaos/run plays single ones.
chaos: deps
	$(Q)$(MAKE) --no-print-directory all $(CHAOS)
	$(Q)BUILD=$(BUILD) tests/chaos/run

bench: deps
	$(Q)share/deps libssl-dev openssl
	$(Q)share/deps mosquitto nats-server || true
	$(Q)$(MAKE) --no-print-directory all $(BENCH)
	$(Q)BUILD=$(BUILD) tests/bench/run

fuzz:
	$(Q)tests/fuzz/run

# ---- users -------------------------------------------------------------------------------------

deps:
	$(Q)share/deps $(DEPS)

demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)BUILD=$(BUILD) share/demo/demo

# Shells look for completions by the program's name.
BASH_DIR := $(PREFIX)/share/bash-completion/completions
FISH_DIR := $(PREFIX)/share/fish/vendor_completions.d
ZSH_DIR  := $(PREFIX)/share/zsh/site-functions

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/include \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/share/doc/doubledecker/examples \
	    $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 755 $(filter-out %/ddbroker,$(BINARIES)) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/bin/ddbroker $(DESTDIR)$(PREFIX)/sbin
	install -m 644 libdd/include/dd.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(LIBDD_A) $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(LIBDD_SO) $(DESTDIR)$(PREFIX)/lib
	ln -sf libdd.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libdd.so.$(SOVERSION)
	ln -sf libdd.so.$(SOVERSION) $(DESTDIR)$(PREFIX)/lib/libdd.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' share/libdd.pc.in \
	    > $(DESTDIR)$(PREFIX)/lib/pkgconfig/libdd.pc
	for page in $(MANPAGES); do \
	    install -D -m 644 $$page \
	        $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	for program in $(PROGRAMS); do \
	    install -D -m 644 share/completions/doubledecker.bash $(DESTDIR)$(BASH_DIR)/$$program; \
	    install -D -m 644 share/completions/doubledecker.fish $(DESTDIR)$(FISH_DIR)/$$program.fish; done
	install -D -m 644 share/completions/_doubledecker $(DESTDIR)$(ZSH_DIR)/_doubledecker
	install -m 644 share/examples/* $(DESTDIR)$(PREFIX)/share/doc/doubledecker/examples
	install -m 644 share/systemd/*.service $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed -i 's|@PREFIX@|$(PREFIX)|' $(DESTDIR)$(PREFIX)/lib/systemd/system/ddbroker@.service

uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%) $(DESTDIR)$(PREFIX)/sbin/ddbroker \
	    $(DESTDIR)$(PREFIX)/include/dd.h $(DESTDIR)$(PREFIX)/lib/libdd.a \
	    $(DESTDIR)$(PREFIX)/lib/libdd.so* $(DESTDIR)$(PREFIX)/lib/pkgconfig/libdd.pc \
	    $(DESTDIR)$(PREFIX)/lib/systemd/system/ddbroker@.service \
	    $(PROGRAMS:%=$(DESTDIR)$(BASH_DIR)/%) $(PROGRAMS:%=$(DESTDIR)$(FISH_DIR)/%.fish) \
	    $(DESTDIR)$(ZSH_DIR)/_doubledecker
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/doubledecker
	for page in $(MANPAGES); do \
	    rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done

# ---- developers --------------------------------------------------------------------------------

lint:
	$(Q)share/deps $(LINT_DEPS)
	$(Q)tests/lint

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

dist:
	git archive --format=tar.gz --prefix=doubledecker-$(VERSION)/ -o doubledecker-$(VERSION).tar.gz HEAD

clean:
	rm -rf build

.PHONY: all tests test check asan chaos bench fuzz deps demo install uninstall lint format dist clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
