# The project's commands; `make help` lists them. CI calls these and nothing else.
# Logic lives in scripts/ and in Go, so that what stands here stays a table of contents.

.DEFAULT_GOAL := help
.PHONY: help demo test test/race test/full test/matrix test/nocgo lint generate verify plugins conformance bench fuzz clean

help:
	@awk -F ':.*## ' '/^[a-z\/]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Run the stress workload on embedded SQLite in a temporary file
	@scripts/demo

test: ## Run all tests on real servers, with the race detector where a C compiler is
	@scripts/test

test/race: ## Run all tests with the race detector, or fail where there is no C compiler
	@scripts/test --race

test/full: ## Run all tests uncached and at full length, with cgo and without, then test/matrix
	@scripts/test --full

test/matrix: ## Run the server tests on every version of each server that is tested
	@scripts/test --matrix

lint: ## Run the linters, at the version that tools/go.mod pins
	@scripts/lint

generate: ## Write the generated code anew
	@go run ./cmd/durogen generate
	@go generate ./...
	@scripts/proto generate

verify: ## Check everything that needs no server: generated code, format, lint, edges, docs, builds
	@scripts/verify

plugins: ## Build the backends as plugins, with their checksums, in dist/plugins
	@scripts/plugins

conformance: ## Run the conformance suite on every backend that can be had
	@scripts/test --conformance

bench: ## Run the benchmarks; BENCH selects, BENCHTIME says how long
	@scripts/test --bench

fuzz: ## Run every fuzz test for FUZZTIME (20s)
	@scripts/fuzz

# Not in the help: CI's second leg, and tidying up.

test/nocgo:
	@scripts/test --nocgo

clean:
	@rm -rf bin dist
