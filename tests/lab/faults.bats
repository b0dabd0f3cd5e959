#!/usr/bin/env bats
# faults.bats - what goes wrong while mcsend and mcrecv run
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	lab_pair
}

teardown() {
	lab_down
}

# warns NAME TEXT: waits until the program has said so on stderr, in one line.
warns() {
	lab_wait_until "grep -q '$2' '$T/$1.err'" || fail "$(cat "$T/$1.err")"
	assert_equal "$(grep -c "$2" "$T/$1.err")" 1
}

## mcrecv

@test "mcrecv: an interface that goes down is a warning, and it receives again when it is back" {
	recv r h2 --interval 50ms -c 40 $GROUP4 $GROUP6
	send h1 --each -c 10 -r 1k/s --source-port 6001 $GROUP4 $GROUP6
	heard r 20
	ip -n h2 link set eth0 down
	warns r '^mcrecv: warning: eth0: no link$'
	ip -n h2 link set eth0 up
	warns r '^mcrecv: warning: eth0: the link is back$'
	# IPv6 addresses of h2 went with the link; memberships did not.
	lab_wait_until "_lab_ready h1"
	send h1 --each -c 10 -r 1k/s --source-port 6001 $GROUP4 $GROUP6
	finish r
	check r '[.streams[] | [.packets, .lost, .restarts]] | tojson' '[[20,0,1],[20,0,1]]'
}

# flap HOST: its interface goes down and comes back, and both receivers see it.
flap() {
	local state seen
	for state in down up; do
		ip -n "$1" link set eth0 $state
		[[ $state == up ]] && seen='the link is back' || seen='no link'
		lab_wait_until "[[ \$(tail -qn 1 '$T'/{one,many}.err | grep -c '$seen') == 2 ]]"
	done
}

# Linux keeps these memberships, but not always their sources: so with keep_addr_on_down.
# Sockets that take many groups are used again.
@test "mcrecv: sources are joined again when the interface is back, of several operands too" {
	local ssm=("fd00::1@$SSM6" "fd00::9@$SSM6" "10.0.0.1@$SSM4" "!fd00::8@$GROUP6") n fds=()
	lab_in h2 sysctl -qw net.ipv6.conf.eth0.keep_addr_on_down=1
	recv one h2 --interval 50ms -c 90 "${ssm[@]}"
	recv many h2 fd00::1@ff35::8000:100+50
	for n in 1 2 3; do
		send h1 --each -c 10 -r 1k/s --source-port 6001 "$SSM6" "$SSM4" "$GROUP6"
		((n < 3)) || break
		heard one $((30 * n))
		flap h2
		lab_wait_until "_lab_ready h1 && ((\$(lab_in h2 grep -c eth0 /proc/net/mcfilter6) == 53))"
		fds+=("$(find "/proc/${PIDS[many]}/fd" -mindepth 1 | wc -l)")
	done
	finish one
	check one '[.streams[] | [.packets, .lost]] | tojson' '[[30,0],[30,0],[30,0]]'
	assert_equal "${fds[1]}" "${fds[0]}"
}

@test "mcrecv: a wall clock that is set while it runs is a warning and counted" {
	export CLOCK_STEP=$T/step LD_PRELOAD=$LAB_HELPERS/clockstep.so
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0
	recv r h2 -c 20 $GROUP4
	unset LD_PRELOAD
	send h1 -c 10 -r 1k/s --source-port 6001 $GROUP4
	printf '%-8s' -3600 1<>"$T/step"
	warns r 'clock stepped by -1 h 0 m: '
	send h1 -c 10 -r 1k/s --source-port 6001 $GROUP4
	finish r
	check r '[.clock_steps, .packets, .lost] | tojson' '[1,20,0]'
}

@test "mcrecv: an interface that vanishes is reported, the others are kept; status 3 when none is left" {
	second_link
	start r h2 mcrecv -j -i eth0 -i eth1 --interval 50ms $GROUP4 $GROUP6
	lab_wait_until "joined '$T/r.out'"
	ip -n h2 link del eth1
	warns r '^mcrecv: eth1: the interface is gone, and 2 memberships with it$'
	send h1 --each -c 10 -r 1k/s $GROUP4 $GROUP6
	heard r 20
	ip -n h2 link del eth0
	finish r 3
	warns r '^mcrecv: eth0: the interface is gone, and 2 memberships with it$'
	# The kernel takes the link away first, which may be seen as such.
	run ! grep -v -e ': no link$' -e 'the interface is gone' "$T/r.err"
	check r '[.event, .packets, .lost] | tojson' '["summary",20,0]'
}

@test "mcrecv: hundreds of memberships on an interface that vanishes end quickly" {
	recv r h2 239.1.0.0+500 ff15::4d:0+500
	ip -n h2 link del eth0
	finish r 3
	warns r '^mcrecv: eth0: the interface is gone, and 1000 memberships with it$'
}

@test "mcrecv: a new interface of the old name is not the old one" {
	second_link
	start r h2 mcrecv -j -i eth0 -i eth1 $GROUP4
	lab_wait_until "joined '$T/r.out'"
	ip -n h2 link del eth1
	warns r 'eth1: the interface is gone'
	second_link
	recv new h2 -c 5 --timeout 5 -i eth1 $GROUP4
	lab_in h1 mcsend -qq -i eth1 -c 5 -r 1k/s $GROUP4
	finish new
	stop r 1
	check r '.packets' 0
	check new '[.streams[] | .interface] | tojson' '["eth1"]'
}

## mcsend

@test "mcsend: what a firewall on this host drops is counted by cause, status 1" {
	lab_in h1 nft -f - <<-RULES
		table inet wall {
			chain out {
				type filter hook output priority 0;
				ip daddr 239.1.1.2 drop
				ip6 daddr ff15::4d:2 drop
			}
		}
	RULES
	local bad good
	for bad in 239.1.1.2 ff15::4d:2; do
		good=${bad/%2/1}
		recv r h2 -c 10 $good
		start s h1 mcsend -j -i eth0 --each -c 10 -r 1k/s $good $bad
		finish s 1
		finish r
		check s '[.packets, .failed, (.errors | length), .errors[0].packets] | tojson' '[10,10,1,10]'
		check s '.errors[0].error' 'Operation not permitted'
		start s h1 mcsend -i eth0 -c 5 -r max -s 100 $bad
		finish s 1
		grep -q 'not sent  5 packets: Operation not permitted (a firewall on this host refuses it)' "$T/s.out"
	done
}

@test "mcsend: an interface that goes down costs packets, by cause, and it goes on when it is back" {
	start s h1 mcsend -j -i eth0 --interval 20ms -r 500/s $GROUP4
	recv r h2 --interval 50ms $GROUP4
	heard r 10
	ip -n h1 link set eth0 down
	lab_wait_until "[[ \$(tail -n 1 '$T/s.out' | jq .failed) -gt 5 ]]"
	ip -n h1 link set eth0 up
	local before
	before=$(counted "$T/r.out")
	heard r $((before + 10))
	stop s 1
	stop r
	holds s '.packets > 20 and .failed > 5 and .errors[0].packets == .failed'
	# What could not leave is lost to the receiver: its number was used.
	assert_equal "$(fact r '.lost')" "$(fact s '.failed')"
}

@test "mcsend: an interface that vanishes is reported, the others are kept; status 3 when none is left" {
	second_link
	start s h1 mcsend -j -i eth0 -i eth1 -r 500/s $GROUP4 $GROUP6
	recv r h2 --interval 50ms $GROUP4 $GROUP6
	heard r 20
	ip -n h1 link del eth1
	warns s '^mcsend: eth1: the interface is gone$'
	local before
	before=$(counted "$T/r.out")
	heard r $((before + 20))
	ip -n h1 link del eth0
	finish s 3
	warns s '^mcsend: eth0: the interface is gone$'
	check s '[.event, (.interfaces | map(.gone) | unique)] | tojson' '["summary",[true]]'
	finish r 3
	check r '[.streams[] | .lost] | tojson' '[0,0]'
}

@test "mcsend: a packet larger than the link takes is fragmented, or refused by cause" {
	recv r h2 -c 2 $GROUP4 $GROUP6
	send h1 --each -c 1 -s 60000 $GROUP4 $GROUP6
	finish r
	check r '[.streams[] | .size_max_bytes] | tojson' '[60000,60000]'
}

@test "mcsend: a payload pipe that stays silent does not keep it from ending" {
	mkfifo "$T/pipe"
	start s h1 bash -c "exec mcsend -i eth0 --payload stdin $GROUP4 <'$T/pipe'"
	exec 7>"$T/pipe"
	lab_wait_until "grep -q ^to '$T/s.out'"
	stop s
	exec 7>&-
	grep -q '^sent 0 packets' "$T/s.out"
}

@test "forged probes beside a sender do not disturb its numbers" {
	python3 -c '
import random, sys
random.seed(1)
for i in range(200):
    sys.stdout.buffer.write(b"mcpb\x01" + random.randbytes(59))' >"$T/forged"
	recv r h2 --interval 50ms $GROUP4
	start s h1 mcsend -q -q -i eth0 -r 1k/s -c 1000 --source-port 6001 $GROUP4
	heard r 20
	send h1 -r 1k/s -s 64 --source-port 6002 --payload "file:$T/forged" $GROUP4
	send h1 -c 1 --source-port 6002 --payload hex:6d637062 $GROUP4
	send h1 -c 1 --source-port 6002 --payload hex:6d63706201ffffff $GROUP4
	finish s
	heard r 1202
	stop r
	check r '.packets' 1202
	check r '[.streams[] | select(.source_port == 6001) | [.kind, .packets, .lost, .restarts]] | tojson' \
		'[["probe",1000,0,0]]'
}
