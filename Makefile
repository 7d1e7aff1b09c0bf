# Bare `make` lists the targets. Tools run from the module proxy in the
# versions pinned here; nothing has to be installed.
GOLANGCI_VERSION  := v2.8.0
BENCHSTAT_VERSION := v0.0.0-20240604174448-3b48cf0e0164

GOLANGCI  := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
BENCHSTAT := go run golang.org/x/perf/cmd/benchstat@$(BENCHSTAT_VERSION)

# What the targets can be told, as in `make bench BENCH=Grid PKG=./sweep`.
PKG       ?= ./...
BENCH     ?= .
BENCHTIME ?= 200ms
COUNT     ?= 6
FUZZTIME  ?= 10s
WORKLOADS ?= .
ROUNDS    ?= 7

.DEFAULT_GOAL := help
.PHONY: help build test lint fmt bench bench-compare bench-engine fuzz golden generate cover demo check check-full check-format check-modules check-assembly check-bridge check-platforms

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/bowstring
	go build -trimpath -o bin/bowstring ./cmd/bowstring

test: ## run the tests
	go test $(PKG)

lint: ## run golangci-lint with .ci/golangci.yml
	$(GOLANGCI) run -c .ci/golangci.yml $(PKG)

fmt: ## format the code as lint wants it
	$(GOLANGCI) fmt -c .ci/golangci.yml

bench: ## run the benchmarks; BENCH=regexp BENCHTIME=200ms PKG=./sweep COUNT=6
	go test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) -count $(COUNT) -timeout 0 $(PKG)

bench-compare: ## compare the benchmarks with those of REF=<git ref>, interleaved
	@test -n "$(REF)" || { echo "usage: make bench-compare REF=<git ref> [BENCH=regexp] [PKG=./sweep] [COUNT=6]" >&2; exit 2; }
	@BENCH='$(BENCH)' BENCHTIME='$(BENCHTIME)' COUNT='$(COUNT)' BENCHSTAT='$(BENCHSTAT)' .ci/bench-compare '$(REF)' $(PKG)

# One package and -v, so that the table is seen while it grows.
bench-engine: ## compare the engines on the workloads of docs/benchmarks.md; WORKLOADS=regexp ROUNDS=7
	go test ./sweep -run '^TestWorkloads$$' -v -timeout 0 -workloads '$(WORKLOADS)' -rounds $(ROUNDS)

fuzz: ## run every fuzz target for FUZZTIME=10s
	.ci/fuzz $(FUZZTIME)

golden: ## rewrite the golden files of the tests
	.ci/golden

generate: ## rewrite the generated assembly
	cd pipeline/internal/kernel/asm && go run . ..

cover: ## print the coverage of every package and check the goals
	.ci/cover

demo: ## make a sample bundle and sweep it
	go run ./cmd/bowstring demo

check: check-format check-modules lint check-assembly check-bridge check-platforms ## all that CI checks: format, vet, lint, modules, assembly, bridge, platforms, race, benchmarks
	go test -race $(PKG)
	go test -run '^$$' -bench . -benchtime 1x $(PKG)

# What takes too long for every change, one line a part.
check-full: check ## all of check, and the long counts that CI takes a slice of
	go test ./sweep -run '^(TestKilledSweeps|TestInterruptedAnywhere)$$' -count=1 -v -moments 50
	go test ./cmd/bowstring -run '^TestChangedFiles$$' -count=1 -v -timeout 0 -hostile 5000

check-format:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt would change:" >&2; echo "$$files" >&2; exit 1; }
	go vet ./...

check-modules:
	go mod tidy -diff
	go mod verify

# The committed assembly is what its generator makes, and the tests of what it
# speeds up pass without it. The test cache knows neither files outside a module
# nor GODEBUG.
check-assembly:
	cd pipeline/internal/kernel/asm && go mod tidy -diff && go vet ./... && go test -count=1 ./...
	GODEBUG=cpu.avx2=off go test -count=1 ./pipeline/internal/kernel
	go test -tags purego ./pipeline/internal/kernel

# The bridge to arrow-go v18 is a module of its own, which ./... does not reach.
check-bridge:
	cd columnar/arrow18 && go mod tidy -diff && go vet ./... && go test -race ./...

# Code for other processors and systems is compiled and vetted, not run.
check-platforms:
	GOARCH=arm64 go vet ./...
	GOOS=windows go build ./...
	GOOS=darwin GOARCH=arm64 go build ./...
