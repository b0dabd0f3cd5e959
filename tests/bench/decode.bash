# shellcheck shell=bash
# decode.bash - how fast igmpdump reads, writes and follows messages
#
# Messages a second of wall time.  What starts slowly (tshark) is timed twice, with
# one message and with many, and the difference counts.  Slow programs read less
# of the same mix.

DECODE_MANY=2000000 DECODE_TCPDUMP=200000 DECODE_TSHARK=20000
DECODE_LIVE=400000 DECODE_LIVE_RATE=200000
if [[ ${QUICK-} == 1 ]]; then
	DECODE_MANY=500000 DECODE_TCPDUMP=50000 DECODE_TSHARK=5000 DECODE_LIVE=100000
fi

# decode_file COUNT: that many messages, as $WORK/COUNT.pcap.
decode_file() {
	[[ -e $WORK/$1.pcap ]] || "$BENCH_BIN/gen_messages" "$1" >"$WORK/$1.pcap"
}

# decode_time COMMAND...: its wall time in microseconds, in TIME.
decode_time() {
	local from=$EPOCHREALTIME to status=0
	"$@" >/dev/null 2>"$WORK/errors" || status=$?
	to=$EPOCHREALTIME
	TIME=$((${to/[.,]/} - ${from/[.,]/}))
	((status == 0)) || echo "# $1 failed: $(tail -n 1 "$WORK/errors")"
	return $status
}

# decode_sample KEY COUNT COMMAND...: its messages a second; FILE is the last word.
decode_sample() {
	local key=$1 count=$2
	shift 2
	decode_file "$count"
	decode_time "$@" "$WORK/$count.pcap" || TIME=
	sample "decode.$key" "$(awk -v n="$count" -v t="$TIME" 'BEGIN { if (t) printf "%.0f", n * 1e6 / t }')"
}

# decode_tshark KEY MESSAGES ARG...
decode_tshark() {
	local key=$1 many=$2 start
	shift 2
	command -v tshark >/dev/null || return 0
	decode_file 1
	decode_file "$many"
	decode_time tshark "$@" -r "$WORK/1.pcap"
	start=$TIME
	decode_time tshark "$@" -r "$WORK/$many.pcap"
	sample "decode.$key" "$(awk -v n="$many" -v t=$((TIME - start)) \
		'BEGIN { if (t > 0) printf "%.0f", n * 1e6 / t; else print "-" }')"
}

# decode_tcpdump KEY ENV-ARG...: where TZ is not set, which is usual, it looks at
# /etc/localtime for each line.  As root it would become another user, which this
# namespace does not have.
decode_tcpdump() {
	local key=$1
	shift
	decode_sample "$key" "$DECODE_TCPDUMP" env "$@" unshare -U --map-user=1000 --map-group=1000 \
		tcpdump -nr
}

# Of what was sent at that rate, what igmpdump has seen and what it says was lost.
decode_live() {
	local pid got sent_ns
	decode_file "$DECODE_LIVE"
	lab_bg h2 "$MCTOOLS_BIN/igmpdump" -j --summary -i eth0 -p >"$WORK/live" 2>"$WORK/live.err"
	pid=$LAB_PID
	lab_wait_until "grep -q 'listening on' '$WORK/live.err'" || return
	sent_ns=$(lab_in h1 "$BENCH_BIN/bare_replay" eth0 "$WORK/$DECODE_LIVE.pcap" "$DECODE_LIVE_RATE" |
		cut -d' ' -f2)
	# What waits in the ring is read before the end.
	lab_wait_until "kill -USR1 $pid && ((\$(decode_live_count) >= DECODE_LIVE))"
	lab_end "$pid"
	got=$(tail -n 1 "$WORK/live" | jq .messages)
	sample decode.live_rate "$(awk -v n="$DECODE_LIVE" -v t="$sent_ns" 'BEGIN { printf "%.0f", n * 1e9 / t }')"
	sample decode.live_seen "$got"
	sample decode.live_sent "$DECODE_LIVE"
	sample decode.live_told $((got + $(tail -n 1 "$WORK/live" | jq .dropped_kernel)))
}

decode_live_count() {
	tail -n 1 "$WORK/live" 2>/dev/null | jq '.messages + .dropped_kernel' 2>/dev/null || echo 0
}

decode_round() {
	local dump=$MCTOOLS_BIN/igmpdump
	decode_sample text "$DECODE_MANY" env -u TZ "$dump" -n -r
	decode_tcpdump tcpdump -u TZ
	decode_tcpdump tcpdump_tz TZ=UTC
	decode_sample json "$DECODE_MANY" "$dump" -j -r
	decode_tshark tshark $((DECODE_TSHARK * 10)) -n
	decode_tshark tshark_json "$DECODE_TSHARK" -n -T json
	decode_sample summary "$DECODE_MANY" "$dump" --summary -r
	decode_sample check "$DECODE_MANY" "$dump" -q -r
	decode_sample bare "$DECODE_MANY" "$BENCH_BIN/bare_pcap"
	# With full state, two million or a quarter of bare reading are good.
	sample decode.good "$(values decode.bare | tail -n 1 |
		awk '{ print $1 == "-" ? "-" : $1 / 4 < 2e6 ? $1 / 4 : 2e6 }')"
	decode_live
}

decode_rows() {
	row 'igmpdump -n, text' pps decode.text decode.tcpdump 'tcpdump -n' '>=' 30
	row 'igmpdump -n, text' pps decode.text decode.tcpdump_tz 'tcpdump -n, TZ set' '' -
	row 'igmpdump -n, text' pps decode.text decode.tshark 'tshark -n' '' -
	row 'igmpdump -n, text' pps decode.text decode.bare 'bare libpcap' '>=' -
	row 'igmpdump -j, JSON' pps decode.json decode.tshark_json 'tshark -T json' '>=' 100
	row 'igmpdump -q, judged only' pps decode.check decode.bare 'bare libpcap' '>=' -
	row 'igmpdump --summary, all state' pps decode.summary decode.bare 'bare libpcap' '>=' -
	row 'igmpdump --summary, all state' pps decode.summary decode.good '2 M/s or a quarter' '>=' 1
	row_of 'igmpdump live, messages seen' "$(human "$(median decode.live_rate)" pps)" 'sent' \
		"$(ratios decode.live_seen decode.live_sent)" '>=' 1
	row_of 'igmpdump live, seen or told as lost' "$(human "$(median decode.live_rate)" pps)" 'sent' \
		"$(ratios decode.live_told decode.live_sent)" '>=' 1
}
