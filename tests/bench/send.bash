# shellcheck shell=bash
# send.bash - how fast programs send, counted by a receiver that joined and reads;
# and how well mcsend keeps a rate

SEND_SIZES=(64 1400)

# counter_start [GROUPS]: bare_recv on h2; its pid is in COUNTER.
counter_start() {
	play h2 "$WORK/counter" "$BENCH_BIN/bare_recv" -n "${1:-1}" "$GROUP" "$PORT"
	COUNTER=$PLAY_PID
	await "[[ -s $WORK/counter ]]" 5 || warn "the counting receiver does not start"
}

# counter_end: what it counted in COUNTED, COUNTED_IN, COUNTED_SPAN and DROPPED.
counter_end() {
	play_end "$COUNTER" TERM
	read -r COUNTED COUNTED_IN COUNTED_SPAN DROPPED < <(tail -n 1 "$WORK/counter")
}

# send_measure KEY SENDER SIZE [GROUPS]
send_measure() {
	local before sender
	counter_start "${4:-1}"
	before=$(udp_counts "$COUNTER")
	"tx_$2" "$3"
	play h1 "$WORK/sender" "${CMD[@]}"
	sender=$PLAY_PID
	# sockperf takes two seconds to begin.
	if await "flowing $COUNTER '$before'" 5; then
		sleep 0.1
		kill -USR1 "$COUNTER"
		sleep "$WINDOW"
	else
		warn "$2 sends nothing: $(head -c 200 "$WORK/sender.err")"
	fi
	counter_end
	play_end "$sender"
	sample "$1" "$(awk -v n="$COUNTED" -v s="$COUNTED_IN" 'BEGIN { print (n ? n / s : "-") }')"
}

send_round() {
	local size name
	for size in "${SEND_SIZES[@]}"; do
		for name in mcsend bare_gso "${PEERS[@]}" bare_gsommsg mcsend_single bare_mmsg; do
			send_measure "tx$size.$name" "$name" "$size"
		done
		segmentation off
		for name in mcsend bare_gso; do
			send_measure "split$size.$name" "$name" "$size"
		done
		segmentation on
	done
	send_measure many.one mcsend 64 "$GROUPS_MANY"
	send_measure many.all mcsend_many 64 "$GROUPS_MANY"
}

send_rows() {
	local size peer
	for size in "${SEND_SIZES[@]}"; do
		peer=$(best "tx$size" "${PEERS[@]}")
		row "mcsend -r max, $size B" pps "tx$size.mcsend" "tx$size.$peer" "${peer:-no peer}" '>=' 5
		row "  against UDP_SEGMENT" pps "tx$size.mcsend" "tx$size.bare_gso" bare '>=' 0.9
		row "  against UDP_SEGMENT + sendmmsg" pps "tx$size.mcsend" "tx$size.bare_gsommsg" bare \
			'>=' -
		row "  segmentation off in the device" pps "split$size.mcsend" "tx$size.$peer" \
			"${peer:-no peer}" '>=' 2.8
		row "  the same, against UDP_SEGMENT" pps "split$size.mcsend" "split$size.bare_gso" bare \
			'>=' 0.9
		row "mcsend --no-gso, $size B, against sendmmsg" pps "tx$size.mcsend_single" \
			"tx$size.bare_mmsg" bare '>=' 0.95
	done
	row "mcsend to $GROUPS_MANY groups in turn, 64 B" pps many.all many.one "one group" '>=' 0.7
}

# pace_one KEY RATE: what the receiver counted, from the first to the last arrival.
pace_one() {
	counter_start
	play h1 "$WORK/sender" "$MCTOOLS_BIN/mcsend" -q -i eth0 -r "$2/s" -d "$PACE_SECONDS" \
		"$GROUP:$PORT"
	play_wait "$PLAY_PID"
	sleep 0.1       # the reader empties its buffer
	counter_end
	sample "$1" "$(awk -v n="$((COUNTED + DROPPED))" -v s="$COUNTED_SPAN" \
		'BEGIN { print (n > 1 && s > 0 ? (n - 1) / s : "-") }')"
	sample "$1.asked" "$2"
}

pace_all() {
	local max
	max=$(median tx64.mcsend)
	if [[ -z $max ]]; then
		send_measure tx64.mcsend mcsend 64
		max=$(median tx64.mcsend)
	fi
	PACE_RATES=(100 10000 100000 "$(awk -v m="$max" 'BEGIN { printf "%.0f", m * 0.8 }')")
	local rate
	for rate in "${PACE_RATES[@]}"; do
		pace_one "pace$rate" "$rate"
	done
}

pace_rows() {
	local rate error
	for rate in "${PACE_RATES[@]}"; do
		error=$(ratios "pace$rate" "pace$rate.asked" |
			awk '{ e = ($1 - 1) * 100; if (e < 0) e = -e; print e, e, e }')
		row_of "mcsend -r $rate/s for $PACE_SECONDS s: error in %" \
			"$(median "pace$rate") /s" "asked" "$error" '<=' 0.1
	done
}
