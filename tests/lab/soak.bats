#!/usr/bin/env bats
# soak.bats - all programs together through one of each fault, short; soak.bash alone runs long

export BATS_TEST_TIMEOUT=600 # half a minute where nothing else runs

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

@test "soak: every loss has a cause, memory and descriptors do not grow, all end as they should" {
	SOAK_DIR=$T/soak SOAK_HOSTS=200 run "$BATS_TEST_DIRNAME/soak.bash" 1
	[[ $status == 0 ]] || fail "$output
$(tail -n 3 "$T"/soak/*.err)"
	assert_line --partial ' checks passed, 0 failed'
}

@test "soak: a duration that is none" {
	run "$BATS_TEST_DIRNAME/soak.bash" 5x
	assert_failure 2
	assert_output "soak.bash: '5x' is not a duration; write 90, 30m or 2h"
}
