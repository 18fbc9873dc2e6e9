#!/usr/bin/env bats
# Streams: data on stdout, words on stderr, JSON that keeps docs/json.md.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

is_progress() {
	jq -se --argjson ok "$1" '
		length > 2
		and all(.[]; .v == 1 and (.at_ms | type) == "number"
			and (.event | IN("plan", "step", "note", "warning", "end"))
			and all(to_entries[]; .value != null))
		and all(.[] | select(.event == "step");
			(.status | IN("started", "progress", "done", "failed", "skipped"))
			and (.verb | type) == "string" and (.object | type) == "string")
		and .[-1].event == "end" and .[-1].ok == $ok
		and ([.[] | select(.event == "end")] | length) == 1
		# every step that began has ended
		and ([.[] | select(.status == "started") | "\(.verb) \(.object)"] | sort)
		 == ([.[] | select(.status == "done" or .status == "failed") | "\(.verb) \(.object)"] | sort)
	' <<<"$output"
}

@test "up --json and down --json: one object a line, the end last" {
	engine
	lift full up --json
	exits 0
	[ -z "$stderr" ]
	is_progress true
	jq -se '.[-1].url | startswith("http://")' <<<"$output"
	lift full up --json
	exits 0
	is_progress true
	lift full down --json --volumes
	exits 0
	is_progress true
}

@test "--progress json when it fails" {
	engine --behave presence=crash:3
	lift full up --progress json
	exits 1
	is_progress false
	jq -se 'any(.[]; .status == "failed" and .object == "presence-1" and (.detail | test("exit code 3")))' <<<"$output"
	jq -se 'any(.[]; .status == "skipped" and .object == "stack")' <<<"$output"
}

@test "plain lines by default without a terminal, no colours, nothing on stdout" {
	engine
	NO_COLOR='' lift small up
	exits 0
	[ -z "$output" ]
	hides $'\x1b'
	says "created   network small"
	says "proven    stack: HTTP 200, DDP connected at /websocket and /sockjs"
}

@test "quiet says nothing when all is well, and the error when not" {
	engine
	lift small up --quiet
	exits 0
	[ -z "$output$stderr" ]
	call DELETE '/containers/small-rocketchat-1?force=1'
	call POST /containers/create?name=small-rocketchat-1 '{"Image":"busybox:1"}'
	lift small up -q
	exits 1
	says "is taken"
}

@test "on a terminal it draws, with NO_COLOR without colours" {
	command -v script >/dev/null || skip "no script(1)"
	engine
	env -u NO_COLOR TERM=xterm script -qec \
		"$LIFTOFF up -f $PROFILES/small.ini --set proxy.publish=127.0.0.1:$PORT" typescript </dev/null
	grep -q $'\x1b' typescript
	"$LIFTOFF" down -f "$PROFILES/small.ini"
	NO_COLOR=1 TERM=xterm script -qec \
		"$LIFTOFF up -f $PROFILES/small.ini --set proxy.publish=127.0.0.1:$PORT" typescript </dev/null
	absent $'\x1b\[[0-9;]*m' typescript
	grep -q "is as it should be\|is up and answers" typescript
}

@test "a reader that leaves stops the telling, not the work" {
	engine
	"$LIFTOFF" up --json -f "$PROFILES/full.ini" --set "proxy.publish=127.0.0.1:$PORT" 2>err | head -1 >first
	jq -e '.v == 1' first
	await all_run
	lift full up
	exits 0
	says "as it should be"
}

all_run() {
	[ "$(state '[.containers[] | select(.State.Running)] | length')" -eq 10 ]
}

@test "stdout closed, stderr closed" {
	engine
	"$LIFTOFF" up -f "$PROFILES/small.ini" --set "proxy.publish=127.0.0.1:$PORT" >&- 2>&-
	lift small plan
	says "nothing to change"
}

@test "a full disk behind stdout is an error" {
	[ -w /dev/full ] || skip "no /dev/full"
	engine
	run -1 --separate-stderr bash -c "'$LIFTOFF' plan -f '$PROFILES/small.ini' >/dev/full"
	says "standard output"
}

@test "what the engine says cannot steer the terminal" {
	engine --fault-match 'POST /networks/create=badjson:1' --fault-match 'POST /volumes/create=badjson:2'
	lift small up
	hides $'\x1b'
	lift small down --volumes
	exits 0
	call POST '/containers/create?name=small-proxy-1' '{"Image":"busybox:1",
		"Labels":{"io.liftoff.stack":"\u001b]0;evil\u0007"}}'
	lift small up
	exits 1
	says "is taken by a container of"
	hides $'\x1b'
	hides $'\x07'
}
