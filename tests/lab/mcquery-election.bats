#!/usr/bin/env bats
# mcquery-election.bats - elections against the kernel's switch and FRR's router
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/mcquery.bash"
	source "$BATS_TEST_DIRNAME/frr.bash"
}

teardown() {
	lab_down
}

# queries NAME FAMILY SOURCE: how many general ones of that querier are in the capture.
queries() {
	local filter="igmp.type == 0x11 and igmp.maddr == 0.0.0.0 and ip.src == $3"
	(($2 == 4)) || filter="icmpv6.type == 130 and ipv6.src == $3"
	tshark -r "$T/$1.pcap" -Y "$filter" 2>/dev/null | wc -l
}

# count_during SECONDS: lets as much time pass in which something must not happen.
count_during() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	lab_wait_until "((\${EPOCHREALTIME/[.,]/} > $end))" $(($1 + 2))
}

@test "election: against the switch's querier, won, lost, and inherited when it dies" {
	lab_switch 2 qi_ms=1000 qri_ms=200
	# 10.0.0.1 is below 10.0.0.254: the switch gives way, in both families.
	serve low h1 -v -I 1 -M 200ms
	seen low '.event == "querier-elected" and .self' 2
	capture won h2 'igmp or icmp6 or ip6[6] = 0'
	count_during 2
	frames won 4
	assert_equal "$(queries won 4 10.0.0.254) $(queries won 6 fe80::254)" "0 0"
	(($(queries won 4 10.0.0.1) >= 2 && $(queries won 6 fe80::1) >= 2))
	stop low

	# 10.0.1.1 is above it, though not where bytes are compared the wrong way round.
	lab_wait_until "[[ \$(bridge -n sw -j -d mdb show dev br0 | jq -c '.[].router.br0 // []') == '[]' ]]"
	serve high h1 -v -I 3 -M 200ms -a 10.0.1.1 -a fe80::1:1
	for querier in 10.0.0.254 fe80::254; do
		seen high ".event == \"querier-elected\" and .querier == \"$querier\" and (.self | not)"
	done
	before=$(matching high '.event == "query-sent"')
	count_during 2
	assert_equal "$(matching high '.event == "query-sent"')" "$before"
	assert_equal "$(state high 4 .state) $(state high 6 .state)" "non-querier non-querier"
	# What the switch announces is taken over (RFC 9776 4.1.6, 4.1.7).
	assert_equal "$(state high 4 .variables.query_interval_ns)" 1000000000
	lab_querier off
	for querier in 10.0.1.1 fe80::1:1; do
		seen high ".event == \"querier-elected\" and .querier == \"$querier\" and .self"
	done
	stop high
	lab_querier on
	serve mute h1 --listen-only -v
	seen mute '.event == "querier-elected" and .querier == "10.0.0.254"'
	seen mute '.event == "querier-elected" and .querier == "fe80::254"'
	# Without an address of its own it gives way to everybody, as when asked to; it
	# listens for longer than the switch is silent.
	serve none h1 -4 -v -I 4 -M 2 -a 0.0.0.0
	serve polite h1 -4 -v -I 4 -M 2 -a 10.0.0.7 --if-none
	for name in none polite; do
		seen $name '.event == "querier-elected" and .querier == "10.0.0.254"'
		assert_equal "$name: $(matching $name '.event == "query-sent"')" "$name: 0"
		stop $name
	done
	assert_equal "$(matching mute '.event == "query-sent"')" 0
	stop mute
	serve rude h1 -4 -v -I 1 -M 200ms --force -a 10.0.1.1
	seen rude '.event == "querier-elected" and .querier == "10.0.0.254"'
	before=$(matching rude '.event == "query-sent"')
	seen rude '.event == "query-sent"' $((before + 2))
	stop rude
}

@test "election: against FRR's pimd, won and lost" {
	lab_pair
	frr h2
	capture frr h1 igmp
	# 10.0.0.2 queries, and 10.0.1.1 is above it.
	serve high h1 -4 -v -I 1 -M 500ms -a 10.0.1.1
	seen high '.event == "querier-elected" and .querier == "10.0.0.2"'
	before=$(matching high '.event == "query-sent"')
	count_during 2
	assert_equal "$(matching high '.event == "query-sent"')" "$before"
	assert_equal "$(state high 4 .state)" non-querier
	stop high
	serve low h1 -4 -v -I 1 -M 500ms
	seen low '.event == "querier-elected" and .self'
	seen low '.event == "query-sent"' 4
	# Its routers' groups are in the table.
	seen low '.event == "member-joined" and .group == "224.0.0.22" and .host == "10.0.0.2"'
	count_during 1
	stop low
	frames frr 6
	# From our first query on it is silent.
	last=$(shark frr 'igmp.type == 0x11 and ip.src == 10.0.0.2' frame.number | tail -n 1)
	first=$(shark frr 'igmp.type == 0x11 and ip.src == 10.0.0.1' frame.number | head -n 1)
	((last > 0 && first > last)) || fail "pimd asks in frame $last, we in $first"
	no_complaint "$T/frr.pcap" 02:00:00:00:00:01 4
}
