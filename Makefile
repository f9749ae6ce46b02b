# Two commands do everything: `make demo` shows the app, `make test` passes the tests.
# Each installs what a fresh Debian 12 with git, make, Rust and Node still lacks.

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests setup-bench ui demo relay test bench lint rust-tests ui-tests window-tests clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | column -t -s '|'

setup: ## System packages and npm packages that the app needs to build and to run
	@scripts/setup app

setup-tests: ## The same for the tests
	@scripts/setup tests

setup-bench: ## The same for the figures: the servers beside which the relay is measured
	@scripts/setup bench

ui: setup ## The window's page, built
	@scripts/build-ui

demo: ui ## The app with a made-up organisation inside (on a virtual display where there is none)
	@cargo build --locked
	@scripts/demo target/debug/rollcall

relay: setup ## A relay beside a made-up Zoom with three desks: prints what happens, ends by itself
	@cargo build --locked -p rollcall-relay --bins --example demonstration
	@$${CARGO_TARGET_DIR:-target}/debug/examples/demonstration

test: setup-tests lint ui-tests rust-tests ## Everything: format, lints, Rust, window, whole system

lint: ui
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

ui-tests: ui
	npm --prefix ui run check
	npm --prefix ui run test

rust-tests: ui
	rm -rf target/test-logs
	cargo build --workspace --bins --tests --examples --locked
	$${CARGO_TARGET_DIR:-target}/debug/examples/demonstration 8
	scripts/with-desktop scripts/with-services cargo nextest run --workspace --locked --no-fail-fast
	scripts/with-relay scripts/check-openapi
	scripts/with-relay scripts/check-deploy
	scripts/logs-hold-no-secrets

bench: ui setup-bench ## Every performance figure, each beside its limit
	cargo build --release --locked --workspace --bins
	scripts/with-desktop target/release/rollcall-bench all

clean: ## What was built
	cargo clean
	rm -rf ui/dist ui/node_modules
