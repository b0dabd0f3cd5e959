# shellcheck shell=bash
# sources.bash - reading 10,000 memberships, and finding the 1,000 processes behind them
#
# The farm is planted once: joining takes longer than all the reading.

FARM=

sources_farm() {
	lab_ns farmer &&
		ip -n farmer link add eth0 type veth peer name eth1 &&
		ip -n farmer -batch - <<-BATCH || return 1
			addr add 10.0.8.1/24 dev eth0
			link set eth0 up
			link set eth1 up
		BATCH
	lab_wait_until "_lab_ready farmer" || return 1
	play farmer "$WORK/farm" "$LAB_HELPERS/lab-sources" farm eth0 239.79.0.0 1000 10 1
	FARM=$PLAY_PID
	await "[[ -s '$WORK/farm' ]]" 30 || warn "farm: $(head -c 200 "$WORK/farm.err")"
}

# sources_time KEY WHAT ROUNDS: the best round but the first, in ns.
sources_time() {
	nsenter --net=/run/netns/farmer "$LAB_HELPERS/lab-sources" time "$2" "$3" |
		awk 'NR > 1 && $3 >= 10000 && (!best || $2 < best) { best = $2 }
			END { if (best) printf "%.0f\n", best * 1e6 }' >"$WORK/time"
	sample "sources.$1" "$(<"$WORK/time")"
}

sources_round() {
	local ns
	[[ -n $FARM ]] || sources_farm || return
	sources_time groups groups 6
	sources_time users users 6
	sources_time filters filters 6
	read -r ns _ < <(nsenter --net=/run/netns/farmer "$BENCH_BIN/bare_igmp" 5)
	sample sources.bare "$ns"
	# A first scan knows nothing yet, the next ones remember.
	sample sources.first "$(nsenter --net=/run/netns/farmer "$LAB_HELPERS/lab-sources" \
		time sockets 1 | awk '$3 == 10000 { printf "%.0f\n", $2 * 1e6 }')"
	sources_time next sockets 3
}

sources_rows() {
	local key
	row_of "10000 memberships: times faster than /proc" \
		"$(human "$(median sources.groups)" ms)" \
		"sscanf $(human "$(median sources.bare)" ms)" \
		"$(ratios sources.bare sources.groups)" '>=' 3
	row_of "  with users, timers, IPv6" "$(human "$(median sources.users)" ms)" \
		"sscanf $(human "$(median sources.bare)" ms)" \
		"$(ratios sources.bare sources.users)" '>=' -
	row_of "  with sources and modes as well" "$(human "$(median sources.filters)" ms)" \
		"sscanf $(human "$(median sources.bare)" ms)" \
		"$(ratios sources.bare sources.filters)" '>=' -
	for key in first next; do
		row_of "1000 processes, 10000 sockets: $key scan, s" \
			"$(human "$(median sources.$key)" ms)" 'limit 2 s' \
			"$(values sources.$key | awk '{ print $1 / 1e9 }' | stats)" '<=' 2
	done
	[[ -z $FARM ]] || play_end "$FARM"
}
