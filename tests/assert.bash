#!/usr/bin/env bash
# assert.bash - bats-support and bats-assert, without a process for each of their files
#
# bats loads them anew for each test.  Their own load.bash starts a process a file,
# which took longer than most of the tests.

_load_asserts() {
	local dir lib path file
	IFS=: read -ra path <<<"${BATS_LIB_PATH:-/usr/lib/bats:/usr/share/bats:/usr/lib}"
	for lib in bats-support bats-assert; do
		for dir in "${path[@]}"; do
			[[ -d $dir/$lib/src ]] || continue
			for file in "$dir/$lib"/src/*.bash; do
				# shellcheck disable=SC1090 # of a package
				source "$file"
			done
			continue 2
		done
		echo "tests: no $lib in ${path[*]}; 'make deps' installs it" >&2
		return 1
	done
}

_load_asserts
