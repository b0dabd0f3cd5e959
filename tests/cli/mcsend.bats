#!/usr/bin/env bats
# mcsend.bats - what mcsend refuses: one line that says why, and the exit status
# shellcheck disable=SC2154 # stderr is set by run

source "$BATS_TEST_DIRNAME/net.bash"

@test "interfaces: unknown, down, without MULTICAST, several to choose from" {
	bad_interfaces mcsend -c 1
}

@test "interfaces: without an address nothing can be sent" {
	refused 3 '^mcsend: interface bare0 has no IPv4 address; ip address add ADDRESS/LEN dev bare0$' \
		mcsend -i bare0 -c 1 239.1.1.1
	refused 3 '^mcsend: interface bare0 has no IPv6 address; ' mcsend -i bare0 -c 1 ff15::4d:1
}

@test "groups: each mistake with a caret under it" {
	bad_groups mcsend -c 1
}

@test "groups: control groups and source lists" {
	refused 2 'mcsend: 224.0.0.5: link-local control groups .* --force' mcsend -i up0 -c 1 224.0.0.5
	refused 2 'mcsend: ff02::1: link-local control groups .* --force' mcsend -i up0 -c 1 ff02::1
	refused 2 'mcsend: 223.255.255.0|224.0.0.0: link-local' mcsend -i up0 -c 1 224.0.0.0/4
	refused 2 'a sender has no source list; --source' mcsend -i up0 -c 1 10.0.0.1@232.1.1.1
	run -0 inside mcsend -qq -i up0 -c 1 --force 224.0.0.5
}

@test "numbers and options that both programs have" {
	bad_numbers mcsend
}

@test "rates, sizes, TTLs and DSCPs out of range" {
	local rate size
	for rate in 0 -5 10furlongs 5k/ ''; do
		refused 2 "^mcsend: --rate: '$rate' is not a rate; write 10/s, 5k/s, 20Mbit or max$" \
			mcsend -i up0 -c 1 "--rate=$rate" 239.1.1.1
	done
	refused 2 'mcsend: --size: a probe has at least 40 bytes' mcsend -i up0 -c 1 -s 39 239.1.1.1
	refused 2 "mcsend: --size: '65508' is too large; the most is 65507" \
		mcsend -i up0 -c 1 -s 65508 239.1.1.1
	for size in 100..50 64..1472/0 64.. x; do
		refused 2 "mcsend: --size: '$size' is not a size or range" \
			mcsend -i up0 -c 1 -s $size 239.1.1.1
	done
	refused 2 "mcsend: --ttl: '256' is too large" mcsend -i up0 -c 1 -t 256 239.1.1.1
	refused 2 "mcsend: --dscp: '64' is too large" mcsend -i up0 -c 1 --dscp 64 239.1.1.1
	refused 2 "mcsend: --dscp: 'gold' is not a DSCP" mcsend -i up0 -c 1 --dscp gold 239.1.1.1
	refused 2 "mcsend: --burst: '0' is too small" mcsend -i up0 -c 1 --burst 0 239.1.1.1
	refused 2 "mcsend: --sndbuf: '1' is too small" mcsend -i up0 -c 1 --sndbuf 1 239.1.1.1
	refused 2 "mcsend: --ttl-scope: 'maybe' is none" mcsend -i up0 -c 1 --ttl-scope maybe 239.1.1.1
	run -0 inside mcsend -qq -i up0 -c 1 -s 65507 239.1.1.1
}

@test "a TTL for a group that no router forwards: a warning, an error or silence" {
	run -0 inside mcsend -qq -i up0 -c 1 -t 8 --force ff02::1234
	assert_output --partial 'warning: ff02::1234: scope is link, no router forwards it whatever the TTL'
	refused 2 'ff02::1234: scope is link, no router forwards it' \
		mcsend -i up0 -c 1 -t 8 --force --ttl-scope error ff02::1234
	run -0 inside mcsend -qq -i up0 -c 1 -t 8 --force --ttl-scope off ff02::1234
	assert_output ''
	run -0 inside mcsend -qq -i up0 -c 1 -t 8 ff15::1234
	assert_output ''
}

@test "source addresses and ports that cannot be" {
	refused 2 'mcsend: --source: 239.1.1.1 is a group, not the address of a host' \
		mcsend -i up0 -c 1 --source 239.1.1.1 239.1.1.1
	refused 2 'mcsend: --source: not the address family of 239.1.1.1' \
		mcsend -i up0 -c 1 --source fd00::1 239.1.1.1
	refused 3 'cannot send from 10.9.9.9 .* the source must be an address of this host' \
		mcsend -i up0 -c 1 --source 10.9.9.9 239.1.1.1
	refused 2 "mcsend: --source-port: '0' is too small" mcsend -i up0 -c 1 --source-port 0 239.1.1.1
	refused 2 'mcsend: --source: ' mcsend -i up0 -c 1 --source nobody 239.1.1.1
}

@test "payloads: unreadable, malformed, contradicting" {
	refused 3 "mcsend: --payload: cannot read '/nonexistent': No such file" \
		mcsend -i up0 --payload file:/nonexistent 239.1.1.1
	run -3 --separate-stderr inside mcsend -qq -i up0 --payload file:/tmp 239.1.1.1
	[[ $stderr == 'mcsend: --payload: cannot read /tmp: Is a directory' ]]
	local hex
	for hex in 0 0g '' ' '; do
		refused 2 "mcsend: --payload: '$hex' has no pairs of hex digits" \
			mcsend -i up0 -c 1 --payload "hex:$hex" 239.1.1.1
	done
	refused 2 "mcsend: --payload: 'what' is not hex:BYTES" mcsend -i up0 --payload what 239.1.1.1
	refused 2 'mcsend: --size: the payload has 3 bytes' \
		mcsend -i up0 -c 1 --payload text:abc -s 5 239.1.1.1
	refused 2 'mcsend: --crc: only probes carry a CRC' \
		mcsend -i up0 -c 1 --payload text:abc --crc 239.1.1.1
	refused 2 'mcsend: --size: a file is cut into pieces of one size' \
		mcsend -i up0 --payload stdin -s 5..10 239.1.1.1
	refused 2 'mcsend: --payload: 65508 bytes are more than UDP carries' \
		mcsend -i up0 -c 1 --payload "text:$(printf '%065508d' 0)" 239.1.1.1
}

@test "messages show no control characters of what was typed" {
	attempt 2 mcsend -i up0 $'239.1.1.1\e[31m\nx'
	run ! grep -q $'\e' "$T/err"
	attempt 3 mcsend -i $'eth\e[2J' 239.1.1.1
	run ! grep -q $'\e' "$T/err"
}
