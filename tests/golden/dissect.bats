#!/usr/bin/env bats
# dissect.bats - the field walker against tshark, frame by frame, field by field

# bats file_tags=oracle
source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	: "${MCTOOLS_BUILD:=$PWD/../../build}"
	tmp=$BATS_TEST_TMPDIR
}

# tshark_fields: those of the map, one a line.
tshark_fields() {
	awk -F'\t' '!/^#/ && NF { gsub(/\|/, "\n", $2); print $2 }' dissect.map
}

# theirs CAPTURE: what tshark reads, into $tmp/theirs.
theirs() {
	local field options=()
	while read -r field; do
		options+=(-e "$field")
	done < <(tshark_fields)
	tshark -r "captures/$1.pcap" -T fields -E header=y -E occurrence=a -E aggregator=, \
		-e frame.number "${options[@]}" >"$tmp/table.txt" 2>"$tmp/tshark.log" || return
	awk -v tshark=1 -f dissect.awk dissect.map "$tmp/table.txt" | sort >"$tmp/theirs"
}

# ours CAPTURE: the same of the walker, into $tmp/ours.
ours() {
	"$MCTOOLS_BUILD/golden/fields" "captures/$1.pcap" >"$tmp/fields.txt" || return
	awk -f dissect.awk dissect.map "$tmp/theirs" "$tmp/fields.txt" | sort >"$tmp/ours"
}

# agree CAPTURE COUNT: that many values (of a field in a frame), none differs.
agree() {
	local count
	theirs "$1"
	ours "$1"
	diff "$tmp/theirs" "$tmp/ours"
	count=$(wc -l <"$tmp/ours")
	assert_equal "$1: $count" "$1: $2"
}

@test "IGMP and MLD of Linux hosts of each version" {
	agree host_v1 52
	agree host_v2 68
	agree host_v3 301
	agree host_ssm 288
}

@test "IGMP and MLD of bridges, proxies and routers" {
	agree bridge_querier_v2 91
	agree bridge_querier_v3 164
	agree election_bridges_ifaddr1 313
	agree igmpproxy_lan1 34
	agree pim6sd_lan1 25
}

@test "PIM Hello beside IGMP" {
	agree frr_igmp 410
}

@test "mtrace, PIM Hello, Register, Register-Stop and Join/Prune" {
	agree frr_mtrace 277
}

@test "PIM Bootstrap and Candidate-RP-Advertisement" {
	agree pimd_bsr_lan1 340
}

@test "DVMRP Probe, Report, Ask-Neighbors2 and Neighbors2" {
	agree mrouted_dvmrp_lan1 483
}

@test "no message of the captures is broken or without a name" {
	local file
	for file in captures/*.pcap; do
		run "$MCTOOLS_BUILD/golden/fields" "$file"
		assert_success
		assert_output --partial 'result=ok'
		refute_output --regexp $'\t'"(message=unknown|result=[^o]|[^ ]*=FAULT)"
		refute_output --partial '(wrong)'
	done
}

@test "each field of the map occurs in some capture" {
	local file
	tshark_fields | sort >"$tmp/fields"
	for file in captures/*.pcap; do
		theirs "$(basename "$file" .pcap)"
		cut -d' ' -f2 "$tmp/theirs"
	done | sort -u >"$tmp/seen"
	run comm -23 "$tmp/fields" "$tmp/seen"
	# Versions of one field count as the first of them.
	assert_output icmpv6.mld.maximum_response_delay
}
