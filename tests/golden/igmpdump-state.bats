#!/usr/bin/env bats
# igmpdump-state.bats - events, members and summaries of captures, against records and tshark
#
# After a change that is meant: UPDATE=1 make check-golden, and look at the diff.

source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	: "${MCTOOLS_BIN:=$PWD/../../build/bin}"
	PATH=$MCTOOLS_BIN:$PATH
	tmp=$BATS_TEST_TMPDIR
	export TZ=UTC
}

# Those of real speakers that say something about members.
captures() {
	echo bridge_querier_v{2,3} election_bridges_ifaddr1 frr_{igmp,mtrace} host_{ssm,v1,v2,v3} \
		igmpproxy_lan1 mrouted_dvmrp_lan1 pim6sd_lan1 pimd_bsr_lan1
}

# golden FILE: standard input is what igmpdump-state/FILE says.
golden() {
	if [[ ${UPDATE-} ]]; then
		cat >"igmpdump-state/$1"
	else
		diff -u "igmpdump-state/$1" -
	fi
}

# dump NAME ARG...: of a capture; messages on stderr are not for us.
dump() {
	local name=$1
	shift
	igmpdump -q "$@" -r "captures/$name.pcap"
}

# shark NAME FILTER FIELD...: the fields of the frames that match, a line each.
shark() {
	local name=$1 filter=$2 fields=()
	shift 2
	local field
	for field; do fields+=(-e "$field"); done
	tshark -r "captures/$name.pcap" -Y "$filter" -T fields "${fields[@]}" 2>/dev/null
}

@test "state: events of every capture" {
	local name
	for name in $(captures); do
		dump "$name" --events | golden "$name.events"
	done
}

@test "state: the summary of every capture" {
	local name
	for name in $(captures); do
		dump "$name" --summary | golden "$name.summary"
	done
}

@test "state: objects of events, members, streams and summaries" {
	dump host_v2 -j --events | golden host_v2.events.json
	dump election_bridges_ifaddr1 -j --events | golden election.events.json
	dump frr_igmp -j --members | golden frr_igmp.members.json
	dump pimd_bsr_lan1 -j --streams | golden pimd_bsr_lan1.streams.json
}

@test "state: every object fits the schema" {
	local name view
	for view in --events --members --streams --summary; do
		for name in $(captures); do
			dump "$name" -j "$view"
		done
	done | ../cli/validate ../../schema/igmpdump.json member-joined member-changed member-left \
		member-expired querier-elected querier-lost issue member stream summary
}

# Types of the wire to the words of the summary; queries of MLD by their length.
# bats test_tags=oracle
@test "state: the summary counts as many messages of each kind as tshark" {
	local name
	for name in $(captures); do
		shark "$name" "igmp or icmpv6 or pim or dvmrp" frame.protocols igmp.type igmp.version icmpv6.type \
			ipv6.plen | awk -F '\t' '
			$1 ~ /pim/ { print "pim"; next }
			$1 ~ /dvmrp/ { print "dvmrp"; next }
			$2 == "0x11" { print "igmp query", $3 }
			$2 == "0x12" { print "igmp report 1" }
			$2 == "0x16" { print "igmp report 2" }
			$2 == "0x17" { print "igmp leave 2" }
			$2 == "0x22" { print "igmp report 3" }
			$4 == 130 { print "mld query", ($5 > 32 ? 2 : 1) }
			$4 == 131 { print "mld report 1" }
			$4 == 132 { print "mld leave 1" }
			$4 == 143 { print "mld report 2" }' |
			sort | uniq -c | awk '{ $1 = $1; print }' | sort >"$tmp/theirs"
		dump "$name" -j --summary | jq -r '
			.types | map(select(.protocol != "mtrace") |
				if .protocol == "pim" or .protocol == "dvmrp"
				then { key: .protocol, count } else
				{ key: "\(.protocol) \(.type) \(.version)", count } end) |
			group_by(.key)[] | "\(map(.count) | add) \(.[0].key)"' | sort >"$tmp/ours"
		diff "$tmp/theirs" "$tmp/ours"
		[ -s "$tmp/ours" ] || fail "no messages in $name"
	done
}

# bats test_tags=oracle
@test "state: queriers are the hosts that tshark sees querying" {
	local name found=0
	for name in $(captures); do
		shark "$name" "igmp.type == 0x11 or icmpv6.type == 130" ip.src ipv6.src eth.src |
			awk -F '\t' '{ print $1 $2 "\t" $3 }' | sort -u >"$tmp/theirs"
		dump "$name" -j --summary | jq -r '.queriers[] | "\(.querier)\t\(.mac)"' |
			sort >"$tmp/ours"
		diff "$tmp/theirs" "$tmp/ours"
		found=$((found + $(wc -l <"$tmp/ours")))
	done
	[ "$found" -ge 10 ]
}

@test "state: the lower address is elected, of two bridges" {
	run jq -r 'select(.event == "querier-elected" and .protocol == "igmp") | .querier' \
		igmpdump-state/election.events.json
	assert_output "10.10.0.200
10.10.0.100
10.10.0.200"
}

@test "state: who reports in IGMPv2 joins, who leaves has left" {
	shark host_v2 "igmp.type == 0x16" ip.src igmp.maddr | sort -u >"$tmp/theirs"
	dump host_v2 -j --events | jq -r '
		select(.event == "member-joined" and .protocol == "igmp") | "\(.host)\t\(.group)"' |
		sort -u >"$tmp/ours"
	diff "$tmp/theirs" "$tmp/ours"
	[ -s "$tmp/ours" ]
	shark host_v2 "igmp.type == 0x17" ip.src igmp.maddr | sort -u >"$tmp/theirs"
	dump host_v2 -j --events | jq -r '
		select(.event == "member-left" and .protocol == "igmp") | "\(.host)\t\(.group)"' |
		sort -u >"$tmp/ours"
	diff "$tmp/theirs" "$tmp/ours"
	[ -s "$tmp/ours" ]
}

# bats test_tags=oracle
@test "state: a stream has the packets, the TTL and the DSCP that tshark sees" {
	local name found=0
	for name in $(captures); do
		shark "$name" "udp and !pim and !icmp and !icmpv6 and
				(ip.dst == 224.0.0.0/4 or ipv6.dst == ff00::/8)" \
			ip.src ipv6.src ip.dst ipv6.dst udp.dstport ip.ttl ipv6.hlim ip.dsfield.dscp \
			ipv6.tclass.dscp | awk -F '\t' '{ print $1 $2, $3 $4, $5, $6 $7, $8 $9 }' |
			sort | uniq -c | awk '{ $1 = $1; print }' | sort >"$tmp/theirs"
		dump "$name" -j --streams | jq -r 'select(.event == "stream" and .ip_protocol == 17) |
			"\(.packets) \(.source) \(.group) \(.port) \(.ttl_max) \(.dscp[0])"' |
			sort >"$tmp/ours"
		diff "$tmp/theirs" "$tmp/ours"
		found=$((found + $(wc -l <"$tmp/ours")))
	done
	[ "$found" -ge 3 ]
}

@test "state: what is held back is counted" {
	dump host_ssm -j --events --summary >"$tmp/out"
	jq -s -e '
		(map(select(.event == "issue")) | length) as $shown |
		(map(select(.event == "issue") | .held_back) | add) as $told |
		(.[] | select(.event == "summary")) |
		.issues_held_back > 0 and $told <= .issues_held_back and
		$shown + .issues_held_back == ([.issues[].count] | add)' "$tmp/out"
	igmpdump --events -r captures/host_ssm.pcap 2>&1 >"$tmp/lines" | grep "issues held back"
	dump election_bridges_ifaddr1 --events | grep "and 1 more before, not shown"
}

@test "state: issues among messages are all shown" {
	igmpdump -r captures/host_ssm.pcap --fail-on note >"$tmp/lines" || assert_equal $? 1
	assert_equal "$(grep -c '^    ' "$tmp/lines")" \
		"$(dump host_ssm -j --summary | jq '[.issues[].count] | add')"
}

@test "state: beyond --max-members the ones unheard for longest are forgotten" {
	dump host_v3 -j --summary | jq -e '.members_forgotten == 0 and .members == 11'
	dump host_v3 -j --summary --max-members 4 |
		jq -e '.members == 5 and .members_forgotten > 0 and # 4 of MLD, and all of IGMP
			([.groups[].hosts[].last_seen] | min) >= "2026-11-22T12:10:44"'
	dump host_v3 --summary --max-members 4 | grep "were forgotten"
}

@test "state: filters choose members, queriers, events and issues" {
	dump host_v3 -j --members --filter group=ff02::1:ff00:0/104 |
		jq -s -e 'map(select(.event == "member")) | length == 9 and
			all(.[]; .group | startswith("ff02::1:ff"))'
	dump host_v3 -j --events --filter host=10.10.0.1 |
		jq -s -e 'length > 2 and all(.[]; .host == "10.10.0.1")'
	dump host_v3 -j --summary --filter issue=query-from-unspecified |
		jq -e '(.issues | length) == 1 and .members == 0 and .queriers == []'
}

@test "state: an empty capture has an empty summary" {
	head -c 24 captures/host_v3.pcap >"$tmp/empty.pcap"
	igmpdump --summary --members --streams -r "$tmp/empty.pcap" >"$tmp/out"
	grep -q "^0 frames" "$tmp/out"
	igmpdump -j --summary --members --streams -r "$tmp/empty.pcap" |
		jq -e '.event == "summary" and .frames == 0 and .first_time == null'
}
