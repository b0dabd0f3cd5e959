#!/usr/bin/env bats
# tally.bats - the totals count what went wrong, however it went wrong

source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	tally=$BATS_TEST_DIRNAME/../../tools/tally
	unset TESTS AGAIN
}

# totals TEXT COMMAND [COMMAND]: what the last line says of these suites.
totals() {
	local expected=$1 command suites=()
	shift
	for command; do
		suites+=(suite "$command")
	done
	run "$tally" -o "$BATS_TEST_TMPDIR/totals" "${suites[@]}"
	assert_equal "${lines[-1]}" "$expected"
	assert_equal "$(<"$BATS_TEST_TMPDIR/totals")" "$expected"
}

@test "suites are added up" {
	totals "3 passed, 0 failed, 0 skipped" 'printf "1..2\nok 1 - a\nok 2 b\n"' 'printf "ok 1\n1..1\n"'
	assert_success
}

@test "a failure is shown again with its explanation" {
	totals "1 passed, 1 failed, 0 skipped" 'printf "1..2\nnot ok 1 - a\n# why\nok 2\n"; false'
	assert_failure 1
	assert_output --partial $'# failures\nsuite: not ok 1 - a\n# why\n'
}

@test "skips are listed with their reason, in the ways of bats and of cmocka" {
	totals "1 passed, 0 failed, 3 skipped" \
		'printf "1..3\nok 1 a # skip too old\nnot ok 2 # SKIP test_b\nok 3\n"' 'echo "1..0 # skip no disk"'
	assert_success
	assert_output --partial $'suite: a - too old\nsuite: test_b - no reason given\n'
	assert_output --partial "suite: the whole suite - no disk"
}

@test "a suite that dies before its plan is done has failed" {
	totals "1 passed, 1 failed, 0 skipped" 'printf "1..3\nok 1\n"; kill -SEGV $$'
	assert_failure 1
	assert_output --partial "2 of 3 tests never ran, exit status 139"
}

@test "a suite that passes and then ends badly has failed, its last words are shown" {
	totals "1 passed, 1 failed, 0 skipped" 'printf "1..1\nok 1\n"; echo leaked >&2; exit 23'
	assert_failure 1
	assert_output --partial $'exit status 23\n# | leaked'
}

@test "a suite that hangs is ended, and has failed" {
	SUITE_TIMEOUT=1 totals "0 passed, 1 failed, 0 skipped" 'echo 1..1; exec sleep 100'
	assert_failure 1
	assert_output --partial "killed after 1 s"
}

@test "a suite that runs nothing has failed, unless tests were picked by name" {
	totals "0 passed, 1 failed, 0 skipped" 'echo 1..0'
	assert_failure 1
	TESTS=name totals "0 passed, 0 failed, 0 skipped" 'echo 1..0'
	assert_success
}

@test "the suites after a failed one still run" {
	totals "1 passed, 1 failed, 0 skipped" 'exit 1' 'printf "1..1\nok 1\n"'
	assert_failure 1
}

@test "suites run at once, as many as allowed, each shown whole" {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo meet
	run "$tally" -j 2 a 'echo ok 1; echo x >meet; echo 1..1' b 'echo ok 1; read -r x <meet; echo 1..1' \
		c 'printf "ok 1\nnot ok 2 late\n1..2\n"; false'
	assert_failure 1
	assert_equal "${lines[-1]}" "3 passed, 1 failed, 0 skipped"
	assert_output --partial $'# a\nok 1\n1..1\n'
	assert_output --partial $'# b\nok 1\n1..1\n'
	assert_output --partial "c: not ok 2 late"
}

@test "a suite that failed runs once more, alone, where that is asked for" {
	cd "$BATS_TEST_TMPDIR" || return
	local late='echo 1..1; [[ -e been ]] && echo ok 1 && exit; touch been; echo not ok 1 late; false'
	AGAIN=1 run "$tally" -j 2 a "$late" b 'echo ok 1; echo 1..1'
	assert_success
	assert_output --partial $'# unsteady\na: not ok 1 late\n'
	refute_output --partial '# failures'
	assert_equal "${lines[-1]}" "2 passed, 0 failed, 0 skipped"
	rm been
	AGAIN=1 run "$tally" -j 2 a "$late" b 'echo 1..1; echo not ok 1 always; false'
	assert_failure 1
	assert_equal "${lines[-1]}" "0 passed, 2 failed, 0 skipped"
	AGAIN=1 run "$tally" a 'echo 1..1; echo not ok 1 always; false'
	assert_failure 1
	assert_output --partial $'# failures\na: not ok 1 always\n'
	assert_equal "${lines[-1]}" "0 passed, 1 failed, 0 skipped"
}

@test "suites that run are ended with the tally" {
	cd "$BATS_TEST_TMPDIR" || return
	"$tally" -j 2 a 'echo $$ >a; exec sleep 100' b 'echo $$ >b; exec sleep 100' 3>&- &
	until [[ -s a && -s b ]]; do :; done
	kill $!
	wait $! || status=$?
	assert_equal "$status" 130
	while kill -0 "$(<a)" 2>/dev/null || kill -0 "$(<b)" 2>/dev/null; do :; done
}
