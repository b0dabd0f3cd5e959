# shellcheck shell=bash
# mcquery.bash - a million memberships on the wire: mchost joins, mcquery --serve takes
# them in, the hosts die, all expire; and what the kernel's bridge makes of the same
#
# A report of IGMPv2 is a frame and a record; one of IGMPv3 carries more than a hundred.
# mcquery rewrites its metrics every 10 ms: longer gaps are pauses of its loop.
#
# Conditions and filters are expanded there, not here (SC2016).
# shellcheck disable=SC2016

MCQUERY_HOSTS=100000 MCQUERY_DENSE=1000 MCQUERY_GROUPS=10
if [[ ${QUICK-} == 1 ]]; then
	MCQUERY_HOSTS=20000 MCQUERY_DENSE=200
fi
MCQUERY_METRICS_US=10000

# mcquery_fact NAME: the sum of a metric's samples, as last written.
mcquery_fact() {
	awk -v name="mcquery_$1" '{ sub(/\{.*\}/, "", $1) } $1 == name { n += $2 } END { print n + 0 }' \
		"$WORK/query/metrics"
}

# mcquery_hosts IF VERSION HOSTS PER_HOST GROUPS SECONDS: they join at once, and die.
mcquery_hosts() {
	play h1 "$WORK/hosts.out" "$MCTOOLS_BIN/mchost" -j -i "$1" --hosts "$3" --per-host "$4" \
		--addresses 10.64.0.0/10 --versions "$2:100%" --isolated --die -d "$6" \
		--interval 100ms "239.1.0.0+$5"
}

# The ring of the capture, which is mapped, is not in it.
mcquery_rss_kib() {
	awk '$1 == "RssAnon:" { print $2 }' "/proc/$1/status"
}

# mcquery_load NAME VERSION HOSTS PER_HOST COUNTER
mcquery_load() {
	local name=mcquery.$1 want=$(($3 * $4)) querier rss began cpu gaps records longest
	rm -rf "$WORK/query"
	mkdir "$WORK/query"
	play h2 "$WORK/querier" "$MCTOOLS_BIN/mcquery" -4 -q -i eth0 --serve --no-listen -I 9 -M 1 \
		--set startup-query-interval=9 --set startup-query-count=1 --max-entries 1200000 \
		--set group-membership-interval=10 \
		--metrics "$WORK/query/metrics" --metrics-interval "${MCQUERY_METRICS_US}us"
	querier=$PLAY_PID
	await '[[ -s $WORK/query/metrics ]]' 5 || warn "mcquery: $(<"$WORK/querier.err")"
	rss=$(mcquery_rss_kib "$querier") cpu=$(cpu_ns "$querier")
	mcquery_hosts eth0 "$2" "$3" "$4" 1000 8
	await '(($(mcquery_fact members) > 0))' 5
	began=${EPOCHREALTIME/[.,]/}
	await '(($(mcquery_fact members) >= want))' 8 || warn "$name: $(mcquery_fact members) of $want memberships"
	records=$(mcquery_fact "$5")
	sample "$name.rate" $((records * 1000000 / (${EPOCHREALTIME/[.,]/} - began)))
	sample "$name.cpu" "$((($(cpu_ns "$querier") - cpu) / records))"
	sample "$name.bytes" $((($(mcquery_rss_kib "$querier") - rss) * 1024 / $(mcquery_fact members)))
	sample "$name.members" "$(mcquery_fact members)"
	play_wait "$PLAY_PID"
	coproc GAPS { exec "$BENCH_BIN/loop_gaps" "$WORK/query/metrics"; }
	gaps=${GAPS[0]}
	await '(($(mcquery_fact members) == 0))' 25 || warn "$name: not all expired"
	eval "exec ${GAPS[1]}>&-"
	read -r longest <&"$gaps"
	sample "$name.pause_us" $((longest - MCQUERY_METRICS_US))
	sample "$name.lost" "$(mcquery_fact frames_lost_total)"
	play_end "$querier" INT
}

# mcquery_far_end plain|bridge: the other end of h1's eth9.
mcquery_far_end() {
	ip -n h1 link add eth9 type veth peer name port netns bridge
	if [[ $1 == bridge ]]; then
		ip -n bridge link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 1 \
			mcast_hash_max 524288
		ip -n bridge link set port master br0
		ip -n bridge link set br0 up
	fi
	ip -n bridge link set port up
	ip -n h1 addr add 10.9.0.1/24 dev eth9
	ip -n h1 link set eth9 up
}

# mcquery_sender_ns: CPU time for each frame of hosts that join a group each.  On veth
# it includes what the other end does.
mcquery_sender_ns() {
	local frames cpu
	mcquery_hosts eth9 v2 $MCQUERY_HOSTS 1 $MCQUERY_HOSTS 3
	await 'grep -q "\"memberships\":$MCQUERY_HOSTS," "$WORK/hosts.out"' 3
	cpu=$(cpu_ns "$PLAY_PID")
	frames=$(grep -m 1 "\"memberships\":$MCQUERY_HOSTS," "$WORK/hosts.out" | jq .frames)
	SENDER_NS=$((cpu / frames))
}

# The bridge's work for a report is what a sender needs more when one is there.
mcquery_bridge() {
	local plain
	[[ -e /run/netns/bridge ]] || lab_ns bridge
	mcquery_far_end plain
	mcquery_sender_ns
	plain=$SENDER_NS
	play_wait "$PLAY_PID"
	ip -n h1 link del eth9
	mcquery_far_end bridge
	mcquery_sender_ns
	sample mcquery.bridge $((SENDER_NS - plain))
	sample mcquery.mdb "$(bridge -n bridge mdb show dev br0 | wc -l)"
	play_wait "$PLAY_PID"
	ip -n h1 link del eth9
	ip -n bridge link del br0
}

mcquery_round() {
	mcquery_load v2 v2 "$MCQUERY_HOSTS" "$MCQUERY_GROUPS" reports_received_total
	mcquery_load v3 v3 "$MCQUERY_DENSE" 1000 records_received_total
	mcquery_bridge
}

# mcquery_row LABEL NAME KEY OPERATOR TARGET
mcquery_row() {
	row_of "$1" "$(median "mcquery.$2.members") members" "$3" "$(values "mcquery.$2.$3" | stats)" "$4" "$5"
}

mcquery_rows() {
	mcquery_row 'mcquery, IGMPv2 reports absorbed a second' v2 rate '>=' -
	mcquery_row '  CPU a report, ns' v2 cpu '<=' 3333
	row '  the same, the kernel'"'"'s bridge' ns mcquery.v2.cpu mcquery.bridge bridge '<=' -
	mcquery_row '  frames lost' v2 lost '<=' 0
	mcquery_row '  memory of the process, bytes a membership' v2 bytes '<=' -
	mcquery_row '  longest pause while all expire, us' v2 pause_us '<=' 10000
	mcquery_row 'mcquery, IGMPv3 records absorbed a second' v3 rate '>=' 300000
	mcquery_row '  CPU a record, ns' v3 cpu '<=' 3333
	mcquery_row '  frames lost' v3 lost '<=' 0
	mcquery_row '  memory of the process, bytes a membership' v3 bytes '<=' -
	mcquery_row '  longest pause while all expire, us' v3 pause_us '<=' 10000
	echo "# the bridge's table had $(median mcquery.mdb) entries"
}
