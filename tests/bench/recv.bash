# shellcheck shell=bash
# recv.bash - how much programs receive without loss, and what it costs them
#
# The source is bare_send with the payload that the receiver's own sender would
# make.  Loss is what the kernel of h2 dropped because a buffer was full.

RECV_LOW=100000
RECV_HIGH=1300000
RECV_CPU_PPS=150000
CPU_TRIES=2
DISTURBED=0
RECV_OURS=(mcrecv_single bare_mmsg)
RECV_PEERS=(iperf sockperf)     # mgen writes a line for each packet and is far behind

declare -A SOURCE_BOUND=()      # receivers that were faster than bare_send

# receiver_start NAME: its pid is in RECEIVER.
receiver_start() {
	"rx_$1"
	play h2 "$WORK/receiver" "${CMD[@]}"
	RECEIVER=$PLAY_PID
	lab_wait_member h2 "$GROUP" || warn "$1 joins nothing: $(head -c 200 "$WORK/receiver.err")"
}

# offer ARGUMENTS...: bare_send to the end; OFFERED is the datagrams, OFFERED_IN
# the seconds.
offer() {
	play h1 "$WORK/sender" "$BENCH_BIN/bare_send" "$@" "$GROUP" "$PORT"
	play_wait "$PLAY_PID"
	read -r OFFERED OFFERED_IN <"$WORK/sender"
}

# recv_try NAME PPS: whether it receives that; OFFERED_PPS is what was really offered.
recv_try() {
	local before after
	receiver_start "$1"
	before=$(udp_counts "$RECEIVER")
	# In runs of 32, which the kernel of h2 splits before it queues them.
	offer -m gso -g 32 -f "${FORMAT[$1]}" -r "$2" -d "$WINDOW"
	after=$(udp_counts "$RECEIVER")
	play_end "$RECEIVER"
	OFFERED_PPS=$(awk -v n="$OFFERED" -v s="$OFFERED_IN" 'BEGIN { printf "%.0f", n / s }')
	(((${after#* } - ${before#* }) * 1000 < OFFERED))
}

# recv_ceiling NAME LOW HIGH STEPS: samples the highest rate with less than 0.1 % lost.
recv_ceiling() {
	local low=$2 high=$3 step rate
	for ((step = 0; step < $4; step++)); do
		rate=$(awk -v a="$low" -v b="$high" 'BEGIN { printf "%.0f", sqrt(a * b) }')
		# Twice, lest somebody else's work on this CPU counts as a limit.
		if ! recv_try "$1" "$rate" && ! recv_try "$1" "$rate"; then
			high=$rate
		elif ((OFFERED_PPS < rate * 9 / 10)); then
			# The source is at its end: what it did offer was received.
			((OFFERED_PPS <= low)) || low=$OFFERED_PPS
			high=$rate
			SOURCE_BOUND[$1]=1
		else
			low=$rate
		fi
	done
	sample "ceiling.$1" "$low"
}

# From the second round on, the search begins around the result before.
recv_round() {
	local name last
	for name in "${RECV_OURS[@]}" "${RECV_PEERS[@]}"; do
		[[ " ${RECV_OURS[*]} ${PEERS[*]} " == *" $name "* ]] || continue
		last=$(values "ceiling.$name" | tail -n 1)
		if [[ ${last:--} == - ]]; then
			recv_ceiling "$name" $RECV_LOW $RECV_HIGH 6
		else
			recv_ceiling "$name" $((last * 3 / 4)) $((last * 4 / 3)) 4
		fi
	done
}

recv_rows() {
	local peer name target
	peer=$(best ceiling "${RECV_PEERS[@]}")
	for name in "${RECV_PEERS[@]}"; do
		target=-
		[[ $name == "$peer" ]] && target=1.15
		row "mcrecv --no-gro, 64 B, loss < 0.1 %" pps ceiling.mcrecv_single \
			"ceiling.$name" "$name" '>=' $target
	done
	row "  against recvmmsg with timestamps" pps ceiling.mcrecv_single ceiling.bare_mmsg bare \
		'>=' -
	((${#SOURCE_BOUND[@]} == 0)) ||
		echo "# the source could offer no more, at least once, to: ${!SOURCE_BOUND[*]}"
}

# others_ms: how long the processes that are on CPU 1 have run, but for the receiver.
# What waking an idle CPU costs is nobody's.
others_ms() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v reader="$RECEIVER" '
		$1 != reader { sub(/.*\) /, ""); if ($37 == 1) ms += ($12 + $13) * 10 }
		END { print ms + 0 }'
}

# watch_begin, watch_end: CPU_NS is the receiver's CPU time in between, empty when
# others took more than a tenth of what it left of CPU 1.  A wake-up that displaces
# somebody costs several times one of an idle CPU: such a figure is worth nothing,
# and would flatter who sleeps seldom.
watch_begin() {
	WATCH_AT=${EPOCHREALTIME/[.,]/}
	WATCH_OTHERS=$(others_ms)
	WATCH_CPU=$(cpu_ns "$RECEIVER")
}

watch_end() {
	local us others
	CPU_NS=$(($(cpu_ns "$RECEIVER") - WATCH_CPU))
	us=$((${EPOCHREALTIME/[.,]/} - WATCH_AT))
	(($(nproc) > 1)) || return 0
	others=$((($(others_ms) - WATCH_OTHERS) * 1000))
	((others * 10 <= us - CPU_NS / 1000)) || [[ $BUSY == 1 ]] || CPU_NS=
}

# until_quiet COMMAND...: again, at most CPU_TRIES times, while CPU_NS is empty.
until_quiet() {
	local try
	for ((try = 0; try < CPU_TRIES; try++)); do
		"$@"
		[[ -z $CPU_NS ]] || return 0
		((++DISTURBED))
	done
}

# received NAME: datagrams that the programs of its host have read, or frames that
# came where frames are read.
received() {
	if [[ $1 == mcrecv_ring ]]; then
		awk '$1 == "eth0:" { print $3 }' "/proc/$RECEIVER/net/dev"
	else
		udp_counts "$RECEIVER" | cut -d' ' -f1
	fi
}

# cpu_measure NAME: CPU_NS for READ datagrams.
cpu_measure() {
	local before
	receiver_start "$1"
	play h1 "$WORK/sender" "$BENCH_BIN/bare_send" -m mmsg -f "${FORMAT[$1]}" -r $RECV_CPU_PPS \
		-d 10 "$GROUP" "$PORT"
	before=$(received "$1")
	await "((\$(received $1) > $before + 50))" 5 || warn "$1 receives nothing"
	sleep 0.4       # the source's slow start, and a moment more
	watch_begin
	before=$(received "$1")
	sleep "$WINDOW"
	watch_end
	READ=$(($(received "$1") - before))
	play_end "$PLAY_PID"
	play_end "$RECEIVER"
}

cpu_round() {
	local name
	for name in mcrecv mcrecv_ring bare_mmsg "${PEERS[@]}"; do
		until_quiet cpu_measure "$name"
		sample "cpu.$name" "$(awk -v c="$CPU_NS" -v n="$READ" \
			'BEGIN { print (c && n ? c / n : "-") }')"
	done
}

cpu_rows() {
	row "mcrecv, CPU a packet at 150 k/s" ns cpu.mcrecv cpu.iperf iperf '<=' 0.5
	row "" ns cpu.mcrecv cpu.sockperf sockperf '<=' 0.65
	row "" ns cpu.mcrecv cpu.mgen mgen '<=' -
	row "  against recvmmsg, blocking" ns cpu.mcrecv cpu.bare_mmsg bare '<=' -
	row "mcrecv --ring, the same" ns cpu.mcrecv_ring cpu.iperf iperf '<=' 0.5
	row "" ns cpu.mcrecv_ring cpu.sockperf sockperf '<=' 0.65
	((DISTURBED == 0)) ||
		echo "# $DISTURBED measurements of CPU time discarded: others computed on CPU 1"
}

# gro_end NAME: ends the receiver; COUNTED is the datagrams it reports.
gro_end() {
	if [[ $1 == mcrecv ]]; then
		play_end "$RECEIVER" INT
		COUNTED=$(tail -n 1 "$WORK/receiver" | jq .packets)
	else
		play_end "$RECEIVER" TERM
		COUNTED=$(tail -n 1 "$WORK/receiver" | cut -d' ' -f1)
	fi
}

# gro_measure NAME: COUNTED merged datagrams of those sent in OFFERED_IN seconds,
# for CPU_NS.
gro_measure() {
	receiver_start "$1"
	watch_begin
	offer -m gsommsg -d "$WINDOW"
	sleep 0.05      # the reader empties its buffer
	watch_end
	gro_end "$1"
}

gro_round() {
	local name
	for name in mcrecv bare_gro; do
		until_quiet gro_measure "$name"
		sample "gro.$name" "$(awk -v n="$COUNTED" -v s="$OFFERED_IN" 'BEGIN { print n / s }')"
		sample "grocpu.$name" "$(awk -v n="$COUNTED" -v c="$CPU_NS" \
			'BEGIN { print (c ? n / c * 1e9 : "-") }')"
	done
}

gro_rows() {
	row "mcrecv, merged frames, 64 B" pps gro.mcrecv gro.bare_gro "bare UDP_GRO" '>=' 0.85
	row "  the same, a second of its CPU" pps grocpu.mcrecv grocpu.bare_gro "bare UDP_GRO" \
		'>=' 0.85
}

# What each receiving call costs a datagram, without anything around it.
drain_round() {
	local name ns
	play h2 "$WORK/drain" "$BENCH_BIN/bare_drain" /run/netns/h1 "$GROUP" "$PORT"
	play_wait "$PLAY_PID"
	while read -r name ns; do
		sample "drain.$name" "$ns"
	done <"$WORK/drain"
}

drain_rows() {
	local name
	for name in recvmsg_all mmsg mmsg_time mmsg_all ring; do
		row "emptying a full queue: $name" ns "drain.$name" drain.recvfrom recvfrom '<=' -
	done
}
