#!/usr/bin/env bats
# checks.bats - the verdicts of mcrecv, true and false; signals, terminals, files
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	lab_pair
}

teardown() {
	lab_down
}

# watch ARG...: mcrecv in text on h2, returns when it has joined.
watch() {
	start w h2 mcrecv -i eth0 "$@"
	lab_wait_until "grep -q ^joined '$T/w.out' || ended w"
	grep -q ^joined "$T/w.out" || fail "$(cat "$T"/w.*)"
}

# says PATTERN: the last line, which tells why.
says() {
	[[ $(tail -n 1 "$T/w.out") =~ $1 ]] || fail "'$(tail -n 1 "$T/w.out")' is not: $1"
}

# lose_tenth: h2 loses every tenth packet of each family before it is received.
lose_tenth() {
	lab_in h2 nft -f - <<-RULES
		table inet loss {
			chain in {
				type filter hook input priority 0;
				ip protocol udp numgen inc mod 10 5 counter drop
				ip6 nexthdr udp numgen inc mod 10 5 counter drop
			}
		}
	RULES
}

## verdicts

@test "without checks: true when something arrives, false when nothing does" {
	watch -c 5 $GROUP4
	send h1 -c 5 -r 500/s $GROUP4
	finish w 0
	says '^ok: 5 packets in '
	watch -d 100ms $GROUP6
	finish w 1
	says '^FAIL: nothing arrived in 1..( |\.).*ms$'
}

@test "--expect N: true at once when N groups are heard, false at the timeout" {
	watch --expect 2 $GROUP4 $GROUP6 239.9.9.9
	send h1 -c 2 -r 500/s $GROUP4 $GROUP6
	finish w 0
	says '^ok: 2 of 3 groups heard in '
	watch --expect 2 --timeout 300ms $GROUP4 $GROUP6
	send h1 -c 2 -r 500/s $GROUP6
	finish w 1
	says '^FAIL: 1 of 2 expected groups heard in .*; silent: 239\.1\.1\.1$'
}

@test "--expect-all: false names a silent group, on each interface" {
	watch --expect-all $GROUP4+3 $GROUP6
	send h1 -c 4 -r 500/s $GROUP4+3 $GROUP6
	finish w 0
	says '^ok: 4 of 4 groups heard in '
	watch --expect-all --timeout 300ms $GROUP4+3
	send h1 -c 1 -r 500/s 239.1.1.1
	finish w 1
	says '^FAIL: 1 of 3 expected groups heard in .*; silent: 239\.1\.1\.2 and others$'
}

@test "--expect-none: true after the timeout, false at the first packet, with its source" {
	watch --expect-none --timeout 200ms $GROUP4
	finish w 0
	says '^ok: nothing arrived in 20.*, as expected$'
	watch --expect-none --timeout 20 $GROUP6
	send h1 -c 1 $GROUP6
	finish w 1
	says '^FAIL: \[ff15::4d:1\]:5000 from fd00::1 arrived, but nothing should$'
}

@test "--max-loss: at the limit is fine, above is not, and what has no numbers cannot be told" {
	lose_tenth
	watch -c 90 --max-loss 10% $GROUP4
	send h1 -c 100 -r 2k/s $GROUP4
	finish w 0
	says '^ok: 90 packets in '
	watch -c 90 --max-loss 9.9% $GROUP4
	send h1 -c 100 -r 2k/s $GROUP4
	finish w 1
	says '^FAIL: 239\.1\.1\.1:5000 from 10\.0\.0\.1 lost 10 packets, 10\.00 %; the limit is 9\.90 %$'
	watch -c 4 --max-loss 0 $GROUP6
	send h1 -c 4 -r 500/s --payload text:hello $GROUP6
	finish w 1
	says '^FAIL: \[ff15::4d:1\]:5000 from fd00::1 has no sequence numbers we know: loss cannot be told$'
}

@test "--min-rate: true when fast enough, false when slower, in packets and in bits" {
	watch -c 200 --min-rate 100/s $GROUP4
	send h1 -c 200 -r 1k/s $GROUP4
	finish w 0
	watch -c 20 --min-rate 1k/s $GROUP4
	send h1 -c 20 -r 100/s $GROUP4
	finish w 1
	says '^FAIL: 239\.1\.1\.1:5000 from 10\.0\.0\.1 has [0-9.]+ pps; asked were 1\.00 kpps$'
	watch -c 20 --min-rate 1Mbit $GROUP6
	send h1 -c 20 -r 100/s -s 100 $GROUP6
	finish w 1
	says '^FAIL: \[ff15::4d:1\]:5000 from fd00::1 has [0-9.]+ kbit/s; asked were 1\.00 Mbit/s$'
}

@test "a check and a look of fixed length: the verdict comes at the end" {
	watch --expect 1 -d 700ms --max-loss 0 $GROUP4
	send h1 -c 50 -r 500/s $GROUP4
	finish w 0
	says '^ok: 1 of 1 group heard in [67]'
	grep -q '^50 packets of 1 stream' "$T/w.out"
}

## signals

@test "Ctrl-C ends mcrecv with the summary, in text and JSON" {
	local signal
	for signal in INT TERM HUP; do
		watch $GROUP4
		send h1 -c 5 -r 500/s $GROUP4
		lab_wait_until "grep -q '^first packet of 239.1.1.1:5000 from 10.0.0.1 on eth0' '$T/w.out'"
		stop w 0 $signal
		says '^ok: 5 packets in '
	done
	recv r h2 $GROUP4
	stop r 1
	check r '[.event, .packets, .ok] | tojson' '["summary",0,false]'
}

@test "Ctrl-C ends mcsend with the summary" {
	start s h1 mcsend -i eth0 -r 500/s $GROUP4
	recv r h2 -c 20 $GROUP4
	finish r
	stop s 0
	grep -Eq '^sent [0-9]+ packets?, [0-9]+ bytes?, in ' "$T/s.out"
}

@test "a second Ctrl-C ends mcrecv at once, when its summary cannot be written" {
	mkfifo "$T/pipe"
	exec 7<>"$T/pipe"
	lab_bg h2 bash -c "exec mcrecv -j -i eth0 --interval 10ms $GROUP4+1000 >'$T/pipe'" 2>"$T/p.err"
	local pid=$LAB_PID
	# The pipe is full when the program waits inside a write to it.
	lab_wait_until "[[ \$(cat /proc/$pid/wchan) == *pipe_write* ]]"
	kill -INT $pid
	lab_wait_until "! grep -q '^SigPnd.*[1-9a-f]' /proc/$pid/status"
	sleep 0.25 # the program takes two signals within 200 ms for one
	kill -INT $pid
	local status=0
	wait $pid || status=$?
	assert_equal $status 130
}

@test "SIGUSR1 prints an interim summary and the program goes on" {
	watch -c 30 $GROUP4
	recv r h2 -c 30 $GROUP4
	send h1 -c 10 -r 500/s --source-port 6001 $GROUP4
	lab_wait_until "grep -q '^first packet' '$T/w.out' && grep -q first-packet '$T/r.out'"
	kill -USR1 "${PIDS[w]}" "${PIDS[r]}"
	lab_wait_until "grep -q '10 packets of 1 stream' '$T/w.out' && grep -q interim '$T/r.out'"
	send h1 -c 20 -r 500/s --source-port 6001 $GROUP4
	finish w
	finish r
	grep -q '^30 packets of 1 stream' "$T/w.out"
	assert_equal "$(grep -Ec '^(ok|FAIL):' "$T/w.out")" 1
	assert_equal "$(jq -c 'select(.event == "interim") | [.packets, .ok]' "$T/r.out")" '[10,null]'
	check r '[.event, .packets] | tojson' '["summary",30]'
}

@test "SIGUSR1 makes mcsend say how far it is" {
	start s h1 mcsend -i eth0 -r 100/s --interval 1h $GROUP4
	lab_wait_until "grep -q '^to 239.1.1.1:5000' '$T/s.out'"
	kill -USR1 "${PIDS[s]}"
	lab_wait_until "grep -Eq '^sent [0-9]+ packets?,' '$T/s.out'"
	kill -0 "${PIDS[s]}"
	stop s
	assert_equal "$(grep -c '^sent ' "$T/s.out")" 2
	start s h1 mcsend -j -i eth0 -r 100/s --interval 20ms $GROUP4
	lab_wait_until "grep -q interval '$T/s.out'"
	kill -USR1 "${PIDS[s]}"
	lab_wait_until "grep -q interim '$T/s.out'"
	stop s
	assert_equal "$(jq -r .event "$T/s.out" | grep -v interval | xargs)" 'interim summary'
}

## terminals and pipes

@test "a live line on a terminal, plain lines in a pipe" {
	watch --interval 50ms -d 400ms $GROUP4
	send h1 -c 10 -r 100/s $GROUP4
	finish w
	grep -Eq '^[0-9.]+ ms: [0-9]+ packets?, ' "$T/w.out"
	run ! grep -q $'\r\|\e' "$T/w.out"
	start t h2 env TERM=xterm script -qec "mcrecv -i eth0 --interval 50ms -c 20 $GROUP4" /dev/null
	lab_wait_until "grep -q ^joined '$T/t.out'"
	send h1 -c 20 -r 100/s $GROUP4
	finish t
	# Drawn over, and erased before the summary.
	grep -Eaq $'\r[0-9.]+ ms: [0-9]+ packets?, .*\e\\[K' "$T/t.out"
	grep -aq $'\e\\[32mok\e\\[0m: 20 packets' "$T/t.out"
}

@test "a reader that goes away ends both programs quietly" {
	lab_bg h2 bash -c "mcrecv -i eth0 --interval 20ms $GROUP4 | head -n 1; echo \${PIPESTATUS[0]}" \
		>"$T/a.out" 2>"$T/a.err"
	PIDS[a]=$LAB_PID
	lab_bg h1 bash -c "mcsend -i eth0 --interval 20ms $GROUP4 | head -n 1; echo \${PIPESTATUS[0]}" \
		>"$T/b.out" 2>"$T/b.err"
	PIDS[b]=$LAB_PID
	finish a
	finish b
	assert_equal "$(head -n 1 "$T/a.out")" "$(grep ^joined "$T/a.out")"
	grep -q ^to "$T/b.out"
	assert_equal "$(tail -n 1 "$T/b.out")" 0
	[[ ! -s $T/a.err && ! -s $T/b.err ]] || fail "$(cat "$T"/[ab].err)"
}

@test "a full disk under the text is status 3 and one line" {
	refused h2 3 'standard output: No space left' bash -c "exec mcrecv -i eth0 -d 100ms $GROUP4 >/dev/full"
	refused h1 3 'standard output: No space left' bash -c "exec mcsend -i eth0 -c 1 $GROUP4 >/dev/full"
}

## payloads and captures

@test "a file arrives as it was sent, also through pipes" {
	head -c 100000 /dev/urandom >"$T/file"
	watch --output "$T/copy" -c 76 $GROUP4
	send h1 -r 2k/s --payload "file:$T/file" $GROUP4
	finish w
	cmp "$T/file" "$T/copy"
	lab_bg h2 bash -c "mcrecv -i eth0 --output - -c 100 $GROUP6 2>'$T/p.err' | cat >'$T/copy2'"
	PIDS[p]=$LAB_PID
	lab_wait_until "grep -q ^joined '$T/p.err'"
	lab_in h1 bash -c "cat '$T/file' | mcsend -qq -i eth0 -r 2k/s -s 1000 --payload stdin $GROUP6"
	finish p
	cmp "$T/file" "$T/copy2"
}

@test "a reader of --output that goes away ends mcrecv" {
	lab_bg h2 bash -c "mcrecv -i eth0 --output - $GROUP4 2>'$T/p.err' | head -c 64 >/dev/null"
	PIDS[p]=$LAB_PID
	lab_wait_until "grep -q ^joined '$T/p.err'"
	start s h1 mcsend -qq -i eth0 -r 100/s $GROUP4
	finish p
	stop s
}

@test "a capture of -w is what tshark and -r read: the same packets and numbers" {
	lose_tenth
	recv r h2 -w "$T/c.pcap" -c 180 $GROUP4 $GROUP6
	send h1 --each -c 100 -r 1k/s --dscp 10 -t 3 --source-port 6001 $GROUP4 $GROUP6
	finish r
	assert_equal "$(shark c 'ip.src == 10.0.0.1 && ip.dst == 239.1.1.1 && ip.ttl == 3 && ip.dsfield.dscp == 10 && udp.srcport == 6001 && udp.length == 72 && !_ws.malformed' frame.number | wc -l)" 90
	assert_equal "$(shark c 'ipv6.src == fd00::1 && ipv6.dst == ff15::4d:1 && ipv6.hlim == 3 && udp.dstport == 5000' frame.number | wc -l)" 90
	assert_equal "$(tshark -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -r "$T/c.pcap" \
		-Y 'udp.checksum.status != 1 || ip.checksum.status == 0' 2>/dev/null | wc -l)" 0
	lab_in h2 mcrecv -j -r "$T/c.pcap" >"$T/again.out"
	local facts='[.streams[] | del(.interface, .join_latency_ns, .merged)] | sort_by(.group) | tojson'
	assert_equal "$(fact again "$facts")" "$(fact r "$facts")"
}

@test "-w and --output to a full disk are status 3 and one line" {
	local option
	for option in -w --output; do
		watch $option /dev/full -d 5 $GROUP4
		send h1 -c 200 -r 2k/s -s 1000 $GROUP4
		finish w 3
		assert_equal "$(wc -l <"$T/w.err")" 1
		grep -q 'No space left on device' "$T/w.err"
	done
}

## foreign traffic

@test "anybody's traffic is counted and rated, and dumped with -x" {
	watch -x -c 3 $GROUP4
	send h1 -c 3 -r 100/s --payload text:0123456789abcdefghij $GROUP4
	finish w
	grep -q '^239.1.1.1:5000 from 10.0.0.1:[0-9]* on eth0, foreign$' "$T/w.out"
	grep -q '  received  3 packets, 60 bytes (20 each)' "$T/w.out"
	grep -q '  lost      unknown' "$T/w.out"
	assert_equal "$(grep -c '10.0.0.1:[0-9]* > 239.1.1.1:5000, 20 bytes, TTL 1$' "$T/w.out")" 3
	assert_equal "$(grep -c '^  0000  30 31 32 .* 66   0123456789abcdef$' "$T/w.out")" 3
	assert_equal "$(grep -c '^  0010  67 68 69 6a  *ghij$' "$T/w.out")" 3
}

@test "probes are not dumped with -x, foreign packets among them are, and are no loss" {
	watch -x -c 30 $GROUP6
	send h1 -c 10 -r 500/s --source-port 6001 $GROUP6
	send h1 -c 10 -r 500/s --source-port 6001 --payload hex:00ff $GROUP6
	send h1 -c 10 -r 500/s --source-port 6001 $GROUP6
	finish w
	assert_equal "$(grep -c '^  0000  00 ff ' "$T/w.out")" 10
	assert_equal "$(grep -c '^  0000  ' "$T/w.out")" 10
	grep -q '^30 packets of 2 streams in 1 of 1 group in .*: 0 lost, 0 duplicates' "$T/w.out"
	grep -q ' sender restarted 1 time$' "$T/w.out"
}

@test "damaged probes are counted apart" {
	local probe=6d637062010101000102030405060708000000000000000000000000000000000000000012345678
	recv r h2 -c 4 $GROUP4
	send h1 -c 4 -r 500/s --payload "hex:$probe" $GROUP4
	finish r
	check r '.streams[0] | [.packets, .bad_crc] | tojson' '[4,4]'
}

# rtp FIRST COUNT: RTP packets as one file: payload type 0, 8 kHz, 160 bytes every 20 ms.
rtp() {
	python3 -c '
import struct, sys
first, count = int(sys.argv[1]), int(sys.argv[2])
for i in range(first, first + count):
    head = struct.pack(">BBHII", 0x80, 0, i & 0xffff, (160 * i) & 0xffffffff, 0x12345678)
    sys.stdout.buffer.write(head + bytes(160))' "$1" "$2"
}

@test "RTP: loss is counted by its sequence numbers, across their wrap" {
	{ rtp 65500 100 && rtp 65610 90; } >"$T/rtp"
	local group
	for group in $GROUP4 $GROUP6; do
		recv r h2 --rtp -c 190 $group
		send h1 -r 1k/s -s 172 --payload "file:$T/rtp" $group
		finish r
		check r '.streams[0] | [.kind, .packets, .lost, .outages, .duplicates, .foreign] | tojson' \
			'["rtp",190,10,1,0,0]'
		holds r '.streams[0].jitter_ns > 0'
	done
}

@test "RTP without --rtp is foreign traffic" {
	rtp 1 20 >"$T/rtp"
	recv r h2 -c 20 $GROUP4
	send h1 -r 1k/s -s 172 --payload "file:$T/rtp" $GROUP4
	finish r
	check r '.streams[0] | [.kind, .packets, .lost, .foreign] | tojson' '["foreign",20,null,20]'
}
