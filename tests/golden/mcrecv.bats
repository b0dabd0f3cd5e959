#!/usr/bin/env bats
# mcrecv.bats - what mcrecv -r measures in captures, byte for byte
#
# After a change that is meant: UPDATE=1 make check-golden, and look at the diff.

bats_require_minimum_version 1.5.0
source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME" || return
	: "${MCTOOLS_BIN:=$PWD/../../build/bin}"
	PATH=$MCTOOLS_BIN:$PATH
	tmp=$BATS_TEST_TMPDIR
	export TZ=UTC
}

# golden FILE: standard input is what mcrecv/FILE says.
golden() {
	if [[ ${UPDATE-} ]]; then
		cat >"mcrecv/$1"
	else
		diff -u "mcrecv/$1" -
	fi
}

# measured NAME STATUS CAPTURE [ARG...]: text and JSON are those of NAME.txt and NAME.json.
measured() {
	local name=$1 want=$2 got=0
	shift 2
	mcrecv -n --color=never -r "$@" >"$tmp/txt" 2>"$tmp/err" || got=$?
	assert_equal "$got" "$want"
	cat "$tmp/txt" "$tmp/err" | golden "$name.txt"
	got=0
	mcrecv -j -r "$@" >"$tmp/json" 2>"$tmp/err" || got=$?
	assert_equal "$got" "$want"
	golden "$name.json" <"$tmp/json"
}

# fact NAME FILTER VALUE: a number in NAME.json that is known from how the capture was
# made; so that an update cannot make a mistake the rule.
fact() {
	assert_equal "$2: $(tail -n 1 "mcrecv/$1.json" | jq -r "$2")" "$2: $3"
}

@test "mcrecv: the captures are what their generator writes" {
	mkdir "$tmp/new"
	python3 mcrecv/captures.py "$tmp/new"
	local file count=0
	for file in "$tmp/new"/*; do
		cmp "$file" "mcrecv/${file##*/}"
		count=$((count + 1))
	done
	[ "$count" -ge 10 ]
}

@test "mcrecv: probes with loss, duplicates, reorder, restarts, damage and remarking" {
	measured probes 0 mcrecv/probes.pcap
	fact probes '[.packets, .lost, .duplicates, .reordered] | tojson' '[135,8,1,1]'
	fact probes '.streams | length' 3
	fact probes '.streams[] | select(.group == "239.1.1.1") | [.packets, .lost, .outages, .outage_ns / 1e7 | round] | tojson' \
		'[55,6,2,6]'
	fact probes '.streams[] | select(.group == "239.1.1.2") | [.bad_crc, .dscp_sent, .dscp, .dscp_remarked] | tojson' \
		'[2,48,8,18]'
	fact probes '.streams[] | select(.source == "fd00::1") | [.packets, .lost, .restarts, .hops] | tojson' \
		'[60,0,2,2]'
}

@test "mcrecv: pcapng gives what pcap gives, and so does standard input" {
	measured probes 0 mcrecv/probes.pcapng
	mcrecv -n --color=never -r - <mcrecv/probes.pcap | diff - mcrecv/probes.txt
}

@test "mcrecv: only the groups and sources that are asked for" {
	measured chosen 0 mcrecv/probes.pcap 10.0.0.1@239.1.1.2 '!fd00::1@ff35::8000:1'
	fact chosen '[.packets, .groups, .groups_heard] | tojson' '[20,2,1]'
	measured absent 1 mcrecv/probes.pcap 239.9.9.9
}

@test "mcrecv: checks on a capture" {
	run -1 mcrecv -q -r mcrecv/probes.pcap --max-loss 9.99%
	assert_line --index -1 --regexp '^FAIL: 239\.1\.1\.[12]:5000 from 10\.0\.0\.1 lost [0-9]+ packets, 10\.00 %'
	run -0 mcrecv -q -r mcrecv/probes.pcap --max-loss 10%
	run -0 mcrecv -q -r mcrecv/probes.pcap --expect-all 239.1.1.1 ff35::8000:1
	run -1 mcrecv -q -r mcrecv/probes.pcap --expect-all 239.1.1.1+3
	run -1 mcrecv -q -r mcrecv/probes.pcap --expect-none
	run -0 mcrecv -q -r mcrecv/probes.pcap --expect-none 239.9.9.9
	run -0 mcrecv -q -r mcrecv/probes.pcap -c 7
	assert_line --index -1 --regexp '^ok: 7 packets in '
}

@test "mcrecv: RTP across its wrap, with loss, reorder and a new SSRC" {
	measured rtp 0 mcrecv/rtp.pcap --rtp
	fact rtp '.streams[0] | [.kind, .packets, .lost, .reordered, .restarts] | tojson' '["rtp",57,3,1,1]'
	measured rtp-foreign 0 mcrecv/rtp.pcap
	fact rtp-foreign '.streams[0] | [.kind, .packets, .lost] | tojson' '["foreign",57,null]'
}

@test "mcrecv: probes among foreign packets, IGMP, fragments and unicast; three link types" {
	local link
	for link in mixed cooked2 raw; do
		measured mixed 0 mcrecv/$link.pcap
	done
	fact mixed '[.packets, .frames_skipped, .frames_broken] | tojson' '[14,4,0]'
}

@test "mcrecv: foreign packets of a capture in hexadecimal" {
	mcrecv -n --color=never -x -r mcrecv/mixed.pcap '[ff02::fb]:5353' 239.1.1.1:9999 >"$tmp/out"
	golden dump.txt <"$tmp/out"
}

@test "mcrecv: VLAN tags, one and two" {
	measured tagged 0 mcrecv/tagged.pcap
	fact tagged '[.streams[] | [.packets, .lost]] | tojson' '[[12,0],[6,0]]'
}

@test "mcrecv: headers that lie are skipped and counted" {
	measured damaged 0 mcrecv/damaged.pcap
	fact damaged '[.frames_skipped, .frames_broken, .lost] | tojson' '[9,9,0]'
}

@test "mcrecv: a capture that is cut off: what was read, one line, status 3" {
	measured truncated 3 mcrecv/truncated.pcap
	assert_equal "$(wc -l <"$tmp/err")" 1
	fact truncated '.packets' 134
}

@test "mcrecv: an empty capture has nothing to judge" {
	measured empty 1 mcrecv/empty.pcap
}

@test "mcrecv: captures of real hosts and routers" {
	local name status
	for name in pim6sd_lan1 igmpproxy_lan1 host_v3; do
		status=0
		mcrecv -q -q -r "captures/$name.pcap" >/dev/null || status=$?
		measured "$name" $status "captures/$name.pcap"
	done
	# tshark counts the same datagrams.
	fact pim6sd_lan1 .packets \
		"$(tshark -r captures/pim6sd_lan1.pcap -Y 'udp && (ipv6.dst == ff00::/8 || ip.dst == 224.0.0.0/4)' 2>/dev/null | wc -l)"
}
