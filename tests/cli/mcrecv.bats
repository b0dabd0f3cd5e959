#!/usr/bin/env bats
# mcrecv.bats - what mcrecv refuses: one line that says why, and the exit status
# shellcheck disable=SC2154 # stderr is set by run

source "$BATS_TEST_DIRNAME/net.bash"

@test "interfaces: unknown, down, without MULTICAST, several to choose from" {
	bad_interfaces mcrecv -d 1
}

@test "interfaces: without an address there is a warning, and joining goes on" {
	run -1 --separate-stderr inside mcrecv -i bare0 -d 20ms 239.1.1.1
	[[ $stderr == *'warning: bare0 has no IPv4 address: its reports come from 0.0.0.0,'* ]]
	assert_line --partial 'joined 239.1.1.1:5000 on bare0'
	run -1 --separate-stderr inside mcrecv -i bare0 -d 20ms ff15::4d:1
	[[ $stderr == *'warning: bare0 has no IPv6 address: its reports come from ::,'* ]]
}

@test "groups: each mistake with a caret under it" {
	bad_groups mcrecv -d 1
}

@test "groups: the same one twice is one, with another filter it is a contradiction" {
	run -1 inside mcrecv -j -i up0 -d 20ms 239.1.1.1 239.1.1.1 '!10.0.0.1@239.1.1.2' '!10.0.0.1@239.1.1.2'
	assert_equal "$(tail -n 1 <<<"$output" | jq .groups)" 2
	refused 2 '239.1.1.1 port 5000 is joined already, with another filter' \
		mcrecv -i up0 10.0.0.1@239.1.1.1 239.1.1.1
	refused 2 '239.1.1.1 port 5000 is joined already, with another filter' \
		mcrecv -i up0 239.1.1.1 '!10.0.0.1@239.1.1.1'
	refused 2 'ff15::4d:1 port 5000 is joined already, with another filter' \
		mcrecv -i up0 '!fd00::2@ff15::4d:1' '!fd00::3@ff15::4d:1'
}

@test "groups: more than a host can join" {
	refused 2 'groups are more than a host can join' mcrecv -i up0 239.0.0.0/8
	refused 2 'groups are more than a host can join' mcrecv -i up0 ff15::/65
}

@test "numbers and options that both programs have" {
	bad_numbers mcrecv
	refused 2 "mcrecv: --rcvbuf: '1' is too small" mcrecv -i up0 --rcvbuf 1 239.1.1.1
	refused 2 "mcrecv: --timeout: '0' is too small" mcrecv -i up0 --timeout 0 239.1.1.1
	refused 2 "mcrecv: --igmp-version: '4' is too large" mcrecv -i up0 --igmp-version 4 239.1.1.1
	refused 2 "mcrecv: --mld-version: '0' is too small" mcrecv -i up0 --mld-version 0 239.1.1.1
	refused 2 "mcrecv: --rtp-clock: '0' is too small" mcrecv -i up0 --rtp-clock 0 239.1.1.1
}

@test "checks that contradict each other, or cannot come true" {
	refused 2 "mcrecv: --expect: '0' is too small" mcrecv -i up0 --expect 0 239.1.1.1
	refused 2 'mcrecv: --expect: 3 groups cannot be heard, only 2 are joined' \
		mcrecv -i up0 --expect 3 239.1.1.1 ff15::4d:1
	refused 2 'mcrecv: --expect: --expect-all says it already' \
		mcrecv -i up0 --expect 1 --expect-all 239.1.1.1
	refused 2 'mcrecv: --expect-none: cannot be true together with --expect' \
		mcrecv -i up0 --expect 1 --expect-none 239.1.1.1
	refused 2 'mcrecv: --expect-none: cannot be true together with --expect' \
		mcrecv -i up0 --expect-all --expect-none 239.1.1.1
	refused 2 "mcrecv: --max-loss: '200%' is too large" mcrecv -i up0 --max-loss 200% 239.1.1.1
	refused 2 "mcrecv: --max-loss: 'x' is not a share" mcrecv -i up0 --max-loss x 239.1.1.1
	refused 2 "mcrecv: --min-rate: 'max' is no limit" mcrecv -i up0 --min-rate max 239.1.1.1
	refused 2 "mcrecv: --min-rate: '0' is not a rate" mcrecv -i up0 --min-rate 0 239.1.1.1
}

@test "captures to read: missing, no capture, a directory, with options of the network" {
	refused 3 '/nonexistent.*: No such file or directory$' mcrecv -r /nonexistent
	refused 3 "cannot read capture '/etc/passwd': unknown file format$" mcrecv -r /etc/passwd
	refused 3 "cannot read capture '/tmp': .*Is a directory$" mcrecv -r /tmp
	refused 3 "cannot read capture '-': " mcrecv -r -
	local option
	for option in --igmp-version=2 --mld-version=1 --leave-after=1; do
		refused 2 'mcrecv: --read: a capture has no memberships to leave or force' \
			mcrecv -r x.pcap $option
	done
}

@test "a packet ring: not for captures, and not packet by packet" {
	refused 2 'mcrecv: --ring: a capture is read from its file' mcrecv -r x.pcap --ring
	refused 2 'mcrecv: --ring: a ring has packets as they come, merged or not' \
		mcrecv -i up0 --ring --no-gro 239.1.1.1
	refused 3 'mcrecv: cannot open a packet ring: Operation not permitted; it needs CAP_NET_RAW' \
		setpriv --bounding-set=-all --inh-caps=-all mcrecv -i up0 --ring 239.1.1.1
}

@test "files to write: no such place, a directory, two users of standard output" {
	refused 3 'mcrecv: --write: .*/nonexistent/x: No such file or directory$' \
		mcrecv -i up0 -w /nonexistent/x 239.1.1.1
	refused 3 "mcrecv: --output: cannot write '/nonexistent/x': No such file or directory$" \
		mcrecv -i up0 -o /nonexistent/x 239.1.1.1
	refused 3 "mcrecv: --output: cannot write '/tmp': Is a directory$" mcrecv -i up0 -o /tmp 239.1.1.1
	refused 2 "mcrecv: --write: '-' would mix with the text" mcrecv -i up0 -w - 239.1.1.1
	refused 2 'mcrecv: --write: standard output is taken by --output' \
		mcrecv -i up0 -w - -o - 239.1.1.1
}

@test "a version that cannot be forced" {
	refused 3 'cannot set net/ipv4/conf/up0/force_igmp_version to 2: .*; that needs root' \
		unshare -m sh -c 'mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys &&
			exec "$@"' sh mcrecv -i up0 --igmp-version 2 -d 1 239.1.1.1
}

@test "watching for silence needs the right to capture, and says so" {
	refused 3 'mcrecv: --leave-after: ' \
		unshare -U --map-root-user "$(command -v mcrecv)" -i up0 --leave-after 1 239.1.1.1
}
