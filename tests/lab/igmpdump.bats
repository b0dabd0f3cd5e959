#!/usr/bin/env bats
# igmpdump.bats - live: kernel hosts join and leave, a bridge queries
#
# Filters of jq are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

# watch NAME HOST ARG...: igmpdump in JSON; returns when it captures.
watch() {
	local name=$1 host=$2
	shift 2
	start "$name" "$host" igmpdump -j "$@"
	lab_wait_until "listening '$T/$name.err' || ended $name" || fail "$(cat "$T/$name".*)"
	listening "$T/$name.err" || fail "$name does not listen: $(cat "$T/$name".*)"
}

listening() {
	grep -q '^igmpdump: listening on' "$1"
}

@test "igmpdump: joins and leaves of IGMPv3 and MLDv2 hosts are seen at once" {
	local group
	lab_pair
	watch dump h2 -i eth0 -p
	for group in "$GROUP4" "$GROUP6"; do
		recv m h1 "$group"
		seen dump ".records | any(.type == \"to_ex\" and .group == \"$group\" and .sources == [])"
		stop m 1
		seen dump ".records | any(.type == \"to_in\" and .group == \"$group\")"
	done
	recv m h1 "10.0.0.9@$SSM4" "fd00::9@$SSM6"
	seen dump ".records | any(.type == \"allow\" and .group == \"$SSM4\" and .sources == [\"10.0.0.9\"])"
	seen dump ".records | any(.type == \"allow\" and .group == \"$SSM6\" and .sources == [\"fd00::9\"])"
	stop m 1
	stop dump
	# Linux does it right: what it says is free of errors.
	jq -se 'map(select(.event == "message" and (.issues | any(.severity == "error")))) == []' "$T/dump.out"
	jq -se 'map(select(.event == "message")) | all(.interface == "eth0" and .link == "eth0" and .eth_src != null)' \
		"$T/dump.out"
	# The clock of a frame is the kernel's, to the nanosecond.
	jq -se 'map(select(.event == "message") | .time) | any(test("[1-9]000Z$") | not)' "$T/dump.out"
}

@test "igmpdump: older versions are called by their names" {
	lab_pair
	watch dump h2 -i eth0 -p
	recv m h1 --igmp-version 2 --mld-version 1 "$GROUP4" "$GROUP6"
	seen dump ".type == \"report\" and .version == 2 and .group == \"$GROUP4\" and .protocol == \"igmp\""
	seen dump ".type == \"report\" and .version == 1 and .group == \"$GROUP6\" and .protocol == \"mld\""
	stop m 1
	seen dump ".type == \"leave\" and .version == 2 and .group == \"$GROUP4\" and .dst == \"224.0.0.2\""
	seen dump ".type == \"leave\" and .version == 1 and .group == \"$GROUP6\" and .dst == \"ff02::2\""
	stop dump
}

@test "igmpdump: a bridge's queries and the hosts' answers" {
	lab_switch 1
	# The bridge asks for a group on the port that left it, and nowhere else.
	watch dump h1 -i eth0
	recv m h1 "$GROUP4" "$GROUP6"
	seen dump '.type == "query" and .protocol == "igmp" and .group == "0.0.0.0" and .version == 3'
	seen dump '.type == "query" and .protocol == "mld" and .group == "::" and .version == 2'
	seen dump ".records | any(.type == \"is_ex\" and .group == \"$GROUP4\")"
	seen dump ".records | any(.type == \"is_ex\" and .group == \"$GROUP6\")"
	stop m 1
	# Leaving makes the querier ask for the group.
	seen dump ".type == \"query\" and .group == \"$GROUP4\""
	seen dump ".type == \"query\" and .group == \"$GROUP6\""
	stop dump
}

@test "igmpdump: several interfaces and any" {
	lab_switch 2
	watch two sw -i p1 -i p2
	watch any sw -i any
	recv m1 h1 "$GROUP4"
	recv m2 h2 "$GROUP6"
	seen two ".link == \"p1\" and (.records | any(.group == \"$GROUP4\"))"
	seen two ".link == \"p2\" and (.records | any(.group == \"$GROUP6\"))"
	seen any ".link == \"p1\" and (.records | any(.group == \"$GROUP4\"))"
	seen any ".link == \"p2\" and (.records | any(.group == \"$GROUP6\"))"
	stop m1 1
	stop m2 1
	stop two
	stop any
}

@test "igmpdump: an interface that vanishes is told, and the others go on" {
	lab_switch 2
	watch dump sw -i p1 -i p2
	ip -n sw link del p1
	lab_wait_until "grep -q 'igmpdump: p1: the interface is gone' '$T/dump.err'"
	recv m h2 "$GROUP4"
	seen dump ".link == \"p2\" and (.records | any(.group == \"$GROUP4\"))"
	ip -n sw link del p2
	finish dump 3
	assert_equal "$(grep -c 'the interface is gone' "$T/dump.err")" 2
	lab_end "${PIDS[m]}" || true
}

@test "igmpdump: --count, --duration and a signal end it, with a summary" {
	lab_pair
	watch count h2 -i eth0 -p -c 1 --filter group="$GROUP4"
	watch time h2 -i eth0 -p -d 100ms
	finish time
	recv m h1 "$GROUP4"
	finish count
	stop m 1
	assert_equal "$(jq -s 'map(select(.event == "message")) | length' "$T/count.out")" 1
	assert_equal "$(fact count .event)" summary
	assert_equal "$(fact time .event)" summary
	check count .dropped_kernel 0
	grep -q ' frames, .* none lost$' "$T/count.err"
}

@test "igmpdump: SIGUSR1 shows an interim summary" {
	lab_pair
	watch dump h2 -i eth0 -p
	recv m h1 "$GROUP4"
	seen dump ".records | any(.group == \"$GROUP4\")"
	kill -USR1 "${PIDS[dump]}"
	seen dump '.event == "interim"'
	stop m 1
	stop dump
	assert_equal "$(fact dump .event)" summary
}

@test "igmpdump: text, a capture beside it, and a filter of one's own" {
	lab_pair
	start dump h2 igmpdump -i eth0 -p -w "$T/copy.pcap" igmp
	lab_wait_until "listening '$T/dump.err'"
	recv m h1 "$GROUP4" "$GROUP6"
	lab_wait_until "grep -q 'IGMPv3 report  to_ex $GROUP4 {}' '$T/dump.out'"
	# While it waits, what it has written is whole.
	lab_wait_until "shark copy 'igmp.type == 0x22' igmp.maddr | grep -q $GROUP4"
	stop m 1
	stop dump
	run grep -c MLD "$T/dump.out"
	assert_output 0
}

@test "igmpdump: it gives up its privileges before it reads packets" {
	lab_pair
	watch dump h2 -i eth0
	run grep -E '^(CapEff|CapPrm|NoNewPrivs)' "/proc/${PIDS[dump]}/status"
	assert_line --regexp 'CapEff:\s+0000000000000000'
	assert_line --regexp 'CapPrm:\s+0000000000000000'
	assert_line --regexp 'NoNewPrivs:\s+1'
	stop dump
}

@test "igmpdump: a flood is captured whole, or the loss is told" {
	local sent=20000 seen lost
	lab_pair
	watch dump h2 -i eth0 -p --summary ip proto 2 or udp port 5000
	send h1 -c "$sent" --rate max "$GROUP4:5000"
	seen_all() {
		kill -USR1 "${PIDS[dump]}"
		(($(jq -nR '[inputs | fromjson? | select(.event == "interim") | .data + .dropped_kernel] | last // 0' \
			"$T/dump.out") >= sent))
	}
	lab_wait_until seen_all
	stop dump
	seen=$(fact dump .data)
	lost=$(fact dump .dropped_kernel)
	((seen + lost >= sent)) || fail "$seen seen, $lost lost, $sent sent"
}
