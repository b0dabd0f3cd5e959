#!/usr/bin/env bats
# sources.bats - what the library reads from the kernel, against iproute2 and known joins
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	sources=$MCTOOLS_BUILD/lab/lab-sources
	probe=$MCTOOLS_BUILD/lab/lab-probe
}

teardown() {
	lab_down
}

# shown HOST WHAT...: what the library says there.
shown() {
	local host=$1
	shift
	"$sources" -n "$host" "$@"
}

# says PATTERN HOST WHAT...: a line of it matches.
says() {
	local pattern=$1
	shift
	run shown "$@"
	assert_success
	assert_line --regexp "$pattern"
}

# maddr HOST: interface and group, as ip(8) shows them.
maddr() {
	ip -n "$1" -j maddr | jq -r '.[] | .ifname as $i | .maddr[] | select(.family) |
		"\($i) \(.address)"' | sort
}

# probe HOST IF GROUP...: an unbound socket a group; returns when it has joined.
probe() {
	lab_bg "$1" "$probe" join "${@:2}" >"$T/probe.out"
	lab_wait_until "grep -q joined '$T/probe.out'"
}

# six_kinds HOST: mcrecv with ASM, SSM and EXCLUDE in both families, and on the
# same interface a newer group without sources, which hides them in mcfilter.
six_kinds() {
	recv r "$1" $GROUP4:5001 10.0.0.2@$SSM4:5002 '!10.0.0.9@239.1.1.2:5003' \
		"[$GROUP6]:5004" "fd00::2,fd00::3@[$SSM6]:5005" '!fd00::9@[ff15::2]:5006'
	probe "$1" eth0 239.9.9.9 ff15::9
}

@test "memberships are those of ip maddr, read by netlink and from /proc" {
	lab_pair
	six_kinds h1
	local depth
	for depth in groups users filters; do
		assert_equal "$(shown h1 memberships $depth | cut -d ' ' -f 1-2 | sort)" "$(maddr h1)"
	done
	assert_equal "$(shown h1 memberships users | grep -c 'users=')" "$(maddr h1 | wc -l)"
	says "^lo 224.0.0.1 users=1$" h1 memberships users
}

@test "modes and sources, also where /proc/net/mcfilter hides them" {
	lab_pair
	six_kinds h1
	assert_equal "$(lab_in h1 grep -c eth0 /proc/net/mcfilter)" 0
	shown h1 memberships >"$T/memberships"
	run cat "$T/memberships"
	assert_line "eth0 $GROUP4 users=1 mode=exclude"
	assert_line "eth0 $SSM4 users=1 mode=include 10.0.0.2+1-0"
	assert_line "eth0 239.1.1.2 users=1 mode=exclude 10.0.0.9+0-1"
	assert_line "eth0 $GROUP6 users=1 mode=exclude"
	assert_line "eth0 $SSM6 users=1 mode=include fd00::2+1-0 fd00::3+1-0"
	assert_line "eth0 ff15::2 users=1 mode=exclude fd00::9+0-1"
	assert_line "lo 224.0.0.1 users=1 mode=exclude"
	assert_line "lo ff02::1 users=1 mode=exclude"
	run ! grep -v ' mode=' "$T/memberships"
}

@test "a mode that the counts leave open is not guessed" {
	lab_pair
	probe h1 eth0 10.0.0.2@$SSM4
	probe h1 eth0 10.0.0.3@$SSM4
	says "^eth0 $SSM4 users=2 10.0.0.2\+1-0 10.0.0.3\+1-0$" h1 memberships
	probe h1 eth0 $SSM4
	says "^eth0 $SSM4 users=3 mode=exclude " h1 memberships
}

@test "the library joins nothing that anybody would notice" {
	lab_pair
	capture c h1 "igmp or icmp6"
	start own h1 "$sources" watch memberships 30
	lab_wait_until "grep -q watching '$T/own.out'"
	assert_equal "$(lab_in h1 grep -c ' lo ' /proc/net/mcfilter)" 1
	assert_equal "$(shown h1 sockets | grep -c '^[0-9]')" 0
	says "^lo 224.0.0.1 users=1 mode=exclude$" h1 memberships
	probe h1 eth0 239.9.9.9 # a report for which one can wait
	frames c 1
	run shark c 'igmp or icmpv6.type == 143' igmp.maddr icmpv6.mldr.mar.multicast_address
	assert_output --partial 239.9.9.9
	refute_output --regexp '224\.0\.0\.1([^0-9]|$)|ff02::1([^:]|$)'
}

@test "which process joined, through which socket, with which filter" {
	lab_pair
	six_kinds h1
	local round
	for round in 1 2; do # the second one remembers
		shown h1 sockets $round >"$T/sockets"
		run cat "$T/sockets"
		assert_line "${PIDS[r]} mcrecv proto=17 port=5001 drops=0 if=10 $GROUP4 exclude"
		assert_line "${PIDS[r]} mcrecv proto=17 port=5002 drops=0 if=10 $SSM4 include 10.0.0.2"
		assert_line "${PIDS[r]} mcrecv proto=17 port=5003 drops=0 if=10 239.1.1.2 exclude 10.0.0.9"
		assert_line "${PIDS[r]} mcrecv proto=17 port=5004 drops=0 if=10 $GROUP6 exclude"
		assert_line "${PIDS[r]} mcrecv proto=17 port=5005 drops=0 if=10 $SSM6 include fd00::2 fd00::3"
		assert_line "${PIDS[r]} mcrecv proto=17 port=5006 drops=0 if=10 ff15::2 exclude fd00::9"
		assert_line "$LAB_PID lab-probe proto=17 port=0 drops=0 if=10 239.9.9.9 exclude"
		assert_line "$LAB_PID lab-probe proto=17 port=0 drops=0 if=10 ff15::9 exclude"
		assert_line --partial "states=8 "
	done
	# ss(8) knows the sockets that are bound.
	assert_equal "$(grep -c '^socket ' "$T/sockets")" "$(lab_in h1 ss -Hlun | wc -l)"
	stop r 1
	run shown h1 sockets
	assert_line --partial "states=2 "
}

# An IPv4 group on an IPv6 socket, a raw socket, a socket that two processes have.
ODD='
import os, socket, struct
six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 89)
i = socket.if_nametoindex("eth0")
def join(s, group):
	a = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(group)).ljust(128, b"\0")
	s.setsockopt(socket.IPPROTO_IP, 42, struct.pack("=I4x", i) + a)
join(six, "239.1.1.6")
join(raw, "224.0.0.5")
if os.fork(): print("joined", flush=True)
import signal
signal.pause()
'

@test "sockets of the other family, raw ones and shared ones" {
	lab_pair
	lab_bg h1 python3 -c "$ODD" >"$T/odd.out"
	lab_wait_until "grep -q joined '$T/odd.out'"
	local child
	child=$(pgrep -P "$LAB_PID")
	run shown h1 sockets
	kill "$child"
	assert_line --regexp "^$LAB_PID python3 proto=17 port=0 drops=0 if=10 239.1.1.6 exclude$"
	assert_line --regexp "^$child python3 proto=17 port=0 drops=0 if=10 239.1.1.6 exclude$"
	assert_line --regexp "^$LAB_PID python3 proto=89 port=0 drops=0 if=10 224.0.0.5 exclude$"
	assert_line --partial "states=2 "
}

@test "what a socket lost and has not read" {
	lab_pair
	start r h1 python3 -c '
import socket, struct, sys, signal
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.bind(("239.1.1.1", 5000))
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4si",
	socket.inet_aton("239.1.1.1"), b"\0" * 4, socket.if_nametoindex("eth0")))
print("joined", flush=True)
signal.pause()'
	lab_wait_until "grep -q joined '$T/r.out'"
	lab_in h2 "$probe" send eth0 239.1.1.1 5000 100
	lab_wait_until "((\$(udp_drops h1) > 0))"
	says "^${PIDS[r]} python3 proto=17 port=5000 drops=$(udp_drops h1) " h1 sockets
	says "^socket inode=[0-9]+ port=5000 queued=[1-9][0-9]* rcvbuf=8192 drops=$(udp_drops h1) " \
		h1 sockets
}

@test "a thousand sockets of a hundred processes, with a question or two each" {
	lab_pair
	start farm h1 "$sources" farm eth0 239.2.0.0 100 10 1
	lab_wait_until "grep -q joined '$T/farm.out'" 20
	local round questions
	for round in 1 2; do
		run tail -n 1 < <(shown h1 sockets $round)
		assert_line --partial "states=1000 "
		assert_line --partial " unattributed=8 " # all-hosts groups, solicited-node ones
		questions=${output##*questions=}
		((questions <= 2000)) || fail "$questions questions"
	done
}

@test "processes that end during a scan" {
	lab_pair
	probe h1 eth0 239.9.9.9
	(for ((i = 0; i < 400; i++)); do /bin/true; done) 3>&- &
	run shown h1 time sockets 40
	wait $!
	assert_success
	refute_line --regexp ' 0$'
}

@test "without a capability: the own processes, and a count of the others" {
	lab_pair
	local without=(setpriv --bounding-set=-all --inh-caps=-all)
	probe h1 eth0 239.9.9.9
	run lab_in h1 "${without[@]}" "$sources" sockets
	assert_success
	assert_line --regexp ' states=0 .* denied=[1-9]'
	lab_bg h1 "${without[@]}" "$probe" join eth0 239.9.9.8 >"$T/p2"
	lab_wait_until "grep -q joined '$T/p2'"
	run lab_in h1 "${without[@]}" "$sources" sockets
	assert_line --regexp "^$LAB_PID lab-probe .* 239.9.9.8 exclude$"
	assert_line --regexp ' states=1 .* denied=[1-9]'
	run lab_in h1 "${without[@]}" "$sources" -n h2 memberships
	assert_failure 3
	assert_output --partial "CAP_SYS_ADMIN"
}

@test "joins and leaves are announced" {
	lab_pair
	start w h1 "$sources" watch memberships 30
	lab_wait_until "grep -q watching '$T/w.out'"
	probe h1 eth0 239.9.9.9 ff15::9
	if ! lab_wait_until "grep -q join '$T/w.out'" 2; then
		[[ $(printf '6.14\n%s\n' "$(uname -r)" | sort -V | head -n 1) == 6.14 ]] ||
			skip "Linux $(uname -r) announces no memberships"
	fi
	lab_wait_until "grep -qx 'join if=10 239.9.9.9' '$T/w.out'"
	lab_wait_until "grep -qx 'join if=10 ff15::9' '$T/w.out'"
	lab_end "$LAB_PID"
	lab_wait_until "grep -qx 'leave if=10 239.9.9.9' '$T/w.out'"
	lab_wait_until "grep -qx 'leave if=10 ff15::9' '$T/w.out'"
}

@test "a dump that changes fall into is taken again" {
	lab_pair
	start farm h1 "$sources" farm eth0 239.2.0.0 10 200 1
	lab_wait_until "grep -q joined '$T/farm.out'" 20
	start churn h1 python3 -c '
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
m = struct.pack("=4s4si", socket.inet_aton("239.9.9.9"), b"\0" * 4, socket.if_nametoindex("eth0"))
print("churning", flush=True)
while True:
	s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, m)
	time.sleep(0.02) # longer than a dump takes: one of eight will be whole
	s.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, m)'
	lab_wait_until "grep -q churning '$T/churn.out'"
	local i
	for ((i = 0; i < 40; i++)); do
		shown h1 memberships groups | grep -c '239\.2\.'
	done >"$T/counts"
	assert_equal "$(sort -u "$T/counts")" 2000
}

@test "the version that the kernel speaks, and why" {
	lab_switch 2 igmp=2
	lab_wait_until "$sources -n h1 interfaces |
		grep -qx 'eth0 ipv4 groups=1 version=2 forced=0 older_querier=1'"
	lab_in h2 sysctl -qw net.ipv4.conf.eth0.force_igmp_version=1 net.ipv6.conf.eth0.force_mld_version=1
	says "^eth0 ipv4 groups=1 version=1 forced=1 older_querier=0$" h2 interfaces
	says "^eth0 ipv6 groups=[0-9]+ version=1 forced=1 " h2 interfaces
	says "^eth0 ipv6 groups=[0-9]+ version=2 forced=0 " h1 interfaces
}

# mdb: as bridge(8) shows it, in the words of lab-sources, without timers.
mdb() {
	bridge -n sw -j -d mdb show | jq -r --argjson index "$(ip -n sw -j link |
		jq 'map({ (.ifname): .ifindex }) | add')" '.[].mdb[] |
		"mdb port=\($index[.port]) \(.grp)" + (if .src then " src=\(.src)" else "" end) +
		" \(.state)" + (if .filter_mode then " \(.filter_mode)" else "" end) +
		([.source_list[]? | " \(.address)"] | join(""))' | sort
}

@test "bridges: settings, the multicast database, router ports" {
	lab_switch 2
	six_kinds h1
	probe h2 eth0 10.0.0.1@$SSM4
	lab_wait_mdb $SSM4 p2 10.0.0.1
	lab_wait_mdb ff15::9 p1
	lab_wait_mdb 239.9.9.9 p1
	ip -n sw link set p2 type bridge_slave mcast_router 2
	bridge -n sw mdb add dev br0 port p2 grp 239.7.7.7 permanent
	shown sw bridges >"$T/bridges"
	assert_equal "$(grep ^mdb "$T/bridges" | sed -E 's/ timer=[0-9.]+//; s,/[0-9.]+,,g' | sort)" \
		"$(mdb)"
	run cat "$T/bridges"
	assert_line --regexp '^bridge br0 snooping=1 querier=1 igmp=3 mld=2 qi=1000 qri=200 lmqi=200 .*'
	assert_line --regexp '^port p2 .* router=2 is_router=1 timer=0.00$'
	assert_line --regexp '^port p1 .* router=1 is_router=0 timer=0.00$'
	assert_line --regexp "^mdb port=[0-9]+ $GROUP4 temp timer=[12]\.[0-9]+ exclude$"
	assert_line --regexp "^mdb port=[0-9]+ $SSM4 temp timer=0.00 include 10.0.0.2/[12]\.[0-9]+$"
	ip -n sw link set br0 type bridge mcast_snooping 0
	says '^bridge br0 snooping=0 ' sw bridges
}

@test "changes of the multicast database are announced" {
	lab_switch 1
	start w sw "$sources" watch mdb 30
	lab_wait_until "grep -q watching '$T/w.out'"
	probe h1 eth0 239.9.9.9 10.0.0.2@$SSM4
	lab_wait_until "grep -Eq '^add port=[0-9]+ 239.9.9.9 -' '$T/w.out'"
	lab_wait_until "grep -Eq '^add port=[0-9]+ $SSM4 10.0.0.2' '$T/w.out'"
	lab_end "$LAB_PID"
	lab_wait_until "grep -Eq '^delete port=[0-9]+ 239.9.9.9 -' '$T/w.out'"
}

# mroutes FAMILY: as ip(8) shows them, in the words of lab-sources.
mroutes() {
	ip -n r "-$1" -j -s mroute | jq -r '.[] | "\(.src) \(.dst) iif=\(.iif) oifs=" +
		([.multipath[] | "\(.oif)/1"] | join(",")) +
		" packets=\(.packets) bytes=\(.bytes) wrong_if=\(.wrong_if // 0) resolved=1"' | sort
}

@test "multicast routes: interfaces, packets, bytes, wrong interfaces" {
	lab_router
	lab_mroute 'eth0>eth1' 239.1.1.1 10.0.1.1@232.1.1.1 "$GROUP6"
	lab_in a1 "$probe" send eth0 239.1.1.1 5000 3 4
	lab_in b1 "$probe" send eth0 10.0.2.1 5000 1 4 # resolves nothing, goes nowhere
	lab_in b1 "$probe" send eth0 239.1.1.1 5000 2 4
	lab_in a1 "$probe" send eth0 "$GROUP6" 5000 2 4
	lab_wait_until "ip -n r -6 -s mroute | grep -q '  2 packets'"
	assert_equal "$(shown r mroutes | sed 's/ table=.*//' | sort)" \
		"$( (mroutes 4; mroutes 6) | sort)"
	says ' 239.1.1.1 iif=eth0 .* packets=5 bytes=145 wrong_if=2 ' r mroutes
	assert_equal "$(shown a1 mroutes)" ""
}

@test "interfaces: flags, addresses, counters" {
	lab_switch 1
	local want
	want=$(ip -n sw -j -s -d link | jq -r '.[] | "\(.ifindex) \(.ifname) kind=\(.linkinfo.info_kind // "")" +
		" up=\(if (.flags | index("UP")) then 1 else 0 end)" +
		" multicast=\(if (.flags | index("MULTICAST")) then 1 else 0 end)" +
		" promisc=\(if .promiscuity > 0 then 1 else 0 end) mtu=\(.mtu) mac=\(.address)"')
	assert_equal "$(shown sw ifstat |
		sed -E 's/ (running|allmulti|master)=[0-9]+//g; s/ addr4=.*//')" "$want"
	says '^[0-9]+ br0 .* addr4=10.0.0.254 addr6=fe80::254 rx=[0-9]+ tx=[1-9][0-9]* ' sw ifstat
	says '^[0-9]+ p1 kind=veth .* allmulti=1 promisc=1 master=2 ' sw ifstat
	ip -n h1 link set eth0 allmulticast on
	says '^[0-9]+ eth0 .* allmulti=1 promisc=0 ' h1 ifstat
}

@test "namespaces, each once, by name or by a process" {
	lab_pair
	probe h1 eth0 239.9.9.9
	unshare -n sleep 30 3>&- &
	local nameless=$!
	lab_wait_until "[[ \$(readlink /proc/$nameless/ns/net) != \$(readlink /proc/self/ns/net) ]]"
	run "$sources" netns
	assert_line --index 0 --regexp "^$(stat -Lc %i /proc/self/ns/net) name= pid=[0-9]+ .* own=1$"
	assert_line "$(stat -Lc %i /run/netns/h1) name=h1 pid=$LAB_PID processes=1 own=0"
	assert_line "$(stat -Lc %i /run/netns/h2) name=h2 pid=0 processes=0 own=0"
	assert_line "$(stat -Lc %i /proc/$nameless/ns/net) name= pid=$nameless processes=1 own=0"
	assert_equal "$("$sources" -n "$LAB_PID" memberships | grep -c 239.9.9.9)" 1
	assert_equal "$("$sources" -n /run/netns/h1 memberships | grep -c 239.9.9.9)" 1
	assert_equal "$("$sources" -n "$nameless" ifstat | wc -l)" 1
	kill "$nameless"
	run "$sources" -n nowhere memberships
	assert_failure 3
	assert_output --partial "cannot open network namespace 'nowhere'"
	run "$sources" -n /etc/passwd memberships
	assert_failure 3
	assert_output --partial "'/etc/passwd' is not a network namespace"
}
