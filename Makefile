# The two main commands are `make run` and `make test`. Both install missing system packages first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run demo test soak program build bench conformance sdks browser pictures docs alerts package package-test format lint \
	install clean

# One configuration for everything, so that dependencies are built once.
FLAGS := -c release --explicit-target-dependency-import-check error
# What the program is compiled with; what its tests use as well.
LIBRARIES := libsqlite3-dev liblz4-dev libssl-dev libmimalloc-dev zlib1g-dev libpq-dev
PACKAGES := $(LIBRARIES) postgresql pgbouncer strace openssl sqlite3 curl chromium chromium-driver

# What `tollgate --version` says beside the version; a packager may set both. Package.swift reads them and gives them to one C file, so
# another commit costs its compilation and a link. Without make the commit is "unknown".
ifndef TOLLGATE_COMMIT
TOLLGATE_COMMIT := $(shell commit=$$(git rev-parse --short=12 --verify HEAD 2>/dev/null) && \
	if git diff --quiet HEAD --; then echo $$commit; else echo $$commit+changes; fi)
endif
export TOLLGATE_COMMIT TOLLGATE_BUILD

DOCUMENTED := Gateway Ingress Vendors Facades Routing JournalSQLite tollgate tollgate-bench

# Tests that start PostgreSQL servers: a target, and the suites of the end-to-end tests with these names.
DATABASE_TESTS := JournalPostgresTests SharedStore

# Announces a long first build.
announce = @[ -e $(1) ] || echo "First build: $(2) on two cores. Later builds take seconds."

help: ## Show this help
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: program ## Start the gateway with its embedded store and simulated vendors
	@exec .build/release/tollgate serve --sandbox --data ./data --routes routes.json

demo: program ## Show the dashboard alive: made-up customers, live traffic and an outage, for DEMO_MINUTES (15)
	@exec python3 Tests/Demo/demo.py

# All tests at once would have more than 20,000 files open, and each would wait long for its turn.
TEST_FLAGS := $(FLAGS) --skip-build --experimental-maximum-parallelization-width 100

# The stores on PostgreSQL come after the others: their gateways ask a database for news all the time.
test: build ## Run all tests, then the vendors' own SDKs and a headless browser against the gateway
	swift test $(TEST_FLAGS) $(foreach suite,$(DATABASE_TESTS),--skip $(suite))
	swift test $(TEST_FLAGS) $(foreach suite,$(DATABASE_TESTS),--filter $(suite))
	@$(MAKE) --no-print-directory sdks browser

soak: build ## Run seeded faults for SOAK_MINUTES (10), then of SOAK_ROUNDS (60) rounds with several gateways, then migrations
	SOAK_MINUTES=$${SOAK_MINUTES:-10} swift test $(FLAGS) --skip-build --filter FaultRoundTests
	TOLLGATE_NODE_ROUNDS=$${SOAK_ROUNDS:-60} swift test $(FLAGS) --skip-build --filter SharedStoreFaultTests
	TOLLGATE_SOAK_EVENTS=$${SOAK_EVENTS:-1000000} swift test $(FLAGS) --skip-build --no-parallel \
		--filter 'BackfillAcceptanceTests|BackfillReloadTests|MigrationCutTests|ParityAcceptanceTests|DigestCallsTests|ReadBudgetTests|PageCostTests'

program: install ## Build the program
	$(call announce,.build/release/tollgate,compiling Tollgate and the libraries it uses; about 9 minutes)
	swift build $(FLAGS) --product tollgate

build: install ## Build everything, including the tests
	$(call announce,.build/release/tollgatePackageTests.xctest,compiling Tollgate with its tests and all libraries; about 12 minutes)
	swift build $(FLAGS) --build-tests

bench: install ## Measure rates and latencies next to their limits; with STORE=postgres those of the shared store (BENCH_FLAGS: more)
	swift build $(FLAGS) --product tollgate-bench
	swift build $(FLAGS) --product tollgate
	$(if $(filter postgres,$(STORE)),swift build $(FLAGS) --product SteadyFlush)
	.build/release/tollgate-bench $(if $(filter postgres,$(STORE)),postgres) $(BENCH_FLAGS)

conformance: build sdks ## Run the vendors' own SDKs (from PyPI) against the simulators and the gateway

sdks: .venv/ready .venv/polar-0x/ready
	@set -e; for script in Tests/Conformance/check_*.py; do \
		case $$script in *_polar_0x.py) python=.venv/polar-0x/bin/python ;; *) python=.venv/bin/python ;; esac; \
		$$python $$script; \
	done

browser: program .venv/browser/ready ## Use the dashboard in a headless browser
	@set -e; for script in Tests/Browser/check_*.py; do .venv/browser/bin/python $$script; done

pictures: program .venv/browser/ready ## Take the guide's pictures of the dashboard again; about 4 minutes
	.venv/browser/bin/python Tests/Browser/take_pictures.py

.venv/browser/ready: Tests/Browser/requirements.txt
	python3 -m venv .venv/browser
	.venv/browser/bin/pip install --quiet --requirement $<
	@touch $@

# The SDKs in virtual environments; the two major versions of Polar's need one each.
.venv/ready: Tests/Conformance/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --requirement $<
	@touch $@

.venv/polar-0x/ready: Tests/Conformance/requirements-polar-0x.txt .venv/ready
	python3 -m venv .venv/polar-0x
	.venv/polar-0x/bin/pip install --quiet --requirement $<
	@touch $@

# A plain build does not depend on the plugin: Package.swift adds it only while this variable is set.
docs: install ## Build a site of the guides in .build/docs
	@echo "Building the documentation, for which all modules are compiled; about 10 minutes on two cores the first time."
	TOLLGATE_DOCS=1 swift package --allow-writing-to-directory .build/docs generate-documentation \
		$(foreach target,$(DOCUMENTED),--target $(target)) --enable-experimental-combined-documentation \
		--disable-indexing --transform-for-static-hosting --output-path .build/docs

alerts: ## Check the alert rules and the Grafana dashboard of .github/deploy (needs promtool, of Debian's prometheus)
	@command -v promtool >/dev/null || { echo "install Debian's package prometheus, which has promtool" >&2; exit 1; }
	promtool check rules .github/deploy/prometheus/tollgate.rules.yml
	promtool test rules .github/deploy/prometheus/tollgate.rules.test.yml
	python3 .github/deploy/grafana/check.py .github/deploy/grafana/tollgate.json

package: PACKAGES := $(LIBRARIES) dpkg-dev binutils
package: install ## Make a Debian package and an archive of the program without Swift, in .build/packages
	$(call announce,$(or $(SCRATCH),.build/static)/release/tollgate,compiling Tollgate and its libraries with Swift linked in; about 20 minutes)
	.github/deploy/package

package-test: PACKAGES := $(LIBRARIES) dpkg-dev binutils debootstrap fish groff lintian man-db strace systemd zsh
package-test: package .venv/packaging/ready ## Install the package in a bare Debian 12, and use, upgrade and remove it (as root)
	@set -e; export PATH=$$PWD/.venv/packaging/bin:$$PATH; for script in Tests/Packaging/check_*.py; do python3 $$script; done

.venv/packaging/ready: Tests/Packaging/requirements.txt
	python3 -m venv .venv/packaging
	.venv/packaging/bin/pip install --quiet --requirement $<
	@touch $@

format: ## Format all sources
	swift format --in-place --recursive Sources Tests Package.swift

lint: ## Check the format
	swift format lint --strict --recursive Sources Tests Package.swift

install: ## Install missing system packages
	@command -v swift >/dev/null || { echo "Swift 6.3 is required: https://www.swift.org/install" >&2; exit 1; }
	@packages="$(PACKAGES)"; python3 -c 'import ensurepip' 2>/dev/null || packages="$$packages python3-venv"; \
	missing=$$(for p in $$packages; do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		echo "Installing system packages: $$missing"; \
		command -v apt-get >/dev/null || { echo "install these packages with your package manager: $$missing" >&2; exit 1; }; \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	fi

clean: ## Delete all build products
	rm -rf .build
