#!/usr/bin/env bats
# Containers that do not come up: said soon, with what is known about why.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

@test "a crash loop fails soon, with an autopsy, and disturbs nobody" {
	engine --behave presence=crash:3
	SECONDS=0
	lift full up
	exits 1
	[ "$SECONDS" -lt 10 ]
	says "presence-1"
	says "crash loop"
	says "exit code 3"
	says "fatal: it broke, code 3"
	says "liftoff logs presence"
	state -e 'all(.containers[] | select(.Name != "/full-presence-1"); .State.Running and .starts == 1)'
}

@test "a service that crashes once and then works is no failure" {
	engine --behave presence=crash:1:1
	lift full up
	exits 0
	state -e '.containers[] | select(.Name == "/full-presence-1") | .starts == 2'
}

@test "a command that cannot run fails at its first end" {
	engine --behave account=crash:127
	lift full up
	exits 1
	says "account-1 ended with exit code 127"
}

@test "an end for want of memory is called so" {
	engine --behave rocketchat=oom
	lift small up
	exits 1
	says "memory"
	says "rocketchat-1"
}

@test "MongoDB on a CPU without AVX" {
	engine --behave mongodb=crash:132
	lift small up
	exits 1
	says "AVX"
}

@test "a container the engine cannot start" {
	engine --behave proxy=no-start
	lift small up
	exits 1
	says "proxy-1"
	says "/entrypoint"
}

@test "--timeout: 124, with what was still missing" {
	engine --behave ddp-streamer=not-ready
	SECONDS=0
	lift full up --timeout 1s
	exits 124
	[ "$SECONDS" -lt 8 ]
	says "ddp-streamer-1"
	says "not ready after"
	says "--timeout 20m"
	state -e '.containers[] | select(.Name == "/full-rocketchat-1") | .State.Running'
}

@test "--timeout with a command inside that never returns" {
	engine --behave rocketchat=hang
	SECONDS=0
	lift small up --timeout 1s
	exits 124
	[ "$SECONDS" -lt 8 ]
	says "rocketchat-1"
}

@test "--timeout while the engine itself is stuck" {
	engine --fault-match 'POST /containers/*/start=stall:60'
	SECONDS=0
	lift small up --timeout 1s
	exits 124
	[ "$SECONDS" -lt 16 ]
	says "mongodb-1"
}

@test "--timeout while a registry is stuck" {
	engine_bare --pull-seconds 60
	SECONDS=0
	lift small up --timeout 1s
	exits 124
	[ "$SECONDS" -lt 8 ]
}

@test "a slow service is waited for" {
	engine --behave rocketchat=slow:1.5
	lift small up
	exits 0
}

# A late stop of a killed `down` looks just like this: it is started again once.
@test "a replica that somebody else stops, which the engine does not start again" {
	engine --behave rocketchat=not-ready
	lift_background small up --set stack.restart=no
	await core_runs
	call POST /containers/small-rocketchat-1/stop
	await grep -q "starting it again" err
	await core_runs
	call DELETE '/containers/small-rocketchat-1?force=1'
	ends 1
	grep -q "rocketchat-1" err
}

@test "a replica that somebody else removes while it is waited for" {
	engine --behave rocketchat=not-ready
	lift_background small up
	await core_runs
	call DELETE '/containers/small-rocketchat-1?force=1'
	ends 1
	grep -q "rocketchat-1 was removed by somebody else" err
}

core_runs() {
	state -e '.containers[] | select(.Name == "/small-rocketchat-1") | .State.Running' >/dev/null
}

@test "events that break off are taken up again" {
	engine --fault-match 'GET /events=eof:1' --behave presence=crash:3
	lift full up
	exits 1
	says "crash loop"
}
