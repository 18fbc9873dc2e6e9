#!/usr/bin/env bats
# The commands that tell: logs, ps, plan, config, version; and exec. One stack
# serves all tests of the file.
# shellcheck disable=SC2016,SC2153,SC2154 # the container's own shell; what bats and e2e.bash set

load e2e

setup_file() {
	has_engine || return 0
	new_stack
	write_profile 7.12.0 '[service presence]
replicas = 2'
	lift up
}

teardown_file() { e2e_teardown; }
setup() { need_engine; }

@test "up --json: one object a line, from the plan to the end" {
	lift up --json >"$BATS_TEST_TMPDIR/json"
	equal "$(jq -s '[.[0].event, .[-1].event, .[-1].ok, .[-1].url, (map(.v) | unique)]' -c "$BATS_TEST_TMPDIR/json")" \
		"[\"plan\",\"end\",true,\"http://localhost:$PORT\",[1]]" 'first and last line'
	equal "$(jq -s '[.[] | select(.event == "step" and .status == "started")] | length' "$BATS_TEST_TMPDIR/json")" \
		"$(jq -s '[.[] | select(.event == "step" and .status == "done")] | length' "$BATS_TEST_TMPDIR/json")" 'steps begun and ended'
}

@test "ps: every replica, its health and its address" {
	local json
	json=$(lift ps --json)
	equal "$(jq -c '[.v, .stack, .release, .url]' <<<"$json")" "[1,\"$STACK\",\"7.12.0\",\"http://localhost:$PORT\"]" 'head'
	equal "$(jq -r '.replicas[] | "\(.service)-\(.replica)"' <<<"$json" | sort)" "$(containers)" 'replicas'
	equal "$(jq -r '.replicas[] | "\(.state) \(.health) \(.in_profile)"' <<<"$json" | sort -u)" 'running healthy true' 'states'
	equal "$(jq -r '.replicas[] | "\(.service)-\(.replica) \(.address)"' <<<"$json" | sort)" "$(addresses)" 'addresses'
	run --separate-stderr lift ps
	equal "$status" 0 'exit code'
	has "$output" mongodb presence running healthy
	docker kill "$STACK-presence-2" >/dev/null
	equal "$(lift ps --json | jq -r '.replicas[] | select(.service == "presence" and .replica == 2).state')" 'exited (137)' 'a killed one'
	lift up
}

@test "plan --json and config say what there is and what there will be" {
	equal "$(lift plan --json | jq -c '[.v, .stack, .changes]')" "[1,\"$STACK\",false]" 'plan'
	local json
	json=$(lift config --json)
	equal "$(jq -r '.services[] | select(.name == "presence").replicas' <<<"$json")" 2 'replicas'
	equal "$(jq -r '.services[] | select(.name == "rocketchat").image' <<<"$json")" "$PREFIX/rocketchat/rocket.chat:7.12.0" 'image'
	has "$(lift config)" '[service presence]' 'replicas = 2'
	# What config writes is itself a profile of the same stack.
	lift config >"$BATS_TEST_TMPDIR/again.ini"
	equal "$("$LIFTOFF" -f "$BATS_TEST_TMPDIR/again.ini" plan --json | jq .changes)" false 'changes by its own config'
}

@test "version names itself and the engine" {
	has "$("$LIFTOFF" version)" "liftoff "
	equal "$("$LIFTOFF" version --json | jq .v)" 1 'version of the JSON'
}

@test "logs: a prefix for each replica, --tail and --json" {
	local logs
	logs=$(lift logs rocketchat)
	has "$logs" 'rocketchat-1 | ' 'SERVER RUNNING'
	if grep -qv '^rocketchat-1 *| ' <<<"$logs"; then fail 'lines without a prefix'; fi
	equal "$(lift logs presence | sed 's/ *|.*//' | sort -u | tr '\n' ' ')" 'presence-1 presence-2 ' 'replicas of a service'
	equal "$(lift logs presence-2 | sed 's/ *|.*//' | sort -u)" presence-2 'one replica'
	equal "$(lift logs --tail 3 rocketchat | wc -l)" 3 'lines with --tail 3'
	equal "$(lift logs --tail 2 --json mongodb | jq -c '[.v, .event, .service, .replica]' | sort -u)" '[1,"log","mongodb",1]' 'JSON'
	run --separate-stderr lift logs nonsense
	equal "$status" 64 'exit code for a service that is none'
}

@test "logs -f goes on through a restart and through recreation" {
	in_background "$LIFTOFF" -f "$PROFILE" logs -f --tail 0 account >"$BATS_TEST_TMPDIR/logs" 2>&1
	docker restart "$STACK-account-1" >/dev/null
	await 20 grep -q 'account 7.12.0 listening' "$BATS_TEST_TMPDIR/logs"
	: >"$BATS_TEST_TMPDIR/logs"
	lift --set env.account.NEW=1 up
	await 20 grep -q 'account 7.12.0 listening' "$BATS_TEST_TMPDIR/logs"
	equal "$(grep -c 'account 7.12.0 listening' "$BATS_TEST_TMPDIR/logs")" 1 'lines told once'
	kill -INT "$background" 2>/dev/null || kill "$background"
	wait "$background" || true
	lift up
}

@test "exec: output, exit code, input, the replica that is meant" {
	equal "$(lift exec presence -- hostname)" presence-1 'output'
	equal "$(lift exec --index 2 presence -- hostname)" presence-2 'replica 2'
	run --separate-stderr lift exec presence -- sh -c 'echo out; echo err >&2; exit 42'
	equal "$status" 42 'exit code'
	equal "$output" out 'standard output'
	equal "$(tail -n 1 <<<"$stderr")" err 'standard error'
	equal "$(printf 'one\ntwo\n' | lift exec presence -- cat)" $'one\ntwo' 'input'
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/sent"
	lift exec presence -- cat <"$BATS_TEST_TMPDIR/sent" >"$BATS_TEST_TMPDIR/back"
	cmp "$BATS_TEST_TMPDIR/sent" "$BATS_TEST_TMPDIR/back"
	run --separate-stderr lift exec presence -- no-such-command
	[ "$status" -eq 126 ] || [ "$status" -eq 127 ] || fail "exit code $status for a command that is none"
	run --separate-stderr lift exec nonsense -- true
	equal "$status" 64 'exit code for a service that is none'
}

@test "exec on a terminal gives the command one, and the exit code all the same" {
	# The size arrives a moment after the command began.
	local command='tty; for n in $(seq 100); do stty size 2>/dev/null | grep "45 123" && break; sleep 0.05; done; exit 7'
	run script --quiet --return --command "stty cols 123 rows 45; $LIFTOFF -f $PROFILE exec presence -- sh -c '$command'" /dev/null
	equal "$status" 7 'exit code'
	has "$output" /dev/pts/ '45 123'
	run lift exec presence -- tty
	has "$output" 'not a tty'
}
