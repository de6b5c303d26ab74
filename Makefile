# Postern. `make demo` tries it, `make test` proves it, `make install` installs it. See README.md.
# SAN=1 builds and tests with the address and undefined behaviour sanitizers, in a directory of its own.

PREFIX  ?= /usr/local
SYSCONFDIR ?= /etc
SAN     ?=
BUILD   ?= build$(if $(SAN),-san)
CC      ?= gcc
VERSION := $(shell sed -n 's/^\#\# \[\{0,1\}\([0-9][0-9.]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -1)

# Debian packages, by purpose; deploy/demo/packages.sh installs what is missing.
PKG_BUILD := gcc libc6-dev make pkg-config libfcgi-dev libpq-dev libjson-c-dev libargon2-dev libsodium-dev
PKG_DEMO  := $(PKG_BUILD) postgresql nginx-light apache2-bin lighttpd lighttpd-modules-lua caddy curl ca-certificates procps
PKG_TEST  := $(PKG_DEMO) libcmocka-dev python3 python3-pytest python3-pytest-timeout python3-pytest-xdist \
             python3-requests python3-psycopg python3-selenium python3-jsonschema python3-yaml python3-html5lib \
             chromium chromium-driver fonts-dejavu-core mandoc git spawn-fcgi pgbouncer systemd
PKG_LINT  := $(PKG_BUILD) libcmocka-dev clang clang-tidy clang-format cppcheck shellcheck mandoc git
PKG_FUZZ  := $(PKG_BUILD) clang libclang-rt-14-dev
PKG_BENCH := $(PKG_DEMO) wrk python3 python3-psycopg

LIBS    := json-c libsodium libpq libargon2
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings -Wformat=2
HARDEN  := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
OPT     ?= $(if $(SAN),-O1 -fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer,-O2)
,       := ,
CPPFLAGS += -Iapp -I$(BUILD)/gen -D_GNU_SOURCE $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
CFLAGS  += -std=c11 -g $(OPT) $(WARN) $(HARDEN)
LDFLAGS += -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=address$(,)undefined)
LDLIBS  += -lfcgi $(shell pkg-config --libs $(LIBS) 2>/dev/null)

SRC   := $(filter-out app/main.c,$(wildcard app/*/*.c))
EMBED := migrations queries templates documents static
OBJ   := $(SRC:app/%.c=$(BUILD)/%.o) $(EMBED:%=$(BUILD)/gen/%.o)
UNIT  := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

.PHONY: all unit demo demo-reset test test-compose bench fuzz lint fmt install deb clean deps-%
all: $(BUILD)/postern $(BUILD)/postern.8

$(BUILD)/postern: $(BUILD)/main.o $(BUILD)/libpostern.a
	$(CC) $(LDFLAGS) -o $@ $(BUILD)/main.o -Wl,--whole-archive $(BUILD)/libpostern.a -Wl,--no-whole-archive $(LDLIBS)
$(BUILD)/postern.8: deploy/man/postern.8.in $(BUILD)/postern # lines "@…" are what "postern help …" prints
	@while IFS= read -r line; do case $$line in @*) $(BUILD)/postern help "$${line#@}" || exit 1 ;; \
	  *) printf '%s\n' "$$line" ;; esac; done <$< >$@.new && mv $@.new $@
$(BUILD)/libpostern.a: $(OBJ)
	@rm -f $@
	$(AR) rcs $@ $(OBJ)
$(BUILD)/%.o: app/%.c Makefile | $(BUILD)/gen/queries.h $(BUILD)/gen/version.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libpostern.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MT $@ $(LDFLAGS) -o $@ $< $(BUILD)/libpostern.a $(LDLIBS) -lcmocka
unit: $(UNIT)

# Files that the binary carries: SQL, templates, static files.
FILES_migrations := $(sort $(wildcard db/migrations/*.sql))
FILES_queries    := $(sort $(wildcard db/queries/*.sql))
FILES_templates  := $(sort $(wildcard app/web/templates/*))
FILES_documents  := app/api/openapi.json
FILES_static     := $(sort $(wildcard app/web/static/*) $(wildcard app/web/vendor/*.js app/web/vendor/*.css))
FILES_static     += $(patsubst %,$(BUILD)/gen/static/%.gz,$(notdir $(FILES_static)))
vpath %.js app/web/static app/web/vendor
vpath %.css app/web/static app/web/vendor
vpath %.svg app/web/static
.SECONDEXPANSION:
$(BUILD)/gen/%.S: app/base/embed.sh $$(FILES_$$*)
	@mkdir -p $(@D)
	sh app/base/embed.sh $* $(FILES_$*) >$@
$(BUILD)/gen/static/%.gz: %
	@mkdir -p $(@D)
	gzip -9nc $< >$@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.S
	$(CC) -c -o $@ $<
$(BUILD)/gen/version.h: CHANGELOG.md
	@mkdir -p $(@D)
	@echo '#define POSTERN_VERSION "$(or $(VERSION),0)"' >$@
$(BUILD)/gen/queries.h: $(FILES_queries) Makefile
	@mkdir -p $(@D)
	@{ echo 'enum query {'; for f in $(notdir $(basename $(FILES_queries))); do \
	  echo "	Q_$$f," | tr a-z A-Z; done; echo '	QUERY_COUNT'; echo '};'; } >$@

deps-%: ; @sh deploy/demo/packages.sh $(PKG_$(shell echo $* | tr a-z A-Z))

demo: deps-demo
	@$(MAKE) --no-print-directory -s -j2 all
	@BUILD=$(BUILD) exec setpriv --pdeathsig TERM bash deploy/demo/demo.sh
demo-reset:
	@bash deploy/demo/demo.sh --reset
test: deps-test
	@$(MAKE) --no-print-directory -s -j2 all unit SAN=$(SAN)
	@BUILD=$(BUILD) bash tests/run.sh
test-compose:
	@bash tests/compose.sh
bench: deps-bench
	@$(MAKE) --no-print-directory -s -j2 all
	@BUILD=$(BUILD) sh tests/bench/run.sh
fuzz: deps-fuzz
	@BUILD=build-fuzz sh tests/fuzz/run.sh
lint: deps-lint
	@$(MAKE) --no-print-directory -s $(BUILD)/gen/queries.h $(BUILD)/gen/version.h
	@BUILD=$(BUILD) CPPFLAGS='$(CPPFLAGS)' bash tests/lint.sh
fmt:
	clang-format -i $(wildcard app/*.[ch] app/*/*.[ch] tests/*/*.[ch])
install: all
	install -D -m 755 $(BUILD)/postern $(DESTDIR)$(PREFIX)/bin/postern
	install -D -m 644 $(BUILD)/postern.8 $(DESTDIR)$(PREFIX)/share/man/man8/postern.8
	install -D -m 644 deploy/bash-completion/postern $(DESTDIR)$(PREFIX)/share/bash-completion/completions/postern
	install -d $(DESTDIR)$(PREFIX)/share/postern $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(SYSCONFDIR)/postern
	cp -r deploy/nginx deploy/apache deploy/lighttpd deploy/caddy db/roles.sql $(DESTDIR)$(PREFIX)/share/postern/
	for unit in service socket; do sed 's|/usr/local/bin|$(PREFIX)/bin|g' deploy/systemd/postern.$$unit \
	  >$(DESTDIR)$(PREFIX)/lib/systemd/system/postern.$$unit || exit 1; done
deb: deps-build all
	@BUILD=$(BUILD) VERSION=$(VERSION) sh deploy/debian/build.sh
clean:
	rm -rf build build-san build-fuzz

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d)
