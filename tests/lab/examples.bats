#!/usr/bin/env bats
# examples.bats - the examples of libmc's pages do and print what they say

# bats file_tags=text

setup_file() {
	local example flags
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export ROOT=$BATS_FILE_TMPDIR/root
	make -s BUILD="$MCTOOLS_BUILD" PREFIX=/opt/mctools DESTDIR="$ROOT" install || return 1
	export PKG_CONFIG_PATH=$ROOT/opt/mctools/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$ROOT
	export LD_LIBRARY_PATH=$ROOT/opt/mctools/lib
	export EXAMPLES=$ROOT/opt/mctools/share/doc/mctools/examples/libmc
	read -ra flags < <(pkg-config --cflags --libs libmc)
	for example in "$EXAMPLES"/*.c; do
		# shellcheck disable=SC2086 # lists of words
		${CC:-cc} ${CFLAGS-} -Wall -Wextra -Werror -o "${example%.c}" "$example" "${flags[@]}" \
			${LDFLAGS-} || return 1
	done
}

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

# promised NAME: what the example says it prints.
promised() {
	sed -n '/^\/\* prints:/,/^ \*\//p' "$EXAMPLES/$1.c" | sed '1d; $d; s/^ \* \?//'
}

# keeps_word NAME [HOST]: it runs there, or as it is, and prints that.
keeps_word() {
	[ -n "$(promised "$1")" ] || fail "$1.c does not say what it prints"
	run --separate-stderr ${2:+lab_in "$2"} "$EXAMPLES/$1"
	assert_success
	assert_equal "$output" "$(promised "$1")"
}

@test "examples: every header has one" {
	local header name
	for header in libmc/include/mc/*.h; do
		name=$(basename "$header" .h)
		[ "$name" = mc ] || [ -x "$EXAMPLES/$name" ] || fail "no example for mc/$name.h"
	done
}

@test "examples: those of the pure rooms" {
	local name
	for name in addr base craft delay dissect frame gm group hosts issue observer probe router rtp \
		seq spec; do
		keeps_word $name
	done
}

@test "examples: those that ask the kernel, on a host of the lab" {
	local name
	lab_switch 2
	for name in iface ifstat inject membership netns tx; do
		keeps_word $name h1
	done
	run lab_in h1 "$EXAMPLES/host"
	assert_success
	assert_output --regexp '^up to [0-9]+ descriptors'
}

@test "examples: the bridge and the sockets, with a member" {
	lab_switch 2
	recv r h2 239.1.1.1
	lab_wait_mdb 239.1.1.1 p2
	keeps_word bridge sw
	keeps_word sockets h2
}

@test "examples: the multicast routes of a router" {
	lab_router
	lab_mroute 'eth0>eth1' 10.0.1.1@239.1.1.1
	keeps_word mroute r
}

@test "examples: receiving and capturing" {
	lab_pair
	start rx h1 "$EXAMPLES/rx"
	lab_wait_member h1 239.1.1.1
	lab_in h2 mcsend -qq -i eth0 -c 5 -r 100/s --payload text:hello 239.1.1.1
	wait "${PIDS[rx]}"
	assert_equal "$(<"$T/rx.out")" "$(promised rx)"
	start send h2 mcsend -qq -i eth0 -r 100/s --payload text:hello 239.1.1.1
	keeps_word capture h1
}
