#!/usr/bin/env bats
# joins.bats - memberships: the reports on the wire, protocol versions, kernel limits
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

# reports NAME PATTERN: the captured report records that match, each once, as type,
# group and sources.  tshark gives lists of each, a frame a line.
reports() {
	shark "$1" 'igmp.type == 0x22 || icmpv6.type == 143' \
		igmp.record_type igmp.num_src igmp.maddr igmp.saddr icmpv6.mldr.mar.record_type \
		icmpv6.mldr.mar.nb_sources icmpv6.mldr.mar.multicast_address \
		icmpv6.mldr.mar.source_address |
		awk -F '\t' '{
			from = $1 == "" ? 5 : 1
			n = split($from, type, ","); split($(from + 1), count, ",")
			split($(from + 2), group, ","); split($(from + 3), source, ",")
			at = 0
			for (i = 1; i <= n; i++) {
				line = type[i] " " group[i]
				while (count[i]-- > 0) line = line " " source[++at]
				print line
			}
		}' | sort -u | grep -E "$2"
}

# wire PATTERN...: waits until the capture c holds a report for each; without
# queries there are only those that a change sent.
wire() {
	local pattern
	for pattern; do
		lab_wait_until "reports c '$pattern'" || fail "$pattern not in $(reports c .)"
	done
	lab_end "${PIDS[c]}"
}

## what a join puts on the wire

@test "joining any source sends TO_EX reports, leaving TO_IN" {
	lab_pair
	capture c h1 "igmp or ip6"
	recv r h2 $GROUP4 $GROUP6
	lab_wait_until "reports c '^4 $GROUP4$' && reports c '^4 $GROUP6$'"
	stop r 1
	wire "^3 $GROUP4$" "^3 $GROUP6$"
}

@test "joining one source sends ALLOW with it, leaving BLOCK" {
	lab_pair
	capture c h1 "igmp or ip6"
	recv r h2 10.0.0.1@$SSM4 fd00::1@$SSM6
	lab_wait_until "reports c '^5 $SSM4 10.0.0.1$' && reports c '^5 $SSM6 fd00::1$'"
	stop r 1
	wire "^6 $SSM4 10.0.0.1$" "^6 $SSM6 fd00::1$"
	run ! reports c "^[34] ($SSM4|$SSM6)"
}

@test "excluding a source sends TO_EX and then the source" {
	lab_pair
	capture c h1 "igmp or ip6"
	recv r h2 "!10.0.0.9@$GROUP4" "!fd00::9@$GROUP6"
	# RFC 9776 5.1: a change that is still being reported merges with the next.
	wire "^(4 $GROUP4 10.0.0.9|6 $GROUP4 10.0.0.9)$" "^(4 $GROUP6 fd00::9|6 $GROUP6 fd00::9)$"
}

@test "more than 10 sources and more than 20 groups, without touching a sysctl" {
	lab_switch 2
	local n four=10.0.0.1 six=fd00::1
	for ((n = 11; n < 40; n++)); do four+=,10.0.0.$n six+=,fd00::$n; done
	recv r h2 --expect-all -c 54 $four@$SSM4 $six@$SSM6 239.2.0.0+26 ff15::2:0+26
	assert_equal "$(lab_in h2 sysctl -n net.ipv4.igmp_max_memberships net.ipv4.igmp_max_msf | xargs)" \
		"20 10"
	lab_wait_mdb $SSM4 p2 10.0.0.39
	lab_wait_mdb $SSM6 p2 fd00::39
	lab_wait_mdb 239.2.0.25 p2
	lab_wait_mdb ff15::2:19 p2
	lab_wait_mdb $SSM4 p2 10.0.0.1
	lab_wait_mdb $SSM6 p2 fd00::1
	send h1 -c 54 -r 1k/s $SSM4 $SSM6 239.2.0.0+26 ff15::2:0+26
	finish r
	check r '[.groups_heard, .packets, (.streams | length)] | tojson' '[54,54,54]'
}

@test "every one of 30 sources is heard, and no other" {
	lab_pair
	local n list4=''
	for ((n = 11; n < 41; n++)); do
		list4+=,10.0.0.$n
		ip -n h1 addr add 10.0.0.$n/24 dev eth0
	done
	recv r h2 -c 30 ${list4#,}@$SSM4
	send h1 -c 5 -r 1k/s $SSM4
	for ((n = 11; n < 41; n++)); do send h1 -c 1 --source 10.0.0.$n $SSM4; done
	finish r
	check r '[.streams[] | .source] | unique | [length, .[0], .[-1]] | tojson' \
		'[30,"10.0.0.11","10.0.0.40"]'
}

## limits

@test "a limit that bites is named with its value, one line, status 3" {
	lab_pair
	local n excluded=''
	for ((n = 11; n < 22; n++)); do excluded+=,!10.0.0.$n; done
	refused h2 3 'cannot join 239.1.1.1 .*; 11 sources on a socket, but net.ipv4.igmp_max_msf=10; raise it' \
		mcrecv -i eth0 "${excluded#,}@$GROUP4"
	lab_in h2 sysctl -qw net.ipv4.igmp_max_msf=2
	refused h2 3 '3 sources on a socket, but net.ipv4.igmp_max_msf=2; raise it' \
		mcrecv -i eth0 10.0.0.1,10.0.0.2,10.0.0.3@$SSM4
	lab_in h2 sysctl -qw net.ipv4.igmp_max_memberships=0
	refused h2 3 'cannot join 239.1.1.1 .*; net.ipv4.igmp_max_memberships=0; raise it' \
		mcrecv -i eth0 $GROUP4
}

@test "a lowered membership limit is worked around with more sockets" {
	lab_pair
	lab_in h2 sysctl -qw net.ipv4.igmp_max_memberships=5
	recv r h2 -c 40 --expect-all 239.2.0.0+40
	send h1 -c 40 -r 1k/s 239.2.0.0+40
	finish r
	check r .groups_heard 40
}

# many MODE: what h2 joins by the thousand is joined, once and all of it, with the
# io_uring of this kernel (any), without (none), and with one that refuses (short).
many() {
	local joined=/proc/net/igmp
	export URING=$1 LD_PRELOAD=$LAB_HELPERS/uring.so
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0
	recv r h2 -c 1300 --expect-all 239.2.0.0+600 ff15::2:0+600 239.3.0.0+100
	unset LD_PRELOAD
	assert_equal "$(lab_in h2 grep -Ec '^\s+[0-9A-F]{4}(02|03)EF' $joined)" 700
	send h1 -c 1300 -r 5k/s 239.2.0.0+600 ff15::2:0+600 239.3.0.0+100
	finish r
	check r '[.groups_heard, .packets, .lost] | tojson' '[1300,1300,0]'
	assert_equal "$(lab_in h2 grep -Ec '^\s+[0-9A-F]{4}(02|03)EF' $joined)" 0
}

@test "thousands of groups are joined in few calls, or one by one" {
	lab_pair
	many any
	many none
	many short
}

@test "thousands of groups, and fewer on a socket than we count on" {
	lab_pair
	lab_in h2 sysctl -qw net.ipv4.igmp_max_memberships=7
	many any
}

@test "a group among thousands that cannot be joined is named" {
	lab_pair
	refused h2 3 'cannot join 239.2.[0-9]+.[0-9]+ on interface [0-9]+: .*raise the limit of open files' \
		bash -c "ulimit -n 40; exec mcrecv -i eth0 239.2.0.0+2000"
}

## versions

igmp_knob=net.ipv4.conf.eth0.force_igmp_version
mld_knob=net.ipv6.conf.eth0.force_mld_version

knobs() {
	lab_in h2 sysctl -n $igmp_knob $mld_knob | xargs
}

# The kernel's own word, a line for each interface: "... : count V2".
igmp_now() {
	lab_in h2 cat /proc/net/igmp | awk '$2 == "eth0" { print $NF }'
}

@test "--igmp-version 2 and --mld-version 1 are spoken, in /proc, on the wire and in the text" {
	lab_pair
	capture c h1 "igmp or ip6"
	recv r h2 --igmp-version 2 --mld-version 1 $GROUP4 $GROUP6
	assert_equal "$(knobs) $(igmp_now)" "2 1 V2"
	assert_equal "$(jq -r 'select(.event == "joined") | .protocol' "$T/r.out" | xargs)" "IGMPv2 MLDv1"
	lab_wait_until "[[ \$(shark c 'igmp.type == 0x16' igmp.maddr | sort -u) == $GROUP4 ]]"
	lab_wait_until "shark c 'icmpv6.type == 131' icmpv6.mld.multicast_address | grep -qx $GROUP6"
	stop r 1
	# The leave still speaks the forced version.
	lab_wait_until "[[ \$(shark c 'igmp.type == 0x17' igmp.maddr) == $GROUP4 ]]"
	lab_wait_until "shark c 'icmpv6.type == 132' icmpv6.mld.multicast_address | grep -qx $GROUP6"
	lab_end "${PIDS[c]}"
	assert_equal "$(shark c 'igmp.type == 0x22' igmp.maddr | grep -c $GROUP4)" 0
	assert_equal "$(knobs) $(igmp_now)" "0 0 V3"
	start t h2 mcrecv -i eth0 --igmp-version 1 -d 50ms $GROUP4
	finish t 1
	grep -q 'joined 239.1.1.1:5000 on eth0, IGMPv1 (forced), ' "$T/t.out"
}

@test "the version is put back after a normal end, every signal and a failed join" {
	lab_pair
	local signal status
	start t h2 mcrecv -i eth0 --igmp-version 2 --mld-version 1 -d 50ms $GROUP4 $GROUP6
	finish t 1
	assert_equal "$(knobs)" "0 0"
	for signal in INT TERM HUP QUIT SEGV KILL; do
		recv r h2 --igmp-version 2 --mld-version 1 $GROUP4 $GROUP6
		assert_equal "$(knobs)" "2 1"
		kill -$signal "${PIDS[r]}"
		wait "${PIDS[r]}" || status=$?
		# After KILL the keeper of the values needs a moment.
		lab_wait_until "[[ \$(knobs) == '0 0' ]]" || fail "not put back after SIG$signal"
	done
	assert_equal "$status" 137
	lab_in h2 sysctl -qw net.ipv4.igmp_max_memberships=0
	run lab_in h2 mcrecv -i eth0 --igmp-version 2 $GROUP4
	assert_equal "$status $(knobs)" "3 0 0"
}

@test "the version that was there is put back, not a default" {
	lab_pair
	lab_in h2 sysctl -qw $igmp_knob=1 $mld_knob=2
	recv r h2 --igmp-version 3 --mld-version 1 $GROUP4 $GROUP6
	assert_equal "$(knobs)" "3 1"
	stop r 1
	assert_equal "$(knobs)" "1 2"
}

@test "two programs that force the version: the second is refused" {
	lab_pair
	recv r h2 --igmp-version 2 $GROUP4
	refused h2 3 'eth0: another program is forcing the version' mcrecv -i eth0 --igmp-version 1 $GROUP4
	assert_equal "$(knobs)" "2 0"
	stop r 1
	assert_equal "$(knobs)" "0 0"
}

@test "sources under an old version bring a warning" {
	lab_pair
	start t h2 mcrecv -i eth0 --igmp-version 2 --mld-version 1 -d 50ms 10.0.0.1@$SSM4 fd00::1@$SSM6
	finish t 1
	grep -q 'warning: eth0 speaks IGMPv2 (forced): sources are not reported to the network' "$T/t.err"
	grep -q 'warning: eth0 speaks MLDv1 (forced): sources are not reported to the network' "$T/t.err"
}

@test "an older querier on the link is shown and warned of" {
	lab_switch 2 igmp=2
	lab_wait_until "[[ \$(igmp_now) == V2 ]]"
	start t h2 mcrecv -i eth0 -d 50ms 10.0.0.1@$SSM4
	finish t 1
	grep -q 'warning: eth0 speaks IGMPv2 (an older querier is there)' "$T/t.err"
	grep -q ' on eth0, IGMPv2, ' "$T/t.out"
}
