#!/usr/bin/env bats
# igmpdump.bats - options, exit status and messages of igmpdump on files

bats_require_minimum_version 1.5.0
source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME/../golden" || return
	: "${MCTOOLS_BIN:=$PWD/../../build/bin}"
	PATH=$MCTOOLS_BIN:$PATH
	tmp=$BATS_TEST_TMPDIR
	export TZ=UTC
	v3=captures/host_v3.pcap
}

# refused STATUS PATTERN ARG...: that status, one line on stderr, nothing on stdout.
refused() {
	local status=$1 pattern=$2
	shift 2
	run -"$status" --separate-stderr igmpdump "$@"
	assert_output ''
	# shellcheck disable=SC2154 # set by run
	[ "$(wc -l <<<"$stderr")" = 1 ] || fail "not one line: $stderr"
	[[ $stderr =~ $pattern ]] || fail "'$stderr' is not: $pattern"
}

# messages ARG...: how many are shown.
messages() {
	igmpdump -j "$@" | jq -s 'map(select(.event == "message")) | length'
}

# hex TEXT: as bytes; blanks are ignored.
hex() {
	local text=${1//[[:space:]]/}
	# shellcheck disable=SC2001 # no pattern of the shell keeps two characters
	printf '%b' "$(sed 's/../\\x&/g' <<<"$text")"
}

# pcap LINKTYPE-BYTE FRAME...: a capture of those frames, one a second.
pcap() {
	local frame len second=0
	hex "d4c3b2a1 02000400 00000000 00000000 ffff0000 $1 000000"
	shift
	for frame; do
		frame=${frame//[[:space:]]/}
		len=$((${#frame} / 2))
		hex "$(printf '%02x000000 00000000 %02x%02x0000 %02x%02x0000' $((++second)) \
			$((len & 255)) $((len >> 8)) $((len & 255)) $((len >> 8)))$frame"
	done
}

# An IGMPv2 report for 239.1.1.1, from the IP header on.
ip_report='46c00020 00000000 01022a0b 0a00000b ef010101 94040000 1600f9fc ef010101'

@test "igmpdump: options that contradict each other are refused" {
	refused 2 '--interface: a capture is read' -r "$v3" -i lo
	refused 2 '--write: rotation needs a file name' -r "$v3" --rotate-size 1M
	refused 2 '--write: rotation needs a file name' -r "$v3" -w - --rotate-size 1M
	refused 2 '--rotate-files: needs --rotate-size' -r "$v3" -w "$tmp/x" --rotate-files 2
	refused 2 "--write: '-' would mix" -r "$v3" -w - -j
	refused 2 '--stamp: -ttttt is the most' -r "$v3" -tttttt
	[ ! -e "$tmp/x" ]
}

@test "igmpdump: wrong values are refused" {
	refused 2 "'colour=red': write KEY=VALUE" -r "$v3" --filter colour=red
	refused 2 "'group': write KEY=VALUE" -r "$v3" --filter group
	refused 2 "'group=239': not an address" -r "$v3" --filter group=239
	refused 2 "'host=10.0.0.0/33': the prefix length" -r "$v3" --filter host=10.0.0.0/33
	refused 2 "'type=join': types are" -r "$v3" --filter type=join
	refused 2 "'version=4': versions are" -r "$v3" --filter version=4
	refused 2 "'issue=bad': no such issue; see mc-issues" -r "$v3" --filter issue=bad
	refused 2 "'severity=fatal': severities are" -r "$v3" --filter severity=fatal
	refused 2 "'link=': a link has a name" -r "$v3" --filter link=
	refused 2 'fail-on' -r "$v3" --fail-on trouble
	refused 2 "filter 'igmp or': " -r "$v3" igmp or
}

@test "igmpdump: files that cannot be read end with 3 and a reason" {
	: >"$tmp/empty"
	head -c 100 /dev/zero >"$tmp/zeros"
	pcap 69 "$ip_report" >"$tmp/wifi"
	refused 3 'No such file' -r "$tmp/missing"
	refused 3 'truncated dump file' -r "$tmp/empty"
	refused 3 'unknown file format' -r "$tmp/zeros"
	refused 3 'link type IEEE802_11 \(105\) is not one that igmpdump reads' -r "$tmp/wifi"
}

@test "igmpdump: of a file that ends too early all before the end is shown" {
	local size
	size=$(stat -c %s "$v3")
	head -c $((size - 10)) "$v3" >"$tmp/cut"
	run -3 --separate-stderr igmpdump -j -r "$tmp/cut"
	# shellcheck disable=SC2154
	[[ $stderr =~ 'truncated dump file' ]]
	assert_equal "$(jq -s length <<<"$output")" $(($(messages -r "$v3") - 1))
}

@test "igmpdump: standard input, pipes and pcapng read the same" {
	igmpdump -r "$v3" >"$tmp/want"
	igmpdump -r - <"$v3" | diff "$tmp/want" -
	gzip -c "$v3" | zcat | igmpdump -r - | diff "$tmp/want" -
	editcap -F pcapng "$v3" "$tmp/ng"
	igmpdump -r "$tmp/ng" | diff "$tmp/want" -
	# Nanoseconds are kept in both formats.
	editcap -F nsecpcap -t 0.000000123 "$v3" "$tmp/ns"
	run igmpdump -c 1 -tt --nano -r "$tmp/ns"
	assert_output --regexp '^[0-9]{10}\.[0-9]{6}123 '
}

@test "igmpdump: what comes through a pipe is shown before the next frame comes" {
	mkfifo "$tmp/pipe"
	igmpdump -t -r - <"$tmp/pipe" >"$tmp/out" &
	exec 9>"$tmp/pipe"
	pcap 65 "$ip_report" >&9
	for _ in {1..250}; do
		[ ! -s "$tmp/out" ] || break
		sleep 0.02
	done
	run cat "$tmp/out"
	exec 9>&-
	wait $!
	assert_output --regexp '^10\.0\.0\.11 .*IGMPv2 report  239\.1\.1\.1$'
}

@test "igmpdump: several files are read one after another" {
	igmpdump -j -r "$v3" -r captures/host_v2.pcap | jq -r .link | uniq -c | awk '{print $1, $2}' >"$tmp/out"
	diff - "$tmp/out" <<-END
		$(messages -r "$v3") host_v3.pcap
		$(messages -r captures/host_v2.pcap) host_v2.pcap
	END
}

@test "igmpdump: a pcap filter selects frames of a file" {
	assert_equal "$(messages -r "$v3" ip6)" "$(messages -r "$v3" --filter host=::/0)"
	assert_equal "$(messages -r "$v3" igmp and src 10.10.0.1)" \
		"$(messages -r "$v3" --filter host=10.10.0.1)"
}

@test "igmpdump: --filter takes every key" {
	local file=$v3
	igmpdump -j -r "$file" | jq -c 'select(.event == "message")' >"$tmp/all"
	same() { # JQ-CONDITION FILTER...
		local want filters=()
		want=$(jq -s "map(select($1)) | length" "$tmp/all")
		shift
		for filter; do filters+=(--filter "$filter"); done
		[ "$want" -gt 0 ] || fail "no message in the capture for $*"
		[ "$want" -lt "$(jq -s length "$tmp/all")" ] || fail "all messages match $*"
		assert_equal "$* $(messages -r "$file" "${filters[@]}")" "$* $want"
	}
	same '[.group, .records[].group] | any(. == "232.1.1.1")' group=232.1.1.1
	same '[.group, .records[].group] | any(values | startswith("232."))' group=232.0.0.0/8
	same '.src == "10.10.0.1"' host=10.10.0.1
	same '.type == "query"' type=query
	same '.src == "10.10.0.1" and .type != "query"' host=10.10.0.1 host=10.9.9.9 type=report type=leave
	same '.type == "query" and .version == 3' type=query version=3
	same '.issues | any(.severity != "note")' severity=warning
	same '.issues | any(.id == "query-from-unspecified")' issue=query-from-unspecified
	assert_equal "$(messages -r "$file" --filter link=host_v3.pcap)" "$(jq -s length "$tmp/all")"
	assert_equal "$(messages -r "$file" --filter link=eth0)" 0
}

@test "igmpdump: types of other protocols are selected" {
	[ "$(messages -r captures/frr_mtrace.pcap --filter type=mtrace)" -ge 2 ]
	[ "$(messages -r captures/mrouted_dvmrp_lan1.pcap --filter type=dvmrp)" -ge 10 ]
	[ "$(messages -r captures/pimd_bsr_lan1.pcap --filter type=pim)" -ge 10 ]
	# The group inside a Join/Prune counts.
	[ "$(messages -r captures/frr_mtrace.pcap --filter type=pim --filter group=239.1.1.1)" -ge 2 ]
	./defects.bash >"$tmp/defects"
	assert_equal "$(messages -r "$tmp/defects" --filter type=rgmp)" 1
	assert_equal "$(messages -r "$tmp/defects" --filter type=mrd)" 1
	# A report that lies about its records is still a report.
	assert_equal "$(messages -r "$tmp/defects" --filter issue=record-count --filter type=report)" 1
}

@test "igmpdump: --count and --duration stop early" {
	assert_equal "$(messages -r "$v3" -c 3)" 3
	assert_equal "$(messages -r "$v3" -c 2 --filter type=query)" 2
	local first last
	igmpdump -tt -r "$v3" -d 2s | grep -v '^ ' >"$tmp/out"
	first=$(head -n 1 "$tmp/out" | cut -d. -f1)
	last=$(tail -n 1 "$tmp/out" | cut -d. -f1)
	[ $((last - first)) -le 2 ]
	[ "$(wc -l <"$tmp/out")" -ge 2 ]
	[ "$(wc -l <"$tmp/out")" -lt "$(messages -r "$v3")" ]
}

@test "igmpdump: time stamps are those of tcpdump" {
	local t
	for t in '' -t -tt -ttt -tttt -ttttt; do
		tcpdump -n ${t:+"$t"} -r "$v3" 2>/dev/null | sed 's/ \?IP6\? .*//' >"$tmp/theirs"
		igmpdump ${t:+"$t"} -r "$v3" | grep -v '^    ' | sed -E 's/ ?[^ ]* +> .*//' >"$tmp/ours"
		[ -s "$tmp/ours" ]
		diff "$tmp/theirs" "$tmp/ours" || fail "with '$t'"
	done
}

@test "igmpdump: --fail-on decides the exit status, -q shows nothing" {
	./defects.bash >"$tmp/defects"
	run -1 igmpdump -q --fail-on error -r "$tmp/defects"
	assert_output ''
	run -0 igmpdump -q --fail-on error -r "$tmp/defects" --filter issue=query-from-unspecified
	run -1 igmpdump -q --fail-on warning -r "$tmp/defects" --filter issue=query-from-unspecified
	run -1 igmpdump -q --fail-on note -r "$tmp/defects" --filter issue=query-from-unspecified
	run -0 igmpdump -q -r "$tmp/defects"
	assert_output ''
	# What takes several packets counts as well.
	run -1 igmpdump -q --fail-on error -r "$tmp/defects" --filter issue=querier-versions-differ
}

@test "igmpdump: -w writes what was read, or what matches" {
	igmpdump -q -r "$v3" -w "$tmp/copy"
	tshark -r "$v3" -x 2>/dev/null >"$tmp/want"
	tshark -r "$tmp/copy" -x 2>/dev/null | diff "$tmp/want" -
	igmpdump -q -r "$v3" -w "$tmp/some" --filter type=query
	assert_equal "$(messages -r "$tmp/some")" "$(messages -r "$v3" --filter type=query)"
	igmpdump -r "$v3" -w - | cmp - "$tmp/copy"
}

@test "igmpdump: -w of cut frames keeps their lengths" {
	editcap -s 40 "$v3" "$tmp/cut"
	igmpdump -q -r "$tmp/cut" -w "$tmp/copy"
	tshark -r "$tmp/cut" -T fields -e frame.len -e frame.cap_len 2>/dev/null >"$tmp/want"
	tshark -r "$tmp/copy" -T fields -e frame.len -e frame.cap_len 2>/dev/null | diff "$tmp/want" -
}

@test "igmpdump: rotation by count, size and time, and the last files only" {
	local total
	total=$(capinfos -Mc "$v3" | awk '/Number of packets/ {print $NF}')
	igmpdump -q -r "$v3" -w "$tmp/c.pcap" --rotate-count 10
	assert_equal "$(cd "$tmp" && echo c-*)" "$(printf 'c-%06d.pcap ' $(seq $(((total + 9) / 10))) | sed 's/ $//')"
	assert_equal "$(capinfos -Mc "$tmp/c-000001.pcap" | awk '/Number of packets/ {print $NF}')" 10
	mergecap -a -F nsecpcap -w "$tmp/all" "$tmp"/c-*.pcap
	assert_equal "$(messages -r "$tmp/all")" "$(messages -r "$v3")"

	igmpdump -q -r "$v3" -w "$tmp/s.pcap" --rotate-size 1k --rotate-files 2
	assert_equal "$(cd "$tmp" && echo s-* | wc -w)" 2
	for file in "$tmp"/s-*; do
		[ "$(stat -c %s "$file")" -le 1024 ]
	done
	[ ! -e "$tmp/s-000001.pcap" ]

	# Every frame of a file lies within two seconds.
	igmpdump -q -r "$v3" -w "$tmp/t" --rotate-time 2s
	[ -e "$tmp/t-000002" ]
	for file in "$tmp"/t-0*; do
		tshark -r "$file" -T fields -e frame.time_relative 2>/dev/null | tail -n 1 | awk '{exit $1 >= 2}'
	done
}

@test "igmpdump: a full disk is noticed, for captures and for text" {
	refused 3 '--write: /dev/full: No space left' -q -r "$v3" -w /dev/full
	run -3 --separate-stderr bash -c "igmpdump -r '$v3' >/dev/full"
	# shellcheck disable=SC2154
	[[ $stderr =~ 'standard output: No space left' ]]
	run -3 --separate-stderr bash -c "igmpdump -q -r '$v3' -w - >/dev/full"
	assert_equal "$stderr" 'igmpdump: standard output: No space left on device; the output is incomplete'
}

@test "igmpdump: a compressed capture is told how to read" {
	local magic command
	while read -r magic command; do
		printf '%b and so on' "$magic" >"$tmp/packed"
		refused 3 "^igmpdump: cannot read capture '.*': unknown file format; pipe it through $command$" \
			-r "$tmp/packed"
	done <<-'END'
		\x1f\x8b zcat
		BZh bzcat
		\xfd7zXZ xzcat
		\x28\xb5\x2f\xfd zstdcat
	END
	gzip -c "$v3" | zcat | igmpdump -r - | cmp - <(igmpdump -r "$v3")
}

@test "igmpdump: a reader that goes away ends it quietly" {
	for _ in {1..50}; do
		cat <(tail -c +25 "$v3")
	done | cat <(head -c 24 "$v3") - >"$tmp/long"
	run -0 --separate-stderr bash -c "set -o pipefail; igmpdump -v -r '$tmp/long' | head -n 1"
	# shellcheck disable=SC2154
	assert_equal "$stderr" ''
	assert_equal "${#lines[@]}" 1
	run -0 --separate-stderr bash -c "set -o pipefail; igmpdump -q -r '$tmp/long' -w - | head -c 4 | wc -c"
	assert_equal "$stderr$output" 4
}

@test "igmpdump: link types read the same message" {
	local eth=01005e0101010200000000ff0800 sll=0002000100060200000000ff00000800
	local sll2=08000000000000020001000602000000000b0000
	local type frame
	while read -r type frame; do
		pcap "$type" "$frame" >"$tmp/one"
		run igmpdump -t -r "$tmp/one"
		assert_output --regexp '^10\.0\.0\.11 +> 239\.1\.1\.1 +IGMPv2 report  239\.1\.1\.1$'
	done <<-END
		01 01005e01010102000000000b0800${ip_report// /}
		65 ${ip_report// /}
		e4 ${ip_report// /}
		71 ${sll}${ip_report// /}
		00 02000000${ip_report// /}
		6c 00000002${ip_report// /}
	END
	pcap 14 "${sll2}${ip_report}" >"$tmp/one"
	printf '\x14\x01' | dd of="$tmp/one" bs=1 seek=20 conv=notrunc 2>/dev/null
	run igmpdump -t -r "$tmp/one"
	assert_output --regexp 'IGMPv2 report  239\.1\.1\.1$'
	pcap 01 "${eth:0:24}8100000a8100001408 00${ip_report}" >"$tmp/one"
	igmpdump -j -r "$tmp/one" >"$tmp/out"
	assert_equal "$(jq -c '[.vlans, .link]' "$tmp/out")" '[[10,20],"one.10.20"]'
}

@test "igmpdump: VLANs are links of their own" {
	local head=01005e01010102000000000b
	pcap 01 "${head}8100000a0800${ip_report}" "${head}810000140800${ip_report}" \
		"${head}8100000a0800${ip_report}" >"$tmp/trunk"
	assert_equal "$(igmpdump -j -r "$tmp/trunk" | jq -r .link | xargs)" 'trunk.10 trunk.20 trunk.10'
	assert_equal "$(messages -r "$tmp/trunk" --filter link=trunk.10)" 2
}

@test "igmpdump: hostile frames are said to be broken, and do no harm" {
	local head=01005e00001602000000000b0800
	# 65,535 records in 8 bytes
	pcap 01 "${head}46c00020000000000102d2e20a00000be0000016 94040000 2200ddff0000ffff" >"$tmp/lies"
	run -0 igmpdump -t -r "$tmp/lies"
	assert_line --regexp 'IGMPv3 report .*more records than it holds'
	assert_line --regexp 'error +record-count: '
	# an IP header shorter than itself
	pcap 01 "${head}42c00020000000000102d2e20a00000be0000016" >"$tmp/short"
	run -0 igmpdump -t -r "$tmp/short"
	assert_line --regexp '^unreadable  '
	# a thousand VLAN tags
	pcap 01 "${head:0:24}$(printf '8100000a%.0s' {1..1000})0800$ip_report" >"$tmp/tags"
	run -0 igmpdump -t -r "$tmp/tags"
	assert_output ''
	run -0 igmpdump --summary -r "$tmp/tags"
	assert_line --index 0 --regexp '^1 frame: 0 messages'
}

@test "igmpdump: a message that the snap length cut is shown as such" {
	editcap -s 50 captures/host_ssm.pcap "$tmp/cut"
	igmpdump -j -r "$tmp/cut" >"$tmp/out"
	assert_equal "$(jq -s length "$tmp/out")" "$(messages -r captures/host_ssm.pcap)"
	jq -se 'map(select(.fault == "ip-truncated")) | length >= 5 and
		all(.src != null and .ttl == 1 and .type == "v3 report")' "$tmp/out"
	# Of IPv6 not even the header is there.
	jq -se 'map(select(.fault == "ip6-short")) | length >= 5 and all(.src == null and .type == "unreadable")' "$tmp/out"
	jq -se 'all(.checksum_ok == null and (.issues | any(.id == "truncated")))' "$tmp/out"
	# Cut in the hop-by-hop header, it has addresses.
	editcap -s 58 captures/host_ssm.pcap "$tmp/cut"
	igmpdump -j -r "$tmp/cut" | jq -se 'map(select(.fault == "ip6-truncated")) | length >= 5 and all(.dst != null)'
}

@test "igmpdump: a clock that steps back changes nothing but the stamps" {
	mergecap -a -F pcap -w "$tmp/back" captures/host_v3.pcap captures/bridge_querier_v2.pcap captures/host_v3.pcap
	assert_equal "$(messages -r "$tmp/back")" \
		$((2 * $(messages -r captures/host_v3.pcap) + $(messages -r captures/bridge_querier_v2.pcap)))
	run -0 igmpdump --summary -r "$tmp/back"
	run -0 igmpdump -ttt -r "$tmp/back"
	assert_output --regexp $'\n-[0-9]{2,}:'
}

# In the year 2217, which is beyond half of what nanoseconds can tell.
@test "igmpdump: times far away end nothing and last no longer" {
	editcap -F pcapng -t 6000000000 captures/host_v3.pcap "$tmp/far"
	run -0 timeout -s KILL 20 igmpdump --summary -r "$tmp/far"
	assert_output --partial '2217-'
	run -0 timeout -s KILL 20 igmpdump --events -r "$tmp/far"
	assert_output --partial 'member-joined'
}

# Version 2.0 has the frame's length before the captured one.
@test "igmpdump: a file of an old version reads as it does through a pipe" {
	local at=24 captured
	editcap -F pcap -s 50 -r "$v3" "$tmp/cut" 1-8
	printf '\377\377\0\0' | dd of="$tmp/cut" bs=1 seek=16 conv=notrunc status=none # it could be longer
	cp "$tmp/cut" "$tmp/old"
	printf '\2\0\0\0' | dd of="$tmp/old" bs=1 seek=4 conv=notrunc status=none
	while ((at < $(stat -c %s "$tmp/cut"))); do
		captured=$(od -An -t u4 -j $((at + 8)) -N 4 "$tmp/cut")
		dd if="$tmp/cut" of="$tmp/old" bs=1 count=4 skip=$((at + 12)) seek=$((at + 8)) conv=notrunc status=none
		dd if="$tmp/cut" of="$tmp/old" bs=1 count=4 skip=$((at + 8)) seek=$((at + 12)) conv=notrunc status=none
		((at += 16 + captured))
	done
	igmpdump -r "$tmp/cut" >"$tmp/want"
	igmpdump -r "$tmp/old" | diff "$tmp/want" -
	igmpdump -r - < <(cat "$tmp/old") | diff "$tmp/want" -
}

# repeated SIZE: frames of many kinds, again and again, without a file header.
repeated() {
	local file
	for file in host_v1 host_v2 host_v3 frr_igmp; do
		tail -c +25 "captures/$file.pcap"
	done >"$tmp/frames"
	while (($(stat -c %s "$tmp/frames") < $1)); do
		cat "$tmp/frames" "$tmp/frames" >"$tmp/twice"
		mv "$tmp/twice" "$tmp/frames"
	done
	cat "$tmp/frames"
}

# same_through_pipe FILE OPTION...: the output, also when it comes through a pipe of
# that name.
same_through_pipe() {
	local file=$1
	shift
	mkdir -p "$tmp/pipe"
	mkfifo "$tmp/pipe/$file"
	cat "$tmp/$file" >"$tmp/pipe/$file" &
	igmpdump "$@" -r "$tmp/pipe/$file" >"$tmp/one-by-one"
	rm "$tmp/pipe/$file"
	igmpdump "$@" -r "$tmp/$file" >"$tmp/large"
	[ -s "$tmp/large" ]
	cmp "$tmp/large" "$tmp/one-by-one"
}

# Large files are read by several threads, which a pipe is not.
@test "igmpdump: a large file reads as the same frames through a pipe do" {
	local option
	{ head -c 24 "$v3" && repeated 1100000; } >"$tmp/large.pcap"
	for option in -n -v "--summary -j" "--members --max-members 3"; do
		# shellcheck disable=SC2086 # several options
		same_through_pipe large.pcap $option
	done
	run igmpdump --fail-on error --summary -r "$tmp/large.pcap"
	assert_failure 1
	igmpdump -j -r "$tmp/large.pcap" | grep -o '"frame":[0-9]\+' | cut -d: -f2 >"$tmp/numbers"
	[ -s "$tmp/numbers" ]
	sort -nc "$tmp/numbers"
}

@test "igmpdump: so does one in which another link appears on the way" {
	pcap 01 "01005e01010102000000000b8100000a0800${ip_report}" | tail -c +25 >"$tmp/tagged"
	{ head -c 24 "$v3" && repeated 600000 && cat "$tmp/tagged" "$tmp/frames"; } >"$tmp/trunk.pcap"
	same_through_pipe trunk.pcap -n
	same_through_pipe trunk.pcap --summary
	grep -q 'trunk.pcap.10' "$tmp/large"
}

frames_of() {
	igmpdump -q -j --summary -r "$1" | jq -s '.[-1].frames'
}

@test "igmpdump: signals reach it while several threads read" {
	(($(nproc) > 1)) || skip "one processor, one thread"
	local dump tasks=()
	{ head -c 24 "$v3" && repeated 1; } >"$tmp/small.pcap"
	{ head -c 24 "$v3" && repeated 200000000; } >"$tmp/large.pcap"
	env --default-signal=INT igmpdump -j --summary -r "$tmp/large.pcap" >"$tmp/out" 3>&- &
	dump=$!
	until ((${#tasks[@]} > 1)); do
		tasks=("/proc/$dump/task/"*)
	done
	kill -USR1 "$dump"
	until grep -q '"event":"interim"' "$tmp/out"; do
		[[ $(<"/proc/$dump/stat") != *") Z "* ]]
	done
	kill -INT "$dump"
	wait "$dump"
	assert_equal "$(jq -sc 'map(.event)' "$tmp/out")" '["interim","summary"]'
	jq -se '.[0].frames <= .[1].frames and .[1].messages > 0' "$tmp/out"
	# Before its end, then.
	local all=$(($(frames_of "$tmp/small.pcap") * ($(stat -c %s "$tmp/large.pcap") - 24) /
		($(stat -c %s "$tmp/small.pcap") - 24)))
	(($(jq -s '.[1].frames' "$tmp/out") < all))
}

@test "igmpdump: names are shown, and not with -n" {
	run igmpdump -r captures/frr_mtrace.pcap
	assert_output --partial '224.0.0.13 (PIM routers)'
	run igmpdump -n -r captures/frr_mtrace.pcap
	refute_output --partial 'PIM routers'
}

@test "igmpdump: colour is there when asked for, and not in a pipe" {
	run igmpdump --color=always -r "$v3"
	assert_output --partial $'\033[33mwarning'
	run igmpdump -r "$v3"
	refute_output --partial $'\033'
}

@test "igmpdump: without permission, one line says what to grant" {
	local drop=()
	[ "$(id -u)" != 0 ] || drop=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all)
	cp "$MCTOOLS_BIN/igmpdump" "$tmp/" && mkdir "$tmp/lib" && cp "$MCTOOLS_BIN/../lib/libmc.so.0" "$tmp/lib/"
	chmod -R a+rX "$tmp" "$tmp/.." "$tmp/../.."
	run -3 env LD_LIBRARY_PATH="$tmp/lib" ${drop[@]+"${drop[@]}"} "$tmp/igmpdump" -i lo
	assert_output --regexp '^igmpdump: no permission to capture on lo; .*cap_net_raw'
	assert_equal "${#lines[@]}" 1
}

@test "igmpdump: an interface that is not there ends it with 3" {
	refused 3 "^igmpdump: no interface 'nowhere'; 'ip link' lists them$" -i nowhere
}
