# shellcheck shell=bash
# peers.bash - how to ask each program for the same thing
#
# tx_NAME SIZE and rx_NAME leave the command in the array CMD.  FORMAT names the
# payload of bare_send that rx_NAME understands.

PEERS=()
# shellcheck disable=SC2034 # recv.bash reads it
declare -A FORMAT=([iperf]=iperf [sockperf]=sockperf [mgen]=mgen [mcrecv]=probe
	[mcrecv_single]=probe [mcrecv_ring]=probe [bare_mmsg]=probe [bare_gro]=probe)

peers_find() {
	local name missing=()
	for name in iperf mgen sockperf; do
		if command -v "$name" >/dev/null; then
			PEERS+=("$name")
		else
			missing+=("$name")
		fi
	done
	((${#missing[@]} == 0)) ||
		echo "# left out, not installed: ${missing[*]} (make deps BENCH=1)"
}

tx_iperf() {
	CMD=(iperf -c "$GROUP" -p "$PORT" -B 10.0.0.1 -u -b 40g -l "$1" -t 60)
}

# At rate -1 it looks after nothing else, not even signals.
tx_mgen() {
	CMD=(mgen event "ON 1 UDP DST $GROUP/$PORT PERIODIC [-1 $1]" interface eth0
		output /dev/null)
}

tx_sockperf() {
	CMD=(sockperf tp -i "$GROUP" -p "$PORT" --mc-tx-if 10.0.0.1 -m "$1" -t 60)
}

tx_mcsend() {
	CMD=("$MCTOOLS_BIN/mcsend" -q -i eth0 -r max -s "$1" "$GROUP:$PORT")
}

tx_mcsend_single() {
	tx_mcsend "$1"
	CMD+=(--no-gso)
}

tx_mcsend_many() {
	CMD=("$MCTOOLS_BIN/mcsend" -q -i eth0 -r max -s "$1" "$GROUP+$GROUPS_MANY:$PORT")
}

tx_bare_mmsg() {
	CMD=("$BENCH_BIN/bare_send" -m mmsg -s "$1" -d 60 "$GROUP" "$PORT")
}

tx_bare_gso() {
	CMD=("$BENCH_BIN/bare_send" -m gso -s "$1" -d 60 "$GROUP" "$PORT")
}

tx_bare_gsommsg() {
	CMD=("$BENCH_BIN/bare_send" -m gsommsg -s "$1" -d 60 "$GROUP" "$PORT")
}

# All with the same buffer; its default loses far earlier for each of them.
rx_iperf() {
	CMD=(iperf -s -u -B "$GROUP%eth0" -p "$PORT" -w 4M)
}

rx_mgen() {
	CMD=(mgen event "LISTEN UDP $PORT" event "JOIN $GROUP INTERFACE eth0"
		rxbuffer 4194304 output /dev/null)
}

rx_sockperf() {
	CMD=(sockperf sr -i "$GROUP" -p "$PORT" --mc-rx-if 10.0.0.2 --buffer-size 4194304)
}

rx_mcrecv() {
	CMD=("$MCTOOLS_BIN/mcrecv" -j -i eth0 --rcvbuf 4M "$GROUP:$PORT")
}

rx_mcrecv_single() {
	rx_mcrecv
	CMD+=(--no-gro)
}

rx_mcrecv_ring() {
	rx_mcrecv
	CMD+=(--ring)
}

rx_bare_mmsg() {
	CMD=("$BENCH_BIN/bare_recv" "$GROUP" "$PORT")
}

rx_bare_gro() {
	CMD=("$BENCH_BIN/bare_recv" -m gro "$GROUP" "$PORT")
}
