#!/usr/bin/env bats
# mctop.bats - what mctop knows of hosts whose memberships are known
#
# Filters of jq are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

# top NAME HOST ARG...: a snapshot in JSON into $T/NAME.out.
top() {
	local name=$1 host=$2
	shift 2
	lab_in "$host" mctop --json "$@" >"$T/$name.out" 2>"$T/$name.err" ||
		fail "mctop $*: $(cat "$T/$name.err")"
}

# says NAME FILTER: some line gives true.
says() {
	jq -se "any(.[]; $2)" "$T/$1.out" >/dev/null ||
		fail "no line of $1 is: $2: $(head -c 3000 "$T/$1.out")"
}

# follow NAME HOST ARG...: a stream of changes; returns when the snapshot is out.
follow() {
	local name=$1 host=$2
	shift 2
	start "$name" "$host" mctop --json --interval 100ms "$@"
	seen "$name" '.event == "summary"'
}

# nanoseconds NAME FILTER: the time of the first line that gives true.
nanoseconds() {
	date -d "$(jq -r "select($2).time" "$T/$1.out" | head -n 1)" +%s%N
}

@test "mctop: groups, modes, sources, sockets and processes of a host, both families" {
	local pid
	lab_switch 3
	recv m h2 "$GROUP4" "10.0.0.1,10.0.0.3@$SSM4" '!10.0.0.9@239.1.1.2' "$GROUP6" \
		"fd00::1@$SSM6" '!fd00::9@ff15::4d:2'
	recv other h3 "$GROUP4"
	members h2 "$GROUP4"
	members h3 "$GROUP4"
	pid=${PIDS[m]}
	top t h2
	says t ".event == \"interface\" and .interface == \"eth0\" and .igmp_version == 3 and
		.mld_version == 2 and .groups_ipv4 == 4 and .up and .ipv4 == \"10.0.0.2\""
	says t ".event == \"membership\" and .group == \"$GROUP4\" and .interface == \"eth0\" and
		.mode == \"exclude\" and .sources == [] and .users == 1 and .scope == \"organization\" and
		.mac == \"01:00:5e:01:01:01\" and .mac_shared and (.sockets | length) == 1 and
		.sockets[0].name == \"mcrecv\" and .sockets[0].pid == $pid and .sockets[0].port == 5000"
	says t ".group == \"$SSM4\" and .mode == \"include\" and
		([.sources[] | select(.including == 1).address] | sort) == [\"10.0.0.1\", \"10.0.0.3\"] and
		(.sockets[0].sources | sort) == [\"10.0.0.1\", \"10.0.0.3\"]"
	says t '.group == "239.1.1.2" and .mode == "exclude" and .sources[0].address == "10.0.0.9" and
		.sources[0].excluding == 1 and .sockets[0].mode == "exclude"'
	says t ".group == \"$GROUP6\" and .mode == \"exclude\" and .sockets[0].pid == $pid"
	says t ".group == \"$SSM6\" and .mode == \"include\" and .sockets[0].sources == [\"fd00::1\"]"
	says t '.group == "ff15::4d:2" and .mode == "exclude" and .sockets[0].sources == ["fd00::9"]'
	says t '.group == "224.0.0.1" and .interface == "eth0" and .sockets == [] and
		.name == "all systems"'
	says t ".event == \"process\" and .pid == $pid and .name == \"mcrecv\" and .groups == 6"
	jq -se "all(.[] | select(.event == \"membership\") | .sockets[].pid; . == $pid)" "$T/t.out"

	# filters
	top t h2 --group 232.0.0.0/8 --capture none
	assert_equal "$(jq -r 'select(.event == "membership").group' "$T/t.out")" "$SSM4"
	top t h2 --process "$pid" -6 --capture none
	assert_equal "$(jq -r 'select(.event == "membership").group' "$T/t.out" | sort)" \
		"$(printf '%s\n' "$GROUP6" ff15::4d:2 "$SSM6" | sort)"
	top t h2 --process MCREC -i eth0 -4 --capture none
	assert_equal "$(jq -s 'map(select(.event == "membership")) | length' "$T/t.out")" 3

	# the bridge, in another namespace
	mctop --json --netns sw >"$T/t.out"
	says t ".event == \"bridge-entry\" and .netns == \"sw\" and .bridge == \"br0\" and
		.port == \"p2\" and .group == \"$GROUP4\""
	says t ".event == \"bridge-entry\" and .port == \"p3\" and .group == \"$GROUP4\""
	says t ".event == \"bridge-entry\" and .port == \"p2\" and .group == \"$SSM4\" and
		(.sources | sort) == [\"10.0.0.1\", \"10.0.0.3\"]"
	says t '.event == "interface" and .interface == "br0" and .bridge and
		.igmp_querier.address == "10.0.0.254" and .igmp_querier.self and
		.mld_querier.address == "fe80::254"'
	jq -se 'all(.[] | select(has("netns")); .netns == "sw")' "$T/t.out"

	# the table
	lab_in h2 mctop --once -q --capture none >"$T/table"
	grep -qE "^$SSM4 +eth0 +mcrecv\[$pid\] +include +10.0.0.1 10.0.0.3 " "$T/table"
	grep -qE "^239.1.1.2 +eth0 +mcrecv\[$pid\] +exclude +!10.0.0.9 " "$T/table"
	grep -qE "^$GROUP4 +eth0 +mcrecv\[$pid\] +any +- .* another joined group" "$T/table"
	grep -qE '^224.0.0.1 +eth0 +kernel +any ' "$T/table"
	lab_in h2 mctop --once -q --capture none --sort -group >"$T/table"
	assert_equal "$(sed -n '2s/ .*//p' "$T/table")" ff35::8000:1
}

@test "mctop: joins, leaves, queriers, other members and data are told as they come" {
	lab_switch 3
	follow t h2
	seen t '.event == "querier" and .querier.address == "10.0.0.254" and .querier.version == 3 and
		.querier.interval_ns == 1000000000 and (.querier.self | not)'
	seen t '.event == "querier" and .querier.address == "fe80::254"'
	recv m h2 "$GROUP4" "$GROUP6"
	seen t ".event == \"joined\" and .group == \"$GROUP4\" and .since_exact"
	seen t ".event == \"joined\" and .group == \"$GROUP6\""
	seen t ".event == \"changed\" and .group == \"$GROUP4\" and .sockets[0].pid == ${PIDS[m]}"
	(($(nanoseconds t ".event == \"joined\" and .group == \"$GROUP4\"") -
		$(nanoseconds m '.event == "joined"') < 100000000)) || fail "a join took too long"
	recv other h3 "$GROUP4"
	seen t ".event == \"member-joined\" and .group == \"$GROUP4\" and .host == \"10.0.0.3\""
	members h2 "$GROUP4"
	send h1 -c 40 -r 100/s "$GROUP4"
	seen t ".event == \"traffic\" and .group == \"$GROUP4\" and .packets == 40 and
		.flows[0].source == \"10.0.0.1\" and .flows[0].packets == 40"
	jq -se 'any(.[]; .event == "traffic" and .rate_pps > 50 and .rate_pps < 150)' "$T/t.out"
	stop other
	seen t ".event == \"member-left\" and .host == \"10.0.0.3\""
	stop m
	seen t ".event == \"left\" and .group == \"$GROUP4\" and .packets == 40"
	seen t ".event == \"left\" and .group == \"$GROUP6\""
	stop t
	run tests/cli/validate schema/mctop.json joined changed left traffic querier member-joined \
		member-left <"$T/t.out"
	assert_success
}

@test "mctop: more sources and sockets of a group are seen, though not announced" {
	lab_pair
	follow t h2 --process mcrecv --capture none
	recv m h2 "10.0.0.1@$SSM4"
	# A join of --process waits for the process.
	seen t ".event == \"joined\" and .group == \"$SSM4\" and .sockets[0].pid == ${PIDS[m]}"
	recv n h2 "10.0.0.7@$SSM4"
	seen t ".event == \"changed\" and (.sources | length) == 2 and .users == 2"
	seen t ".event == \"changed\" and ([.sockets[].pid] | contains([${PIDS[m]}, ${PIDS[n]}]))"
	start probe h2 "$LAB_HELPERS/lab-probe" join eth0 239.9.9.9
	stop n 1
	seen t ".event == \"changed\" and (.sockets | length) == 1"
	stop m 1
	seen t ".event == \"left\" and .group == \"$SSM4\""
	refute [ "$(jq -c 'select(.group == "239.9.9.9")' "$T/t.out")" ]
}

@test "mctop: interfaces and namespaces may come and go" {
	lab_pair
	lab_ns h9
	follow t h2 --all-netns
	says t '.event == "membership" and .netns == "h1" and .interface == "eth0"'
	says t '.event == "membership" and .netns == "h9" and .interface == "lo"'
	recv m h2 "$GROUP4"
	seen t ".event == \"joined\" and .netns == \"h2\" and .sockets == [] or
		(.event == \"changed\" and .netns == \"h2\" and .sockets[0].pid == ${PIDS[m]})"
	ip netns del h9
	sed -i /h9/d "$LAB_DIR/namespaces"
	lab_ns h8
	seen t '.event == "netns-gone" and .netns == "h9"'
	seen t '.event == "netns-new" and .netns == "h8"'
	ip -n h1 link del eth0
	seen t ".event == \"left\" and .netns == \"h2\" and .group == \"$GROUP4\""
	seen t '.event == "interface-gone" and .netns == "h2" and .interface == "eth0"'
	ip -n h1 link add eth5 type veth peer name eth6 netns h2
	seen t '.event == "interface-new" and .netns == "h2" and .interface == "eth6"'
	stop t
	run tests/cli/validate schema/mctop.json netns-new netns-gone interface-new interface-gone <"$T/t.out"
	assert_success
}

@test "mctop: a router's multicast routes, with packets" {
	lab_router
	lab_mroute "eth0>eth1" "10.0.1.1@$SSM4"
	lab_in a1 mcsend -qq -i eth0 -t 4 -c 10 -r 1k/s "$SSM4"
	top t r
	says t ".event == \"route\" and .group == \"$SSM4\" and .source == \"10.0.1.1\" and
		.input == \"eth0\" and .outputs == [\"eth1\"] and .packets == 10 and .wrong_interface == 0"
	run tests/cli/validate schema/mctop.json route <"$T/t.out"
	assert_success
}

@test "mctop: without privileges it shows what it may, and says what it lacks" {
	lab_pair
	recv m h2 "$GROUP4"
	lab_in h2 setpriv --bounding-set -all --inh-caps -all mctop --json >"$T/t.out" 2>"$T/t.err"
	says t ".event == \"membership\" and .group == \"$GROUP4\" and .users == 1 and .others == null"
	says t '.event == "summary" and (.lacks | test("CAP_NET_RAW"))'
	refused h2 3 'CAP_SYS_ADMIN' setpriv --bounding-set -all --inh-caps -all mctop --once --netns h1
}
