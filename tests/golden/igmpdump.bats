#!/usr/bin/env bats
# igmpdump.bats - what igmpdump reads from captures, against records and against tshark
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

captures() {
	local file
	for file in captures/*.pcap; do
		basename "$file" .pcap
	done
}

# defects: the crafted capture, as $tmp/defects.pcap
defects() {
	./defects.bash >"$tmp/defects.pcap"
}

# golden FILE: standard input is what igmpdump/FILE says.
golden() {
	if [[ ${UPDATE-} ]]; then
		cat >"igmpdump/$1"
	else
		diff -u "igmpdump/$1" -
	fi
}

@test "igmpdump: lines of every capture" {
	local name count=0
	for name in $(captures); do
		igmpdump -tttt -r "captures/$name.pcap" >"$tmp/out"
		golden "$name.txt" <"$tmp/out"
		count=$((count + 1))
	done
	[ "$count" -ge 13 ]
}

@test "igmpdump: trees of PIM, DVMRP, mtrace and IGMP with source lists" {
	local name
	for name in pimd_bsr_lan1 mrouted_dvmrp_lan1 frr_mtrace host_ssm; do
		igmpdump -v -ttttt -c 12 -r "captures/$name.pcap" >"$tmp/out"
		golden "$name.tree" <"$tmp/out"
	done
}

@test "igmpdump: objects of a capture with source lists, and of one with queriers" {
	igmpdump -j -r captures/host_ssm.pcap | golden host_ssm.json
	igmpdump -j -r captures/bridge_querier_v2.pcap | golden bridge_querier_v2.json
}

@test "igmpdump: planted defects and rare messages, in all views" {
	defects
	igmpdump -tt -r "$tmp/defects.pcap" | golden defects.txt
	igmpdump -v -t -r "$tmp/defects.pcap" | golden defects.tree
	igmpdump -j -r "$tmp/defects.pcap" | golden defects.json
}

@test "igmpdump: each of the twelve planted defects is flagged, and nothing else is" {
	defects
	igmpdump -j -r "$tmp/defects.pcap" >"$tmp/out"
	# A record is flagged itself; what takes several shows after the frame.
	jq -r 'if .event == "message" then "\(.frame) \([.issues[].id] | join(" "))"
	       else "then \(.id)" end' "$tmp/out" >"$tmp/flagged"
	diff -u - "$tmp/flagged" <<-'END'
		1 ttl-not-1
		2 no-router-alert
		3 tos-not-c0
		4 group-not-destination
		5 record-count
		6 ssm-group-without-source
		7 bad-checksum
		8 query-from-unspecified
		9 group-not-destination
		10 mac-not-from-group
		11 
		12 
		then querier-versions-differ
		13 ttl-not-1 source-not-link-local
		14 
		15 
		16 
		17 
	END
}

# ---- against tshark ----

# theirs CAPTURE FILTER FIELD...
theirs() {
	local name=$1 filter=$2 field options=()
	shift 2
	for field; do
		options+=(-e "$field")
	done
	tshark -r "captures/$name.pcap" -Y "$filter" -T fields -E occurrence=a -E aggregator=' ' \
		-e frame.number "${options[@]}" 2>"$tmp/tshark.log"
}

# ours CAPTURE FILTER: an array of columns a message, by jq.
ours() {
	igmpdump -j -r "captures/$1.pcap" | jq -r "select(.event == \"message\") | $2 | @tsv"
}

# agree NAME: $tmp/theirs and $tmp/ours, which are not empty.
agree() {
	diff "$tmp/theirs" "$tmp/ours" || fail "$1 differs"
	checked=$((checked + $(wc -l <"$tmp/ours")))
}

# bats test_tags=oracle
@test "igmpdump: addresses, TTL and MAC of control messages are tshark's" {
	local name checked=0
	for name in $(captures); do
		theirs "$name" 'ip.proto == 2 or pim or icmpv6.type in {130..132, 143}' eth.src eth.dst ip.src ip.dst ip.ttl \
			ipv6.src ipv6.dst ipv6.hlim | awk -F'\t' -vOFS='\t' '
			# Of packets inside Registers tshark names the addresses too.
			{ for (i = 2; i <= NF; i++) sub(/ .*/, "", $i); print }' >"$tmp/theirs"
		ours "$name" '[.frame, .eth_src, .eth_dst] + if .src | test(":") then ["", "", "", .src, .dst, .ttl]
			else [.src, .dst, .ttl, "", "", ""] end' >"$tmp/ours"
		agree "$name"
	done
	[ "$checked" -ge 400 ] || fail "only $checked messages were compared"
}

# bats test_tags=oracle
@test "igmpdump: every field of IGMP is tshark's" {
	local name checked=0
	for name in $(captures); do
		theirs "$name" 'igmp.type in {0x11, 0x12, 0x16, 0x17, 0x22}' igmp.version igmp.type igmp.maddr \
			igmp.max_resp igmp.s igmp.qrv igmp.qqic igmp.num_grp_recs igmp.record_type igmp.num_src \
			igmp.saddr igmp.checksum.status |
			# A leave and both other reports have a response time for tshark; it is unused.
			# tshark 4.0 shows the code of the query interval (RFC 9776 4.1.7) undecoded.
			awk -F'\t' -vOFS='\t' '$3 != "0x11" { $5 = "" }
				$8 >= 128 { $8 = ($8 % 16 + 16) * 2 ^ (int($8 / 16) % 8 + 3) } { print }' >"$tmp/theirs"
		ours "$name" 'select(.protocol == "igmp") |
			[.frame, .version,
			 {"query 1": "0x11", "query 2": "0x11", "query 3": "0x11", "report 1": "0x12",
			  "report 2": "0x16", "report 3": "0x22", "leave 2": "0x17"}["\(.type) \(.version)"],
			 ([.group, .records[].group] | map(values) | join(" ")),
			 (if .type == "query" then .max_resp_ns / 100000000 else null end),
			 (if .s == null then null elif .s then 1 else 0 end), .qrv, .qqi_s,
			 (if .type == "report" and .version == 3 then .records | length else null end),
			 (.records | map(.code) | join(" ")),
			 (if .type == "query" and .version == 3 then .sources | length
			  else .records | map(.sources | length) | join(" ") end),
			 ([.sources, .records[].sources] | flatten | join(" ")),
			 (if .checksum_ok then 1 else 0 end)]' >"$tmp/ours"
		agree "$name"
	done
	[ "$checked" -ge 150 ] || fail "only $checked messages were compared"
}

# bats test_tags=oracle
@test "igmpdump: every field of MLD is tshark's" {
	local name checked=0
	for name in $(captures); do
		theirs "$name" 'icmpv6.type in {130..132, 143}' icmpv6.type icmpv6.mld.multicast_address \
			icmpv6.mld.maximum_response_delay icmpv6.mld.maximum_response_code icmpv6.mld.flag.s icmpv6.mld.flag.qrv icmpv6.mld.qqi \
			icmpv6.mld.source_address icmpv6.mldr.nb_mcast_records icmpv6.mldr.mar.record_type \
			icmpv6.mldr.mar.multicast_address icmpv6.mldr.mar.source_address icmpv6.checksum.status |
			# Of a version 1 message the delay, of a version 2 query the code: small ones mean
			# what they say.  Reports have an unused delay.
			awk -F'\t' -vOFS='\t' '{ $4 = $2 == 130 ? $4 $5 : ""; $5 = "-"; print }' |
			sed 's/\t-\t/\t/' >"$tmp/theirs"
		ours "$name" 'select(.protocol == "mld") |
			[.frame,
			 {"query 1": 130, "query 2": 130, "report 1": 131, "leave 1": 132, "report 2": 143}["\(.type) \(.version)"],
			 .group, (if .type == "query" then .max_resp_ns / 1000000 else null end),
			 (if .s == null then null elif .s then 1 else 0 end), .qrv, .qqi_s, (.sources | join(" ")),
			 (if .type == "report" and .version == 2 then .records | length else null end),
			 (.records | map(.code) | join(" ")), (.records | map(.group) | join(" ")),
			 ([.records[].sources] | flatten | join(" ")), (if .checksum_ok then 1 else 0 end)]' >"$tmp/ours"
		agree "$name"
	done
	[ "$checked" -ge 150 ] || fail "only $checked messages were compared"
}
