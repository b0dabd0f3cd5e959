# shellcheck shell=bash
# router.bash - a million memberships in the router's state machine, in virtual time
#
# Figures against fixed targets: bytes an entry of (group, host) or (group, source),
# records a second of CPU time, and the longest stop in microseconds.

ROUTER_HOSTS=1000 ROUTER_GROUPS=1000
[[ ${QUICK-} != 1 ]] || ROUTER_GROUPS=100

# router_sample NAME FAMILY SOURCES
router_sample() {
	local name=$1 line key value
	line=$("$BENCH_BIN/router_many" "$2" "$ROUTER_HOSTS" "$ROUTER_GROUPS" "$3") ||
		echo "# router_many failed: $name"
	while read -r key value; do
		sample "router.$name.$key" "$value"
	done < <(xargs -n 2 <<<"$line")
}

router_round() {
	router_sample any4 4 0
	router_sample any6 6 0
	router_sample source4 4 1
	router_sample source6 6 1
}

# router_row LABEL NAME KEY OPERATOR TARGET
router_row() {
	row_of "$1" "$(median "router.$2.entries") entries" "$3" \
		"$(values "router.$2.$3" | stats)" "$4" "$5"
}

router_rows() {
	router_row 'router, IPv4, (group, host)' any4 bytes '<=' 64
	router_row 'router, IPv6, (group, host)' any6 bytes '<=' 96
	router_row 'router, IPv4, and (group, source)' source4 bytes '<=' 64
	router_row 'router, IPv6, and (group, source)' source6 bytes '<=' 96
	router_row '  records a second, joining' any4 join '>=' 300000
	router_row '  records a second, refreshing' any4 refresh '>=' 300000
	router_row '  the same with a source, IPv6' source6 join '>=' 300000
	router_row '  longest stop to hear a report, us' any4 report_us '<=' 10000
	router_row '  longest stop when all expire, us' any4 expiry_us '<=' 10000
	router_row '  the same with sources, IPv6, us' source6 expiry_us '<=' 10000
}
