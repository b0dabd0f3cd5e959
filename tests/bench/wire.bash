# shellcheck shell=bash
# wire.bash - hosts on the wire: how fast their first reports leave, and what they cost
#
# A population joins at once, and each join sends an IGMPv2 report: frames a second
# over the first second, joining included, against bare loops that only send.

WIRE_HOSTS=100000

wire_ifindex() {
	ip -n h1 -j link show eth0 | jq '.[0].ifindex'
}

wire_bare() {
	sample "wire.$1" "$(nsenter --net=/run/netns/h1 "${PIN_TX[@]}" "$BENCH_BIN/bare_frames" "$1" \
		"$(wire_ifindex)" eth0 1)"
}

wire_ours() {
	play h1 "$WORK/wire" "$MCTOOLS_BIN/mchost" -j -i eth0 --hosts $WIRE_HOSTS --per-host 10 \
		--addresses 10.64.0.0/10 --versions v2:100% --isolated --die -d 3 --interval 1s \
		239.1.0.0+10000
	play_wait "$PLAY_PID"
	sample wire.ours "$(jq -s '[.[] | select(.event == "interval")][0] | .frames / .elapsed_ns * 1e9 |
		floor' "$WORK/wire")"
	sample wire.kib "$(jq 'select(.event == "summary") | .memory_bytes / 1024 | floor' "$WORK/wire")"
	sample wire.limit $((200 * 1024))
}

wire_round() {
	wire_bare sendmmsg
	wire_ours
	wire_bare libnet
}

wire_rows() {
	row "mchost, reports of $WIRE_HOSTS hosts" pps wire.ours wire.sendmmsg sendmmsg '>=' 0.8
	row '' pps wire.ours wire.libnet libnet_write '>=' 2
	row 'mchost, memory' MiB wire.kib wire.limit limit '<=' 1
}
