# build.bash - lint rules that compile or look at objects
# shellcheck shell=bash
# awk programs behind xargs (SC2016), variables of tools/lint (SC2154)
# shellcheck disable=SC2016,SC2154

PURE_ROOMS=(base addr wire stream fsm kern)

# compiler_findings RULE [END]: from its words, and END if there was nothing but a failure.
compiler_findings() {
	awk -v rule="$1" -v failed="${2-}" '
		/^[^ :]+:[0-9]+:[0-9]+: (fatal )?(error|warning): / {
			split($0, at, ":")
			text = $0
			sub(/^[^ ]+ (fatal )?(error|warning): /, "", text)
			print at[1] ":" at[2] ": " rule ": " text
			found = 1
		}
		{ last = $0 }
		END { if (failed && !found) print "Makefile:1: " rule ": build failed: " last }'
}

# Everything compiles without a warning.
rule_gcc() {
	"$MAKE" -k --no-print-directory BUILD="$LINT_BUILD" CC=gcc CFLAGS="$LINT_CFLAGS" LDFLAGS= \
		all test-programs >"$work/gcc.log" 2>&1 || compiler_findings gcc failed <"$work/gcc.log"
}

# The same for clang, whose warnings need no code; the fuzz targets too, which no
# other rule compiles.
rule_clang() {
	local flags
	read -ra flags < <(env -u MAKEFLAGS "$MAKE" -s --no-print-directory flags)
	list 'cmd/*.c' 'libmc/*.c' 'tests/*.c' |
		xargs -P "$(nproc)" -n 8 clang "${flags[@]}" -fsyntax-only 2>&1 |
		compiler_findings clang
}

# objects ROOM...: their objects, "-" when there is nothing to look at.
objects() {
	local room
	for room; do
		find "$LINT_BUILD/obj/libmc/$room" -name '*.o' 2>/dev/null
	done | sort
}

# source_of OBJECT
source_of() {
	local path=${1#"$LINT_BUILD"/obj/}
	echo "${path%.o}.c"
}

no_objects() {
	echo "$LINT_BUILD:1: $1: no objects; run the rule gcc first"
}

# undefined OBJECT...: lines "source symbol".
undefined() {
	local object
	for object; do
		nm -u "$object" | awk -v file="$(source_of "$object")" '{ print file, $2 }'
	done
}

# Pure rooms reach nothing but memory, strings and each other; compiler helpers
# and the checked variants of the same functions may stand in for them.
rule_pure_symbols() {
	local pure
	mapfile -t pure < <(objects "${PURE_ROOMS[@]}")
	((${#pure[@]})) || { no_objects pure-symbols && return; }
	nm --defined-only -g "${pure[@]}" | awk 'NF == 3 { print $3 }' >"$work/pure"
	undefined "${pure[@]}" | awk -v own="$work/pure" '
		BEGIN { while ((getline name <own) > 0) ours[name] = 1 }
		$2 in ours { next }
		$2 ~ /^(__)?(mem|str)[a-z]+(_chk)?$/ && $2 !~ /dup/ && $2 !~ /^(__)?strto/ { next }
		$2 ~ /^inet_(ntop|pton)$/ { next }
		$2 ~ /^(__stack_chk_fail|_GLOBAL_OFFSET_TABLE_)$/ { next }
		$2 ~ /^__u?(div|mod|divmod|mul)[dt]i[34]$/ { next }
		{ print $1 ":1: pure-symbols: a pure room uses " $2 }'
}

# The library leaves streams, the process and its environment to programs.
rule_lib_quiet() {
	local lib
	mapfile -t lib < <(objects '')
	((${#lib[@]})) || { no_objects lib-quiet && return; }
	undefined "${lib[@]}" | awk '
		$2 ~ /^(__)?v?(f|d)?printf(_chk)?$/ || $2 ~ /^(fputs|fputc|putc|puts|putchar|fwrite)$/ ||
		$2 ~ /^(stdin|stdout|stderr|perror|syslog|v?(err|warn|errx|warnx)|error)$/ ||
		$2 ~ /^(_?exit|_Exit|quick_exit|atexit|abort|__assert_fail)$/ ||
		$2 ~ /^(secure_)?getenv$/ || $2 ~ /^(setenv|putenv|unsetenv|environ)$/ ||
		$2 ~ /^(signal|sigaction|sigprocmask|pthread_sigmask|raise|kill)$/ {
			print $1 ":1: lib-quiet: the library uses " $2
		}'
}

# Tables of pointers are constant too, in sections the loader relocates.
rule_lib_globals() {
	local lib object
	mapfile -t lib < <(objects '')
	((${#lib[@]})) || { no_objects lib-globals && return; }
	for object in "${lib[@]}"; do
		nm --format=sysv "$object" | awk -F'|' -v file="$(source_of "$object")" '
			$3 ~ /^ *[dDbBC] *$/ && $7 !~ /^\.data\.rel\.ro/ {
				gsub(/ /, "", $1)
				print file ":1: lib-globals: writable data: " $1
			}'
	done
}

# prototypes: lines "file line name" of what the headers promise.
prototypes() {
	list 'libmc/include/mc/*.h' | xargs -r awk '
		/^MC_API / { decl = ""; from = FNR; open = 1 }
		open { decl = decl " " $0 }
		open && /;/ {
			open = 0
			if (match(decl, /mc_[a-z0-9_]+ *(\(|;|\[)/)) {
				name = substr(decl, RSTART, RLENGTH)
				sub(/ *[(;[]$/, "", name)
				print FILENAME, from, name
			}
		}'
}

rule_exports() {
	local so=$LINT_BUILD/lib/libmc.so.0
	[[ -e $so ]] || { no_objects exports && return; }
	nm -D --defined-only "$so" | awk '$2 ~ /[A-Z]/ && $2 != "A" { sub(/@.*/, "", $3); print $3 }' \
		>"$work/exported"
	prototypes | awk -v exported="$work/exported" -v so="$so" '
		BEGIN { while ((getline name <exported) > 0) out[name] = 1 }
		{ promised[$3] = 1 }
		!($3 in out) { print $1 ":" $2 ": exports: " $3 " is promised, not exported" }
		END {
			for (name in out)
				if (!(name in promised))
					print so ":1: exports: " name " is exported, in no header"
		}'
}

# Programs linked with an older library find everything they knew, and so does Debian.
rule_symbols() {
	local so=$LINT_BUILD/lib/libmc.so.0
	[[ -e $so ]] || { no_objects symbols && return; }
	tools/symbols "$so" | sed -E 's/^([^ ]+:[0-9]+): /\1: symbols: /'
}

# Users include one header, with nothing before it, in C or in C++.
rule_header_alone() {
	local header
	list 'libmc/include/mc/*.h' | while read -r header; do
		echo "#include <mc/${header##*/}>" >"$work/alone.c"
		cp "$work/alone.c" "$work/alone.cc"
		gcc -std=c11 -pedantic -Wall -Wextra -Werror -Ilibmc/include -fsyntax-only "$work/alone.c" 2>&1 |
			header_findings "$header" C11
		g++ -std=c++17 -pedantic -Wall -Wextra -Werror -Ilibmc/include -fsyntax-only "$work/alone.cc" 2>&1 |
			header_findings "$header" C++17
	done
}

header_findings() {
	sed -nE "s|^[^ ]*:([0-9]+):[0-9]+: (fatal )?error: |$1:\1: header-alone: $2: |p"
}
