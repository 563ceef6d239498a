# PiGrid: `make help` lists what there is. What takes more than a line is a
# script in .make, so that it can be read, linted and run by itself.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := bash

# Go's own place is not on the PATH of every shell.
export PATH := $(PATH):/usr/local/go/bin

VERSION := $(shell .make/version)
LDFLAGS := -s -w -X main.version=$(VERSION)
# The production window; webkit2_41 is the WebKitGTK of Debian 12 and later.
APP_TAGS := desktop,production,webkit2_41
PAGE := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.ts frontend/*.js frontend/package-lock.json)

.PHONY: help run test bench arm-cost wall serve-bench soak quick check build agent app serve agent-all serve-all packages pi apt-repo test-packages packages-windows packages-macos icons screenshots types licences graph size fmt tidy clean FORCE

help: ## Show this list
	@echo "PiGrid $(VERSION): see every Raspberry Pi camera on your network."
	@echo
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: ## Install what is missing, build, start agent, app and browser grid; Ctrl-C ends all
	@.make/run

test: ## Install what tests need, run every test (about 30 minutes)
	@.make/test

bench: ## Measure serving beside other servers, rewrite docs/PERFORMANCE.md (4 minutes)
	@.make/need go
	@PIGRID_BENCH=1 go test -count=1 -v -run TestServers ./agent/bench

arm-cost: ## Count the instructions that smaller pictures take on armv6 and arm64 (6 minutes)
	@.make/arm-cost

wall: ## Measure the wall of 16 and 64 cameras, rewrite docs/PERFORMANCE.md (6 minutes)
	@.make/wall

serve-bench: ## Measure the grid in browsers, rewrite docs/PERFORMANCE.md (4 minutes)
	@.make/serve-bench

soak: ## What takes hours: two walls (WALL_TIME=1h each), starts, faults, fuzzing (FUZZ_TIME for each)
	@.make/soak

quick: ## What the last commit and uncommitted changes touch: format, lint, unit tests (seconds)
	@.make/quick

check: ## Format, lint, tidy, types, licences, unit tests (about a minute)
	@.make/check

build: agent app serve ## Build bin/pigrid-agent, bin/pigrid and bin/pigrid-serve

agent: bin/pigrid-agent ## Build the agent for this machine
app: bin/pigrid ## Build the desktop app for this machine
serve: bin/pigrid-serve ## Build what shows the grid to browsers

agent-all: ## Build the agent for every Pi: bin/pigrid-agent-linux-{arm64,armv7,armv6,amd64}
	@.make/need go
	$(call everywhere,agent,./agent)

serve-all: frontend/dist/index.html ## The same for the grid in browsers: bin/pigrid-serve-linux-…
	@.make/need go
	$(call everywhere,serve,./desktop/serve)

packages: ## Build what people install (agent, serve: armhf, arm64, amd64; app: arm64, amd64) into bin/packages
	@.make/packages

packages-windows: ## Build the app for Windows and its installer, on Linux
	@.make/packages-windows

packages-macos: ## Build the app for macOS, on a Mac
	@.make/packages-macos

pi: ## Install or upgrade the agent over ssh: make pi HOSTS='pi@a.local pi@b.local'
	@HOSTS='$(HOSTS)' .make/pi

apt-repo: ## Make bin/apt-repo of bin/packages, to be served: make apt-repo SITE=https://…
	@SITE='$(SITE)' .make/apt-repo

test-packages: ## Install the packages on machines booted here or run by qemu (root; 30 minutes, then 10)
	@.make/test-packages

icons: ## Write desktop/packaging/icons from pigrid.svg beside it
	@.make/icons

screenshots: ## Write bin/screenshots: the page in every situation, both schemes, three screens (4 minutes)
	@.make/screenshots

types: ## Write frontend/src/backend/types.ts from the types in Go
	@.make/types

licences: ## Write docs/THIRD-PARTY.txt from what the programs are made of
	@.make/licences

graph: ## Print which room imports which
	@.make/graph

size: ## Print how large rooms, files and functions are
	@.make/need go
	@go run ./.ci/size

fmt: ## Format everything
	@.make/fmt

tidy: ## Tidy go.mod and the tools' own modules
	@.make/tidy

clean: ## Remove what was built; packages and tools stay
	rm -rf bin frontend/test-results desktop/build/bin
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete

# Go knows better than make what has changed: these always ask it.
bin/pigrid-agent: FORCE
	@.make/need go
	@echo "Building the agent ($@)"
	@CGO_ENABLED=0 go build -v -trimpath -ldflags '$(LDFLAGS)' -o $@ ./agent

bin/pigrid: frontend/dist/index.html FORCE
	@.make/need go gtk
	$(build-app)

bin/pigrid-serve: frontend/dist/index.html FORCE
	@.make/need go
	@echo "Building the grid for browsers ($@)"
	@CGO_ENABLED=0 go build -v -trimpath -ldflags '$(LDFLAGS)' -o $@ ./desktop/serve

# For another architecture, whose compiler and libraries .make/packages names. Go's
# own build ID would depend on the folder in which these lie.
bin/pigrid-linux-%: LDFLAGS += -buildid=
bin/pigrid-linux-%: frontend/dist/index.html FORCE
	@.make/need go
	$(build-app)

define build-app
@echo "Building the app ($@); the first time takes minutes"
@go build -v -buildvcs=false -buildmode=pie -tags $(APP_TAGS) -trimpath -ldflags '$(LDFLAGS)' -o $@ ./desktop
endef

# The page says how to install the agent: from SITE when there is one.
SITE_FILE := $(shell mkdir -p .cache && { [ -f .cache/site ] && [ "$$(<.cache/site)" = '$(SITE)' ] || printf %s '$(SITE)' >.cache/site; } && echo .cache/site)

frontend/dist/index.html: $(PAGE) $(SITE_FILE)
	@.make/need npm
	@echo "Building the page (frontend/dist)"
	@cd frontend && SITE='$(SITE)' npm run --silent build -- --logLevel warn
	@touch $@

# $(call everywhere,NAME,FOLDER) builds a program without cgo for every Pi and for amd64.
define everywhere
	$(call cross,$(1),$(2),arm64,arm64)
	$(call cross,$(1),$(2),armv7,arm GOARM=7)
	$(call cross,$(1),$(2),armv6,arm GOARM=6)
	$(call cross,$(1),$(2),amd64,amd64)
endef

# $(call cross,NAME,FOLDER,SUFFIX,GOARCH [VARIABLE=VALUE...])
define cross
	GOOS=linux GOARCH=$(4) CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/pigrid-$(1)-linux-$(3) $(2)

endef
