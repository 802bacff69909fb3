# Two commands do everything: `make run` and `make test`. Both install what is missing first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test soak program build bench conformance sdks docs format lint install clean

# One configuration for all, so that the dependencies are built once.
FLAGS := -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error
PACKAGES := libsqlite3-dev liblz4-dev libssl-dev libmimalloc-dev zlib1g-dev strace openssl sqlite3 curl

DOCUMENTED := Gateway Ingress Vendors Routing JournalSQLite tollgate tollgate-bench

# Says what is about to take long, if it will.
announce = @[ -e $(1) ] || echo "First build: $(2) on two cores. Later builds take seconds."

help: ## Say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: program ## Start the gateway with its embedded store and simulated vendors
	@exec .build/release/tollgate serve --sandbox --data ./data --routes routes.json

test: build ## Run all tests: ours, then the vendors' own SDKs
	swift test $(FLAGS) --skip-build
	@$(MAKE) --no-print-directory sdks

soak: build ## Rounds of seeded faults for SOAK_MINUTES (10), then migrations of SOAK_EVENTS (1000000) events
	SOAK_MINUTES=$${SOAK_MINUTES:-10} swift test $(FLAGS) --skip-build --filter FaultRoundTests
	TOLLGATE_SOAK_EVENTS=$${SOAK_EVENTS:-1000000} swift test $(FLAGS) --skip-build --no-parallel \
		--filter 'BackfillTests|ParityTests|ReadBudgetTests|PageCostTests'

program: install ## Build the program
	$(call announce,.build/release/tollgate,compiling Tollgate and the libraries it uses; about 9 minutes)
	swift build $(FLAGS) --product tollgate

build: install ## Build everything, the tests too
	$(call announce,.build/release/tollgatePackageTests.xctest,compiling Tollgate with its tests and all libraries; about 12 minutes)
	swift build $(FLAGS) --build-tests

bench: install ## Measure rates and latencies next to their limits
	swift build $(FLAGS) --product tollgate-bench
	swift build $(FLAGS) --product tollgate
	.build/release/tollgate-bench

conformance: build sdks ## Run the vendors' own SDKs (from PyPI) against the simulators and the gateway

sdks: .venv/ready .venv/polar-0x/ready
	@set -e; for script in Tests/Conformance/check_*.py; do \
		case $$script in *_polar_0x.py) python=.venv/polar-0x/bin/python ;; *) python=.venv/bin/python ;; esac; \
		$$python $$script; \
	done

# The SDKs in environments of their own; two lines of Polar's cannot live in one.
.venv/ready: Tests/Conformance/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --requirement $<
	@touch $@

.venv/polar-0x/ready: Tests/Conformance/requirements-polar-0x.txt .venv/ready
	python3 -m venv .venv/polar-0x
	.venv/polar-0x/bin/pip install --quiet --requirement $<
	@touch $@

# The plugin is no dependency of a plain build: Package.swift has it only while this variable is set.
docs: install ## Make a site of the guides in .build/docs
	@echo "Making the documentation: building all modules for their symbols; about 10 minutes on two cores the first time."
	TOLLGATE_DOCS=1 swift package --allow-writing-to-directory .build/docs generate-documentation \
		$(foreach target,$(DOCUMENTED),--target $(target)) --enable-experimental-combined-documentation \
		--disable-indexing --transform-for-static-hosting --output-path .build/docs

format: ## Write all sources in the common format
	swift format --in-place --recursive Sources Tests Package.swift

lint: ## Check the format
	swift format lint --strict --recursive Sources Tests Package.swift

install: ## Install the system packages that are missing
	@command -v swift >/dev/null || { echo "Swift 6.3 is needed: https://www.swift.org/install" >&2; exit 1; }
	@packages="$(PACKAGES)"; python3 -c 'import ensurepip' 2>/dev/null || packages="$$packages python3-venv"; \
	missing=$$(for p in $$packages; do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		echo "Installing system packages: $$missing"; \
		command -v apt-get >/dev/null || { echo "install these packages by your system's means: $$missing" >&2; exit 1; }; \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	fi

clean: ## Delete what was built
	rm -rf .build
