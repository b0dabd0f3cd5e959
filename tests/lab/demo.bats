#!/usr/bin/env bats
# demo.bats - the demo passes on a switch that prunes, and fails on one that floods

# bats file_tags=text

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

@test "the demo: every flow whole at both receivers, nothing where it should not be" {
	run "$BATS_TEST_DIRNAME/demo.bash"
	assert_success
	assert_line --regexp '^  IPv6 one source  ff35::8000:1  h3 +200 +0 .* PASS$'
	assert_line --regexp '^  of h1, to four groups +800 +800 +800 +0  PASS$'
	assert_line --partial 'port p2 grp 232.1.1.1 src 10.0.0.1'
	assert_line 'PASS: 13 of 13 checks'
	refute_output --partial $'\e'
}

@test "the demo on a switch that floods: what h4 hears is a failure" {
	run "$BATS_TEST_DIRNAME/demo.bash" querier=0
	assert_failure 1
	assert_line --regexp '^  h4: 2.* arrived, but nothing should +FAIL$'
	assert_line 'FAIL: 3 of 13 checks are not as they should be'
}
