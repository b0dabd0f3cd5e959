#!/usr/bin/env bash
# frr.bash - FRR's multicast router in a lab
#
# Conditions are expanded where they are waited for (SC2016).
# shellcheck disable=SC2016

FRR=/usr/lib/frr

# frr HOST: zebra and pimd with IGMPv3 on eth0.  FRR insists on a group of its own,
# which a user namespace has not: it is told that it is root's.
frr() {
	printf '%s\n' 'root:x:0:' 'frrvty:x:0:root' >"$T/group"
	cat >"$T/pimd.conf" <<-'CONF'
		interface eth0
		 ip igmp
		 ip igmp query-max-response-time 5
		 ip igmp query-interval 1
	CONF
	daemon zebra "$1" -f /dev/null
	lab_wait_until '[[ -S $T/zserv.api ]]'
	daemon pimd "$1" -f "$T/pimd.conf"
	lab_wait_until '[[ -S $T/pimd.vty ]]'
}

daemon() {
	start "$1" "$2" unshare -m sh -c 'mount --bind "$0" /etc/group && exec "$@"' "$T/group" \
		"$FRR/$1" "${@:3}" -i "$T/$1.pid" -z "$T/zserv.api" --vty_socket "$T" -u root -g root
}

# vty COMMAND: what pimd's own command line says.
vty() {
	unshare -m sh -c 'mount --bind "$0" /etc/group && exec "$@"' "$T/group" \
		vtysh --vty_socket "$T" -d pimd -c "$1"
}
