#!/usr/bin/env bats
# mctop.bats - options, exit status and messages of mctop

bats_require_minimum_version 1.5.0
source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	: "${MCTOOLS_BIN:=$PWD/build/bin}"
	PATH=$MCTOOLS_BIN:$PATH
}

# refused STATUS PATTERN ARG...: that status, one line on stderr, nothing on stdout.
refused() {
	local status=$1 pattern=$2
	shift 2
	run -"$status" --separate-stderr mctop "$@" </dev/null
	assert_output ''
	# shellcheck disable=SC2154 # set by run
	[ "$(wc -l <<<"$stderr")" = 1 ] || fail "not one line: $stderr"
	[[ $stderr =~ $pattern ]] || fail "'$stderr' is not: $pattern"
}

@test "mctop: options that contradict each other are refused" {
	refused 2 '--netns: --all-netns shows it already' --all-netns --netns x
	refused 2 '--promiscuous: name the interfaces' -p
	refused 2 '--promiscuous: needs a capture' -p -i lo --capture none
	refused 2 '--interval: --once shows one moment' --once --interval 1
	refused 2 '--duration: is for --once and --json' -d 1
	refused 2 "--sort: 'weight' is no column" --once --sort weight
	refused 2 '--capture' --once --capture some
	refused 2 'nothing else is taken' --once eth0
}

@test "mctop: what does not exist is named" {
	refused 3 "^mctop: no interface 'nosuch0'; 'ip link' lists them$" --once -i nosuch0
	refused 3 'nosuchns' --once --netns nosuchns
	run -2 --separate-stderr mctop --once --group 239.1.1
	assert_output ''
	[[ $stderr == *"group '239.1.1'"* ]]
}

@test "mctop: without a terminal it says what to do" {
	refused 3 'no terminal: use --once or --json'
	run -3 --separate-stderr script -qefc 'env TERM=no-such-terminal mctop' /dev/null
	assert_output --regexp '^mctop: TERM=no-such-terminal: not a terminal that is known here'
	assert_equal "${#lines[@]}" 1
	run -3 --separate-stderr script -qefc 'env -u TERM mctop' /dev/null
	assert_output --regexp '^mctop: TERM is not set'
}

@test "mctop: the exit status tells whether a filter found anything" {
	run -0 --separate-stderr mctop --once --capture none -i lo --group ff02::1
	assert_output --regexp $'GROUP.*\nff02::1 +lo +kernel '
	run -1 --separate-stderr mctop --once --capture none --group 239.255.1.1
	refute_output --partial GROUP
	run -1 --separate-stderr mctop --json --capture none --group 239.255.1.1
	assert_equal "$(jq -c 'select(.event == "summary").memberships' <<<"$output")" 0
	run -1 --separate-stderr mctop --once --capture none --process no-such-process
	run -0 --separate-stderr mctop --once -q --capture none -6 -n
	refute_output --partial 224.0.0.1
	refute_output --partial 'all nodes'
}

@test "mctop: a snapshot fits the schema" {
	run -0 --separate-stderr mctop --json --capture none
	run tests/cli/validate schema/mctop.json interface membership summary <<<"$output"
	assert_success
}

@test "mctop: JSON in the manual page fits the schema" {
	awk '/^\{"v":1,/ { on = 1 } /^\.Ed/ && on { print line; line = ""; on = 0 } on { line = line $0 }' \
		man/mctop.1.in >"$BATS_TEST_TMPDIR/lines"
	run tests/cli/validate schema/mctop.json left <"$BATS_TEST_TMPDIR/lines"
	assert_success
}
