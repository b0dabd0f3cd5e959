#!/usr/bin/env bash
# lab.bash - small multicast networks in namespaces, without root, for tests and demos
#
#   lab.bash COMMAND...     runs COMMAND inside a fresh lab: lab.bash bats tests/lab/*.bats
#   source lab.bash         gives a script or a bats file the functions below
#
# README.md in this directory draws the topologies and documents each function.

LAB_FILE=$(realpath -- "${BASH_SOURCE[0]}")
LAB_DIR=/run/mclab      # on a tmpfs of our own: what is there exists inside a lab only
LAB_TIMEOUT=${LAB_TIMEOUT:-5}
LAB_PID=
PATH=$PATH:/usr/sbin:/sbin      # nft and ethtool: not on everybody's path

## entering

# lab_enter [ARG...]: the calling script goes on inside the lab.  A bats file
# cannot start itself anew, so there it only checks.
lab_enter() {
	[[ -e $LAB_DIR/inside ]] && return 0
	if [[ -n ${BATS_VERSION-} ]]; then
		_lab_say "not inside a lab; run: $LAB_FILE bats FILE..."
		return 1
	fi
	_lab_exec bash "$(realpath -- "$0")" "$@"
}

_lab_say() {
	printf 'lab: %s\n' "$*" >&2
}

# Where user namespaces are switched off, or in a chroot, root does without.
_lab_exec() {
	local how
	for how in -Urnm -nm; do
		if unshare "$how" true 2>/dev/null; then
			exec unshare "$how" bash "$LAB_FILE" --inside "$@"
		fi
	done
	_lab_say "the kernel refuses user namespaces; as root:" \
		"sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000"
	exit 3
}

# `ip netns` keeps its names under /run, which an ordinary user cannot write.
_lab_inside() {
	mount -t tmpfs -o mode=755 mclab /run || exit 3
	mkdir -p $LAB_DIR
	: >$LAB_DIR/inside
	ip link set lo up || exit 3
	exec "$@"
}

## namespaces and processes

# lab_ns NAME: a host without cables.
lab_ns() {
	ip netns add "$1" || return 1
	echo "$1" >>$LAB_DIR/namespaces
	# Ports of the switch must stay silent, so IPv6 is off until it is asked for.
	nsenter "--net=/run/netns/$1" bash -c '
		ip link set lo up
		cd /proc/sys/net/ipv6/conf/default &&
		echo 1 >disable_ipv6 && echo 0 >accept_dad &&
		echo 0 >accept_ra && echo 0 >router_solicitations'
}

# lab_in HOST COMMAND...
lab_in() {
	ip netns exec "$@"
}

# lab_bg HOST COMMAND...: in the background; its pid is in LAB_PID, lab_down ends it.
# bash lets background commands ignore SIGINT, and bats waits for whoever
# holds its descriptor 3: undo both.
lab_bg() {
	local host=$1
	shift
	(exec ip netns exec "$host" env --default-signal=INT,QUIT "$@") </dev/null 3>&- &
	LAB_PID=$!
	echo "$LAB_PID $(_lab_born "$LAB_PID")" >>$LAB_DIR/pids
}

# A pid may be reused, a pid with its start time is not.
_lab_born() {
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
	# shellcheck disable=SC2086 # split: field 22 of the line, 20 after the name
	set -- ${stat##*) }
	[[ $1 == Z ]] || echo "${20}"
}

_lab_gone() {
	[[ $(_lab_born "$1") != "$2" || -z $2 ]]
}

# lab_end PID [SIGNAL]: ends a command of lab_bg and returns when it is gone.
lab_end() {
	local born
	born=$(_lab_born "$1")
	[[ -n $born ]] || return 0
	kill "-${2:-TERM}" "$1" 2>/dev/null
	lab_wait_until "_lab_gone $1 $born" 2 2>/dev/null && return 0
	_lab_say "$1 ignores SIG${2:-TERM}, killed"
	kill -KILL "$1" 2>/dev/null
	lab_wait_until "_lab_gone $1 $born" 2
}

# lab_down: ends what was registered, and only that.
lab_down() {
	local pid born name
	[[ -e $LAB_DIR/pids ]] && while read -r pid born; do
		_lab_gone "$pid" "$born" || lab_end "$pid"
	done <$LAB_DIR/pids
	[[ -e $LAB_DIR/namespaces ]] && while read -r name; do
		ip netns del "$name"
	done <$LAB_DIR/namespaces
	rm -f $LAB_DIR/pids $LAB_DIR/namespaces $LAB_DIR/mroute
}

## waiting

# _lab_nap MS: without a process, which costs more than the nap.
_lab_nap() {
	[[ -n ${LAB_NEVER-} ]] || exec {LAB_NEVER}<> <(:)
	read -rt "0.0$1" -u "$LAB_NEVER" _ || :
}

# lab_wait_until CONDITION [SECONDS]: polls every 20 ms, and after a while every 60 ms.
lab_wait_until() {
	local limit=${2:-$LAB_TIMEOUT} us end nap=20
	us=${limit#*.}000000
	[[ $limit == *.* ]] || us=0
	end=$((${EPOCHREALTIME/[.,]/} + ${limit%.*} * 1000000 + 10#${us:0:6}))
	until eval "$1" >/dev/null 2>&1; do
		if ((${EPOCHREALTIME/[.,]/} > end)); then
			_lab_say "gave up after $limit s waiting for: $1"
			return 1
		fi
		_lab_nap $nap
		((nap == 60 || (nap += 1)))
	done
}

# lab_wait_member HOST GROUP [IF]: the kernel of HOST has joined.
lab_wait_member() {
	lab_wait_until "_lab_member $1 $2 ${3:-eth0}"
}

_lab_member() {
	ip -n "$1" maddr show dev "$3" | awk -v g="$2" '$2 == g { yes = 1 } END { exit !yes }'
}

# lab_wait_mdb GROUP PORT [SOURCE]: the switch has learnt that PORT wants it.
lab_wait_mdb() {
	lab_wait_until "lab_in_mdb $*"
}

lab_in_mdb() {
	bridge -n sw -j -d mdb show dev br0 |
		jq -e --arg g "$1" --arg p "$2" --arg s "${3-}" '
			any(.[].mdb[]?; .grp == $g and .port == $p and ($s == "" or
				.src == $s or any(.source_list[]?; .address == $s)))'
}

# lab_wait_pruning: the switch has stopped flooding, in both families.  No
# counter tells, so probes do: the bridge itself sends them to a group nobody
# has joined and a rule counts and drops the copies before they reach a port.
lab_wait_pruning() {
	local rc=0
	lab_in sw nft -f - <<-RULES || return 1
		table bridge lab_probe {
			counter v4 { }
			counter v6 { }
			chain out {
				type filter hook postrouting priority -10;
				ip daddr 239.255.109.99 counter name v4 drop
				ip6 daddr ff15::6d63 counter name v6 drop
			}
		}
	RULES
	lab_wait_until "_lab_prunes v4 239.255.109.99 && _lab_prunes v6 ff15::6d63" || rc=1
	lab_in sw nft delete table bridge lab_probe
	return $rc
}

_lab_prunes() {
	local ports copies
	ports=$(bridge -n sw link show master br0 | wc -l)
	lab_in sw bash -c "echo >/dev/udp/$2/9" || return 1
	copies=$(lab_in sw nft -j reset counter bridge lab_probe "$1" |
		jq '.nftables[].counter? | values | .packets')
	((copies < ports))
}

# Ready: no interface of the namespace waits for its link or an address.
_lab_ready() {
	ip -n "$1" -j addr show | jq -e '
		all(.[] | select(.ifname != "lo"); .operstate == "UP" and
			all(.addr_info[]; .tentative | not))'
}

## topologies

# _lab_opts [KEY=VALUE...]: options of the topologies into the array opt.
_lab_opts() {
	local word
	opt=([snooping]=1 [querier]=1 [igmp]=3 [mld]=2 [qi_ms]=1000 [qri_ms]=200 [lmqi_ms]=200
		[ifaddr]=1 [fastleave]=off [offload]=0 [mtu]=1500 [wait]=1)
	for word; do
		if [[ $word != *=* || -z ${opt[${word%%=*}]-} ]]; then
			_lab_say "no such option: $word (known: ${!opt[*]})"
			return 1
		fi
		opt[${word%%=*}]=${word#*=}
	done
}

# _lab_plug HOST IF N SUBNET MTU: addresses and link state of a host's interface.
# Addresses need no detection of duplicates, which would cost a second each.
_lab_plug() {
	printf 'net.ipv6.conf.%s.disable_ipv6=0\n' "$2" |
		nsenter "--net=/run/netns/$1" sysctl -qp - &&
		ip -n "$1" -batch - <<-BATCH
			link set $2 addrgenmode none mtu $5
			addr add 10.0.$4.$3/24 dev $2
			addr add fd00:$4::$3/64 dev $2 nodad
			addr add fe80::$3/64 dev $2 nodad
			link set $2 up
		BATCH
}

# The wire carries one datagram a frame and whole checksums, as cables do.
_lab_no_offload() {
	nsenter "--net=/run/netns/$1" ethtool -K "$2" tx off tso off gso off \
		tx-udp-segmentation off >/dev/null
}

_lab_mac() {
	printf '02:00:00:00:%02x:%02x' "$1" "$2"
}

# lab_pair [offload=1 mtu=N]: h1 and h2, one wire.  With one ifindex at both ends
# the kernel would take them for one device and report the link a second late.
lab_pair() {
	local -A opt
	local n
	_lab_opts "$@" && lab_ns h1 && lab_ns h2 || return 1
	ip -n h1 link add eth0 index 10 address "$(_lab_mac 0 1)" type veth \
		peer name eth0 netns h2 address "$(_lab_mac 0 2)" || return 1
	for n in 1 2; do
		((opt[offload])) || _lab_no_offload h$n eth0
		_lab_plug h$n eth0 $n 0 "${opt[mtu]}" || return 1
	done
	lab_wait_until "_lab_ready h1 && _lab_ready h2"
}

# _lab_bridge NAME SUBNET: the bridge, its querier still off.
_lab_bridge() {
	local qi=$((opt[qi_ms] / 10)) qri=$((opt[qri_ms] / 10))
	ip -n sw link add "$1" address "$(_lab_mac "$2" 255)" type bridge \
		stp_state 0 forward_delay 0 mcast_snooping "${opt[snooping]}" \
		mcast_igmp_version "${opt[igmp]}" mcast_mld_version "${opt[mld]}" \
		mcast_query_use_ifaddr "${opt[ifaddr]}" mcast_query_interval $qi \
		mcast_startup_query_interval $qi mcast_query_response_interval $qri \
		mcast_last_member_interval $((opt[lmqi_ms] / 10)) \
		mcast_membership_interval $((2 * qi + qri)) \
		mcast_querier_interval $((2 * qi + qri / 2)) || return 1
	((opt[mtu] <= 1500)) || ip -n sw link set "$1" mtu "${opt[mtu]}"
	ip -n sw link set "$1" addrgenmode none up
}

# _lab_port BRIDGE PORT HOST IF SUBNET N: a host on a port of a bridge.
_lab_port() {
	ip -n sw link add "$2" mtu "${opt[mtu]}" type veth \
		peer name "$4" netns "$3" address "$(_lab_mac "$5" "$6")" &&
		ip -n sw -batch - <<-BATCH || return 1
			link set $2 master $1
			link set $2 type bridge_slave fastleave ${opt[fastleave]}
			link set $2 up
		BATCH
	((opt[offload])) || _lab_no_offload "$3" "$4"
	_lab_plug "$3" "$4" "$6" "$5" "${opt[mtu]}"
}

# lab_switch N [KEY=VALUE...]: hosts h1..hN on ports p1..pN of a snooping bridge.
lab_switch() {
	local -A opt
	local count=$1 n
	shift
	_lab_opts "$@" && lab_ns sw && _lab_bridge br0 0 || return 1
	for ((n = 1; n <= count; n++)); do
		lab_ns h$n && _lab_port br0 p$n h$n eth0 0 $n || return 1
	done
	_lab_plug sw br0 254 0 "${opt[mtu]}" || return 1
	ip -n sw route add 224.0.0.0/4 dev br0
	for ((n = 1; n <= count; n++)); do
		lab_wait_until "_lab_ready h$n" || return 1
	done
	((opt[snooping] && opt[querier])) || return 0
	lab_querier on
	((!opt[wait])) || lab_wait_pruning
}

# lab_querier on|off: a bridge goes on flooding for one response interval, the
# one in force at this moment, hence its timers come first and apart.
lab_querier() {
	ip -n sw link set br0 type bridge mcast_querier "$([[ $1 == on ]] && echo 1 || echo 0)"
}

# lab_router [A [B]] [KEY=VALUE...]: hosts a1..aA and b1..bB on two LANs, each a
# hub (bra, brb in sw), and the router r between them, eth0 on LAN a, eth1 on b.
lab_router() {
	local -A opt
	local -A hosts=([a]=1 [b]=1)
	local lan n subnet=1
	for lan in a b; do
		[[ ${1-} =~ ^[0-9]+$ ]] && hosts[$lan]=$1 && shift
	done
	_lab_opts snooping=0 "$@" && lab_ns sw && lab_ns r || return 1
	nsenter --net=/run/netns/r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv6.conf.default.accept_dad=0
	for lan in a b; do
		_lab_bridge br$lan $subnet &&
			_lab_port br$lan r$lan r eth$((subnet - 1)) $subnet 254 || return 1
		for ((n = 1; n <= hosts[$lan]; n++)); do
			lab_ns $lan$n && _lab_port br$lan $lan$n $lan$n eth0 $subnet $n || return 1
			_lab_gateway $lan$n $subnet
		done
		subnet=2
	done
	lab_wait_until "_lab_ready r && _lab_ready a1 && _lab_ready b1"
}

_lab_gateway() {
	ip -n "$1" route add 10.0.0.0/16 via "10.0.$2.254"
	ip -n "$1" route add fd00::/16 via "fd00:$2::254"
}

# lab_mroute PATH [SOURCE@]GROUP... [PATH ...]: the router's static routes, all
# of them, such as "eth0>eth1" 239.1.1.1 10.0.1.1@232.1.1.1
lab_mroute() {
	local helper
	helper=$(_lab_helper lab-mroute) || return 1
	[[ ! -e $LAB_DIR/mroute ]] || lab_end "$(<$LAB_DIR/mroute)"
	lab_bg r "$helper" "$@" >$LAB_DIR/mroute.out
	echo "$LAB_PID" >$LAB_DIR/mroute
	lab_wait_until "grep -q routing $LAB_DIR/mroute.out"
}

_lab_helper() {
	local dir
	for dir in "${LAB_HELPERS-}" "${LAB_FILE%/*}/../../libexec/mctools"; do
		[[ -x $dir/$1 ]] && echo "$dir/$1" && return 0
	done
	_lab_say "no $1; LAB_HELPERS names the directory that has it"
	return 1
}

## faults

# lab_faulty N [KEY=VALUE...]: a switch whose ports can lose packets.
lab_faulty() {
	lab_switch "$@" offload=0 && lab_in sw nft -f - <<-RULES
		table bridge lab {
			chain out { type filter hook postrouting priority 0; }
		}
	RULES
}

# lab_drop_packets PORT N: exactly the next N UDP packets towards PORT.
lab_drop_packets() {
	_lab_drop "$1" "numgen inc mod 4294967295 < $2"
}

# lab_drop_random PORT PERCENT: decimals are fine.
lab_drop_random() {
	_lab_drop "$1" "numgen random mod 1000000 < $(awk -v p="$2" 'BEGIN { printf "%d", p * 10000 }')"
}

_lab_drop() {
	lab_in sw nft add rule bridge lab out oifname "$1" meta l4proto udp "$2" counter drop
}

# lab_dropped PORT: how many so far.
lab_dropped() {
	lab_in sw nft -j list chain bridge lab out | jq --arg port "$1" '
		[.nftables[].rule? | values | select(any(.expr[]; .match?.right == $port)) |
			.expr[].counter? | values | .packets] | add // 0'
}

# lab_drop_nothing: the ports are whole again, the counts are forgotten.
lab_drop_nothing() {
	lab_in sw nft flush chain bridge lab out
}

## captures

# lab_capture NODE IF FILE [FILTER]: capturing when it returns; LAB_PID is its pid.
# Not tcpdump: it insists on another user, and a user namespace has just one.
lab_capture() {
	lab_bg "$1" dumpcap -q -P -i "$2" -w "$3" ${4:+-f "$4"} 2>"$3.log"
	lab_wait_until "grep -q ^File: '$3.log'"
}

# lab_captured FILE: the number of packets in it so far.
lab_captured() {
	capinfos -TrcM "$1" 2>/dev/null | awk -F '\t' '{ print $2 }'
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	case ${1-} in
	--inside) shift && _lab_inside "$@" ;;
	'' | -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "$LAB_FILE" ;;
	*) _lab_exec "$@" ;;
	esac
fi
