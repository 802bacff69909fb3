# Two commands do everything: `make run` and `make test`. Both install what is missing first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test soak build bench conformance sdks format lint install clean

# One configuration for all, so that the dependencies are built once.
FLAGS := -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error
PACKAGES := libsqlite3-dev liblz4-dev libssl-dev libmimalloc-dev zlib1g-dev strace openssl

help: ## Say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: build ## Start the gateway with its embedded store and simulated vendors
	@exec .build/release/tollgate serve --sandbox --data ./data --routes routes.json

test: build ## Run all tests: ours, then the vendors' own SDKs
	swift test $(FLAGS) --skip-build
	@$(MAKE) --no-print-directory sdks

soak: build ## Rounds of seeded faults for SOAK_MINUTES (10), with the vendors' bills counted after each
	SOAK_MINUTES=$${SOAK_MINUTES:-10} swift test $(FLAGS) --skip-build --filter FaultRoundTests

build: install ## Build everything
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

format: ## Write all sources in the common format
	swift format --in-place --recursive Sources Tests Package.swift

lint: ## Check the format
	swift format lint --strict --recursive Sources Tests Package.swift

install: ## Install the system packages that are missing
	@command -v swift >/dev/null || { echo "Swift 6.3 is needed: https://www.swift.org/install" >&2; exit 1; }
	@packages="$(PACKAGES)"; python3 -c 'import ensurepip' 2>/dev/null || packages="$$packages python3-venv"; \
	missing=$$(for p in $$packages; do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		command -v apt-get >/dev/null || { echo "install these packages by your system's means: $$missing" >&2; exit 1; }; \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	fi

clean: ## Delete what was built
	rm -rf .build
