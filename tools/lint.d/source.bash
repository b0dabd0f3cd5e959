# source.bash - lint rules that read sources
# shellcheck shell=bash
# awk programs behind xargs (SC2016), variables of tools/lint (SC2154)
# shellcheck disable=SC2016,SC2154

# Programs see the public headers, cmd/common and their own files, no others.
rule_include_tool() {
	list 'cmd/*.c' 'cmd/*.h' | xargs -r awk '
		FNR == 1 { split(FILENAME, dir, "/") }
		!/^[ \t]*#[ \t]*include[ \t]*"/ { next }
		{
			split($0, part, "\"")
			n = split(part[2], to, "/")
		}
		n == 1 || (n == 2 && (to[1] == dir[2] || to[1] == "common")) { next }
		{ print FILENAME ":" FNR ": include-tool: not for this program: " part[2] }'
}

# Rooms of the library are stacked: base, addr, wire, then stream and fsm, sys.
rule_include_room() {
	list 'libmc/*.c' 'libmc/*.h' | xargs -r awk '
		BEGIN {
			rank["base"] = 0; rank["addr"] = 1; rank["wire"] = 2; rank["stream"] = 3
			rank["fsm"] = 3; rank["kern"] = 3; rank["sys"] = 4; rank["include"] = -1
		}
		FNR == 1 { split(FILENAME, dir, "/") }
		/^[ \t]*#[ \t]*include[ \t]*<(stdio|signal|unistd|time)\.h>/ && rank[dir[2]] < 4 {
			print FILENAME ":" FNR ": include-room: a pure room has no use for " $NF
		}
		!/^[ \t]*#[ \t]*include[ \t]*"/ { next }
		{
			split($0, part, "\"")
			n = split(part[2], to, "/")
		}
		n == 1 { next }
		n != 2 || !(to[1] in rank) {
			print FILENAME ":" FNR ": include-room: not a room of the library: " part[2]
			next
		}
		rank[to[1]] > rank[dir[2]] || (rank[to[1]] == rank[dir[2]] && to[1] != dir[2]) {
			print FILENAME ":" FNR ": include-room: " dir[2] " must not know " to[1]
		}'
}

# Whoever uses the library need not have the libraries it is made with.
rule_header_foreign() {
	list 'libmc/include/mc/*.h' | xargs -r grep -nHE \
		'#[ ]*include[ ]*<(pcap|libnet|libmnl|linux/netlink|curses|ncurses|ev\.h)|\<(pcap_t|libnet_t|nlmsghdr|mnl_socket)\>|\<pcap_[a-z]+\(' |
		sed -E 's/^([^:]+:[0-9]+):.*/\1: header-foreign: a type of another library in an installed header/'
}

# A page is made of each header: what it says, and an example that calls all of it.
rule_header_docs() {
	list 'libmc/include/mc/*.h' |
		xargs -r awk -f tools/headdoc.awk -v check=1 -v examples=examples/libmc
}

rule_curses() {
	list 'cmd/*' 'libmc/*' | grep -vE '^cmd/mctop/(view|input)[a-z_]*\.[ch]$' |
		xargs -r grep -nHE '#[ ]*include[ ]*<(n?curses|term|panel)[a-z]*(/[a-z]+)?\.h>' |
		sed -E 's/^([^:]+:[0-9]+):.*/\1: curses: only the view and input of mctop know curses/'
}

# sizes: lines "file line length name" of every C function.
sizes() {
	list '*.c' '*.h' | xargs -r ctags --kinds-C=f --kinds-C++=f -x \
		--_xformat='%F %n %{end} %N' | awk '{ print $1, $2, $3 - $2 + 1, $4 }'
}

rule_function_size() {
	sizes | sort -k3,3n | awk -v max="$MAX_FUNCTION" -v max_median="$MAX_MEDIAN" '
		{ len[NR] = $3 }
		$3 > max { print $1 ":" $2 ": function-size: " $4 " has " $3 " lines, limit " max }
		END {
			median = len[int((NR + 1) / 2)]
			if (median > max_median)
				print ".:0: function-size: median of " NR " functions is " median ", limit " max_median
		}'
}

rule_file_size() {
	local file lines
	{
		list '*.c' '*.h' '*.bash' '*.bats' '*.sh' '*.mk' '*.awk' Makefile
		shell_files
	} | sort -u | while read -r file; do
		lines=$(wc -l <"$file")
		((lines <= MAX_FILE)) || echo "$file:$lines: file-size: $lines lines, limit $MAX_FILE"
	done
}

# A reader of one file learns from its first line what it is.
rule_head_comment() {
	local file line
	list '*.c' '*.h' | while read -r file; do
		read -r line <"$file"
		[[ $line == "/* ${file##*/} - "* ]] ||
			echo "$file:1: head-comment: expected /* ${file##*/} - what it is */"
	done
}

rule_format() {
	list '*.c' '*.h' | xargs -r clang-format --dry-run -Werror 2>&1 |
		sed -nE 's/^([^ :]+:[0-9]+):[0-9]+: error: .*/\1: format: not as clang-format writes it/p'
}

# shell_files: by name, or by first line where the name says nothing.
shell_files() {
	local file line
	list '*.sh' '*.bash' '*.bats'
	list '*' | while read -r file; do
		[[ ${file##*/} == *.* ]] && continue
		LC_ALL=C IFS= read -r line 2>/dev/null <"$file" || continue
		[[ $line =~ ^'#!'.*(sh|bats)$ ]] && echo "$file"
	done
}

rule_shellcheck() {
	shell_files | sort -u | xargs -r shellcheck -x -f gcc 2>&1 |
		sed -E 's/^([^ :]+:[0-9]+):[0-9]+: /\1: shellcheck: /'
}

# Generated pages count as well.  That pages which are not installed refer to each other
# is no fault of theirs.
rule_mandoc() {
	{
		list 'man/*.[1-9]'
		find "$BUILD/man" -name '*.[1-9]' 2>/dev/null
	} | xargs -r mandoc -Tlint 2> >(grep -v 'outdated mandoc\.db') |
		grep -v 'referenced manual not found' |
		sed -E 's/^mandoc: ([^ :]+:[0-9]+):[0-9]+: /\1: mandoc: /'
}

# Binary files and recorded outputs are nobody's handwriting.
rule_white_space() {
	local file
	list '*' | grep -vE '^(tests/(golden|fuzz/corpus)/)' | while read -r file; do
		grep -nIHE '[[:blank:]]+$' "$file"
		if grep -qI . "$file" && [[ -n $(tail -c 1 "$file") ]]; then
			echo "$file:$(wc -l <"$file"): no newline"
		fi
	done | sed -E 's/^([^:]+:[0-9]+):( no newline)?.*/\1: white-space:\2/; s/white-space:$/white-space: at the end of the line/; s/space: no newline/space: no newline at the end/'
}
