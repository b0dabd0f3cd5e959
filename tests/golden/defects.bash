#!/usr/bin/env bash
# defects.bash - writes a capture with twelve planted defects and four rare messages
#
# Everything that a line below does not get wrong on purpose is right: lengths,
# checksums, addresses, MAC addresses.  One packet a second, from 2025-06-15 on.
set -euo pipefail

# Bytes are kept in hexadecimal until the end.
now=1750000000

bytes() { # HEX: as bytes
	local hex=$1 out=
	while [[ $hex ]]; do
		out+=\\x${hex:0:2}
		hex=${hex:2}
	done
	printf '%b' "$out"
}

le32() { # NUMBER: as a pcap file holds it
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24))
}

ip4() { # 10.0.0.1: 0a000001
	local IFS=.
	# shellcheck disable=SC2086 # four words
	printf '%02x%02x%02x%02x' $1
}

checksum() { # HEX: RFC 1071
	local hex=$1 sum=0
	((${#hex} % 4)) && hex+=00
	while [[ $hex ]]; do
		((sum += 16#${hex:0:4}))
		hex=${hex:4}
	done
	while ((sum >> 16)); do ((sum = (sum & 0xffff) + (sum >> 16))); done
	printf '%04x' $((~sum & 0xffff))
}

with_sum() { # HEX AT [PSEUDO]: puts the checksum at byte AT, where zeros are
	local at=$(($2 * 2))
	printf '%s%s%s' "${1:0:at}" "$(checksum "${3-}$1")" "${1:at+4}"
}

mac_of() { # IPv4 GROUP
	local hex
	hex=$(ip4 "$1")
	printf '01005e%02x%s' $((16#${hex:2:2} & 127)) "${hex:4}"
}

record() { # ETHERNET-FRAME
	local len=$((${#1} / 2))
	bytes "$(le32 $now)$(le32 0)$(le32 $len)$(le32 $len)$1"
	((now += 1))
}

# igmp SRC DST MESSAGE [tos=c0] [ttl=01] [alert=94040000] [mac=...]
igmp() {
	local src=$1 dst=$2 message=$3 tos=c0 ttl=01 alert=94040000 mac len header
	mac=$(mac_of "$dst")
	shift 3
	# Without arguments it would list what there is.
	if (($#)); then local "$@"; fi
	len=$((20 + ${#alert} / 2))
	header=$(printf '4%x%s%04x00000000%s020000' $((len / 4)) "$tos" $((len + ${#message} / 2)) "$ttl")
	header=$(with_sum "$header$(ip4 "$src")$(ip4 "$dst")$alert" 10)
	src=$(ip4 "$src")
	record "${mac}02000000${src:4}0800$header$message"
}

# v2 TYPE GROUP; v3 reports and queries
v2() { with_sum "${1}000000$(ip4 "$2")" 2; }
query2() { with_sum "11640000$(ip4 "$1")" 2; }
query3() { with_sum "11640000$(ip4 "$1")027d0000" 2; }
report3() { with_sum "220000000000$2$(printf '%02x' "$1")000000$(ip4 "$3")" 2; }

# mld SRC DST-MAC DST HOP-LIMIT MESSAGE
mld() {
	local message pseudo len=$((${#5} / 2))
	pseudo=$1$3$(printf '%08x' "$len")0000003a
	message=$(with_sum "$5" 2 "$pseudo")
	record "${2}02000000000186dd60000000$(printf '%04x' $((8 + len)))00$4$1${3}3a00050200000100$message"
}

bytes d4c3b2a1
bytes 020004000000000000000000ffff000001000000

igmp 10.0.0.11 239.1.1.1 "$(v2 16 239.1.1.1)" ttl=40             # 1 TTL
igmp 10.0.0.12 224.0.0.22 "$(report3 4 0001 239.1.1.1)" alert=   # 2 no Router Alert
igmp 10.0.0.13 224.0.0.22 "$(report3 4 0001 239.1.1.1)" tos=00   # 3 TOS
igmp 10.0.0.14 239.1.1.2 "$(v2 16 239.1.1.1)"                    # 4 group is not destination
igmp 10.0.0.15 224.0.0.22 "$(report3 4 0005 239.1.1.1)"          # 5 five records claimed
igmp 10.0.0.16 232.1.1.1 "$(v2 16 232.1.1.1)"                    # 6 SSM group without source
igmp 10.0.0.17 239.1.1.1 1600beefef010101                        # 7 checksum
igmp 0.0.0.0 224.0.0.1 "$(query3 0.0.0.0)"                       # 8 query from 0.0.0.0
igmp 10.0.0.1 224.0.0.1 "$(query3 239.1.1.1)"                    # 9 group query to all hosts
igmp 10.0.0.18 239.1.1.1 "$(v2 16 239.1.1.1)" mac=01005e7f0101   # 10 MAC
igmp 10.0.0.1 224.0.0.1 "$(query3 0.0.0.0)"                      # 11 two queriers,
igmp 10.0.0.2 224.0.0.1 "$(query2 0.0.0.0)"                      # of different versions
query6=8200000027100000$(printf '%032d' 0)027d0000
mld 20010db8000000000000000000000001 333300000001 ff020000000000000000000000000001 40 "$query6" # 12

igmp 10.0.0.1 224.0.0.25 "$(with_sum ff00000000000000 2)"        # RGMP hello
igmp 10.0.0.1 224.0.0.106 "$(with_sum 3014000000140002 2)" tos=c0 # MRD advertisement
igmp 10.0.0.1 224.0.0.1 "$(with_sum 1164000000000000827d000000000002aabb 2)" # RFC 9279 extension
igmp 10.0.0.9 224.0.0.2 "$(with_sum 1f040000ef0101010a0000090a0000010a0000094001e240 2)" # mtrace query
