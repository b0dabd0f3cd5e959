# shellcheck shell=bash
# wire.bash - hosts on the wire: how fast their reports leave, and what they cost
#
# A population joins at once, and once it has it is asked for everything, to be
# answered in less time than the answers take: IGMPv2 reports at the limit.  Against
# bare loops and programs that only send such frames.

WIRE_HOSTS=100000
WIRE_GROUPS=10 # of each host

wire_ifindex() {
	ip -n h1 -j link show eth0 | jq '.[0].ifindex'
}

wire_bare() {
	sample "wire.$1" "$(nsenter --net=/run/netns/h1 "${PIN_TX[@]}" "$BENCH_BIN/bare_frames" "$1" \
		"$(wire_ifindex)" eth0 1)"
}

# A report like those of the loops: host and group by chance, both checksums.
wire_trafgen_frame() {
	cat <<-FRAME
		{ 1, 0, 0x5e, 1, 0, drnd(1), 2, 0, 0, drnd(3), 8, 0,
		  0x46, 0xc0, 0, 32, 0, 0, 0x40, 0, 1, 2, csumip(14, 37), 10, 64, drnd(2),
		  239, 1, 0, drnd(1), 0x94, 4, 0, 0,
		  0x16, 0, csumip(38, 45), 239, 1, 0, drnd(1) }
	FRAME
}

wire_sent() {
	ip -n h1 -s -j link show eth0 | jq '.[0].stats64.tx.packets'
}

wire_trafgen() {
	local before t0 t1
	command -v trafgen >/dev/null || return 0
	wire_trafgen_frame >"$WORK/wire.cfg"
	before=$(wire_sent)
	play h1 "$WORK/trafgen" trafgen -i "$WORK/wire.cfg" -o eth0 --cpus 1
	if await "((\$(wire_sent) > $before + 1000))" 5; then
		before=$(wire_sent) t0=${EPOCHREALTIME/[.,]/}
		sleep 1
		t1=${EPOCHREALTIME/[.,]/}
		sample wire.trafgen $((($(wire_sent) - before) * 1000000 / (t1 - t0)))
	else
		sample wire.trafgen
	fi
	play_end "$PLAY_PID"
}

# wire_joined: all memberships are there, by the last interval that is whole.
wire_joined() {
	grep -q "\"memberships\":$((WIRE_HOSTS * WIRE_GROUPS))," "$WORK/wire"
}

# The rate of joining, and of answering: over the intervals in which it answers all
# the time, from the first that has the query to the one before the last frame.
wire_rates() {
	jq -s --argjson all $((WIRE_HOSTS * WIRE_GROUPS)) '
		def rate(a; b): (b.frames - a.frames) / (b.elapsed_ns - a.elapsed_ns) * 1e9 | floor;
		[.[] | select(.event == "interval")] |
		(map(select(.memberships < $all)) | rate({ frames: 0, elapsed_ns: 0 }; last)) as $join |
		map(select(.queries > 0)) | (last | .frames) as $total |
		(map(select(.frames < $total)) | rate(first; last)) as $answer | $join, $answer' "$WORK/wire"
}

# wire_ours NAME: on CPU 0, as the others, or with a thread that sends on a CPU of its own.
wire_ours() {
	local rates name=$1 PIN_TX=("${PIN_TX[@]}")
	[[ $name == alone ]] || PIN_TX=()
	play h1 "$WORK/wire" "$MCTOOLS_BIN/mchost" -j -i eth0 --hosts $WIRE_HOSTS \
		--per-host $WIRE_GROUPS --addresses 10.64.0.0/10 --versions v2:100% --isolated --die -d 12 \
		--interval 50ms 239.1.0.0+10000
	await wire_joined 10
	nsenter --net=/run/netns/h2 "$MCTOOLS_BIN/mchost" -q -i eth0 --craft 'v2-query max-resp=200ms'
	play_wait "$PLAY_PID"
	mapfile -t rates < <(wire_rates)
	sample "wire.$name.joins" "${rates[0]}"
	sample "wire.$name" "${rates[1]}"
	sample wire.kib "$(jq 'select(.event == "summary") | .memory_bytes / 1024 | floor' "$WORK/wire")"
	sample wire.limit $((200 * 1024))
}

# How its frames left.
wire_path() {
	jq -r 'select(.event == "start") | .path' "$WORK/wire"
}

wire_round() {
	wire_bare sendmmsg
	wire_ours ours
	wire_ours alone
	wire_bare libnet
	wire_trafgen
}

wire_rows() {
	row "mchost, answers of $WIRE_HOSTS hosts, $(wire_path)" pps wire.ours wire.sendmmsg sendmmsg '>=' 0.8
	row '' pps wire.ours wire.libnet libnet_write '>=' 2
	row '' pps wire.ours wire.trafgen trafgen '>=' 1.15
	row '  joining, reports of the joins' pps wire.ours.joins wire.sendmmsg sendmmsg '' -
	row '  answers, on one CPU' pps wire.alone wire.sendmmsg sendmmsg '' -
	row '' pps wire.alone wire.trafgen trafgen '' -
	row 'mchost, memory' MiB wire.kib wire.limit limit '<=' 1
}
