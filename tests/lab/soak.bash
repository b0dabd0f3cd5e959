#!/usr/bin/env bash
# soak.bash - all programs for a long time, while things go wrong; then everything must add up
#
#   soak.bash [DURATION]      30, 30s, 30m, 2h; default 60 s, at least one of each fault
#
# Needs no root and touches no network of this machine.  MCTOOLS_BIN names the
# directory of the programs, SOAK_DIR a directory that keeps what they print, SOAK_HOSTS
# a number of hosts other than 1000.  The exit status is 0 when all checks pass, 1 when
# one does not, 2 for a duration that is none, 3 when the network could not be built.
# README.md here says what is checked.
#
# Conditions are expanded where they are waited for, not here:
# shellcheck disable=SC2016

source "$(dirname -- "$0")/lab.bash"

# seconds TIME: 90, 90s, 30m or 2h
seconds() {
	[[ $1 =~ ^([1-9][0-9]{0,6})([smh]?)$ ]] || return 1
	case ${BASH_REMATCH[2]} in
	m) echo $((BASH_REMATCH[1] * 60)) ;;
	h) echo $((BASH_REMATCH[1] * 3600)) ;;
	*) echo "${BASH_REMATCH[1]}" ;;
	esac
}

if ! DURATION=$(seconds "${1:-60}"); then
	echo "soak.bash: '$1' is not a duration; write 90, 30m or 2h" >&2
	exit 2
fi
lab_enter "$@"

PATH=${MCTOOLS_BIN:+$MCTOOLS_BIN:}$PATH
export LAB_TIMEOUT=20 # a busy machine
# What a sanitizer keeps of freed memory is no leak.
export ASAN_OPTIONS=${ASAN_OPTIONS-}:quarantine_size_mb=1
HOSTS=${SOAK_HOSTS:-1000}
CHURN=$(((HOSTS + 19) / 20)) # a second
RATE=400       # packets a second, to all groups together
GROUPS4=(239.1.1.1 10.0.0.1@232.1.1.1)
GROUPS6=(ff15::4d:1 fd00::1@ff35::8000:1)
FLOWS=(239.1.1.1 232.1.1.1 ff15::4d:1 ff35::8000:1)
RECEIVERS=(steady stopped stalled)
FAULTS=(
	'sender link down: flap sender'
	'receiver link down: flap steady'
	'hosts link down: flap hosts'
	'querier link down: flap querier'
	'igmpdump link down: flap dump'
	'receiver stopped: stop_receiver'
	'readers stalled: stall_readers'
	'disk full: fill_disk'
)
CAUSES=(calm "${FAULTS[@]%%:*}")
OUT=${SOAK_DIR:-$LAB_DIR/soak}
SMALL=$LAB_DIR/small # the disk that gets full

declare -A HOST=([sender]=h1 [steady]=h2 [stopped]=h3 [stalled]=h4 [hosts]=h5 [querier]=h6
	[dump]=h7 [top]=h2 [writer]=h8 [dumper]=h7)
declare -A PID=() WANT=() READER=()
watcher=
declare -A LOST=() OWN=() TIMES=() # by "fault program", and by fault
pass=0
fail=0

say() {
	printf '%s\n' "$@"
}

# check STATUS TEXT: counts and prints a verdict.
check() {
	if (($1 == 0)); then
		pass=$((pass + 1))
		printf '  ok    %s\n' "$2"
	else
		fail=$((fail + 1))
		printf '  FAIL  %s\n' "$2"
	fi
}

# check_equal TEXT A B
check_equal() {
	[[ $2 == "$3" ]]
	check $? "$1: $2 and $3"
}

# check_between TEXT A B: A is not negative, and not more than B.
check_between() {
	(($2 >= 0 && $2 <= $3))
	check $? "$1: $2 of $3"
}

## the network

# Counters of the frames with our data: as they leave the sender's IP layer, as they
# enter the switch, and as they come to each receiver, before its kernel decides
# anything.
count_data() {
	local flow n=0 rules='' where name
	for flow in "${FLOWS[@]}"; do
		[[ $flow == *:* ]] && where="ip6 daddr" || where="ip daddr"
		rules+="$where $flow udp dport 5000 counter name flow$((n++))"$'\n'
	done
	count_at h1 inet postrouting 'oifname "eth0"' "$rules" &&
		count_at sw bridge prerouting 'iifname "p1"' "$rules" || return 1
	for name in "${RECEIVERS[@]}" dump; do
		count_at "${HOST[$name]}" inet prerouting 'iifname "eth0"' "$rules" || return 1
	done
}

# count_at HOST FAMILY HOOK MATCH RULES
count_at() {
	local n rule
	{
		say "table $2 soak {"
		for n in "${!FLOWS[@]}"; do say "counter flow$n { }"; done
		say "chain data { type filter hook $3 priority -350;"
		while read -r rule; do [[ -z $rule ]] || say "$4 $rule"; done <<<"$5"
		printf '}\n}\n'
	} | lab_in "$1" nft -f -
}

# Frames of the emulated hosts, and queries, as their kernels take them.
count_control() {
	lab_in h5 nft -f - <<-RULES && lab_in h6 nft -f - <<-RULES
		table netdev control {
			counter sent { }
			chain out {
				type filter hook egress device "eth0" priority 0;
				ether saddr != 02:00:00:00:00:05 counter name sent
			}
		}
	RULES
		table netdev control {
			counter sent { }
			chain out {
				type filter hook egress device "eth0" priority 0;
				ip protocol igmp @th,0,8 0x11 counter name sent
				icmpv6 type mld-listener-query counter name sent
			}
		}
	RULES
}

# counted HOST FAMILY: the packets of all flows so far.
counted() {
	lab_in "$1" nft -j list counters table "$2" soak |
		jq '[.nftables[].counter? | values | .packets] | add'
}

# control NAME: what that program's kernel has taken from it.
control() {
	lab_in "${HOST[$1]}" nft -j list counter netdev control sent |
		jq '.nftables[].counter? | values | .packets'
}

build() {
	local n
	# The interval of mcquery below; the bridge remembers members for twice that.
	lab_switch 8 querier=0 qi_ms=5000 qri_ms=1000 && count_data && count_control || return 1
	for n in {1..8}; do # else addresses go with the link
		lab_in "h$n" sysctl -qw net.ipv6.conf.eth0.keep_addr_on_down=1 || return 1
	done
	ip -n sw link set p7 type bridge_slave mcast_router 2 || return 1 # igmpdump sees all
	mkdir -p "$SMALL" "$OUT" && mount -t tmpfs -o size=128k small "$SMALL"
}

## the programs

# run NAME STATUS COMMAND...: its output and messages go to files; STATUS is how it
# should end.
run() {
	local name=$1
	WANT[$name]=$2
	shift 2
	lab_bg "${HOST[$name]}" "$@" >"$OUT/$name.json" 2>"$OUT/$name.err"
	PID[$name]=$LAB_PID
}

# run_piped NAME STATUS COMMAND...: output through a pipe whose reader can be stopped;
# only the last line is kept.
run_piped() {
	local name=$1
	WANT[$name]=$2
	shift 2
	mkfifo "$LAB_DIR/$name.pipe" || return 1
	(exec tail -n 1 <"$LAB_DIR/$name.pipe" >"$OUT/$name.json") 3>&- &
	READER[$name]=$!
	lab_bg "${HOST[$name]}" "$@" >"$LAB_DIR/$name.pipe" 2>"$OUT/$name.err"
	PID[$name]=$LAB_PID
}

receive() {
	local groups=("${GROUPS4[@]}" "${GROUPS6[@]}")
	run steady 0 mcrecv -j -i eth0 "${groups[@]}"
	# What one receive buffer of this size holds is gone in a second.
	run stopped 0 mcrecv -j -i eth0 --no-gro --rcvbuf 32K "${groups[@]}"
	run_piped stalled 0 mcrecv -j -i eth0 --no-gro --rcvbuf 32K --interval 5ms "${groups[@]}"
}

start() {
	run_piped querier 0 mcquery -j -i eth0 --serve --no-listen -I 5 -M 1 --dump "$OUT/members.json"
	lab_wait_pruning || return 1
	run_piped dump 0 igmpdump -j -p -i eth0 --events --members --streams
	run top 0 mctop -j --interval 1s
	run_piped hosts 1 mchost -j -i eth0 --hosts "$HOSTS" --addresses 10.9.0.0/16 --per-host 4 \
		--churn "$CHURN"/s 239.2.0.0/24 ff15::4d:200+50
	receive
	lab_wait_until 'grep -q listening $OUT/dump.err && (($(control hosts) > HOSTS))' &&
		rejoined 2 && rejoined 3 && rejoined 4 || return 1
	# Numbers begin when everybody listens, so that the first one is not missed.
	run sender 1 mcsend -j -i eth0 -r $RATE --burst 100 239.1.1.1 232.1.1.1 ff15::4d:1 ff35::8000:1
	lab_wait_until '(($(counted h4 inet) > 100))'
}

# rejoined N: the switch forwards all flows to port N.
rejoined() {
	lab_wait_mdb 239.1.1.1 "p$1" && lab_wait_mdb 232.1.1.1 "p$1" 10.0.0.1 &&
		lab_wait_mdb ff15::4d:1 "p$1" && lab_wait_mdb ff35::8000:1 "p$1" fd00::1
}

alive() {
	[[ -n $(_lab_born "${PID[$1]}") ]]
}

## accounting

# Nothing is on its way while the sender stands: then counters can be compared.
hold() {
	kill -STOP "${PID[sender]}"
	lab_wait_until '[[ $(state_of ${PID[sender]}) == T ]]'
}

state_of() {
	awk '$1 == "State:" { print $2 }' "/proc/$1/status"
}

release() {
	kill -CONT "${PID[sender]}"
}

# own_drops HOST: what full receive buffers cost, by the kernel's own count.
own_drops() {
	lab_in "$1" awk '/^Udp: [0-9]/ { n += $6 } $1 == "Udp6RcvbufErrors" { n += $2 } END { print n + 0 }' \
		/proc/net/snmp /proc/net/snmp6
}

# note FAULT: what has been lost since the last call is FAULT's.
declare -A seen_lost=() seen_own=()
note() {
	local name at lost own sent
	sent=$(counted sw bridge)
	lost=$(($(counted h1 inet) - sent))
	LOST[$1 sender]=$((${LOST[$1 sender]:-0} + lost - ${seen_lost[sender]:-0}))
	seen_lost[sender]=$lost
	for name in "${RECEIVERS[@]}"; do
		at=$(counted "${HOST[$name]}" inet)
		own=$(own_drops "${HOST[$name]}")
		lost=$((sent - at))
		LOST[$1 $name]=$((${LOST[$1 $name]:-0} + lost - ${seen_lost[$name]:-0}))
		OWN[$1 $name]=$((${OWN[$1 $name]:-0} + own - ${seen_own[$name]:-0}))
		seen_lost[$name]=$lost
		seen_own[$name]=$own
	done
}

# fault NAME COMMAND...: does it, and accounts what it cost.
fault() {
	local name=$1
	shift
	hold
	note calm
	release
	"$@" || check 1 "$name: '$*' failed"
	hold
	note "$name"
	release
	TIMES[$name]=$((${TIMES[$name]:-0} + 1))
}

## what goes wrong

# flap NAME: its host's interface goes down for half a second.
flap() {
	local n=${HOST[$1]#h}
	ip -n "h$n" link set eth0 down
	sleep 0.5
	ip -n "h$n" link set eth0 up
	lab_wait_until "_lab_ready h$n" || return 1
	[[ $1 != steady ]] || rejoined 2
}

stop_receiver() {
	kill -STOP "${PID[stopped]}"
	drops_until stopped
	kill -CONT "${PID[stopped]}"
	drained stopped
}

# Readers that stop: mcrecv must wait for its reader, and loses what it cannot keep.
stall_readers() {
	kill -STOP "${READER[stalled]}" "${READER[dump]}"
	drops_until stalled
	kill -CONT "${READER[stalled]}" "${READER[dump]}"
	drained stalled
}

# drops_until NAME: until its receive buffers have overflowed.
drops_until() {
	local before
	before=$(own_drops "${HOST[$1]}")
	lab_wait_until "((\$(own_drops ${HOST[$1]}) > $before + 100))"
}

# drained NAME: nothing waits in its sockets.
drained() {
	lab_wait_until "((\$(queued ${PID[$1]}) == 0))"
}

queued() {
	awk '$2 ~ /:1388$/ && $5 !~ /:00000000$/ { n++ } END { print n + 0 }' \
		"/proc/$1/net/udp" "/proc/$1/net/udp6"
}

# Two that write captures end when the disk is full, and say why.
fill_disk() {
	local name
	run writer 3 mcrecv -j -i eth0 -w "$SMALL/r.pcap" "${GROUPS4[@]}" "${GROUPS6[@]}"
	run dumper 3 igmpdump -j -p -i eth0 --summary --streams -w "$SMALL/d.pcap"
	lab_wait_until '! alive writer && ! alive dumper' 60 || return 1
	for name in writer dumper; do
		ended $name "with the disk full"
		grep -q 'No space left on device' "$OUT/$name.err" || return 1
		unset "PID[$name]"
	done
	rm "$SMALL/r.pcap" "$SMALL/d.pcap"
}

# One of each; then again, as long as there is time.
rounds() {
	local end=$((SECONDS + DURATION)) n=0 line command
	until ((n > 0 && SECONDS >= end)); do
		for line in "${FAULTS[@]}"; do
			read -ra command <<<"${line#*:}"
			fault "${line%%:*}" "${command[@]}"
		done
		n=$((n + 1))
		all_alive || return 1
	done
}

all_alive() {
	local name rc=0
	for name in "${!PID[@]}"; do
		alive "$name" && continue
		check 1 "$name still runs; it said: $(tail -n 1 "$OUT/$name.err")"
		rc=1
	done
	return $rc
}

## memory and descriptors

# Lines of: seconds, name, KiB of memory that it asked for, KiB that it touched,
# descriptors.
watch() {
	local period=$((DURATION / 200)) name key value fds asked
	while sleep $((period > 0 ? period : 1)); do
		for name in "${!PID[@]}"; do
			fds=("/proc/${PID[$name]}/fd/"*)
			while read -r key value _; do
				case $key in
				VmData:) asked=$value ;;
				RssAnon:) say "$SECONDS $name $asked $value ${#fds[@]}" ;;
				esac
			done < <(sort -r "/proc/${PID[$name]}/status") # VmData first
		done
	done 2>/dev/null
}

# Prints for each program: KiB that it asked for, in the middle and at the end, KiB
# that it touched at both times, and the fewest descriptors in each half.  Tables that
# are spread over memory once asked for are touched page by page, for long; so what
# was asked for tells a leak sooner.
trends() {
	awk '
		{
			if (!t0) t0 = $1
			t1 = $1
			line[NR] = $0
		}
		END {
			for (i = 1; i <= NR; i++) {
				split(line[i], f)
				part = f[1] >= (t0 + t1) / 2
				asked[f[2], part] = f[3]
				touched[f[2], part] = f[4]
				if (!((f[2], part) in fds) || f[5] < fds[f[2], part]) fds[f[2], part] = f[5]
				names[f[2]]
			}
			for (p in names)
				print p, asked[p, 0], asked[p, 1], touched[p, 0], touched[p, 1],
					fds[p, 0], fds[p, 1]
		}' "$OUT/samples" | sort
}

check_resources() {
	local name asked asked_end touched touched_end fds fds_end
	say '' 'Memory of its own in KiB, asked for and touched, and descriptors: half way and at the end'
	printf '  %-9s %8s %8s %8s %8s %5s %5s\n' program asked end touched end fds end
	while read -r name asked asked_end touched touched_end fds fds_end; do
		printf '  %-9s %8d %8d %8d %8d %5d %5d\n' "$name" "$asked" "$asked_end" \
			"$touched" "$touched_end" "$fds" "$fds_end"
		# A sanitizer, which asks for terabytes, keeps what was freed and reports leaks
		# itself.
		if ((asked < 1 << 30)); then
			((asked_end - asked <= 256 && touched_end - touched <= 512))
			check $? "$name: memory does not grow"
		fi
		check_equal "$name: as many descriptors as before" "$fds" "$fds_end"
	done < <(trends)
}

## the end

# ended NAME HOW: it is gone, with the status it should have, and a summary as last line.
ended() {
	local status=0
	if ! lab_wait_until "! alive $1" 30; then
		check 1 "$1 ends $2"
		kill -KILL "${PID[$1]}"
	fi
	wait "${PID[$1]}" || status=$?
	[[ -z ${READER[$1]-} ]] || wait "${READER[$1]}"
	check_equal "$1 ends $2, exit status" "$status" "${WANT[$1]}"
	# What mctop tells is what changes; its summary comes with the first picture.
	[[ $(fact "$1" .event) == summary || $1 == top ]]
	check $? "$1 ends with its summary"
}

# fact NAME FILTER: of its last line.
fact() {
	tail -n 1 "$OUT/$1.json" | jq -r "$2"
}

finish() {
	local name
	hold
	kill -INT "${PID[sender]}"
	release
	ended sender 'after SIGINT'
	for name in "${RECEIVERS[@]}"; do
		drained "$name"
		check $? "$name has read all"
	done
	note calm
	for name in "${RECEIVERS[@]}"; do
		kill -INT "${PID[$name]}"
		ended "$name" 'after SIGINT'
	done
	kill -TERM "${PID[hosts]}"
	ended hosts 'after SIGTERM'
	last_members
	for name in querier dump top; do
		kill -INT "${PID[$name]}"
		ended "$name" 'after SIGINT'
	done
}

# The querier's table, once what has left is known to be gone.
last_members() {
	lab_wait_until 'remaining; [[ $(<$OUT/remaining) == 0 ]]' 30
	check_equal 'the querier knows no member of the emulated hosts any more' \
		"$(<"$OUT/remaining")" 0
}

remaining() {
	rm -f "$OUT/members.json"
	kill -USR1 "${PID[querier]}"
	lab_wait_until '[[ -s $OUT/members.json ]]' 5 || return 1
	jq -nR '[inputs | fromjson? | select(.group? | strings | test("^239[.]2[.]|^ff15::4d:2"))] |
		length' "$OUT/members.json" >"$OUT/remaining"
}

## the sums

losses() {
	local key name
	say '' "Lost packets, of $(($(fact sender .packets) + $(fact sender .failed))): $(fact sender .failed) refused, the rest taken"
	printf '  %-20s %5s %9s' cause times link
	for name in "${RECEIVERS[@]}"; do printf ' %9s %9s' "$name" own; done
	say ''
	for key in "${CAUSES[@]}"; do
		printf '  %-20s %5s %9d' "$key" "${TIMES[$key]-}" "${LOST[$key sender]:-0}"
		for name in "${RECEIVERS[@]}"; do
			printf ' %9d %9d' "${LOST[$key $name]:-0}" "${OWN[$key $name]:-0}"
		done
		say ''
	done
}

# The switch is where the sender's numbers and the receivers' meet.
check_losses() {
	local name failed left entered at own
	failed=$(fact sender .failed) left=$(counted h1 inet) entered=$(counted sw bridge)
	check_equal 'what the sender counts as sent left its host' "$(fact sender .packets)" "$left"
	check_causes sender 'sender link down'
	((failed > 0))
	check $? "the sender counts what its dead link refused ($failed)"
	for name in "${RECEIVERS[@]}"; do
		at=$(counted "${HOST[$name]}" inet) own=$(own_drops "${HOST[$name]}")
		check_equal "$name: received = came to its host - own drops" \
			"$(fact "$name" .packets)" $((at - own))
		check_equal "$name: own drops, as its kernel counts" "$(fact "$name" .dropped_here)" "$own"
		check_equal "$name: lost = refused + on the sender's link + on its own + own drops" \
			"$(fact "$name" .lost)" $((failed + left - entered + entered - at + own))
		check_equal "$name: neither duplicates nor reordered" \
			"$(fact "$name" '.duplicates + .reordered')" 0
	done
	check_causes steady 'receiver link down'
	check_causes stopped none
	check_causes stalled none
}

# check_causes NAME FAULT: its link loses nothing at other times.
check_causes() {
	local key lost=0
	for key in "${CAUSES[@]}"; do
		[[ $key == "$2" ]] || lost=$((lost + ${LOST[$key $1]:-0}))
	done
	check_equal "$1: lost on its link for no reason" $lost 0
}

check_control() {
	check_equal 'frames of the emulated hosts: as counted by mchost and by its kernel' \
		"$(fact hosts .frames)" "$(control hosts)"
	check_equal 'memberships of the emulated hosts: as many as they began with' \
		"$(fact hosts .delivery.memberships)" $((4 * HOSTS))
	check_equal 'queries: as counted by mcquery and by its kernel' \
		"$(fact querier .queries_sent)" "$(control querier)"
	check_between 'igmpdump: data packets missing, and frames that it says it lost' \
		$(($(counted h7 inet) - $(fact dump .streams.packets))) "$(fact dump .dropped_kernel)"
	check_equal 'igmpdump: unreadable messages, forgotten members' \
		"$(fact dump '[.unreadable, .members_forgotten] | tojson')" '[0,0]'
}

cleanup() {
	[[ -z $watcher ]] || kill "$watcher" 2>/dev/null
	lab_down
	umount "$SMALL"
}

main() {
	build || exit 3
	trap cleanup EXIT
	say "soak: $DURATION s, $HOSTS emulated hosts, $RATE packets/s"
	start
	check $? 'all programs run'
	watch >"$OUT/samples" 3>&- &
	watcher=$!
	if ((!fail)) && rounds; then
		kill "$watcher"
		watcher=
		finish
		losses
		say ''
		check_losses
		check_control
		check_resources
	fi
	say '' "$pass checks passed, $fail failed"
	((!fail))
}

main
