#!/usr/bin/env bats
# Interrupted or killed at any moment: the next run goes on from there.
# shellcheck disable=SC2016,SC2153,SC2154 # what bats and e2e.bash set, and words in backquotes

load e2e

setup() { e2e_setup; }
teardown() { e2e_teardown; }

# A whole stack, each replica exactly once, and nothing left to do.
check_whole() {
	equal "$(containers)" "$(cat "$DIR/whole")" 'containers'
	equal "$(docker network ls --quiet --filter "name=$STACK" | wc -l)" 1 'networks'
	equal "$(docker volume ls --quiet --filter "name=$STACK" | wc -l)" 2 'volumes'
	equal "$(changes)" '' 'changes'
	equal "$(http_status /)" 200 'through the proxy'
}

nothing_left() {
	equal "$(containers)$(docker network ls --quiet --filter "name=$STACK")$(docker volume ls --quiet --filter "name=$STACK")" '' 'what is left'
}

# start_up [ARGUMENT…]: up in the background, its words in $DIR/said. Not through
# a function: the signal is for the program itself. (Background processes of a
# script ignore SIGINT, unless told otherwise.)
start_up() {
	: >"$DIR/said"
	in_background env --default-signal=INT "$LIFTOFF" -f "$PROFILE" "$@" up >"$DIR/said" 2>&1
}

# ended: its exit code is in $code.
ended() {
	code=0
	wait "$background" || code=$?
}

@test "Ctrl-C in the middle: 130, what is in flight is finished, and up goes on" {
	write_profile 8.6.1
	printf '%s-1\n' account authorization ddp-streamer mongodb nats omnichannel-transcript presence proxy queue-worker rocketchat >"$DIR/whole"
	start_up
	await 30 grep -q 'started *mongodb-1' "$DIR/said"
	kill -INT "$background"
	ended
	equal "$code" 130 "exit code; it said: $(cat "$DIR/said")"
	has "$(cat "$DIR/said")" interrupted 'run `liftoff up` again to go on'
	if grep -q 'started *rocketchat-1' "$DIR/said"; then fail 'it went on'; fi
	lift up
	check_whole

	start_up --set env.A=b
	await 30 grep -q 'removed *account-1' "$DIR/said"
	kill -TERM "$background"
	ended
	equal "$code" 143 'exit code after SIGTERM'
	lift up
	check_whole
	lift down --volumes
	nothing_left
}

@test "Ctrl-C twice leaves at once, also when the first waits for a slow stop" {
	write_small_profile
	lift up
	# A process that does not want to end: the engine waits stop_timeout for it.
	docker kill --signal STOP "$STACK-rocketchat-1" >/dev/null
	: >"$DIR/said"
	in_background env --default-signal=INT "$LIFTOFF" -f "$PROFILE" down >"$DIR/said" 2>&1
	await 10 grep -q 'stopping *rocketchat-1' "$DIR/said"
	kill -INT "$background"
	await 10 grep -q 'once more to leave at once' "$DIR/said"
	kill -INT "$background"
	local began=$SECONDS
	ended
	equal "$code" 130 'exit code'
	[ $((SECONDS - began)) -le 3 ] || fail 'the second one waited as well'
	docker kill --signal CONT "$STACK-rocketchat-1" >/dev/null || true
	lift down --volumes
	nothing_left
}

@test "killed at many moments, up still converges, with nothing twice; down takes it all" {
	local moment
	write_profile 8.6.1
	printf '%s-1\n' account authorization ddp-streamer mongodb nats omnichannel-transcript presence proxy queue-worker rocketchat >"$DIR/whole"
	for moment in 'created *volume' 'created *network' 'created *mongodb-1' 'created *account-1' \
		'created *proxy-1' 'started *mongodb-1' 'initiated replica set' 'started *rocketchat-1' 'ready *rocketchat-1'; do
		start_up
		await 30 eval "grep -q '$moment' '$DIR/said' || ! kill -0 $background 2>/dev/null"
		kill -KILL "$background" 2>/dev/null || true
		ended
	done
	lift up
	check_whole

	for moment in 'removed *account-1' 'created *rocketchat-1' 'started *proxy-1'; do
		start_up --set env.A=b
		await 30 eval "grep -q '$moment' '$DIR/said' || ! kill -0 $background 2>/dev/null"
		kill -KILL "$background" 2>/dev/null || true
		ended
	done
	lift up
	check_whole

	in_background "$LIFTOFF" -f "$PROFILE" down >"$DIR/said" 2>&1
	await 30 grep -q 'removed *account-1' "$DIR/said"
	kill -KILL "$background" 2>/dev/null || true
	ended
	lift up
	check_whole
	lift down --volumes
	nothing_left
}

@test "killed half way, down alone leaves nothing" {
	write_profile 8.6.1
	start_up
	await 30 grep -q 'started *mongodb-1' "$DIR/said"
	kill -KILL "$background"
	ended
	equal "$code" 137 'exit code'
	lift down --volumes
	nothing_left
}
