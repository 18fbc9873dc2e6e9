#!/usr/bin/env bats
# Wrong command lines and wrong profiles: told at once, and the engine left alone.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; engine; }
teardown() { common_teardown; }

untouched() {
	[ ! -s "$CALLS" ] || {
		cat "$CALLS" >&2
		return 1
	}
}

refused() {
	run --separate-stderr "$LIFTOFF" "$@"
	exits 64
	[ -z "$output" ]
	untouched
}

@test "no command: 64, and a short help on stderr" {
	refused
	says "Usage: liftoff"
}

@test "an unknown command, with the nearest one" {
	refused pln
	says "unknown command pln"
	says "did you mean liftoff plan?"
}

@test "unknown options and bad values" {
	refused up --nonsense
	says "--nonsense"
	refused plan --volumes
	refused up --timeout soon
	says "--timeout soon"
	refused up --progress loud
	refused up --set nonsense
	refused ps too many words
	refused exec
}

@test "help and version need no profile and no engine" {
	for words in help "help up" "up --help" --help --version; do
		read -ra argv <<<"$words"
		run --separate-stderr "$LIFTOFF" "${argv[@]}"
		exits 0
		[ -n "$output" ]
	done
	[ "$(count_calls true)" -le 2 ]
	no_changes
}

bad_profile() {
	printf '%s\n' "$@" >bad.ini
	for command in up down plan ps pull; do
		run --separate-stderr "$LIFTOFF" "$command" -f bad.ini
		exits 78
		[ -z "$output" ]
	done
	untouched
}

@test "a bad profile: 78, every mistake with its line, no engine call" {
	bad_profile '[stack]' 'naem = x' 'version = banana' '[proxy]' 'publish = nowhere'
	says "bad.ini:2"
	says "name"
	says "bad.ini:3"
	says "bad.ini:5"
}

@test "a profile that is not there: 78" {
	run --separate-stderr "$LIFTOFF" up -f nowhere.ini
	exits 78
	says "nowhere.ini"
	untouched
}

@test "a variable that is not set: 78, with its message" {
	# shellcheck disable=SC2016
	bad_profile '[env]' 'A = ${LIFTOFF_TEST_UNSET:?give me a value}'
	says "give me a value"
}

@test "escape sequences of a profile never reach the terminal" {
	bad_profile '[stack]' "$(printf 'n\033[31mame = \033]0;evil\007')"
	hides $'\x1b'
	hides $'\x07'
}

@test "pull with pull = never is refused" {
	lift small pull --set stack.pull=never
	exits 64
	says "pull = never"
	no_changes
}
