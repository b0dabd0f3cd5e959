#!/usr/bin/env bats
# mchost-messages.bats - what hosts say, to decoders, kernels and routers
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/mchost.bash"
}

teardown() {
	lab_down
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

# said FILE MAC: each message of the hosts whose MACs begin so, once; records one by one.
said() {
	igmpdump -r "$1" -j | jq -r --arg mac "$2" 'select(.eth_src // "" | startswith($mac)) |
		"\(.eth_src) \(.src) \(.dst) \(.ttl) \(.version) \(.type) " +
		(.group // (.records[]? | "\(.type) \(.group)"))' | LC_ALL=C sort -u
}

@test "messages: AF_XDP sends the same, and captures on this host do not see it" {
	local path mac
	lab_pair
	for path in packet xdp; do
		capture far-$path h2 'igmp or ip6'
		capture near-$path h1 'igmp or ip6'
		start $path h1 mchost -j -i eth0 --path $path --hosts 30 --per-host 4 --seed 3 --die \
			-d 1500ms --versions v2:40%,v3:60%,mldv2:100% 239.1.2.0/25 ff15::4d:0/122
		finish $path
		grep -q "\"path\":\"$path\"" "$T/$path.out"
		lab_end "${PIDS[far-$path]}"
		lab_end "${PIDS[near-$path]}"
	done
	head -n 1 "$T/xdp.out" >"$T/first.out"
	mac=$(fact first .first_mac)
	for path in packet xdp; do
		said "$T/far-$path.pcap" "${mac:0:8}" >"$T/$path.said"
	done
	(($(wc -l <"$T/packet.said") >= 150)) || fail "$(wc -l <"$T/packet.said") messages"
	run diff "$T/packet.said" "$T/xdp.said"
	assert_success
	run igmpdump --summary -r "$T/far-xdp.pcap" --fail-on note "ether[6:2] = 0x${mac:0:2}${mac:3:2}"
	assert_success
	[[ $(said "$T/near-packet.pcap" "${mac:0:8}") ]]
	[[ -z $(said "$T/near-xdp.pcap" "${mac:0:8}") ]]
}

# came HOST: frames, by the counter of its interface.
came() {
	ip -n "$1" -s -j link show eth0 | jq '.[0].stats64.rx.packets'
}

# reaches NAME CONDITION: an interval does.
reaches() {
	lab_wait_until "jq -es 'map(select(.event == \"interval\")) | last | $2' '$T/$1.out'" 20
}

@test "messages: AF_XDP with a second thread loses nothing, and counts what a link refuses" {
	local before
	lab_pair
	lab_in h1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	lab_in h2 sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	before=$(came h2)
	start burst h1 mchost -j -i eth0 --path xdp --hosts 3000 --per-host 4 --versions v2:100% \
		--isolated --interval 100ms --churn 10k/s --die 239.1.0.0+100
	reaches burst '.frames > 14000'
	(($(nproc) == 1 || $(find "/proc/${PIDS[burst]}/task" -mindepth 1 -maxdepth 1 | wc -l) == 2))
	ip -n h1 link set eth0 down
	reaches burst '.failed > 500'
	ip -n h1 link set eth0 up
	reaches burst '.frames > 25000'
	stop burst 1
	check burst '.errors[0].error' 'Network is down'
	assert_equal "$(fact burst .frames)" "$(($(came h2) - before))"

	# It ends in the middle: what is counted has left.
	before=$(came h2)
	start cut h1 mchost -j -i eth0 --path xdp --hosts 20000 --per-host 10 --versions v2:100% \
		--isolated --die -d 30ms 239.1.0.0+100
	finish cut
	holds cut '.frames > 100 and .frames < 190000'
	assert_equal "$(fact cut .frames)" "$(($(came h2) - before))"
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

# records NAME SOURCE...: what these reported, each record once, but for what a host
# joins for its own sake.
records() {
	igmpdump -r "$T/$1.pcap" -j | jq -r --args '
		select(IN(.src; $ARGS.positional[])) | .records[]? |
		"\(.type) \(.group) \(.sources | sort | join(","))"' "${@:2}" |
		grep -E ' (23|ff[13]5)' | sort -u
}

# agree: the kernel of h1 and the host of mchost on h2 have reported the same.
agree() {
	lab_wait_until '[[ $(records k 10.0.0.1 fe80::1) == "$(records o 10.0.0.77 "$six")" ]]' ||
		fail "$(diff <(records k 10.0.0.1 fe80::1) <(records o 10.0.0.77 "$six"))"
}

@test "messages: the kernel's host and ours report the same" {
	local query six
	local groups=(239.1.1.1 '10.0.0.7,10.0.0.8@232.1.1.1' '!10.0.0.9@239.1.1.2'
		ff15::1:1 'fd00::7,fd00::8@ff35::1:1' '!fd00::9@ff15::1:2')
	lab_switch 2 querier=0
	capture k h1 'igmp or ip6'
	capture o h2 'igmp or ip6'
	recv kernel h1 "${groups[@]}"
	start ours h2 mchost -j -i eth0 --force --addresses 10.0.0.77 "${groups[@]}"
	lab_wait_until '(($(entries p2) >= 6 && $(entries p1) >= 6))'
	six=$(head -n 1 "$T/ours.out" | jq -r .first_ipv6)
	# Sources that an excluding host takes and has not named are missing from the
	# kernel's answers, against RFC 9776 5.2: do not ask for such.
	for query in 'v3-query max-resp=100ms' 'v3-query 239.1.1.1 max-resp=100ms' \
		'v3-query 10.0.0.7,10.0.0.6@232.1.1.1 max-resp=100ms' \
		'v3-query 10.0.0.9@239.1.1.2 max-resp=100ms' \
		'mldv2-query max-resp=100ms' 'mldv2-query ff15::1:1 max-resp=100ms' \
		'mldv2-query fd00::7,fd00::6@ff35::1:1 max-resp=100ms' \
		'mldv2-query fd00::9@ff15::1:2 max-resp=100ms'; do
		lab_in sw mchost -q -i br0 --craft "$query"
	done
	lab_wait_until '(($(records o 10.0.0.77 "$six" | grep -c is_) == 8))' ||
		fail "$(records o 10.0.0.77 "$six")"
	agree
	stop kernel 1
	stop ours
	agree
	[[ $(records o 10.0.0.77 "$six" | wc -l) -ge 12 ]] || fail "$(records o 10.0.0.77 "$six")"
}

# pimd_groups PREFIX: how many groups that begin so FRR's router has.
pimd_groups() {
	vty 'show ip igmp groups json' | jq --arg p "$1" \
		'[.. | .group? | strings | select(startswith($p))] | unique | length'
}

# table NAME PREFIX: the same of mcquery, by what it has told.
table() {
	jq -nR --arg p "$2" '[inputs | fromjson? | select(.group? // "" | startswith($p))] |
		map(if .event == "group-joined" then 1 elif .event == "group-expired" then -1
		    else 0 end) | add // 0' "$T/$1.out"
}

@test "routers: FRR's pimd and mcquery see the hosts, and the killed ones no longer" {
	local before after
	source "$BATS_TEST_DIRNAME/frr.bash"
	lab_switch 3 snooping=0
	frr h2
	# 10.0.0.2 asks; 10.0.0.3 listens, with the same table.
	start q h3 mcquery -j -v -i eth0 --serve -4 -I 1 -M 500ms
	hosts stay --hosts 8 --per-host all 239.9.1.0/28
	hosts dead --hosts 8 --per-host all --seed 2 239.9.2.0/28
	lab_wait_until '(($(pimd_groups 239.9.1.) == 16 && $(pimd_groups 239.9.2.) == 16))'
	lab_wait_until '(($(table q 239.9.1.) == 16 && $(table q 239.9.2.) == 16))' ||
		fail "$(tail -n 3 "$T"/q.*)"
	before=${EPOCHREALTIME/[.,]/}
	stop dead 137 KILL
	lab_wait_until '(($(pimd_groups 239.9.2.) == 0 && $(table q 239.9.2.) == 0))'
	after=${EPOCHREALTIME/[.,]/}
	# Two query intervals of a second and the response time of half of one, since
	# reports that were up to one and a half old; and the time to ask pimd.
	((after - before > 900000 && after - before < 4500000)) || fail "$((after - before)) us"
	assert_equal "$(pimd_groups 239.9.1.) $(table q 239.9.1.)" "16 16"
	stop stay
	lab_wait_until '(($(pimd_groups 239.9.1.) == 0 && $(table q 239.9.1.) == 0))'
	stop q
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
