#!/usr/bin/env bash
# net.bash - for files whose tests run in the network of helpers.bash: one for all of them

setup_file() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	open_net
}

teardown_file() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	close_net
}

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}
