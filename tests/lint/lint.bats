#!/usr/bin/env bats
# lint.bats - each lint rule finds a violation planted for it, and nothing else

source "$BATS_TEST_DIRNAME/../assert.bash"

# A project in miniature that no rule objects to.
setup() {
	local lint
	lint=$(realpath "$BATS_TEST_DIRNAME/../..")
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p tools libmc/include/mc libmc/addr libmc/wire libmc/sys cmd/common cmd/mcx man \
		examples/libmc debian
	ln -s "$lint/tools/lint" "$lint/tools/lint.d" "$lint/tools/headdoc.awk" \
		"$lint/tools/symbols" tools/
	cp "$lint/.clang-format" "$lint/.shellcheckrc" .
	export BUILD=build MAKE=make
	header <<<'MC_API int mc_one(void); /* One. */'
	printf '/* x.c - an example */\nint x(void)\n{\n\treturn mc_one();\n}\n' >examples/libmc/x.c
	unit libmc/addr/one.c <<<'int mc_one(void)
{
	return 1;
}'
	printf 'LIBMC_0 {\nglobal:\n\tmc_*;\nlocal:\n\t*;\n};\n' >libmc/libmc.map
	printf 'libmc.so.0 libmc0 #MINVER#\n LIBMC_0@LIBMC_0 1.0\n mc_one@LIBMC_0 1.0\n' >debian/libmc0.symbols
	echo 1.1 >VERSION
}

# header < TEXT: the only installed header.
header() {
	{
		printf '/* x.h - the header */\n#ifndef MC_X_H\n#define MC_X_H\n'
		printf '#define MC_API __attribute__((visibility("default")))\n'
		cat
		printf '#endif\n'
	} >libmc/include/mc/x.h
}

# unit FILE < TEXT: a C file and its object, as the warning-free build leaves it.
unit() {
	local object=build/lint-gcc/obj/${1%.c}.o
	mkdir -p "${1%/*}" "${object%/*}"
	{
		printf '/* %s - a file */\n' "${1##*/}"
		cat
	} >"$1"
	gcc -O2 -fPIC -w -c -o "$object" "$1"
}

# shared: links the objects of the library.
shared() {
	mkdir -p build/lint-gcc/lib
	gcc -shared -Wl,--version-script=libmc/libmc.map -o build/lint-gcc/lib/libmc.so.0 build/lint-gcc/obj/libmc/*/*.o
}

# caught RULE "FILE:LINE: TEXT": the rule finds this and nothing besides.
caught() {
	run tools/lint "$1"
	assert_failure 1
	assert_line --index 0 --partial "${2%%: *}: $1: ${2#*: }"
	assert_line --index 1 "lint: 1 rules, 1 findings"
}

@test "a clean project has no findings" {
	shared
	printf '.PHONY: all test-programs flags\nall test-programs flags:\n' >Makefile
	run tools/lint
	assert_success
	assert_output "lint: 20 rules, 0 findings"
}

@test "an unknown rule is an error" {
	run tools/lint no-such-rule
	assert_failure 2
	assert_output --partial "no such rule: no-such-rule"
}

@test "gcc, clang: a warning" {
	unit cmd/mcx/main.c <<<'int main(void)
{
	int unused;
}'
	# shellcheck disable=SC2016
	printf 'all test-programs:\n\t$(CC) $(CFLAGS) -Wall -c -o /dev/null cmd/mcx/main.c\n' >Makefile
	printf 'flags:\n\t@echo -Wall\n' >>Makefile
	caught gcc "cmd/mcx/main.c:4: unused variable"
	caught clang "cmd/mcx/main.c:4: unused variable"
}

@test "gcc: a build that fails otherwise" {
	printf 'all test-programs:\n\tfalse\n' >Makefile
	caught gcc "Makefile:1: build failed: "
}

@test "clang: a warning in a fuzz target" {
	mkdir -p tests/fuzz
	printf '/* fuzz_x.c - x */\nint f(void)\n{\n\tint unused;\n\treturn 0;\n}\n' >tests/fuzz/fuzz_x.c
	printf 'flags:\n\t@echo -Wall\n' >Makefile
	caught clang "tests/fuzz/fuzz_x.c:4: unused variable"
}

@test "include-tool: another program's header" {
	printf '/* main.c - a program */\n#include "other/opts.h"\n' >cmd/mcx/main.c
	caught include-tool "cmd/mcx/main.c:2: not for this program: other/opts.h"
}

@test "include-tool: a private header of the library" {
	printf '/* main.c - a program */\n#include "../../libmc/wire/cursor.h"\n' >cmd/mcx/main.c
	caught include-tool "cmd/mcx/main.c:2: not for this program: ../../libmc/wire/cursor.h"
}

@test "include-tool: its own files, cmd/common and the library are fine" {
	printf '#include "opts.h"\n#include "mcx/opts.h"\n#include "common/opt.h"\n#include <mc/x.h>\n' \
		>cmd/mcx/main.c
	run tools/lint include-tool
	assert_success
}

@test "include-room: a lower room that knows a higher one" {
	printf '/* two.c - a file */\n#include "wire/cursor.h"\n' >libmc/addr/two.c
	caught include-room "libmc/addr/two.c:2: addr must not know wire"
}

@test "include-room: the library that knows a program" {
	printf '/* two.c - a file */\n#include "common/opt.h"\n' >libmc/sys/two.c
	caught include-room "libmc/sys/two.c:2: not a room of the library: common/opt.h"
}

@test "include-room: streams in a pure room" {
	printf '/* two.c - a file */\n#include <stdio.h>\n' >libmc/addr/two.c
	caught include-room "libmc/addr/two.c:2: a pure room has no use for <stdio.h>"
}

@test "pure-symbols: the clock in a pure room" {
	unit libmc/wire/two.c <<<'#include <time.h>
long mc_two(void) { return time(0); }'
	caught pure-symbols "libmc/wire/two.c:1: a pure room uses time"
}

@test "pure-symbols: allocation, also by a string function" {
	unit libmc/wire/two.c <<<'#include <string.h>
char *mc_two(const char *s) { return strdup(s); }'
	caught pure-symbols "libmc/wire/two.c:1: a pure room uses strdup"
}

@test "pure-symbols: the sys room from a pure one" {
	unit libmc/sys/two.c <<<'int mc_sys(void) { return 1; }'
	unit libmc/wire/two.c <<<'int mc_sys(void); int mc_two(void) { return mc_sys(); }'
	caught pure-symbols "libmc/wire/two.c:1: a pure room uses mc_sys"
}

@test "pure-symbols: memory, strings, addresses and other pure rooms are fine" {
	unit libmc/wire/two.c <<<'#include <arpa/inet.h>
#include <string.h>
int mc_one(void);
int mc_two(const char *s) { return mc_one() + inet_pton(2, s, memchr(s, 0, 9)) + strlen(s); }'
	run tools/lint pure-symbols
	assert_success
}

@test "object rules: without a build they do not pass" {
	rm -r build
	caught pure-symbols "build/lint-gcc:1: no objects"
	caught lib-quiet "build/lint-gcc:1: no objects"
	caught lib-globals "build/lint-gcc:1: no objects"
	caught exports "build/lint-gcc:1: no objects"
}

@test "lib-quiet: a library that prints, exits, or reads the environment" {
	local call
	for call in 'printf("%d", n)' 'exit(n)' 'getenv("A")' 'signal(n, 0)' 'fputs("no", stderr)'; do
		unit libmc/sys/two.c <<<"#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
void mc_two(int n) { $call; }"
		run tools/lint lib-quiet
		assert_failure 1
		assert_output --partial "libmc/sys/two.c:1: lib-quiet: the library uses "
	done
}

@test "lib-globals: a variable, static or not" {
	unit libmc/sys/two.c <<<'static int calls; int mc_two(void) { return ++calls; }'
	caught lib-globals "libmc/sys/two.c:1: writable data: calls"
	unit libmc/sys/two.c <<<'int mc_calls = 3;'
	caught lib-globals "libmc/sys/two.c:1: writable data: mc_calls"
}

@test "lib-globals: a table of constant pointers is fine" {
	unit libmc/sys/two.c <<<'static const char *const t[] = { "a", "b" }; const char *mc_two(int n) { return t[n]; }'
	run tools/lint lib-globals
	assert_success
}

@test "exports: promised but not exported, exported but not promised" {
	header <<<'MC_API int mc_one(void);
MC_API __attribute__((warn_unused_result)) const char *mc_gone(int a,
				int b);'
	shared
	caught exports "libmc/include/mc/x.h:6: mc_gone is promised, not exported"
	header <<<''
	caught exports "build/lint-gcc/lib/libmc.so.0:1: mc_one is exported, in no header"
}

@test "symbols: vanished, not recorded, of no version node of the map" {
	unit libmc/addr/one.c <<<'int mc_two(void) { return 2; }'
	shared
	run tools/lint symbols
	assert_failure 1
	assert_line --partial "debian/libmc0.symbols:3: symbols: mc_one@LIBMC_0 has vanished"
	assert_line --partial "debian/libmc0.symbols:1: symbols: mc_two@LIBMC_0 is exported, not recorded"
	assert_line "lint: 1 rules, 2 findings"

	tools/symbols -r build/lint-gcc/lib/libmc.so.0
	assert_equal "$(sed -n 's/^ //p' debian/libmc0.symbols)" \
		$'LIBMC_0@LIBMC_0 1.0\nmc_two@LIBMC_0 1.1'
	run tools/lint symbols
	assert_success
	sed -i s/LIBMC_0/LIBMC_1/ libmc/libmc.map
	caught symbols "libmc/libmc.map:1: no version node LIBMC_0, that of LIBMC_0@LIBMC_0"
}

@test "header-alone: a header that needs another one, or only C" {
	header <<<'MC_API int mc_one(uint8_t n);'
	run tools/lint header-alone
	assert_failure 1
	assert_output --partial "libmc/include/mc/x.h:5: header-alone: C11: unknown type name"
	header <<<'MC_API int mc_one(int class);'
	caught header-alone "libmc/include/mc/x.h:5: C++17: "
}

@test "header-docs: a function without a word, and one without an example" {
	header <<<'MC_API int mc_one(void);'
	caught header-docs "libmc/include/mc/x.h:5: nothing is said about mc_one"
	header <<<'/* Two. */
MC_API int mc_two(void);'
	caught header-docs "libmc/include/mc/x.h:6: examples/libmc/x.c does not call mc_two"
}

@test "header-foreign: a type of libpcap" {
	header <<<'typedef struct pcap pcap_t;'
	caught header-foreign "libmc/include/mc/x.h:5: a type of another library"
}

@test "curses: outside the view and input of mctop" {
	mkdir cmd/mctop
	printf '/* view.c - a view */\n#include <ncurses.h>\n' >cmd/mctop/view.c
	sed 's/view/model/g' cmd/mctop/view.c >cmd/mctop/model.c
	caught curses "cmd/mctop/model.c:2: only the view and input of mctop know curses"
	rm cmd/mctop/model.c
	sed 's/view/main/g' cmd/mctop/view.c >cmd/mcx/main.c
	caught curses "cmd/mcx/main.c:2: only the view and input of mctop know curses"
}

# long_function LINES: on standard output, body and braces included.
long_function() {
	printf '/* two.c - a file */\nvoid mc_two(void)\n{\n'
	local i
	for ((i = 3; i < $1; i++)); do
		echo '	;'
	done
	echo '}'
}

@test "function-size: 100 lines are fine, 101 are not" {
	printf 'int mc_a%d(void)\n{\n}\n' 1 2 3 >libmc/wire/small.c
	long_function 100 >libmc/wire/two.c
	run tools/lint function-size
	assert_success
	long_function 101 >libmc/wire/two.c
	caught function-size "libmc/wire/two.c:2: mc_two has 101 lines, limit 100"
}

@test "function-size: the median" {
	rm libmc/addr/one.c examples/libmc/x.c
	long_function 21 >libmc/wire/two.c
	caught function-size ".:0: median of 1 functions is 21, limit 20"
}

@test "file-size: 800 lines are fine, 801 are not" {
	yes '' | head -800 >tools/long.bash
	run tools/lint file-size
	assert_success
	echo >>tools/long.bash
	caught file-size "tools/long.bash:801: 801 lines, limit 800"
}

@test "head-comment: a file that does not say what it is" {
	printf '/* one.c - of another name */\n' >libmc/wire/two.c
	caught head-comment "libmc/wire/two.c:1: expected /* two.c - what it is */"
}

@test "format: a space too many" {
	printf '/* two.c - a file */\nint  mc_two(void)\n{\n\treturn 1;\n}\n' >libmc/wire/two.c
	caught format "libmc/wire/two.c:2: not as clang-format writes it"
}

@test "shellcheck: scripts by name, by first line, and bats files" {
	# shellcheck disable=SC2016
	printf '#!/bin/bash\nrm $1\n' | tee tools/a.bash >tools/b
	# shellcheck disable=SC2016
	printf '#!/usr/bin/env bats\n@test "x" {\n\trm $x\n}\n' >tools/c.bats
	run tools/lint shellcheck
	assert_failure 1
	assert_output --partial "tools/a.bash:2: shellcheck: note: Double quote"
	assert_output --partial "tools/b:2: shellcheck: note: Double quote"
	assert_output --partial "tools/c.bats:3: shellcheck: note: Double quote"
}

@test "mandoc: written pages and generated ones" {
	mkdir build/man
	printf '.Dd November 1, 2025\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd a page\n.Xx\n' |
		tee man/x.1 >build/man/y.1
	run tools/lint mandoc
	assert_failure 1
	assert_output --partial "man/x.1:7: mandoc: "
	assert_output --partial "build/man/y.1:7: mandoc: "
}

@test "white-space: at the end of a line, and a last line without end" {
	printf 'words \nmore\n' >README.md
	caught white-space "README.md:1: at the end of the line"
	printf 'words\nmore' >README.md
	caught white-space "README.md:1: no newline at the end"
}
