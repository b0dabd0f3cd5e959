#!/bin/bash
# optdoc.sh - what tools/optdoc.c generates, tried in the shells it is for; TAP
#
# usage: optdoc.sh OPTDOC PAGE.in

optdoc=$1 page=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
number=0 failed=0

result() { # STATUS NAME
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - optdoc: $2"
	else
		echo "not ok $number - optdoc: $2"
		failed=1
	fi
}

skip() { # NAME WHY
	number=$((number + 1))
	echo "ok $number - optdoc: $1 # SKIP $2"
}

have() { command -v "$1" >/dev/null; }

# What bash offers when the last of the words is being completed, one line.
offers() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_fake
	echo "${COMPREPLY[*]}"
}

offered() { # EXPECTED WORD...
	local expected=$1 got
	shift
	got=$(offers "$@")
	[ "$got" = "$expected" ]
	local status=$?
	[ $status -eq 0 ] || echo "# '$got' instead of '$expected'"
	result $status "bash completes: $*"
}

for shell in bash zsh fish; do
	"$optdoc" $shell >"$work/$shell" && [ -s "$work/$shell" ]
	result $? "writes the $shell completion"
	if have $shell; then
		$shell -n "$work/$shell"
		result $? "$shell reads it"
	else
		skip "$shell reads it" "no $shell here"
	fi
done

if have shellcheck; then
	shellcheck -s bash "$work/bash"
	result $? "shellcheck of the bash completion"
else
	skip "shellcheck of the bash completion" "no shellcheck here"
fi

# Sourced without the functions of the bash-completion package.
# shellcheck disable=SC1091
. "$work/bash"
touch "$work/payload one"
offered "--rate" fake --ra
offered "--max-loss --mode" fake --m
offered "plain burst sweep" fake -m ""
offered "burst" fake --mode = b
offered "auto always" fake --color = a
offered "" fake --color a
offered "" fake -c ""
offered "lo" fake -i l
offered "lo" fake --interface = lo
offered "239.1.1.1%lo" fake 239.1.1.1%lo
offered "" fake 239.1.1.1
offered "$work/payload one" fake -f "$work/pay"

if have fish; then
	got=$(fish --no-config -c "source '$work/fish'; complete -C 'fake -m b'")
	[ "$got" = $'burst\thow to send' ]
	result $? "fish completes a choice"
	got=$(fish --no-config -c "source '$work/fish'; complete -C 'fake --max'")
	[ "$got" = $'--max-loss\tfail above this loss' ]
	result $? "fish completes an option"
else
	skip "fish completes a choice" "no fish here"
	skip "fish completes an option" "no fish here"
fi

"$optdoc" man "$page" >"$work/fake.1"
result $? "writes the man page"
mandoc -Tlint -W warning "$work/fake.1"
result $? "mandoc has nothing to say about it"
text=$(mandoc -Tascii "$work/fake.1" | col -b)
[[ $text == *"-r, --rate RATE"*"--color[=WHEN]"*"fake -r max '239.1.0.0/16'"* ]]
result $? "options and examples are in the page, to be pasted"
grep -v @EXAMPLES@ "$page" >"$work/short.1.in"
! "$optdoc" man "$work/short.1.in" >"$work/short.1" 2>"$work/err" && grep -q @EXAMPLES@ "$work/err"
result $? "a page without one of the lists is refused"
! "$optdoc" bash >/dev/full
result $? "a full disk is noticed"

echo "1..$number"
exit $failed
