#!/usr/bin/env bats
# The manual page says what `liftoff help` says: no command, option, letter or
# argument more or less. Needs no engine.

setup() {
	: "${LIFTOFF:?set it to the program to test}"
	top=$BATS_TEST_DIRNAME/../..
	page=$top/docs/liftoff.1
	commands=$("$LIFTOFF" help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
	[ -n "$commands" ]
}

# "-n --tail LINES", one option a line, sorted, of the help text on stdin.
options_in_help() {
	sed -nE 's/^  (-(.), |    )--([a-z-]+)( ([A-Z.=]+))?( .*)?$/-\2 --\3 \5/p' |
		sed 's/^- //; s/ $//' | sort
}

# The same of the lines of the page on stdin.
options_in_page() {
	sed -nE 's/^\.It Fl ((.) , )?-([a-z-]+)( Ar (.*))?$/-\2 --\3 \5/p' |
		sed 's/^- //; s/ $//' | sort
}

# What stands in the page below a heading.
section() { awk -v head="$1" '/^\.S[sh] /{ on = ($0 ~ "^" head "( |$)") } on' "$page"; }

@test "every command of the help is in the page, and no other" {
	diff <(sort <<<"$commands") <(sed -nE 's/^\.Ss ([a-z-]+).*/\1/p' "$page" | sort)
}

@test "every option common to all commands is in the page, and no other" {
	expected=$("$LIFTOFF" help | sed '1,/^Options of every command/d' | options_in_help)
	[ -n "$expected" ]
	diff <(echo "$expected") <(section '[.]Sh OPTIONS' | options_in_page)
}

@test "every option of each command is in the page, and no other" {
	for command in $commands; do
		echo "$command:"
		diff <("$LIFTOFF" help "$command" | sed '/^Options of every/,$d' | options_in_help) \
			<(section "[.]Ss $command" | options_in_page)
	done
}

@test "the arguments of each command are the page's" {
	for command in $commands; do
		usage=$("$LIFTOFF" help "$command" | sed -n "s/^Usage: liftoff $command \[OPTION…\] *//p")
		heading=$(section "[.]Ss $command" | sed -n '1s/^\.Ss [a-z-]* *//p')
		# mdoc brackets and dashes, as they come out.
		heading=$(sed -E 's/(Op|Oo) /[/g; s/\bAr //g; s/Fl -/--/g; s/ Oc/]/g; s/ \.\.\./…/g' <<<"$heading")
		[[ $heading != *"["* ]] || heading=$(sed -E 's/(\[[A-Z][^]]*(\[-N\])?…?)$/\1]/' <<<"$heading")
		echo "$command: '$usage' in help, '$heading' in the page"
		[ "$usage" = "$heading" ]
	done
}

@test "every exit code that the code knows is in the page" {
	codes=$(sed -nE 's,.*/\* exit ([0-9]+)[ :].*,\1,p' "$top/launcher/err.h" | sort -n)
	[ -n "$codes" ]
	for code in $codes; do
		[ "$code" -eq 128 ] || grep -qx ".It $code" "$page"
	done
	grep -qx '.It 128+N' "$page"
}

@test "every variable that the code asks for is in the page" {
	for name in $(grep -ohE 'getenv\("[A-Z_]+"\)' "$top"/launcher/*.c | sed 's/.*"\(.*\)".*/\1/' | sort -u); do
		echo "$name"
		grep -qx ".It Ev $name" "$page"
	done
}

@test "the examples of the page are commands that exist" {
	for command in $(sed -n '/^\.Sh EXAMPLES/,$p' "$page" | sed -nE 's/^liftoff //p' |
		sed -E 's/-f [^ ]+ //g; s/--set [^ ]+ //g; s/--json //g' | awk '{ print $1 }'); do
		grep -qx "$command" <<<"$commands"
	done
}
