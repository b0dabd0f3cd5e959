#!/usr/bin/env bats
# deps.bats - tools/deps names what is missing, for each kind of system

source "$BATS_TEST_DIRNAME/../assert.bash"

# A system with next to nothing on it; the real one stays out of sight.
setup() {
	local tool
	bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	for tool in sh cat sort tr id uname grep awk sed; do
		ln -s "$(command -v $tool)" "$bin/"
	done
	sed '/^PATH=/d' "$BATS_TEST_DIRNAME/../../tools/deps" >"$BATS_TEST_TMPDIR/deps"
}

# deps MANAGER [GOAL...]
deps() {
	ln -s /bin/true "$bin/$1"
	shift
	run env -i PATH="$bin" sh "$BATS_TEST_TMPDIR/deps" "$@"
}

@test "dnf: the exact command with its names" {
	deps dnf demo
	assert_failure 3
	assert_output --regexp '^deps: missing; run as root: dnf install .*libmnl-devel (libnet-devel )?libpcap-devel.*$'
	refute_output --partial bats
}

@test "apk: what it does not package is said apart" {
	deps apk check
	assert_failure 3
	assert_output --partial "run as root: apk add "
	assert_output --partial "libpcap-dev"
}

@test "pacman: the exact command with its names" {
	deps pacman check
	assert_failure 3
	assert_output --regexp 'run as root: pacman -S --needed .*bats.*wireshark-cli'
}

@test "apt without root or sudo: the exact command" {
	rm "$bin/id"
	printf '#!/bin/sh\necho 1000\n' >"$bin/id"
	chmod +x "$bin/id"
	deps apt-get check
	assert_failure 3
	assert_output --regexp 'run as root: apt-get update && apt-get install -y --no-install-recommends .*tshark'
}

@test "no manager known: Debian's names" {
	deps nothing demo
	assert_failure 3
	assert_output --partial "no package manager known here"
	assert_output --partial "libmnl-dev"
}

@test "the benchmark's peers come only when asked for" {
	deps dnf check
	refute_output --partial iperf
	run env -i PATH="$bin" BENCH=1 sh "$BATS_TEST_TMPDIR/deps" check
	assert_output --partial iperf
}

@test "all there, as what a unit test needs must be: one line" {
	run "$BATS_TEST_DIRNAME/../../tools/deps" check-unit
	assert_success
	assert_output "deps: all there"
}
