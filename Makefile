# SPDX-License-Identifier: MIT
# Builds lua-sms into build/ (nothing outside it) and runs everything a developer or CI runs. `make help` lists the commands.

# Nothing says which folder it enters, also where make was called from another one: `make env` is read by a shell.
MAKEFLAGS += --no-print-directory

LUA = lua5.4
PREFIX = /usr/local
BUILD = build
SPEC = spec

# Headers and library are those of the interpreter. Override on the command line where they are elsewhere.
LUA_INCDIR := $(shell sh tools/lua.sh headers '$(LUA)')
LUA_NUMBER := $(shell sh tools/lua.sh number '$(LUA)')
LUA_LIBRARY = $(shell sh tools/lua.sh library '$(LUA)')
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes
COMPILE = $(CC) -std=c99 $(WARNINGS) -fPIC -fno-plt -fvisibility=hidden $(addprefix -I,$(LUA_INCDIR)) $(addprefix -DSMS_LUA=,$(subst .,0,$(LUA_NUMBER))) $(CPPFLAGS) $(CFLAGS) $(SANITIZE)
# A module finds Lua's functions in the program that loads it.
SHARED := $(if $(filter Darwin,$(shell uname)),-bundle -undefined dynamic_lookup,-shared)
LINK = $(CC) $(SHARED) $(CFLAGS) $(SANITIZE) $(LDFLAGS)

CORE_SRC := $(wildcard csrc/base/*.c csrc/text/*.c csrc/http/*.c csrc/lua/*.c)
NAMES_SRC := $(wildcard csrc/names/*.c)
HTTPD_SRC := $(wildcard csrc/httpd/*.c)
CORE_OBJ = $(CORE_SRC:csrc/%.c=$(BUILD)/obj/%.o)
NAMES_OBJ = $(NAMES_SRC:csrc/%.c=$(BUILD)/obj/%.o)
HTTPD_OBJ = $(HTTPD_SRC:csrc/%.c=$(BUILD)/obj/%.o)
MODULES = $(BUILD)/lib/sms/core.so $(BUILD)/lib/sms/names.so $(BUILD)/lib/sms/httpd.so

# What runs from the tree sees the tree and Lua's default places, and nothing of the user's own environment.
CLEAN_ENV = env -u LUA_INIT -u LUA_INIT_5_4 -u LUA_PATH_5_4 -u LUA_CPATH_5_4 -u LUA_INIT_5_5 -u LUA_PATH_5_5 -u LUA_CPATH_5_5 \
	-u http_proxy -u https_proxy -u HTTPS_PROXY -u all_proxy -u ALL_PROXY -u no_proxy -u NO_PROXY -u SSL_CERT_FILE -u SSL_CERT_DIR -u CURL_CA_BUNDLE -u CURL_HOME
TREE_PATHS = LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='$(BUILD)/lib/?.so;;'
RUN = $(CLEAN_ENV) -u MESSAGEWHIZ_APIKEY -u MESSAGEWHIZ_URL -u ZOOMCONNECT_EMAIL -u ZOOMCONNECT_TOKEN -u ZOOMCONNECT_URL \
	-u WEBSMS_TOKEN -u WEBSMS_URL -u ZIPWHIP_SESSION -u ZIPWHIP_URL $(TREE_PATHS) LUA='$(LUA)' LUA_INCDIR='$(LUA_INCDIR)' LUA_LIBRARY='$(LUA_LIBRARY)'
BUSTED = busted

LUA_FILES = lua spec examples examples/webhook.cgi tools library bin/sms trials bench .busted .luacheckrc
C_FILES = $(wildcard csrc/*/*.[ch] spec/support/*.c spec/c/*.[ch])
GENERATED = library docs/reference docs/errors.md README.md *.rockspec
# The specs that exercise C; each runs under valgrind and under the sanitizers.
TORTURE = $(wildcard $(addprefix spec/,core/*_spec.lua httpd/*_spec.lua api/core_shape_spec.lua api/engine_spec.lua text/codec_c_spec.lua \
	text/json*_spec.lua text/text_spec.lua text/text_national_spec.lua call/files_spec.lua))
# What the trial of the n-th allocation takes over from the objects that it is linked from.
WRAPPED = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
# How long each fuzzing harness and the soak run.
SECONDS = 60
MINUTES = 10
# How many texts go through the C code and its second opinion.
TEXTS = 1000000
# How often the trial of the outbox kills a worker, stops one beyond its lease, and crashes the database server.
KILLS = 200
STOPS = 50
CRASHES = 20

.PHONY: all help env deps demo test check lint rock web vendor bench torture valgrind sanitizers sanitized starved starving alloc allocated threads
.PHONY: threaded corpus replayed texts fuzz soak outbox-trial proof machines release docs site docs-check install uninstall clean format FORCE
.DELETE_ON_ERROR:

all: $(MODULES) $(BUILD)/bin/sms

help:
	@echo 'make            build the C modules into $(BUILD)/'
	@echo 'make env        print the exports that put the built tree on the path of Lua: eval "$$(make -s env)"'
	@echo 'make deps       install the packages that are missing (Debian); `make demo` and `make test` install only what they need'
	@echo 'make demo       a first broadcast of 5,000 texts on the sandbox, one text through each provider, a run that is killed and goes on'
	@echo 'make test       every spec; SPEC=spec/text/json_spec.lua for one'
	@echo 'make check      what CI runs: lint, test, rock, web (not in CI), torture'
	@echo 'make lint       luacheck, warnings of two compilers as errors, clang-format, sizes, licences, Lua 5.5, generated files up to date'
	@echo 'make rock       all rocks built into a temporary tree and used from outside the checkout'
	@echo 'make web        the page of the inbox in a real Chromium; skipped where Chromium or Node.js is missing; WEB=file for one test'
	@echo 'make torture    memory on trial: valgrind sanitizers alloc threads corpus, each a command of its own; also make starved'
	@echo 'make fuzz       SECONDS=60 of each fuzzing harness (needs libclang-rt-dev)'
	@echo 'make bench      speed next to a C program on libcurl and to other libraries, some minutes; results in bench/results/'
	@echo 'make texts      TEXTS=$(TEXTS) random texts counted and cut in C and in plain Lua, which must agree'
	@echo 'make soak       MINUTES=10 of 200 requests in flight, with faults; prints memory and descriptors'
	@echo 'make outbox-trial  KILLS=200 STOPS=50 CRASHES=20 of workers and servers; counts what was sent twice, lost, said wrongly'
	@echo 'make proof      what became of 1,000 sends and 1,000 reads under each fault, and of 20,000 sends at random, as tables'
	@echo 'make machines   demo and tests in roots of Debian 12 and 13 (build/machines, made by debootstrap; needs root); SUITES=trixie for one'
	@echo 'make release    VERSION=1.2.3: rockspecs, source rocks and sums into $(BUILD)/release, installed and tried; publishes nothing'
	@echo 'make docs       write the generated files: $(GENERATED)'
	@echo 'make site       the documents as a static site in $(BUILD)/site, with search; links are checked (needs node and npm)'
	@echo 'make format     clang-format over csrc'
	@echo 'make install    PREFIX=$(PREFIX), DESTDIR=; `make uninstall` with the same removes what it put there'
	@echo 'make clean      remove $(BUILD)/'

# ---- build ----

$(BUILD)/lib/sms/core.so: $(CORE_OBJ)
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(LINK) -o $@ $(CORE_OBJ) -lcurl $(LDLIBS)

$(BUILD)/lib/sms/names.so: $(NAMES_OBJ)
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(LINK) -o $@ $(NAMES_OBJ)

$(BUILD)/lib/sms/httpd.so: $(HTTPD_OBJ)
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(LINK) -o $@ $(HTTPD_OBJ) -lmicrohttpd

# The command for those who have the tree on their paths (`make env`).
$(BUILD)/bin/sms: bin/sms tools/command.lua
	@mkdir -p $(@D)
	@$(CLEAN_ENV) $(LUA) tools/command.lua $@ '$(CURDIR)' '$(abspath $(BUILD))'
	@chmod 755 $@

$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(COMPILE) -MMD -MP -c -o $@ $<

# The files that say which package is missing come first, so that their message is the first and only one.
$(filter-out $(BUILD)/obj/lua/prerequisites.o,$(CORE_OBJ)): | $(BUILD)/obj/lua/prerequisites.o
$(filter-out $(BUILD)/obj/names/module.o,$(NAMES_OBJ)): | $(BUILD)/obj/names/module.o
$(filter-out $(BUILD)/obj/httpd/prerequisites.o,$(HTTPD_OBJ)): | $(BUILD)/obj/httpd/prerequisites.o

# Holds the compiler and its flags: another CC= or CFLAGS= builds everything again.
$(BUILD)/obj/flags: FORCE
	@command -v $(firstword $(CC)) >/dev/null || { echo '$(firstword $(CC)) is missing. Debian, Ubuntu: apt-get install gcc' >&2; exit 1; }
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' > $@

-include $(wildcard $(BUILD)/obj/*/*.d)

clean:
	rm -rf $(BUILD)

# Keeps what the user has on the path behind the tree; an empty or unset variable means the default places (`;;`).
env:
	@sh tools/env.sh '$(CURDIR)' '$(abspath $(BUILD))'

install: all
	@$(CLEAN_ENV) $(LUA) tools/install.lua '$(BUILD)' '$(PREFIX)' '$(DESTDIR)'

uninstall:
	@$(CLEAN_ENV) $(LUA) tools/install.lua --remove '$(PREFIX)' '$(DESTDIR)'

# ---- run ----

deps:
	@LUA='$(LUA)' sh tools/deps.sh

demo:
	@LUA='$(LUA)' sh tools/deps.sh run
	@$(MAKE) --no-print-directory -s all
	@$(CLEAN_ENV) $(TREE_PATHS) $(LUA) examples/first_broadcast.lua
	@$(CLEAN_ENV) $(TREE_PATHS) $(LUA) examples/four_providers.lua
	@$(CLEAN_ENV) $(TREE_PATHS) $(LUA) examples/interrupted_broadcast.lua

test:
	@LUA='$(LUA)' sh tools/deps.sh test
	@$(MAKE) --no-print-directory all
	@$(RUN) BUILD='$(BUILD)' BUSTED='$(BUSTED) --lua=$(LUA)' sh tools/test.sh $(SPEC)

check:
	@+sh tools/check.sh

# kqueue's side of csrc/base/watch.c, where libkqueue has its headers; to run with it: CPPFLAGS='-DSMS_KQUEUE …' LDLIBS=-lkqueue.
KQUEUE = pkg-config --exists libkqueue 2>/dev/null

lint: deps all
	@if $(KQUEUE); then $(COMPILE) -Werror -DSMS_KQUEUE $$(pkg-config --cflags-only-I libkqueue | sed 's/-I/-isystem /g') -fsyntax-only csrc/base/watch.c; fi
	@$(CLEAN_ENV) -u LUA_PATH -u LUA_CPATH luacheck -q --no-color $(LUA_FILES)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/lint-gcc CC=gcc WARNINGS='$(WARNINGS) -Werror' all
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/lint-clang CC=clang WARNINGS='$(WARNINGS) -Werror' all
	@clang-format --dry-run -Werror $(C_FILES)
	@$(RUN) $(LUA) tools/size.lua
	@$(RUN) $(LUA) tools/licences.lua
	@$(RUN) $(LUA) tools/portable.lua
	@$(RUN) $(LUA) tools/vendor.lua --check
	@$(MAKE) --no-print-directory docs-check

rock: deps
	sh tools/rock.sh

# The page of the inbox; never in CI.
web: all
	@$(RUN) BUILD='$(BUILD)' LUA='$(LUA)' sh tools/web.sh $(WEB)

# Fetches the files of other packages that the page is made of, and compares them with what is committed.
vendor:
	@$(LUA) tools/vendor.lua

torture: deps
	@$(MAKE) --no-print-directory valgrind
	@$(MAKE) --no-print-directory sanitizers
	@$(MAKE) --no-print-directory alloc
	@$(MAKE) --no-print-directory threads
	@$(MAKE) --no-print-directory corpus

VALGRIND = valgrind -q --error-exitcode=99 --keep-debuginfo=yes --leak-check=full --show-leak-kinds=definite \
	--errors-for-leak-kinds=definite

valgrind: all
	@echo 'valgrind: $(TORTURE)'
	@$(RUN) BUILD='$(BUILD)/valgrind' BUSTED="$(VALGRIND) $(LUA) $$(command -v $(BUSTED)) --ignore-lua" sh tools/test.sh $(TORTURE)

# Modules stay loaded to the end (nodelete), so that a leak is reported with its source lines.
SANITIZED = BUILD=$(BUILD)/asan CC=gcc CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined' LDFLAGS=-Wl,-z,nodelete
# Runs the host of the sanitizers under the name of the interpreter, also where a spec starts one.
HOSTED = PATH="$(abspath $(BUILD))/bin:$$PATH"; $(RUN) LUA='$(notdir $(LUA))' 

sanitizers:
	@$(MAKE) --no-print-directory $(SANITIZED) sanitized

sanitized: all $(BUILD)/bin/$(notdir $(LUA))
	@echo 'sanitizers: $(TORTURE)'
	@$(HOSTED) BUILD='$(BUILD)' BUSTED="$(notdir $(LUA)) $$(command -v $(BUSTED)) --ignore-lua" sh tools/test.sh $(TORTURE)

# The same with a collector that runs at every turn, under the sanitizers, and with one that hardly ever runs.
starved: all
	@$(MAKE) --no-print-directory $(SANITIZED) starving
	@echo 'collector late: $(TORTURE)'
	@$(RUN) SMS_COLLECTOR=late BUILD='$(BUILD)/starved' BUSTED="$(LUA) $$(command -v $(BUSTED)) --ignore-lua" sh tools/test.sh $(TORTURE)

starving: all $(BUILD)/bin/$(notdir $(LUA))
	@echo 'collector early: $(TORTURE)'
	@$(HOSTED) SMS_COLLECTOR=early BUILD='$(BUILD)' BUSTED="$(notdir $(LUA)) $$(command -v $(BUSTED)) --ignore-lua" sh tools/test.sh $(TORTURE)

$(BUILD)/bin/$(notdir $(LUA)): spec/support/host.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(COMPILE) -Wl,-E -o $@ $< $(LUA_LIBRARY)

# The n-th allocation fails, for every n. CASE=word runs the operations whose names hold it.
alloc:
	@$(MAKE) --no-print-directory $(SANITIZED) allocated

allocated: $(BUILD)/bin/alloc
	@echo 'the n-th allocation fails'
	@$(RUN) $< $(CASE)

$(BUILD)/bin/alloc: spec/c/alloc.c spec/c/alloc_memory.c spec/c/alloc_peer.c spec/c/alloc.h $(CORE_OBJ)
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(COMPILE) -o $@ $(filter %.c %.o,$^) -Wl,-E $(WRAPPED) $(LUA_LIBRARY) -lcurl

# A Lua state in each of several threads; the example of an application with Lua inside, against a sandbox of the plain build.
threads: all
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan CC=gcc CFLAGS='-O1 -g' SANITIZE=-fsanitize=thread threaded
	@$(RUN) $(LUA) trials/threads.lua $(BUILD)/tsan/lib $(BUILD)/tsan/bin/embed 4 100

threaded: all $(BUILD)/bin/threads $(BUILD)/bin/embed
	@echo 'a Lua state in each thread, thread sanitizer'
	@$(RUN) $(BUILD)/bin/threads 4 50

$(BUILD)/bin/threads: spec/c/threads.c spec/c/alloc_peer.c spec/c/alloc.h $(CORE_OBJ)
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(COMPILE) -o $@ $(filter %.c %.o,$^) $(LUA_LIBRARY) -lcurl -pthread

$(BUILD)/bin/embed: examples/embed/embed.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(COMPILE) -o $@ $< $(LUA_LIBRARY) -pthread

# The committed corpus once through each fuzzing harness.
FUZZERS = json wire text request lua

corpus:
	@$(MAKE) --no-print-directory $(SANITIZED) replayed

replayed: $(FUZZERS:%=$(BUILD)/bin/corpus_%)
	@for name in $(FUZZERS); do echo "corpus of $$name"; $(RUN) $(BUILD)/bin/corpus_$$name spec/c/corpus/$$name/* || exit 1; done

$(BUILD)/bin/corpus_%: spec/c/fuzz_%.c spec/c/corpus.c $(CORE_OBJ) $(NAMES_OBJ) $(BUILD)/obj/httpd/form.o
	@mkdir -p $(@D)
	@echo '$(CC) $@'
	@$(COMPILE) -o $@ $(filter %.c %.o,$^) -Wl,-E $(LUA_LIBRARY) -lcurl

fuzz: deps
	@BUILD='$(BUILD)' LUA_INCDIR='$(LUA_INCDIR)' LUA_LIBRARY='$(LUA_LIBRARY)' sh tools/fuzz.sh $(SECONDS) $(FUZZERS)

texts: deps
	@$(MAKE) --no-print-directory all
	@$(RUN) SMS_TEXTS=$(TEXTS) $(BUSTED) --lua=$(LUA) spec/text/text_differential_spec.lua

# The specs of outcomes and their books at full size.
proof: deps
	@$(MAKE) --no-print-directory all
	@$(RUN) LUA_SMS_FULL=1 $(BUSTED) --lua=$(LUA) spec/call/proof_spec.lua spec/call/outcomes_spec.lua spec/call/outcomes_books_spec.lua

# PostgreSQL's part is skipped with a word where it isn't installed.
outbox-trial: deps
	@$(MAKE) --no-print-directory all
	@$(RUN) $(LUA) trials/outbox.lua $(KILLS) $(STOPS) $(CRASHES)

soak: deps
	@$(MAKE) --no-print-directory all
	@$(RUN) $(LUA) trials/soak.lua $(MINUTES)

# Peers that are packaged elsewhere are looked for in $(BUILD)/peers; docs/speed.md tells how they get there.
PEERS = $(abspath $(BUILD))/peers

bench:
	@sh tools/deps.sh libcjson-dev
	@$(MAKE) --no-print-directory all
	@$(RUN) NODE_PATH='$(PEERS)/node_modules' CC='$(CC)' $(LUA) bench/run.lua '$(BUILD)' $(PARTS)

# Needs root; the first run makes the roots.
machines:
	@BUILD='$(BUILD)' SPEC='$(filter-out spec,$(SPEC))' sh tools/machines.sh $(SUITES)

release: deps all
	@$(CLEAN_ENV) LUA='$(LUA)' BUILD='$(BUILD)' MAKE='$(MAKE)' sh tools/release.sh '$(VERSION)' $(STRICT)

# ---- generated files ----

docs: all
	@$(RUN) $(LUA) tools/docs.lua
	@$(RUN) $(LUA) tools/capabilities.lua
	@$(RUN) $(LUA) tools/rockspecs.lua

# The documents as a static site; what reads Markdown comes from npm, into $(BUILD).
SITE_TOOLS = $(BUILD)/site-tools

site:
	@mkdir -p $(SITE_TOOLS)
	@cmp -s tools/site/package.json $(SITE_TOOLS)/package.json && test -d $(SITE_TOOLS)/node_modules || { \
		cp tools/site/package.json $(SITE_TOOLS)/ && npm install --silent --no-audit --no-fund --prefix $(SITE_TOOLS); }
	@node tools/site/build.mjs $(BUILD)/site $(SITE_TOOLS)

docs-check: all
	@$(RUN) $(LUA) tools/docs.lua --check
	@$(RUN) $(LUA) tools/capabilities.lua --check
	@$(RUN) $(LUA) tools/rockspecs.lua --check

format:
	clang-format -i $(C_FILES)
