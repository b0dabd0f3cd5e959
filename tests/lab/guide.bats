#!/usr/bin/env bats
# guide.bats - every cause of mctools(7), made on purpose: its commands name it, its
# remedies remove it
#
# Conditions are expanded later, by lab_wait_until (SC2016).
# shellcheck disable=SC2016

# bats file_tags=text

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	PAGE=$T/page
	tr -s ' ' <"$BATS_TEST_DIRNAME/../../man/mctools.7" >"$PAGE"
	export NSTAT_HISTORY=$T/nstat
}

teardown() {
	lab_down
}

# advised COMMAND: the page has it, in these very words.
advised() {
	grep -qxF -e ".Dl # $1" -e ".Pq Ql $1 ," -e ".Ql $1 ." -e ".Ql $1 ," -e ".Ql $1" "$PAGE" ||
		fail "mctools(7) does not advise: $1"
}

# observe NAME HOST COMMAND: one of the page, in the background.
observe() {
	local words
	advised "$3"
	read -ra words <<<"$3"
	start "$1" "$2" "${words[@]}"
	case $3 in
	igmpdump*) lab_wait_until "grep -q '^igmpdump: listening' '$T/$1.err'" ;;
	mcrecv*) lab_wait_until "grep -q ^joined '$T/$1.out' || ended $1" ;;
	esac
}

# consult NAME HOST COMMAND [STATUS]: one of the page, to its end.
consult() {
	observe "$1" "$2" "$3"
	finish "$1" "${4:-0}"
}

# remedy HOST COMMAND: one of the page that changes something.
remedy() {
	local words
	advised "$2"
	read -ra words <<<"$2"
	lab_in "$1" "${words[@]}"
}

# tells NAME LINE [REGEX]: the line stands in the page, and what the program says has it
# in a line, or matches the regex if its numbers vary.  Who still runs is asked again.
tells() {
	grep -qxF -- "$2" "$PAGE" || fail "mctools(7) does not show: $2"
	lab_wait_until "_told '$1' '$2' '${3-}'" ||
		fail "$1 does not say: ${3:-$2}"$'\n'"$(tail -n 40 "$T/$1.out" "$T/$1.err")"
}

_told() {
	local how=F
	[[ -z ${3-} ]] || how=E
	if tr -s ' ' <"$T/$1.out" | cat - "$T/$1.err" | grep -q$how -e "${3:-$2}"; then
		return 0
	fi
	ended "$1" || kill -USR1 "${PIDS[$1]}"
	sleep 0.1
	return 1
}

# program NAME ADDRESS REUSE GROUPS: a program of somebody else on h2: its socket is bound
# to ADDRESS and port 5000, has a small buffer, joins 239.1.1.1 and so on, and reads
# what has come when SIGHUP comes.
program() {
	start "$1" h2 python3 -uc '
import signal, socket, sys
def read(*_): print("got", s.recv(2000).__len__())
signal.signal(signal.SIGHUP, read)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(sys.argv[2]))
s.bind((sys.argv[1], 5000))
for i in range(1, int(sys.argv[3]) + 1):
    mreq = socket.inet_aton(f"239.1.1.{i}") + socket.inet_aton("10.0.0.2")
    try: s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, mreq)
    except OSError as e: print(e)
print("ready")
while True: signal.pause()' "${@:2}"
	lab_wait_until "grep -q ^ready '$T/$1.out'" || fail "$(cat "$T/$1.err")"
}

# flow NAME HOST ARG...: 100 packets a second in the background.
flow() {
	start "$1" "$2" mcsend -q -q -i eth0 -r 100/s "${@:3}"
}

# halt NAME...: ends them, whatever they say.
halt() {
	local name
	for name; do lab_end "${PIDS[$name]}"; done
}

# arrives HOST ARG...: mcrecv gets what it asks for.
arrives() {
	lab_in "$1" mcrecv -q -q --expect-all --timeout 5 "${@:2}" || fail "nothing arrived: $*"
}

ALL='igmpdump -i eth0 -p --summary'
STREAMS='igmpdump -i eth0 --streams'
JOIN='mcrecv -i eth0 239.1.1.1:5000'
JOINED='mctop --once -d 2 -i eth0 --group 239.1.1.1'
NOTHING='FAIL: nothing arrived in'

@test "mctools(7): what is wrong on a host" {
	lab_pair
	second_link
	# joined on the wrong interface
	start app h2 mcrecv -qq -i eth1 239.1.1.1
	lab_wait_member h2 239.1.1.1 eth1
	flow s h1 239.1.1.1
	consult top h2 'mctop --once -d 2 --group 239.1.1.1'
	tells top 'eth0 up 0 0 72.9 kbit/s' '^eth0 up 0 0 [0-9.]+ kbit/s'
	tells top '239.1.1.1 eth1'
	consult plain h2 'mcrecv 239.1.1.1:5000' 3
	tells plain 'no route says which interface reaches 239.1.1.1; choose one with -i: eth0, eth1'
	remedy h2 'ip route add 239.0.0.0/8 dev eth0'
	arrives h2 239.1.1.1:5000
	halt app s
	# another group on the same port; two groups with one MAC
	program any '' 1 1
	recv app h2 239.1.1.2 224.129.1.1 239.128.0.5
	flow s h1 239.1.1.2
	observe none h2 'mcrecv -i eth0 --expect-none --timeout 2 239.1.1.1:5000'
	consult top h2 'mctop --once -d 2 -i eth0 -4'
	finish none
	tells none 'as expected'
	tr -s ' ' <"$T/top.out" | grep -qE '^239.1.1.2 eth0 mcrecv\[[0-9]+\] [0-9.]+ kbit/s' ||
		fail "$(cat "$T/top.out")"
	kill -HUP "${PIDS[any]}"
	lab_wait_until "grep -q '^got ' '$T/any.out'"
	tells top '224.129.1.1 eth0'
	tells top 'another joined group' '^224\.129\.1\.1 .* another joined group'
	tells top 'control group: flooded' '^239\.128\.0\.5 .* control group: flooded'
	halt any app s
	# the port is taken; the buffer of somebody else is full
	program own '' 0 1
	consult taken h2 "$JOIN" 3
	tells taken 'cannot receive on IPv4 port 5000: Address already in use; another program holds that port for itself alone'
	consult ss h2 'ss -ulnp'
	grep -q "python3.*pid=${PIDS[own]}," "$T/ss.out"
	send h1 -r max -c 1000 239.1.1.1
	consult top h2 "$JOINED"
	tr -s ' ' <"$T/top.out" | grep -qE '^239.1.1.1 .* [1-9][0-9]+ organization' ||
		fail "$(cat "$T/top.out")"
	consult nstat h2 'nstat -az UdpRcvbufErrors'
	(($(awk '/UdpRcvbufErrors/ { print $2 }' "$T/nstat.out") > 0))
	halt own
	# the buffer of mcrecv is full
	observe full h2 "$JOIN"
	kill -STOP "${PIDS[full]}"
	send h1 -r max -s 1000 -c 100000 239.1.1.1
	kill -CONT "${PIDS[full]}"
	tells full 'this host dropped 90662 itself: the receive buffer of 8.00 MiB was full' \
		'this host dropped [1-9][0-9]+ itself: the receive buffer of [0-9.]+ [KM]iB was full'
	tells full 'lost before this host: 0'
	stop full
	# a limit on memberships
	program many '' 1 30
	assert_equal "$(grep -c 'No buffer space available' "$T/many.out")" 10
	consult top h2 'mctop --json --capture none --process python3'
	tells top '"groups":20,"sockets":1'
	halt many
	# an interface without address, then without the flag
	ip -n h2 addr del 10.1.0.2/24 dev eth1
	observe noaddr h2 'mcrecv -i eth1 239.1.1.1:5000'
	tells noaddr 'eth1 has no IPv4 address: its reports come from 0.0.0.0, which switches may ignore'
	stop noaddr 1
	remedy h2 'ip address add 10.1.0.2/24 dev eth1'
	ip -n h2 link set eth1 multicast off
	consult noflag h2 'mcrecv -i eth1 239.1.1.1:5000' 3
	tells noflag 'interface eth1 lacks the MULTICAST flag; ip link set eth1 multicast on'
	ip -n h2 link set eth1 multicast on
	observe flag h2 'mcrecv -i eth1 239.1.1.1:5000'
	stop flag 1
	assert_equal "$(cat "$T/flag.err")" ''
}

@test "mctools(7): what looks wrong inside of one host" {
	lab_pair
	# sender and receiver on one host
	observe app h1 "$JOIN"
	observe s h1 'mcsend -i eth0 --no-loop 239.1.1.1:5000'
	recv other h2 239.1.1.1
	observe come h2 "$STREAMS"
	lab_wait_until '_told come "" "^10.0.0.1 239.1.1.1 5000 "' || fail "$(tail -n 40 "$T/come.out")"
	stop app 1
	tells app "$NOTHING"
	# a container
	consult spaces h1 'mctop --all-netns --once -d 1 --group 239.1.1.1'
	tells spaces '239.1.1.1 h2 eth0'
	consult counters h1 'ip -s link show dev eth0'
	grep -q ' dropped  missed ' "$T/counters.out"
	halt s other come
}

@test "mctools(7): what is wrong between a switch and a host" {
	local before
	lab_switch 3
	# a switch does not send it to a router
	recv app h2 --interval 50ms 239.1.1.1
	members h2 239.1.1.1
	flow s h1 239.1.1.1
	observe far h3 "$STREAMS"
	heard app $(($(counted "$T/app.out") + 20))
	tells far '0, with 0 packets; 0 packets came while nobody was known to have joined'
	halt far
	consult mdb sw 'bridge -d mdb show'
	refute grep -q 'router ports.*p3' "$T/mdb.out"
	remedy sw 'bridge link set dev p3 mcast_router 2'
	observe far h3 "$STREAMS"
	lab_wait_until "_told far '10.0.0.1 239.1.1.1 5000'" || fail "$(tail -n 40 "$T/far.out")"
	consult mdb sw 'bridge -d mdb show'
	grep -q 'router ports.*p3' "$T/mdb.out"
	halt far
	# another sender in the same group
	flow other h3 239.1.1.1
	observe both h2 "$JOIN"
	tells both '239.1.1.1:5000 from 10.0.0.1' '^239.1.1.1:5000 from 10.0.0.1:'
	tells both '239.1.1.1:5000 from 10.0.0.3' '^239.1.1.1:5000 from 10.0.0.3:'
	stop both
	observe one h2 'mcrecv -i eth0 10.0.0.1@239.1.1.1:5000'
	lab_wait_until "_told one '' '^ received [1-9][0-9]+ packets'"
	tells one '239.1.1.1:5000 from 10.0.0.1' '^239.1.1.1:5000 from 10.0.0.1:'
	stop one
	refute grep -q 'from 10.0.0.3' "$T/one.out"
	stop app
	halt other s
	# the reverse path filter
	lab_in h2 sysctl -qw net.ipv4.conf.eth0.rp_filter=1
	ip -n h1 addr add 192.168.7.1/32 dev eth0
	flow s h1 --source 192.168.7.1 239.1.1.1
	shut h2
	consult nstat h2 'nstat -az TcpExtIPReversePathFilter'
	(($(filtered) > 50)) || fail "$(cat "$T/nstat.out")"
	ip -n h2 route add 192.168.7.1 dev eth0
	remedy h2 'sysctl -w net.ipv4.conf.eth0.rp_filter=2'
	arrives h2 -i eth0 239.1.1.1
	halt s
	# a firewall on the host, and on the sender's
	lab_in h2 nft -f - <<-RULES
		table inet filter {
			chain input {
				type filter hook input priority 0;
				udp dport 5000 drop
			}
		}
	RULES
	flow s h1 239.1.1.1
	consult nstat h2 'nstat -az TcpExtIPReversePathFilter'
	before=$(filtered)
	shut h2
	consult nstat h2 'nstat -az TcpExtIPReversePathFilter'
	assert_equal "$(filtered)" "$before"
	consult rules h2 'nft list ruleset'
	tells rules 'udp dport 5000' 'udp dport 5000 drop'
	remedy h2 'nft insert rule inet filter input ip daddr 239.1.1.1 udp dport 5000 accept'
	arrives h2 -i eth0 239.1.1.1
	halt s
	lab_in h2 nft flush ruleset
	lab_in h1 nft -f - <<-RULES
		table inet filter {
			chain output {
				type filter hook output priority 0;
				ip daddr 239.1.1.1 drop
			}
		}
	RULES
	consult refused h1 'mcsend -i eth0 -c 10 239.1.1.1:5000' 1
	tells refused 'Operation not permitted (a firewall on this host refuses it)'
	lab_in h1 nft flush ruleset
	# wrong port, wrong address
	program bound 10.0.0.2 1 1
	flow s h1 239.1.1.1:5001
	observe come h2 "$STREAMS"
	tells come '10.0.0.1 239.1.1.1 5001'
	consult ss h2 'ss -ulnp'
	tells ss '10.0.0.2:5000' ' 10\.0\.0\.2:5000 .*python3'
	halt come bound s
	# a member does not answer
	recv app h2 239.1.1.1
	consult ask h3 'mcquery -i eth0 239.1.1.1'
	lab_in h2 nft -f - <<-RULES
		table inet filter {
			chain output {
				type filter hook output priority 0;
				ip protocol igmp drop
			}
		}
	RULES
	consult ask h3 'mcquery -i eth0 239.1.1.1' 1
	tells ask '239.1.1.1 has no member here'
	lab_in h2 mctop --once -q --capture none | grep -q '^239.1.1.1 .*mcrecv'
}

# shut HOST: packets come as far as its link, as mctop says, and no further.
shut() {
	observe in "$1" "$JOIN"
	consult top "$1" "$JOINED"
	tr -s ' ' <"$T/top.out" | grep -qE '^239.1.1.1 eth0 mcrecv\[[0-9]+\] [0-9.]+ kbit/s' ||
		fail "$(cat "$T/top.out")"
	stop in 1
	tells in "$NOTHING"
}

# filtered: what nstat told of the reverse path filter.
filtered() {
	awk '/IPReversePathFilter/ { print $2 }' "$T/nstat.out"
}

@test "mctools(7): what is wrong with queriers and versions" {
	local fast=(--serve --no-listen --force -I 1 -M 200ms -4 -q -q -i eth0)
	lab_switch 4 querier=0 snooping=0
	# nobody queries
	observe all h3 "$ALL"
	recv app h2 239.1.1.1 10.0.0.1@232.1.1.1
	lab_wait_until '_told all "239.1.1.1 10.0.0.2"'
	tells all none '^none$'
	tells all 'no general query was seen on a link: who joined earlier is not known'
	observe stopgap h1 'mcquery -i eth0 --serve --no-listen'
	lab_wait_until '_told all "" "^10.0.0.1 02:00:00:00:00:01 IGMPv3 yes "'
	halt all stopgap
	# a querier without an address
	observe all h3 "$ALL"
	start zero h4 mcquery "${fast[@]}" -a 0.0.0.0
	tells all '0.0.0.0 02:00:00:00:00:04 IGMPv3'
	tells all 'warning query-from-unspecified a query comes from 0.0.0.0'
	halt all zero
	stop app 1
	# a member does not answer any more
	observe events h3 'igmpdump -i eth0 -p --events'
	start four h4 mcquery "${fast[@]}"
	lab_wait_until "grep -q 'querier-elected 10.0.0.4' '$T/events.out'"
	recv app h2 239.1.1.1 10.0.0.1@232.1.1.1
	lab_wait_until "grep -q 'member-joined .*239.1.1.1 by 10.0.0.2' '$T/events.out'"
	lab_in h2 nft -f - <<-RULES
		table inet filter {
			chain output {
				type filter hook output priority 0;
				ip protocol igmp drop
			}
		}
	RULES
	tells events 'warning member-expired: a membership timed out without a leave'
	lab_in h2 nft flush ruleset
	halt events
	# several queriers, and what the older one does
	observe all h3 "$ALL"
	start one h1 mcquery "${fast[@]}" --igmp-version 2
	tells all '10.0.0.1 02:00:00:00:00:01 IGMPv2'
	tells all '10.0.0.4 02:00:00:00:00:04 IGMPv3'
	tells all 'error querier-versions-differ queriers on the link use different versions'
	tells all 'warning ssm-group-without-source'
	observe ssm h2 'mcrecv -i eth0 10.0.0.1@232.1.1.1:5000'
	tells ssm 'eth0 speaks IGMPv2 (an older querier is there): sources are not reported to the network'
	stop ssm 1
	consult top h2 'mctop --once -d 2 -i eth0'
	tells top 'IGMPv2 older querier'
}

@test "mctools(7): what is wrong on the way between links" {
	lab_router
	# nobody routes it
	recv app b1 239.1.1.1
	flow s a1 -t 8 239.1.1.1
	observe come r "$STREAMS"
	lab_wait_until '_told come "" "^10.0.1.1 239.1.1.1 5000 .* 8 cs0 "' || fail "$(tail -n 40 "$T/come.out")"
	consult routes r 'ip mroute show'
	refute grep -q 239.1.1.1 "$T/routes.out"
	stop app 1
	halt come s
	lab_mroute 'eth0>eth1' 239.1.1.1
	consult routes r 'ip mroute show'
	grep -q '239.1.1.1.*Oifs: .*eth1.*State: resolved' "$T/routes.out"
	# the TTL is too small
	recv app b1 239.1.1.1
	flow s a1 239.1.1.1
	observe come r "$STREAMS"
	tells come '10.0.1.1 239.1.1.1 5000 100 8.98 KiB 100 pps 73.6 kbit/s 1' \
		'^10.0.1.1 239.1.1.1 5000 .* kbit/s 1 '
	stop app 1
	halt s
	observe s a1 'mcsend -i eth0 -t 8 239.1.1.1:5000'
	arrives b1 -i eth0 239.1.1.1
	halt s
	# packets larger than the MTU
	ip -n r link set eth1 mtu 1000
	observe sizes b1 "$JOIN"
	consult sweep a1 'mcsend -i eth0 -t 8 -r 100/s -c 140 -s 100..1400/100 239.1.1.1:5000'
	tells sizes '(100 to 900 each)'
	stop sizes
}
