#!/usr/bin/env bats
# mcsend.bats - the packets of mcsend as others see them: tshark and the kernel
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	lab_pair
}

teardown() {
	lab_down
}

# sees NAME FIELD...: frames captured, the distinct values of the fields, counted.
sees() {
	shark "$1" udp "${@:2}" | sort | uniq -c | sed 's/^ *//; s/\t/ /g'
}

# veth_drops HOST: frames that its eth0 could not hand to the other end.
veth_drops() {
	ip -n "$1" -s -j link show dev eth0 | jq '.[0].stats64.tx.dropped'
}

@test "TTL, DSCP, source port, port, size and MAC are those asked for, IPv4" {
	capture c h2 "udp"
	send h1 -c 20 -r 1k/s -t 7 --dscp af41 --source-port 6001 -p 7000 -s 100 $GROUP4
	frames c 20
	assert_equal "$(sees c ip.src ip.dst ip.ttl ip.dsfield.dscp udp.srcport udp.dstport udp.length eth.dst)" \
		"20 10.0.0.1 239.1.1.1 7 34 6001 7000 108 01:00:5e:01:01:01"
}

@test "hop limit, DSCP, source port, port, size and MAC are those asked for, IPv6" {
	capture c h2 "udp"
	send h1 -c 20 -r 1k/s -t 7 --dscp af41 --source-port 6001 -s 100 "[$GROUP6]:7000"
	frames c 20
	assert_equal "$(sees c ipv6.src ipv6.dst ipv6.hlim ipv6.tclass.dscp udp.srcport udp.dstport udp.length eth.dst)" \
		"20 fd00::1 ff15::4d:1 7 34 6001 7000 108 33:33:00:4d:00:01"
}

@test "without options: TTL 1, DSCP 0, port 5000, 64 bytes, 10 a second" {
	capture c h2 "udp"
	send h1 -c 6 $GROUP4
	frames c 6
	assert_equal "$(sees c ip.ttl ip.dsfield.dscp udp.dstport udp.length)" "6 1 0 5000 72"
	shark c udp frame.time_delta_displayed | tail -n +2 |
		awk '{ if ($1 < 0.05 || $1 > 0.15) bad++ } END { exit bad > 1 }'
}

@test "checksums on the wire are right, sent packet by packet and in segmented runs" {
	capture c h2 "udp"
	send h1 --each -c 50 -r 1k/s -s 65 --no-gso $GROUP4 $GROUP6
	send h1 --each -c 50 -r max -s 1001 $GROUP4 $GROUP6
	send h1 --each -c 5 -r 1k/s -s 3000 --crc $GROUP4 $GROUP6
	frames c 225
	assert_equal "$(tshark -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -r "$T/c.pcap" \
		-Y 'udp.checksum.status == 1' 2>/dev/null | wc -l)" 210
	assert_equal "$(tshark -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -r "$T/c.pcap" \
		-Y 'udp.checksum.status == 0 || ip.checksum.status == 0 || udp.checksum == 0' 2>/dev/null | wc -l)" 0
}

@test "as fast as it goes: every packet counted as sent arrives, in one of each number" {
	local group before dropped
	# As many as the receive buffer holds.  A busy machine may still drop them between
	# the two ends of the veth pair, whose backlog is short; its counter says how many.
	for group in $GROUP4 $GROUP6; do
		before=$(veth_drops h1)
		recv r h2 --interval 50ms $group
		start s h1 mcsend -j -i eth0 -r max -c 5000 -s 200 $group
		finish s
		check s '[.packets, .bytes, .failed] | tojson' '[5000,1000000,0]'
		dropped=$(($(veth_drops h1) - before))
		((dropped < 2500)) || fail "$dropped of 5000 dropped on the way"
		heard r $((5000 - dropped))
		stop r
		check r '[.packets, .duplicates, .dropped_here] | tojson' "[$((5000 - dropped)),0,0]"
	done
}

@test "the rate asked for is the rate achieved, in packets and in bits" {
	start s h1 mcsend -j -i eth0 -r 2k/s -d 1 $GROUP4
	finish s
	holds s '.rate_pps > 1990 and .rate_pps < 2010 and .asked_pps == 2000'
	start s h1 mcsend -j -i eth0 -r 8Mbit -s 1000 -d 1 $GROUP6
	finish s
	holds s '.rate_bps > 7.96e6 and .rate_bps < 8.04e6 and .asked_pps == 1000'
}

@test "counts and durations: of all, of each group, on each interface" {
	second_link
	start s h1 mcsend -j -i eth0 -c 10 -r 1k/s $GROUP4+3
	finish s
	check s '[.packets, .groups, .streams] | tojson' '[10,3,3]'
	start s h1 mcsend -j -i eth0 -i eth1 --each --source-port 6001 -c 10 -r 1k/s $GROUP4+3
	finish s
	check s '[.packets, .groups, .streams, (.interfaces | length)] | tojson' '[60,3,6,2]'
	start s h1 mcsend -j -i eth0 -d 300ms -r 1k/s $GROUP4
	finish s
	holds s '.packets >= 290 and .packets <= 301'
}

@test "packets of one source port: both families, several interfaces, one program" {
	capture c h2 "udp"
	send h1 --each -c 5 -r 1k/s --source-port 6001 $GROUP4 $GROUP6
	frames c 10
	assert_equal "$(sees c udp.srcport)" "10 6001"
}

@test "--source chooses the address" {
	ip -n h1 addr add 10.0.0.77/24 dev eth0
	ip -n h1 addr add fd00::77/64 dev eth0 nodad
	capture c h2 "udp"
	send h1 -c 3 -r 1k/s --source 10.0.0.77 $GROUP4
	send h1 -c 3 -r 1k/s --source fd00::77 $GROUP6
	frames c 6
	assert_equal "$(sees c ip.src ipv6.src)" "$(printf '3  fd00::77\n3 10.0.0.77 ')"
}

@test "the source that mcsend names is the one on the wire" {
	local group named
	for group in $GROUP4 $GROUP6 ff02::1234 $SSM6; do
		capture c h2 "udp"
		start s h1 mcsend -i eth0 --force -c 1 $group
		finish s
		frames c 1
		named=$(sed -En 's/^to .* from (.*):[0-9]+ on eth0.*/\1/p' "$T/s.out")
		[[ -n $named ]]
		assert_equal "$group ${named//[][]/}" "$group $(shark c udp _ws.col.Source)"
	done
}

@test "a sweep sends each size in turn" {
	capture c h2 "udp"
	send h1 -c 12 -r 1k/s -s 64..1400/334 $GROUP4
	frames c 12
	assert_equal "$(shark c udp udp.length | xargs)" "72 406 740 1074 1408 72 406 740 1074 1408 72 406"
}

@test "payloads: text, hex and pattern are on the wire as given" {
	capture c h2 "udp"
	send h1 -c 1 --payload text:hello $GROUP4
	send h1 -c 1 --payload 'hex:00:01 fe ff' $GROUP6
	send h1 -c 1 -s 7 --payload pattern:abcd $GROUP4
	frames c 3
	assert_equal "$(shark c udp udp.payload | xargs)" "68656c6c6f 0001feff abcdabcdabcdab"
}

@test "a file is cut into pieces and sent once to every group, the last piece short" {
	head -c 2500 /dev/urandom >"$T/file"
	capture c h2 "udp"
	send h1 -r 1k/s -s 1000 --payload "file:$T/file" $GROUP4 $GROUP6
	frames c 6
	assert_equal "$(sees c ip.dst ipv6.dst udp.length | sort -k2)" \
		"$(printf '1  ff15::4d:1 508\n2  ff15::4d:1 1008\n1 239.1.1.1  508\n2 239.1.1.1  1008' | sort -k2)"
	assert_equal "$(shark c ip udp.payload | xxd -r -p | sha256sum)" "$(sha256sum <"$T/file")"
}

@test "probes carry session, stream and numbers that run on" {
	capture c h2 "udp"
	send h1 -c 6 -r 1k/s --crc $GROUP4 $GROUP6
	frames c 6
	# magic, version, flags, TTL, DSCP; sequence; stream
	assert_equal "$(shark c ip udp.payload | cut -c 1-16,33-48,65-72 | xargs)" \
		"6d63706201010100000000000000000000000000 6d63706201010100000000000000000100000000 6d63706201010100000000000000000200000000"
	assert_equal "$(shark c ipv6 udp.payload | cut -c 65-72 | sort -u)" 00000001
	assert_equal "$(shark c udp udp.payload | cut -c 17-32 | sort -u | wc -l)" 1
}

@test "--no-loop: members on this host do not hear it, else they do" {
	recv own h1 -c 3 $GROUP4 $GROUP6
	recv r h2 -c 13 $GROUP4 $GROUP6
	send h1 -c 10 -r 1k/s --no-loop $GROUP4 $GROUP6
	send h1 -c 3 -r 1k/s --source-port 6001 $GROUP4 $GROUP6
	finish own
	finish r
	check own '[.streams[] | .source_port] | unique | tojson' '[6001]'
}

@test "TTL 0 stays on this host" {
	recv own h1 -c 3 $GROUP4
	capture c h2 "udp"
	send h1 -c 3 -r 1k/s -t 0 $GROUP4
	send h1 -c 1 $GROUP6
	finish own
	frames c 1
	assert_equal "$(sees c ip.dst ipv6.dst)" "1  ff15::4d:1"
}

@test "the live rate line, and the interval events" {
	start s h1 mcsend -i eth0 -r 100/s --interval 50ms -d 300ms $GROUP4
	finish s
	[[ $(grep -Ec '^[0-9.]+ ms: [0-9]+ packets?, .*, 0 failed$' "$T/s.out") -ge 3 ]]
	start s h1 mcsend -j -i eth0 -r 100/s --interval 50ms -d 300ms $GROUP4
	finish s
	[[ $(grep -c '"event":"interval"' "$T/s.out") -ge 3 ]]
	holds s '.event == "summary"'
}
