# Bare `make` lists the targets. Tools come from the module proxy in the
# versions pinned here; nothing has to be installed.
GOLANGCI_VERSION  := v2.8.0
BENCHSTAT_VERSION := v0.0.0-20240604174448-3b48cf0e0164

GOLANGCI  := "$$(.ci/golangci-lint $(GOLANGCI_VERSION))"
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
.PHONY: help build release test lint fmt bench bench-compare bench-engine bench-gate fuzz golden generate cover demo \
	linter list-checks check check-full check-format check-modules check-assembly check-bridge check-platforms check-race check-benchmarks

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/bowstring
	go build -trimpath -o bin/bowstring ./cmd/bowstring

release: ## archives for every platform, with checksums, completions and man pages, into dist/; PLATFORMS='linux/amd64 …'
	.ci/release

test: ## run the tests
	go test -timeout 30m $(PKG)

lint: ## run golangci-lint with .ci/golangci.yml
	@golangci=$(GOLANGCI) && "$$golangci" run -c .ci/golangci.yml $(PKG)

linter:
	@.ci/golangci-lint $(GOLANGCI_VERSION)

fmt: ## format the code as lint wants it
	@golangci=$(GOLANGCI) && "$$golangci" fmt -c .ci/golangci.yml

bench: ## run the benchmarks; BENCH=regexp BENCHTIME=200ms PKG=./sweep COUNT=6
	go test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) -count $(COUNT) -timeout 0 $(PKG)

bench-compare: ## compare the benchmarks with those of REF=<git ref>, interleaved
	@test -n "$(REF)" || { echo "usage: make bench-compare REF=<git ref> [BENCH=regexp] [PKG=./sweep] [COUNT=6]" >&2; exit 2; }
	@BENCH='$(BENCH)' BENCHTIME='$(BENCHTIME)' COUNT='$(COUNT)' BENCHSTAT='$(BENCHSTAT)' .ci/bench-compare '$(REF)' $(PKG)

# One package and -v, so that the table is seen while it grows.
bench-engine: ## compare the engines on the workloads of docs/benchmarks.md; WORKLOADS=regexp ROUNDS=7
	go test ./sweep -run '^TestWorkloads$$' -v -timeout 0 -workloads '$(WORKLOADS)' -rounds $(ROUNDS)

bench-gate: ## fail where the working tree is slower than REF=<git ref>, by default the commit in bench/gate/REF; 4 minutes at most
	go run ./bench/gate $(if $(REF),-ref '$(REF)')

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

# The linter comes late: a new machine builds it meanwhile, in .ci/run.
CHECKS := check-format check-modules check-assembly check-bridge check-platforms check-race lint check-benchmarks

check: $(CHECKS) ## all that CI checks but make test and bench-gate: format, vet, modules, assembly, bridge, platforms, race, lint, benchmarks

# The numbers of examples that the issues name, and what is too long for CI: each
# line is a suite of its own, and -rapid.checks draws other examples each time.
check-full: ## the long counts: up to a hundred thousand examples a property, an hour or so
	go test -count=1 -timeout 0 ./pipeline/internal/event ./pipeline/internal/reference -rapid.checks 100000
	go test -count=1 -timeout 0 ./pipeline -rapid.checks 10000
	go test -count=1 -timeout 0 ./pipeline/internal/eval ./pipeline/internal/kernel ./pipeline/metrics -rapid.checks 20000
	go test -count=1 -timeout 0 ./columnar/... ./sweep/report ./sweep/spec ./internal/parquet -rapid.checks 20000
	go test -count=1 -timeout 0 ./bundles/... ./ingest ./sweep -rapid.checks 5000
	go test -count=1 -timeout 0 ./ingest -run '^TestShuffledAgainstPandas$$' -v -shuffled 2000
	go test -count=1 -timeout 0 ./sweep/robust -run '^TestTruth' -v -seeds 200
	go test -count=1 -timeout 0 ./sweep/results -run '^(TestKilledSweeps|TestInterruptedAnywhere)$$' -v -moments 50
	go test -count=1 -timeout 0 ./cmd/bowstring -run '^TestChangedFiles$$' -v -hostile 5000
	go test -count=1 -timeout 0 ./sweep/search -run '^TestRegretAgainstOptuna$$' -v -regret-seeds 50
	go test -count=1 -timeout 0 ./bench/gate -run '^TestGateItself$$' -v -gates 20

list-checks:
	@echo $(CHECKS)

# The race detector sees a tenth of the examples: see internal/proptest.
check-race:
	go test -race -vet=off -timeout 30m $(PKG)

check-benchmarks:
	go test -vet=off -run '^$$' -bench . -benchtime 1x $(PKG)

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
