#!/usr/bin/env bats
# tshark.bats - IGMP and MLD messages as libmc reads them, against tshark
#
# dissect.bats compares the walker of fields; this compares what programs go by:
# kinds, versions, times, sources, records.
#
# Where tshark 4.0 and libmc differ by design:
#  - tshark shows what there is of a message that ends too early, of one with a
#    broken IP header, and of a fragment; it takes IGMP queries of 9 to 11 bytes
#    for version 2 and MLD queries of 25 to 27 for version 1.  RFC 9776 7.1 and
#    RFC 9777 8.1 have receivers ignore those, and libmc refuses all of these.
#  - tshark shows the query interval code of IGMP as on the wire, and does not
#    apply RFC 9776 4.1.7 to it (for MLD it does).
#  - tshark 4.0 does not know RFC 9279: the E bit is "reserved" to it, and
#    extensions are data.

# bats file_tags=oracle
source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	: "${MCTOOLS_BUILD:=$PWD/../../build}"
	gmfields=$MCTOOLS_BUILD/golden/gmfields
	tmp=$BATS_TEST_TMPDIR
	ip=(ip.src ipv6.src ip.dst ipv6.dst ip.ttl ipv6.hlim ip.opt.ra ipv6.opt.router_alert)
	igmp=(type version max_resp checksum checksum.status maddr s qrv qqic num_src saddr
		num_grp_recs record_type aux_data_len)
	mld=(type checksum checksum.status mld.maximum_response_delay mld.maximum_response_code
		mld.multicast_address mld.flag.s mld.flag.qrv mld.qqi mld.nb_sources
		mld.source_address mldr.nb_mcast_records mldr.mar.record_type mldr.mar.aux_data_len
		mldr.mar.nb_sources mldr.mar.multicast_address mldr.mar.source_address)
}

# theirs FILE FILTER FIELD...: one line a message, with its frame's number.
theirs() {
	local file=$1 filter=$2 field options=()
	shift 2
	for field in frame.number "$@"; do
		options+=(-e "$field")
	done
	tshark -r "$file" -Y "$filter" -T fields -E 'separator=;' "${options[@]}" \
		2>"$tmp/tshark.log"
}

# messages FILE: every field of the IGMP and MLD messages that tshark finds.
messages() {
	theirs "$1" 'igmp.type in {0x11,0x12,0x16,0x17,0x22} || icmpv6.type in {130,131,132,143}' \
		"${ip[@]}" "${igmp[@]/#/igmp.}" "${mld[@]/#/icmpv6.}"
}

# agree CAPTURE COUNT: so many messages, and the same in both.
agree() {
	messages "captures/$1.pcap" >"$tmp/theirs"
	"$gmfields" "captures/$1.pcap" >"$tmp/ours"
	diff "$tmp/theirs" "$tmp/ours"
	assert_equal "$1 $(wc -l <"$tmp/ours")" "$1 $2"
}

@test "messages of Linux hosts" {
	agree host_v1 21
	agree host_v2 24
	agree host_v3 47
	agree host_ssm 42
}

@test "messages of bridges" {
	agree bridge_querier_v2 29
	agree bridge_querier_v3 30
	agree election_bridges_ifaddr1 53
}

@test "messages of routers and proxies" {
	agree frr_igmp 46
	agree frr_mtrace 8
	agree igmpproxy_lan1 6
	agree mrouted_dvmrp_lan1 32
	agree pim6sd_lan1 5
	agree pimd_bsr_lan1 20
}

# Times above the linear range, and an extension, which tshark does not show.
@test "coded times" {
	agree coded 5
	run cut -d';' -f12,18 "$tmp/ours"
	assert_line --index 0 '416;154'
	assert_line --index 1 '31744;255'
	run cut -d';' -f28,32 "$tmp/ours"
	assert_line --index 2 '32776;416'
	assert_line --index 3 '8387584;31744'
}

# others CAPTURE FILTER PROTOCOL: messages inside IGMP that are not IGMP's.
others() {
	theirs "captures/$1.pcap" "$2" "${ip[@]}" "$3.type" "$3.checksum" "$3.checksum.status" \
		>"$tmp/theirs"
	"$gmfields" -o "captures/$1.pcap" >"$tmp/ours"
	diff "$tmp/theirs" "$tmp/ours"
	[ -s "$tmp/ours" ]
}

@test "other protocols inside IGMP" {
	others frr_mtrace 'igmp.type in {0x1e,0x1f}' igmp
	others mrouted_dvmrp_lan1 dvmrp dvmrp
}

# The packets of the unit tests, most of them broken in one way or another.
@test "odd packets that can be read" {
	awk -F'\t' '/^V/ {
		printf "000000"
		for (i = 1; i < length($10); i += 2)
			printf " %s", substr($10, i, 2)
		print "\n"
	}' ../unit/vectors.tsv >"$tmp/hex"
	text2pcap -q -l 101 -F pcap "$tmp/hex" "$tmp/vectors.pcap" >"$tmp/text2pcap.log" 2>&1
	messages "$tmp/vectors.pcap" >"$tmp/all"
	"$gmfields" "$tmp/vectors.pcap" | awk -F';' 'NF > 2' >"$tmp/ours"
	# Only the frames that libmc reads.
	awk -F';' 'NR == FNR { read[$1]; next } $1 in read' "$tmp/ours" "$tmp/all" >"$tmp/theirs"
	diff "$tmp/theirs" "$tmp/ours"
	assert_equal "$(wc -l <"$tmp/ours")" 73
}
