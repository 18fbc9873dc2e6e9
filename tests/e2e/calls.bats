#!/usr/bin/env bats
# Which calls reach the engine: counted between the program and the socket.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() {
	e2e_setup
	case ${DOCKER_HOST:-unix:///var/run/docker.sock} in
	unix://*) engine=${DOCKER_HOST:-unix:///var/run/docker.sock} ;;
	*) fail "the recorder needs an engine at a socket, not at $DOCKER_HOST" ;;
	esac
	in_background python3 "$top/tests/e2e/recorder.py" "${engine#unix://}" "$DIR/r.sock" "$DIR/calls"
	await 5 test -S "$DIR/r.sock"
}

teardown() { e2e_teardown; }

# recorded ARGUMENT…: the program behind the recorder; its calls are in $DIR/calls.
recorded() {
	: >"$DIR/calls"
	lift --host "unix://$DIR/r.sock" "$@"
}

changing() {
	grep -vE '^(GET|HEAD) ' "$DIR/calls" || true
}

@test "a second up makes no changing call, and few at all" {
	write_profile 8.6.1
	recorded up
	# 10 containers, 2 volumes, a network: created, files sent, started, initiated.
	has "$(cat "$DIR/calls")" 'POST ' '/containers/create?name=' /start /networks/create /volumes/create /exec
	[ "$(wc -l <"$DIR/calls")" -le 60 ] || fail "many calls for a new stack: $(cat "$DIR/calls")"
	recorded up
	equal "$(changing)" '' 'changing calls'
	[ "$(wc -l <"$DIR/calls")" -le 6 ] || fail "more than six calls: $(cat "$DIR/calls")"
	recorded --set stack.probe=exec up
	equal "$(changing)" '' 'changing calls with probes by exec'
}

@test "what only looks makes no changing call, whatever there is to do" {
	local command
	write_small_profile
	recorded plan
	equal "$(changing)" '' 'of plan, with nothing there'
	recorded up
	docker kill "$STACK-rocketchat-1" >/dev/null
	for command in plan 'up --dry-run' 'down --dry-run' ps logs config version; do
		# shellcheck disable=SC2086 # a list of words
		recorded $command >/dev/null
		equal "$(changing)" '' "of $command"
	done
}

@test "nothing asks a registry when pull = never, and offline" {
	write_small_profile
	recorded up
	if grep /images/create "$DIR/calls"; then fail 'it pulled'; fi
	sed -i 's/^pull = .*/pull = always/' "$PROFILE"
	recorded up --offline
	if grep /images/create "$DIR/calls"; then fail 'it pulled'; fi
}
