#!/usr/bin/env bats
# logs and exec: what the containers say, and commands in them.

bats_require_minimum_version 1.5.0
load helper

setup() {
	common_setup
	engine
	"$LIFTOFF" up -q -f "$PROFILES/full.ini" --set "proxy.publish=127.0.0.1:$PORT"
}
teardown() { common_teardown; }

@test "logs of all, of one, as JSON" {
	lift full logs
	exits 0
	says "presence: started"
	says "mongodb: started"
	lift full logs presence
	exits 0
	hides "mongodb"
	forget_calls
	lift full logs --json nats
	exits 0
	jq -e '.v == 1 and .event == "log" and .service == "nats" and .replica == 1
		and .stream == "stdout" and .line == "nats: started" and .time' <<<"$output"
	no_changes
}

@test "logs of what is not there" {
	lift full logs nonsense
	[ "$status" -ne 0 ]
	says "nonsense"
}

@test "exec: output, streams and exit code are the command's" {
	run --separate-stderr "$LIFTOFF" exec -f "$PROFILES/full.ini" -T rocketchat echo hello world
	exits 0
	[ "$output" = "hello world" ]
	run --separate-stderr "$LIFTOFF" exec -f "$PROFILES/full.ini" -T rocketchat err to stderr
	[ -z "$output" ]
	[ "$stderr" = "to stderr" ]
	run --separate-stderr "$LIFTOFF" exec -f "$PROFILES/full.ini" -T rocketchat sh -c 'exit 7'
	exits 7
}

@test "exec: stdin goes in, and its end as well" {
	run --separate-stderr timeout 10 bash -c \
		"printf 'one\ntwo\n' | '$LIFTOFF' exec -f '$PROFILES/full.ini' -T rocketchat cat"
	exits 0
	[ "$output" = $'one\ntwo' ]
}

@test "exec in what does not run" {
	call POST /containers/full-account-1/stop
	run --separate-stderr "$LIFTOFF" exec -f "$PROFILES/full.ini" -T account echo hello
	[ "$status" -ne 0 ]
	says "account-1"
}
