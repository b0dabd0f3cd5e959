#!/usr/bin/env bash
# mchost.bash - what the tests of mchost share
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

source "${BASH_SOURCE[0]%/*}/helpers.bash"

# mdb PORT: what the bridge has learnt, sorted lines "group source".
mdb() {
	bridge -n sw -j mdb show dev br0 | jq -r --arg p "$1" '
		.[].mdb[] | select(.port == $p and .state == "temp") | "\(.grp) \(.src // "*")"' |
		grep -v '^ff02:' | LC_ALL=C sort
}

# entries PORT: their number.
entries() {
	mdb "$1" | wc -l
}

# hosts NAME ARG...: mchost in JSON on h1; returns when it runs.
hosts() {
	local name=$1
	shift
	start "$name" h1 mchost -j -i eth0 "$@"
	lab_wait_until "grep -q '\"event\":\"start\"' '$T/$name.out' || ended $name" || return 1
	grep -q '"event":"start"' "$T/$name.out" || fail "$name did not start: $(cat "$T/$name".*)"
}

# second_port: another interface of h1, eth1, on a port of the bridge.
second_port() {
	ip -n sw link add p9 type veth peer name eth1 netns h1
	ip -n sw link set p9 master br0 up
	ip -n h1 link set eth1 addrgenmode none up
	lab_wait_until '_lab_ready h1 && bridge -n sw -j link show dev p9 | jq -e ".[0].state == \"forwarding\""'
}
