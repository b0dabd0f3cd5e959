# shellcheck shell=bash
# play.bash - the two hosts' programs: started, pinned, watched, ended
#
# The sender runs on CPU 0 of host h1, the receiver on CPU 1 of host h2.  What
# plays and ends programs must not run in a subshell, which cannot wait for them.

declare -A PLAYING=()   # pid -> 1: what has to be ended
PLAY_PID=
PIN_TX=() PIN_RX=()
if (($(nproc) > 1)); then
	PIN_TX=(taskset -c 0) PIN_RX=(taskset -c 1)
fi

warn() {
	echo "bench: $*" >&2
}

# play HOST OUTPUT COMMAND...: in the background; PLAY_PID is the program's own.
play() {
	local host=$1 output=$2 pin=("${PIN_TX[@]}")
	shift 2
	[[ $host == h1 ]] || pin=("${PIN_RX[@]}")
	: >"$output"
	(exec env --default-signal=INT,QUIT nsenter "--net=/run/netns/$host" "${pin[@]}" "$@") \
		</dev/null >"$output" 2>"$output.err" &
	PLAY_PID=$!
	PLAYING[$PLAY_PID]=1
}

# play_wait PID: until it ends by itself.
play_wait() {
	wait "$1"
	unset "PLAYING[$1]"
} 2>/dev/null   # where bash says that it was killed

# play_end PID [SIGNAL]: KILL, unless the program is to say something.  What it forked
# is killed with it: trafgen's worker would send on, into the next measurement.
play_end() {
	local forked=()
	[[ -n ${2-} ]] || read -ra forked <"/proc/$1/task/$1/children"
	kill "-${2:-KILL}" "$1" "${forked[@]}"
	play_wait "$1"
} 2>/dev/null

play_end_all() {
	local pid
	for pid in "${!PLAYING[@]}"; do
		play_end "$pid"
	done
}

exec {NEVER}<> <(:)     # nothing is ever written to it

# await CONDITION SECONDS: polls every 5 ms.  No sleep(1), which would compute beside
# what is being measured.
await() {
	local end=$((${EPOCHREALTIME/[.,]/} + $2 * 1000000))
	until eval "$1"; do
		((${EPOCHREALTIME/[.,]/} < end)) || return 1
		read -rt 0.005 -u "$NEVER" || :
	done
}

# udp_counts PID: datagrams read by the programs of its host, and dropped there.
udp_counts() {
	awk '/^Udp:/ && ++n == 2 { print $2, $6 }' "/proc/$1/net/snmp"
}

# flowing PID BEFORE: its host has read some more datagrams.
flowing() {
	local now
	now=$(udp_counts "$1")
	((${now% *} - ${2% *} > 50))
}

# cpu_ns PID: CPU time of all threads.
cpu_ns() {
	awk '{ sum += $1 } END { printf "%.0f\n", sum }' "/proc/$1"/task/*/schedstat
}

segmentation() {
	nsenter --net=/run/netns/h1 ethtool -K eth0 tx-udp-segmentation "$1" >/dev/null
}
