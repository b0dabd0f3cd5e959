#!/usr/bin/env bats
# mchost.bats - hosts that a real bridge and real neighbours take for real ones
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/mchost.bash"
}

teardown() {
	lab_down
}

@test "population: the bridge learns exactly what hosts joined, entry by entry" {
	local n
	lab_switch 1
	ip -n sw link set br0 type bridge mcast_hash_max 32768
	for ((n = 0; n < 5000; n++)); do
		echo "239.10.$((n / 256)).$((n % 256)) *"
		((n >= 2500)) || echo "232.10.$((n / 256)).$((n % 256)) 10.0.0.7"
		((n >= 2500)) || printf 'ff15::10:%x *\n' "$n"
	done | sed 's/::10:0 /::10:0 /' | LC_ALL=C sort >"$T/want"
	hosts all --hosts 2 --per-host all --die 239.10.0.0+5000 10.0.0.7@232.10.0.0+2500 ff15::10:0+2500
	# A source-specific group also has an entry of its own without a source.
	lab_wait_until "((\$(mdb p1 | grep -vc '^232.* \*') >= 10000))" 10
	mdb p1 | grep -v '^232.* \*' >"$T/have"
	run diff "$T/want" "$T/have"
	assert_success
	stop all
	check all .memberships 20000
	assert_equal "$(lab_in sw cat /sys/class/net/br0/bridge/multicast_snooping)" 1
}

@test "population: killed hosts expire on time, the others stay" {
	local before after
	lab_switch 1
	printf 'at 0s join all 239.1.1.0/28\nat 500ms kill all\nat 4s revive all\nat 6s end\n' >"$T/scenario"
	hosts dead --hosts 4 --scenario "$T/scenario"
	lab_wait_until '(($(entries p1) == 16))'
	lab_wait_until "grep -q '\"dead\":4' '$T/dead.out'"
	before=${EPOCHREALTIME/[.,]/}
	lab_wait_until '(($(entries p1) == 0))'
	after=${EPOCHREALTIME/[.,]/}
	# Membership interval 2.2 s, since a report that was at most a query interval old.
	((after - before > 300000 && after - before < 3500000)) || fail "$((after - before)) us"
	lab_wait_until '(($(entries p1) == 16))'
	finish dead
	check dead .dead 0
}

@test "population: all leave at a signal, one answers with --die" {
	lab_switch 1
	hosts good --hosts 50 --per-host 4 239.1.1.0/27 ff15::4d:0/123
	lab_wait_until '(($(entries p1) > 40))'
	stop good 0 TERM
	lab_wait_until '(($(entries p1) == 0))' 2
	check good '.joins == .leaves' true
	hosts bad --hosts 2 --die 239.1.1.1
	lab_wait_until '(($(entries p1) == 1))'
	stop bad
	check bad '.sent["v3-report"] > 0 and .leaves == 0' true
	assert_equal "$(entries p1)" 1
}

@test "population: churn and zap change who is a member, not how often" {
	local what groups=(239.2.0.0+20 ff15::4d:200+10)
	lab_pair
	for what in churn zap; do
		hosts $what --hosts 30 --per-host 4 --isolated --interval 100ms --$what 10k/s "${groups[@]}"
		lab_wait_until "grep -q '\"frames\":[0-9]\{5\}' '$T/$what.out'"
		stop $what
		assert_equal "$(jq -cs 'map(select(.event == "interval") | .memberships) | unique' \
			"$T/$what.out")" '[120]'
		holds $what '.joins > 1000 and .joins == .leaves'
	done

	# All are members of all, or nobody of any: there is nobody who could.
	hosts all --hosts 3 --per-host all --churn 1k/s --zap 1k/s -d 300ms "${groups[@]}"
	finish all
	check all .joins 90
	printf 'at 0s churn 1k/s\nat 0s zap 1k/s\nat 300ms end\n' >"$T/scenario"
	hosts none --hosts 3 --scenario "$T/scenario" 239.2.0.0
	finish none
	check none .joins 0
}

@test "hosts: neighbours reach them, and nobody else's address is taken" {
	local mac
	lab_switch 2
	hosts near --hosts 3 239.1.1.1 ff15::4d:1
	# 10.0.0.254 is the bridge's.
	head -n 1 "$T/near.out" >"$T/first.out"
	check first '.first_ipv4' 10.0.0.251
	lab_in h2 ping -q -c 1 -W 2 10.0.0.253
	lab_in h2 ping -q -c 1 -W 2 "$(fact first .first_ipv6)%eth0"
	mac=$(ip -n h2 -j neigh show 10.0.0.253 | jq -r '.[0].lladdr')
	assert_equal "$mac" "$(fact first .first_mac | sed 's/00$/02/')"
	stop near
	check near '[.pings_answered, .arp_answered > 0, .solicitations_answered > 0] | join(" ")' '2 true true'
}

@test "data: every member gets it, join and leave latency, unwanted data" {
	lab_switch 2
	hosts all --hosts 6 --per-host all --verify -d 1500ms 239.1.1.1 239.1.1.2 ff15::4d:1
	lab_wait_until '(($(entries p1) == 3))'
	send h2 -r 300/s -d 3 239.1.1.1 239.1.1.2 ff15::4d:1
	finish all
	check all '.delivery | [.hosts_complete, .memberships_delivered, .unwanted_packets] | join(" ")' '6 18 0'
	check all '.join.count' 3
	hosts none --hosts 2 --verify -d 500ms 239.1.1.3
	finish none 1
	check none '.delivery.memberships_delivered' 0
	lab_querier off
	ip -n sw link set br0 type bridge mcast_snooping 0
	hosts flood --verify -d 700ms 239.1.1.4
	send h2 -r 100/s -c 20 239.1.1.4 239.9.9.9
	finish flood 1
	check flood '.delivery | [.hosts_complete, .unwanted_packets, .unwanted_groups[0]] | join(" ")' \
		'1 10 239.9.9.9'
}

@test "hosts outlive a link that goes down, and end when the interface is gone" {
	lab_switch 2
	second_port
	start h h1 mchost -j -i eth1 --interval 50ms --hosts 10 --addresses 10.9.0.0/24 239.1.1.1
	lab_wait_mdb 239.1.1.1 p9
	ip -n h1 link set eth1 down
	lab_wait_until "grep -q '^mchost: warning: eth1: no link$' '$T/h.err'"
	lab_wait_until '! lab_in_mdb 239.1.1.1 p9'
	ip -n h1 link set eth1 up
	lab_wait_until "grep -q '^mchost: warning: eth1: the link is back$' '$T/h.err'"
	lab_wait_mdb 239.1.1.1 p9
	ip -n h1 link del eth1
	finish h 3
	# The kernel takes it down before it deletes it, and may be seen in between.
	assert_equal "$(tail -n +3 "$T/h.err" | grep -v '^mchost: warning: eth1: no link$')" \
		'mchost: eth1: the interface is gone'
	check h '[.errors[0].error, .failed == .errors[0].frames or (.errors | length) > 1] | tojson' \
		'["Network is down",true]'
}

@test "tests of RFC 3918: capacity notices that the bridge floods, delays are measured" {
	lab_switch 1
	second_port
	ip -n sw link set br0 type bridge mcast_hash_max 64
	start join h1 mchost -j -i eth0 --feed eth1 --test join-delay 239.1.0.0/28 ff15::4d:0/124
	finish join
	check join '[.groups, .missing, .max_ns < 200000000] | join(" ")' '32 0 true'
	start leave h1 mchost -j -i eth0 --feed eth1 --test leave-delay 239.1.0.0/29
	finish leave
	# Two queries of 200 ms for the last members, or more when one comes late.
	check leave '[.groups, .still_flowing, .p50_ns > 200000000, .p50_ns < 1000000000] | join(" ")' '8 0 true true'
	start cap h1 mchost -j -i eth0 --feed eth1 --test capacity --hosts 5 --step 16 239.1.0.0/24
	finish cap 1
	check cap '[.limited, .steps[-1].flooded, .capacity] | join(" ")' 'true true 48'
	assert_equal "$(lab_in sw cat /sys/class/net/br0/bridge/multicast_snooping)" 0
	"$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mchost.json" test < \
		<(cat "$T"/{join,leave,cap}.out)
}
