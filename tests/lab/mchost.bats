#!/usr/bin/env bats
# mchost.bats - hosts that a real bridge, kernel and decoder take for real ones
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

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

@test "messages: igmpdump finds nothing wrong in any version" {
	local versions ssm
	lab_switch 1 qi_ms=1000
	capture all h1 'igmp or ip6'
	for versions in v1,mldv1 v2,mldv2 v3,mldv2; do
		# Source-specific groups are for those who can name sources.
		ssm=()
		[[ $versions != v3* ]] || ssm=(10.0.0.9@232.1.2.0/28 fd00::9@ff35::8000:0/124)
		hosts p$versions --hosts 40 --per-host 3 --versions "$versions" --churn 50/s -d 1200ms \
			239.1.2.0/25 ff15::4d:0/122 "${ssm[@]}"
		finish p$versions
	done
	lab_end "${PIDS[all]}"
	# Those of the hosts, not of the kernels around them.
	run igmpdump --summary -r "$T/all.pcap" --fail-on note 'ether[6:4] & 0xffffff00 = 0x8abd9e00'
	assert_success
	[[ $(lab_captured "$T/all.pcap") -gt 500 ]]
}

@test "messages: misbehaviour is what it says" {
	lab_switch 1
	capture bad h1 'igmp'
	hosts bad --hosts 10 --misbehave no-router-alert,ttl,bad-checksum -d 300ms 239.1.2.3
	finish bad
	lab_end "${PIDS[bad]}"
	igmpdump -r "$T/bad.pcap" -j | jq -r '.issues[]?.id // .issues[]?' | sort -u >"$T/ids"
	for id in router-alert ttl checksum; do
		grep -q "$id" "$T/ids" || fail "no $id in $(cat "$T/ids")"
	done
}

# records NAME SOURCE: what the source reported, each record once.
records() {
	igmpdump -r "$T/$1.pcap" -j | jq -r --arg s "$2" '
		select(.src == $s) | .records[]? | "\(.type) \(.group) \(.sources | sort | join(","))"' |
		grep ' 23' | sort -u
}

@test "messages: the kernel's host and ours report the same" {
	local query
	lab_switch 2 querier=0
	capture k h1 igmp
	capture o h2 igmp
	recv kernel h1 239.1.1.1 10.0.0.7,10.0.0.8@232.1.1.1 '!10.0.0.9@239.1.1.2'
	start ours h2 mchost -j -i eth0 --force --addresses 10.0.0.77 \
		239.1.1.1 10.0.0.7,10.0.0.8@232.1.1.1 '!10.0.0.9@239.1.1.2'
	lab_wait_until '(($(entries p2) >= 3 && $(entries p1) >= 3))'
	# Sources that an excluding host takes and has not named are missing from the
	# kernel's answers, against RFC 9776 5.2: do not ask for such.
	for query in 'v3-query max-resp=100ms' 'v3-query 239.1.1.1 max-resp=100ms' \
		'v3-query 10.0.0.7,10.0.0.6@232.1.1.1 max-resp=100ms' \
		'v3-query 10.0.0.9@239.1.1.2 max-resp=100ms'; do
		lab_in sw mchost -q -i br0 --craft "$query"
	done
	lab_wait_until '(($(records o 10.0.0.77 | grep -c is_) == 4))'
	lab_wait_until '[[ $(records k 10.0.0.1) == "$(records o 10.0.0.77)" ]]' || {
		records k 10.0.0.1 >"$T/a"
		records o 10.0.0.77 >"$T/b"
		fail "$(diff "$T/a" "$T/b")"
	}
	stop kernel 1
	stop ours
	lab_wait_until '[[ $(records k 10.0.0.1) == "$(records o 10.0.0.77)" ]]' || {
		records k 10.0.0.1 >"$T/a"
		records o 10.0.0.77 >"$T/b"
		fail "$(diff "$T/a" "$T/b")"
	}
	[[ $(records o 10.0.0.77 | wc -l) -ge 6 ]] || fail "$(records o 10.0.0.77)"
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

@test "single packets: every message reads as it was written, forged ones too" {
	lab_switch 2 snooping=0
	capture one h2 'igmp or icmp6 or ip6[6] == 0 or udp or vlan'
	lab_in h1 mchost -q -i eth0 --craft v1-query --craft 'v2-query 239.1.1.1 max-resp=2s' \
		--craft 'v3-query 10.0.0.7@239.1.1.1 s qrv=5 qqi=31' --craft 'v1-report 239.1.1.1' \
		--craft 'v2-report 239.1.1.2' --craft 'leave 239.1.1.3' \
		--craft 'v3-report 239.1.1.4=to_in(10.0.0.1,10.0.0.2)' --craft mldv1-query \
		--craft 'mldv2-query ff15::4d:1' --craft 'mldv1-report ff15::4d:2' --craft 'done ff15::4d:3' \
		--craft 'mldv2-report ff15::4d:4=allow(fd00::1) ff15::4d:5=to_ex()'
	lab_in h1 mchost -q -i eth0 --src 10.9.9.9 --src-mac 02:00:00:00:00:99 --ttl 7 \
		--craft 'udp 239.1.1.9:6000 text=hello'
	lab_in h1 mchost -q -i eth0 --vlan 7 --craft 'leave 239.1.1.7'
	lab_in h1 mchost -q -i eth0 --hex '17 00 f8 f5 ef 01 01 08' --dst 224.0.0.2 -c 2 --interval 10ms
	lab_wait_until '[[ $(shark one "igmp.maddr == 239.1.1.8" frame.number | wc -l) == 2 ]]'
	lab_end "${PIDS[one]}"
	igmpdump -r "$T/one.pcap" -j | jq -r '"\(.protocol)v\(.version) \(.type) \(.group // .records[0].group // "-")"' |
		grep -v ff02: | LC_ALL=C sort >"$T/have"
	LC_ALL=C sort >"$T/want" <<-LIST
		igmpv1 query 0.0.0.0
		igmpv1 report 239.1.1.1
		igmpv2 leave 239.1.1.3
		igmpv2 leave 239.1.1.7
		igmpv2 leave 239.1.1.8
		igmpv2 leave 239.1.1.8
		igmpv2 query 239.1.1.1
		igmpv2 report 239.1.1.2
		igmpv3 query 239.1.1.1
		igmpv3 report 239.1.1.4
		mldv1 leave ff15::4d:3
		mldv1 query ::
		mldv1 report ff15::4d:2
		mldv2 query ff15::4d:1
		mldv2 report ff15::4d:4
	LIST
	run diff "$T/want" "$T/have"
	assert_success
	run igmpdump -r "$T/one.pcap" -n
	assert_line --partial 'to_in 239.1.1.4 {10.0.0.1, 10.0.0.2}'
	assert_equal "$(shark one 'udp' eth.src ip.src ip.ttl udp.dstport)" "$(printf '02:00:00:00:00:99\t10.9.9.9\t7\t6000')"
	assert_equal "$(shark one 'udp.checksum.status == 0' ip.src)" ''
	assert_equal "$(shark one '_ws.malformed' frame.number)" ''
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
