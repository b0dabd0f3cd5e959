#!/usr/bin/env bash
# helpers.bash - a network of good and bad interfaces, and commands that are refused

bats_require_minimum_version 1.5.0
source "${BASH_SOURCE[0]%/*}/../assert.bash"

PATH=${MCTOOLS_BIN:=${BASH_SOURCE[0]%/*}/../../build/bin}:$PATH
T=${BATS_TEST_TMPDIR-}

# open_net: a namespace held open by a process, for all tests of a file.
#   up0      works, with addresses          down0    is down
#   nomc0    has no MULTICAST flag          bare0    has no address
open_net() {
	local lab=${BASH_SOURCE[0]%/*}/../lab/lab.bash
	mkfifo "$BATS_FILE_TMPDIR/hold"
	"$lab" bash -c "
		ip link add up0 type veth peer name up1 &&
		ip link add nomc0 type veth peer name down0 &&
		ip link add bare0 type veth peer name bare1 &&
		ip link set nomc0 multicast off &&
		ip addr add 10.0.0.1/24 dev up0 && ip addr add fd00::1/64 dev up0 nodad &&
		ip addr add 10.0.1.1/24 dev nomc0 && ip addr add 10.0.2.1/24 dev down0 &&
		ip link set bare0 addrgenmode none && ip link set bare1 addrgenmode none &&
		for i in up0 up1 nomc0 bare0 bare1; do ip link set \$i up || exit; done
		echo \$\$ >'$BATS_FILE_TMPDIR/pid'
		read -r _ <'$BATS_FILE_TMPDIR/hold'" 3>&- &
	local i
	for ((i = 0; i < 500; i++)); do
		[[ ! -s $BATS_FILE_TMPDIR/pid ]] || return 0
		sleep 0.02
	done
	return 1
}

close_net() {
	echo >"$BATS_FILE_TMPDIR/hold"
	wait
}

# inside COMMAND...: runs it in that network; without a terminal, 10 seconds at most,
# or LIMIT.
inside() {
	local pid user=-U
	pid=$(<"$BATS_FILE_TMPDIR/pid")
	[[ ! /proc/self/ns/user -ef /proc/$pid/ns/user ]] || user=
	nsenter -t "$pid" $user -n -m --preserve-credentials \
		env PATH="$PATH" timeout -s KILL "${LIMIT:-10}" "$@" </dev/null
}

# attempt STATUS COMMAND...: it ends so, and prints nothing on standard output.
attempt() {
	local want=$1 got=0
	shift
	inside "$@" >"$T/out" 2>"$T/err" || got=$?
	[[ $got == "$want" ]] || fail "status $got, not $want, of: $* $(cat "$T/err")"
	[[ ! -s $T/out ]] || fail "standard output of: $*: $(cat "$T/out")"
}

# refused STATUS PATTERN COMMAND...: with one line on standard error that matches.
refused() {
	attempt "$1" "${@:3}"
	[[ $(wc -l <"$T/err") == 1 ]] || fail "not one line of: ${*:3}: $(cat "$T/err")"
	[[ $(<"$T/err") =~ $2 ]] || fail "'$(cat "$T/err")' is not: $2"
}

# points COLUMN PATTERN COMMAND...: status 2, the message, then the operand and a
# caret under its character COLUMN (from 1).
points() {
	attempt 2 "${@:3}"
	[[ $(wc -l <"$T/err") == 3 ]] || fail "not three lines of: ${*:3}: $(cat "$T/err")"
	[[ $(head -n 1 "$T/err") =~ $2 ]] || fail "'$(cat "$T/err")' is not: $2"
	assert_equal "$(sed -n 2p "$T/err")" "  ${*: -1}"
	assert_equal "$(sed -n 3p "$T/err")" "$(printf '%*s^' $(($1 + 1)) '')"
}

# bad_interfaces, bad_groups, bad_numbers PROGRAM [OPTION...]: what both programs say.
bad_interfaces() {
	local name=$1
	refused 3 "^$name: no interface 'nosuch'; 'ip link' lists them$" "$@" -i nosuch 239.1.1.1
	refused 3 "^$name: no interface 'nosuch'" "$@" 239.1.1.1%nosuch
	refused 3 "^$name: no interface 'nosuch'" "$@" -i up0 -i nosuch 239.1.1.1
	refused 3 "^$name: interface down0 is down; ip link set down0 up$" "$@" -i down0 239.1.1.1
	refused 3 "^$name: interface nomc0 lacks the MULTICAST flag; ip link set nomc0 multicast on$" \
		"$@" -i nomc0 239.1.1.1
	refused 3 "^$name: no route says which interface reaches 239.1.1.1; choose one with -i: .*up0" \
		"$@" 239.1.1.1
}

bad_groups() {
	local group
	for group in 10.0.0.1 fd00::1 0.0.0.0; do
		points 1 "^$1: group '$group': $group is not a multicast group$" "$@" -i up0 $group
	done
	points 1 "'239.1.1.256' is not an IPv4 or IPv6 address$" "$@" -i up0 239.1.1.256
	points 11 "port 0 is not a port$" "$@" -i up0 239.1.1.1:0
	points 11 "port 65536 is above 65535$" "$@" -i up0 239.1.1.1:65536
	points 1 "source 239.1.1.2 is itself a group$" "$@" -i up0 239.1.1.2@239.1.1.1
	points 9 "source ff15::2 is itself a group$" "$@" -i up0 fd00::1,ff15::2@ff15::4d:1
	points 1 "source fd00::1 is IPv6, the group is IPv4$" "$@" -i up0 fd00::1@239.1.1.1
	points 17 "range runs past 239.255.255.255$" "$@" -i up0 239.255.255.250+10
	points 8 "prefix /64 holds too many groups to count: /65 is the widest$" "$@" -i up0 ff15::/64
	points 1 "empty: write a group such as 239.1.1.1$" "$@" -i up0 ''
}

bad_numbers() {
	local option
	for option in --port=0 --count=0; do
		refused 2 "^$1: ${option%=0}: '0' is too small; the least is 1$" "$@" $option -i up0 239.1.1.1
	done
	refused 2 "^$1: --port: '65536' is too large; the most is 65535$" "$@" -p 65536 -i up0 239.1.1.1
	refused 2 "^$1: --count: 'x' is not a number" "$@" -c x -i up0 239.1.1.1
	refused 2 "^$1: --count: '-1' is not a number" "$@" -c -1 -i up0 239.1.1.1
	refused 2 "^$1: --duration: '0' is too small" "$@" -d 0 -i up0 239.1.1.1
	refused 2 "^$1: --duration: '5x' is not a time" "$@" -d 5x -i up0 239.1.1.1
	refused 2 "^$1: --interval: '1us' is too small" "$@" --interval 1us -i up0 239.1.1.1
	refused 2 "^$1: --color: 'blue' is none of the choices; write auto, always or never$" \
		"$@" --color=blue
	refused 2 "^$1: no option --nosuch; see $1 --help$" "$@" --nosuch
	refused 2 "^$1: --interface needs a value" "$@" -i
}
