#!/usr/bin/env bats
# mchost.bats - what mchost refuses: one line that says why, and the exit status
# shellcheck disable=SC2154 # stderr is set by run

source "$BATS_TEST_DIRNAME/net.bash"

# points_at COLUMN PATTERN TEXT COMMAND...: as points, for a text within an option.
points_at() {
	attempt 2 "${@:4}"
	[[ $(wc -l <"$T/err") == 3 ]] || fail "not three lines: $(cat "$T/err")"
	[[ $(head -n 1 "$T/err") =~ $2 ]] || fail "'$(cat "$T/err")' is not: $2"
	assert_equal "$(sed -n 2p "$T/err")" "  $3"
	assert_equal "$(sed -n 3p "$T/err")" "$(printf '%*s^' $(($1 + 1)) '')"
}

@test "interfaces: unknown, down, not Ethernet, MTU, several, none" {
	refused 3 "^mchost: no interface 'nosuch'; 'ip link' lists them$" mchost -i nosuch 239.1.1.1
	refused 3 "^mchost: interface down0 is down; ip link set down0 up$" mchost -i down0 239.1.1.1
	refused 3 "^mchost: lo: not an Ethernet interface; hosts have MACs$" mchost -i lo 239.1.1.1
	refused 2 "^mchost: --interface: all hosts are on one$" mchost -i up0 -i up1 239.1.1.1
	refused 3 "^mchost: no route says which interface reaches 239.1.1.1; choose one" mchost 239.1.1.1
	inside ip link set bare0 mtu 300
	refused 3 "^mchost: bare0: MTU 300 is below 576 bytes, too small for reports; ip link set bare0 mtu" \
		mchost -i bare0 239.1.1.1
	inside ip link set bare0 mtu 1500
}

@test "permission: the line names the capability" {
	refused 3 "^mchost: up0: .*Operation not permitted; .*setcap cap_net_raw" \
		setpriv --bounding-set=-all --inh-caps=-all mchost -i up0 239.1.1.1
	refused 3 "^mchost: up0: .*Operation not permitted; .*setcap cap_net_raw" \
		setpriv --bounding-set=-all --inh-caps=-all mchost -i up0 --craft 'leave 239.1.1.1'
}

@test "groups: each mistake with a caret under it" {
	bad_groups_of_hosts() {
		local group
		for group in 10.0.0.1 fd00::1 0.0.0.0; do
			points 1 "group '$group': $group is not a multicast group$" mchost -i up0 $group
		done
		points 1 "'239.1.1.256' is not an IPv4 or IPv6 address$" mchost -i up0 239.1.1.256
	}
	bad_groups_of_hosts
	refused 2 "^mchost: no groups; name some" mchost -i up0
	refused 2 "^mchost: 239.1.1.1: membership is of a group, whatever the port$" mchost -i up0 239.1.1.1:5
	refused 2 "^mchost: 239.1.1.1: the interface of all hosts is given with -i$" \
		mchost -i up0 239.1.1.1%up0
	refused 2 "^mchost: more than 16777216 groups$" mchost -i up0 224.0.0.0/4
}

@test "addresses: pools too small, in the way, malformed" {
	refused 2 "^mchost: --addresses: '10.9.0.0/24' holds 254 addresses, too few for 255 hosts$" \
		mchost -i up0 --hosts 255 --addresses 10.9.0.0/24 239.1.1.1
	refused 2 "^mchost: --addresses: '10.0.0.0/16' overlaps the network of up0 \(10.0.0.1/24\)" \
		mchost -i up0 --addresses 10.0.0.0/16 239.1.1.1
	refused 2 "'10.9.0.9-10.9.0.1' does not end behind its beginning; write" \
		mchost -i up0 --addresses 10.9.0.9-10.9.0.1 239.1.1.1
	refused 2 "'10.9.0.0/31' has no prefix" mchost -i up0 --addresses 10.9.0.0/31 239.1.1.1
	refused 2 "'fd00::/64' is IPv6" mchost -i up0 --addresses fd00::/64 239.1.1.1
	refused 2 "'239.1.0.0/16' holds no addresses of hosts" \
		mchost -i up0 --addresses 239.1.0.0/16 239.1.1.1
	refused 2 "^mchost: --hosts: 200000 hosts need a pool of addresses" \
		mchost -i up0 --hosts 200000 239.1.1.1
}

@test "shares and numbers" {
	refused 2 "^mchost: --versions: the shares of v1, v2 and v3 add up to 50 %, not 100 %$" \
		mchost -i up0 --versions v2:50% 239.1.1.1
	refused 2 "^mchost: --versions: 'v4' is none of v1, v2, v3, mldv1, mldv2$" \
		mchost -i up0 --versions v4:50% 239.1.1.1
	refused 2 "^mchost: --versions: 'x' is not a share; write v2:30%$" \
		mchost -i up0 --versions v2:x 239.1.1.1
	refused 2 "^mchost: --misbehave: 'late' stands there twice$" \
		mchost -i up0 --misbehave late:1%,late:2% 239.1.1.1
	refused 2 "^mchost: --per-host: 2 groups for each host, but there are only 1$" \
		mchost -i up0 --per-host 2 239.1.1.1
	refused 2 "^mchost: --per-host: 'x,zipf' is not a number of groups" \
		mchost -i up0 --per-host x,zipf 239.1.1.1
	refused 2 "^mchost: --kill: 'x' is not a share of the hosts" mchost -i up0 --kill x 239.1.1.1
	refused 2 "^mchost: --hosts: '0' is too small" mchost -i up0 --hosts 0 239.1.1.1
	refused 2 "^mchost: --vlan: '4095' is too large" mchost -i up0 --vlan 4095 239.1.1.1
}

@test "scenarios: the file and line of a mistake" {
	scenario() {
		printf '%b' "$1" >"$T/s"
		refused 2 "^mchost: $T/s:$2: $3" mchost -i up0 --scenario "$T/s" 239.1.1.1
	}
	scenario 'on 1s join\n' 1 "'on' does not begin a line; write: at 10s join"
	scenario '# x\n\nat now join\n' 3 "'now' is not a time"
	scenario 'at 1s dance\n' 1 "'dance' is none of join, leave, kill"
	scenario 'at 2s join\nat 1s end\n' 2 "'1s' is before the line above"
	scenario 'at 1s churn\n' 1 "'' is not a rate; write 500/s"
	scenario 'at 1s kill 10% now\n' 1 "'now' is not a number of hosts"
	scenario 'at 1s end now\n' 1 "'now' is too much on this line"
	refused 3 "^mchost: cannot read scenario '$T/none': No such file" \
		mchost -i up0 --scenario "$T/none" 239.1.1.1
	printf 'at 1s join 5 10.0.0.1\n' >"$T/s"
	points_at 1 "^mchost: $T/s:1: group '10.0.0.1': 10.0.0.1 is not a multicast group" 10.0.0.1 \
		mchost -i up0 --scenario "$T/s" 239.1.1.1
}

@test "single packets: what is wrong, and where" {
	points_at 11 "^mchost: --craft: '239.1.1' is not an IPv4 or IPv6 address$" 'v2-report 239.1.1' \
		mchost -i up0 --craft 'v2-report 239.1.1'
	points_at 2 "^mchost: --frame: not a hex digit$" '0g' mchost -i up0 --frame 0g
	refused 2 "^mchost: --hex: half a byte at the end$" mchost -i up0 --hex 123 --dst 224.0.0.1
	refused 2 "^mchost: --hex: bytes do not say where they go; give --dst GROUP$" \
		mchost -i up0 --hex 11
	refused 2 "^mchost: --src-mac: 'x' is not a MAC address" \
		mchost -i up0 --craft 'leave 239.1.1.1' --src-mac x
	refused 2 "^mchost: --dst: not a group; give its MAC with --dst-mac$" \
		mchost -i up0 --craft 'leave 239.1.1.1' --dst 10.0.0.9
	refused 2 "^mchost: --src: not the address family" \
		mchost -i up0 --craft 'leave 239.1.1.1' --src fd00::9
	refused 3 "^mchost: bare0: has no IPv4 address; give one with --src$" \
		mchost -i bare0 --craft 'leave 239.1.1.1'
	refused 2 "^mchost: --interface: name the one to send on" mchost --craft 'leave 239.1.1.1'
}

@test "tests: what they need" {
	refused 2 "^mchost: --test: needs an interface to send data from; give it with --feed$" \
		mchost -i up0 --test capacity 239.1.1.1
	refused 2 "^mchost: --feed: 'up0' is where the hosts are" \
		mchost -i up0 --feed up0 --test capacity 239.1.1.1
	refused 2 "^mchost: --test: 'speed' is none of the choices" \
		mchost -i up0 --test speed 239.1.1.1
}
