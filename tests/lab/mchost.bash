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
