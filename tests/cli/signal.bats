#!/usr/bin/env bats
# Signals: what is in flight is finished, and the next up goes on from there.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

interrupt_during_start() {
	engine --start-seconds 2
	lift_background small up
	await container_count 3
	kill -s "$1" "$PID"
}

# All containers are there: the first start is under way.
container_count() {
	[ "$(state '.containers | length')" -eq "$1" ]
}

@test "one SIGINT: the start in flight is finished, then 130" {
	interrupt_during_start INT
	ends 130
	grep -q "interrupted: finishing what is in flight" err
	grep -q "interrupted with .* of .* steps not done" err
	grep -q "liftoff up" err
	# mongodb was being started: it was let finish; the core never was
	state -e '.containers[] | select(.Name == "/small-mongodb-1") | .State.Running'
	state -e '.containers[] | select(.Name == "/small-rocketchat-1") | .starts == 0'
	lift small up
	exits 0
	state -e 'all(.containers[]; .State.Running and .starts == 1)'
}

@test "two: it leaves at once, and the next up still gets there" {
	engine --start-seconds 20
	lift_background small up
	await container_count 3
	SECONDS=0
	kill -INT "$PID"
	sleep 0.3
	kill -INT "$PID"
	ends 130
	[ "$SECONDS" -lt 5 ]
}

@test "SIGTERM: 143, SIGHUP: 129" {
	interrupt_during_start TERM
	ends 143
	lift small down
	exits 0
	lift_background small up
	await container_count 3
	kill -HUP "$PID"
	ends 129
}

@test "SIGINT while it only waits ends at once" {
	engine --behave rocketchat=not-ready
	lift_background small up
	await container_count 3
	sleep 0.3
	SECONDS=0
	kill -INT "$PID"
	ends 130
	[ "$SECONDS" -lt 3 ]
}

@test "SIGINT during down, and down again" {
	engine --behave mongodb=stubborn
	lift small up
	exits 0
	lift_background small down
	sleep 0.5
	kill -INT "$PID"
	sleep 0.2
	kill -INT "$PID"
	ends 130
	call POST '/containers/small-mongodb-1/kill'
	lift small down --volumes
	exits 0
	[ -z "$(ours small)" ]
}

# SIGTERM here: a shell starts its background jobs with SIGINT ignored, and
# liftoff takes signals over only once there is something to finish.
@test "SIGTERM before the engine answers anything" {
	engine --fault-match 'HEAD /_ping=stall:20'
	lift_background small up
	sleep 0.3
	SECONDS=0
	kill -TERM "$PID"
	ends 143
	[ "$SECONDS" -lt 5 ]
}

@test "SIGTERM while the lists are read" {
	engine --fault-match 'GET /networks=stall:20'
	lift_background small up
	sleep 0.3
	SECONDS=0
	kill -TERM "$PID"
	ends 143
	[ "$SECONDS" -lt 5 ]
	no_changes
}

@test "interrupted with --json: what began has ended, and the end says not ok" {
	engine --behave rocketchat=not-ready
	lift_background small up --json
	await grep -q '"verb":"ready","object":"rocketchat-1"' out
	kill -INT "$PID"
	ends 130
	jq -se '.[-1].event == "end" and .[-1].ok == false
		and ([.[] | select(.status == "started") | "\(.verb) \(.object)"] | sort)
		 == ([.[] | select(.status == "done" or .status == "failed") | "\(.verb) \(.object)"] | sort)' out
}
