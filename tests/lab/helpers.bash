#!/usr/bin/env bash
# helpers.bash - what the tests of the programs share; a bats file's setup sources it

bats_require_minimum_version 1.5.0
source "${BASH_SOURCE[0]%/*}/../assert.bash"

source "${BASH_SOURCE[0]%/*}/lab.bash"
lab_enter
PATH=$MCTOOLS_BIN:$PATH
T=$BATS_TEST_TMPDIR
declare -gA PIDS=() # name of a background program -> its pid

# The same test for both families.
# shellcheck disable=SC2034 # for the bats files
GROUP4=239.1.1.1 GROUP6=ff15::4d:1 SSM4=232.1.1.1 SSM6=ff35::8000:1

# start NAME HOST COMMAND...: standard output to $T/NAME.out, errors to NAME.err.
start() {
	local name=$1
	shift
	lab_bg "$@" >"$T/$name.out" 2>"$T/$name.err"
	PIDS[$name]=$LAB_PID
}

# recv NAME HOST ARG...: mcrecv in JSON on eth0; returns when it has joined.
recv() {
	local name=$1 host=$2
	shift 2
	start "$name" "$host" mcrecv -j -i eth0 "$@"
	lab_wait_until "joined '$T/$name.out' || ended $name" || fail "$(cat "$T/$name".*)"
	joined "$T/$name.out" || fail "$name did not join: $(cat "$T/$name".*)"
}

# ended NAME: it is gone, though not waited for.
ended() {
	[[ -z $(_lab_born "${PIDS[$1]}") ]]
}

# The events of all joins leave together: one whole line says all is joined.
joined() {
	[[ $(head -n 1 "$1") == *'"event":"joined"'*'}' ]]
}

# send HOST ARG...: mcsend on eth0, quiet.
send() {
	local host=$1
	shift
	lab_in "$host" mcsend -q -q -i eth0 "$@"
}

# finish NAME [STATUS]: the program ends by itself, with this status.
finish() {
	local status=0
	wait "${PIDS[$1]}" || status=$?
	[[ $status == "${2:-0}" ]] ||
		fail "$1 ended with $status, not ${2:-0}: $(tail -n 5 "$T/$1.out" "$T/$1.err")"
}

# stop NAME [STATUS [SIGNAL]]: ends it with a signal (INT).
stop() {
	kill "-${3:-INT}" "${PIDS[$1]}"
	finish "$1" "${2:-0}"
}

# fact NAME FILTER: of the last summary (or of the last line, whatever it is).
fact() {
	tail -n 1 "$T/$1.out" | jq -r "$2"
}

# check NAME FILTER VALUE
check() {
	assert_equal "$2: $(fact "$1" "$2")" "$2: $3"
}

# holds NAME FILTER: the filter gives true.
holds() {
	[[ $(fact "$1" "$2") == true ]] || fail "not true: $2 in $(tail -n 1 "$T/$1.out")"
}

# heard NAME N: waits until its intervals add up to N packets (--interval 50ms).
heard() {
	lab_wait_until "((\$(counted '$T/$1.out') >= $2))" || fail "$(tail -n 3 "$T/$1".*)"
}

# A line that is being written is no JSON yet.
counted() {
	jq -nR '[inputs | fromjson? | select(.event == "interval") | .packets] | add // 0' "$1"
}

# seen NAME FILTER [COUNT]: waits for that many objects of JSON for which it gives true.
seen() {
	lab_wait_until "((\$(matching '$1' '$2') >= ${3:-1}))" ||
		fail "not seen: $2 in $(tail -n 3 "$T/$1.out") $(cat "$T/$1.err")"
}

# matching NAME FILTER: how many.  A line that is being written is no JSON yet.
matching() {
	jq -nR "[inputs | fromjson? | select($2)] | length" "$T/$1.out"
}

# members HOST GROUP: waits until the bridge knows that HOST (h<n>) wants GROUP.
members() {
	lab_wait_mdb "$2" "p${1#h}"
}

# capture NAME HOST [FILTER]: frames on the host's eth0 into $T/NAME.pcap.
capture() {
	lab_capture "$2" eth0 "$T/$1.pcap" "${3-}"
	PIDS[$1]=$LAB_PID
}

# frames NAME N: at least N are in the file; then the capture ends.
frames() {
	lab_wait_until "((\$(lab_captured '$T/$1.pcap') >= $2))" || return 1
	lab_end "${PIDS[$1]}"
}

# shark NAME FILTER FIELD...: the fields of the frames that match, a line each.
shark() {
	local name=$1 filter=$2 fields=()
	shift 2
	local field
	for field; do fields+=(-e "$field"); done
	tshark -r "$T/$name.pcap" -Y "$filter" -T fields "${fields[@]}" 2>/dev/null
}

# second_link: another one between h1 and h2 of lab_pair: eth1, 10.1.0.n and fd01::n.
second_link() {
	local n
	ip -n h1 link add eth1 index 20 type veth peer name eth1 netns h2
	for n in 1 2; do
		lab_in h$n sysctl -qw net.ipv6.conf.eth1.disable_ipv6=0
		ip -n h$n addr add 10.1.0.$n/24 dev eth1
		ip -n h$n addr add fd01::$n/64 dev eth1 nodad
		ip -n h$n link set eth1 up
	done
	lab_wait_until "_lab_ready h1 && _lab_ready h2"
}

# udp_drops HOST: of all sockets there, by the kernel's own table.
udp_drops() {
	lab_in "$1" cat /proc/net/udp /proc/net/udp6 | awk '!/drops/ { n += $NF } END { print n + 0 }'
}

# refused HOST STATUS PATTERN COMMAND...: one line on stderr, nothing on stdout.
refused() {
	local host=$1 status=$2 pattern=$3 got=0
	shift 3
	lab_in "$host" timeout -s KILL 10 "$@" >"$T/refused.out" 2>"$T/refused.err" </dev/null || got=$?
	[[ $got == "$status" ]] || fail "status $got, not $status, of: $* $(cat "$T/refused.err")"
	[[ $(wc -l <"$T/refused.err") == 1 ]] || fail "not one line of: $*: $(cat "$T/refused.err")"
	[[ $(<"$T/refused.err") =~ $pattern ]] || fail "'$(cat "$T/refused.err")' is not: $pattern"
	[[ ! -s $T/refused.out ]] || fail "standard output of: $*: $(cat "$T/refused.out")"
}
