# Every target is a script in scripts/, where its first lines say more.
.DEFAULT_GOAL := help
.PHONY: help demo test build bench check-platforms

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

demo: ## Try Hatrack: a small AWS on this machine, a throw-away home
	@scripts/demo

test: ## Run every check and test
	@scripts/test

build: ## Build the release programs into target/release
	@scripts/build

bench: ## Measure Hatrack's speed beside what the machine has
	@scripts/bench

check-platforms: ## Type-check the code for Windows and macOS
	@scripts/check-platforms
