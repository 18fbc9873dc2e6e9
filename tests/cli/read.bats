#!/usr/bin/env bats
# plan, ps and dry runs: they look, and touch nothing.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

@test "plan of nothing there" {
	engine
	lift small plan
	exits 0
	[ -z "$stderr" ]
	diff - <(printf '%s\n' "$output") <<-'END'
		+ create  network small         missing
		+ create  volume small-mongodb  missing
		+ create  mongodb-1             missing
		+ create  volume small-uploads  missing
		+ create  rocketchat-1          missing
		+ create  proxy-1               missing
		Stack small: 6 to create, 3 to start.
	END
	no_changes
}

@test "plan names the images to pull" {
	engine_bare --image mongo:8.2
	lift small plan
	exits 0
	says "+ pull    rocketchat/rocket.chat:8.6.1"
	hides "mongo:8.2"
	says "2 to pull"
}

@test "plan of a stack that is as it should be, and its exit codes" {
	engine
	lift small plan --detailed-exitcode
	exits 2
	lift small up
	exits 0
	forget_calls
	lift small plan --detailed-exitcode
	exits 0
	[ "$output" = "Stack small: nothing to change." ]
	no_changes
}

@test "plan says what differs" {
	engine
	lift small up
	exits 0
	forget_calls
	lift small plan --set rocketchat.memory=3g
	exits 0
	says "- remove  rocketchat-1"
	says "+ create  rocketchat-1"
	hides "mongodb-1"
	call DELETE "/containers/small-mongodb-1?force=1"
	lift small plan
	says "+ create  mongodb-1"
	lift small plan --set network.subnet=10.77.0.0/22
	says "subnet changed"
}

@test "dry runs change nothing" {
	engine
	lift small up --dry-run
	exits 0
	says "6 to create"
	lift small up
	exits 0
	forget_calls
	lift small down --dry-run --volumes
	exits 0
	says "- remove  volume small-mongodb"
	no_changes
	[ "$(ours small)" = "/small-mongodb-1 /small-proxy-1 /small-rocketchat-1 small small-mongodb small-uploads" ]
}

@test "ps of nothing, of all, and of what broke" {
	engine
	lift small ps
	exits 0
	says "missing"
	lift small up
	exits 0
	call POST /containers/small-rocketchat-1/stop
	forget_calls
	lift small ps
	exits 0
	[[ "${lines[0]}" == SERVICE*REPLICA*STATE* ]]
	[[ "$output" =~ mongodb\ +1\ +running ]]
	[[ "$output" =~ rocketchat\ +1\ +exited\ \(0\) ]]
	no_changes
}

@test "ps and plan as JSON" {
	engine
	lift small up
	exits 0
	lift small ps --json
	exits 0
	jq -e '.stack == "small" and (.replicas | length) == 3
		and all(.replicas[]; .service and .replica == 1 and .state == "running")' <<<"$output"
	lift small plan --json
	exits 0
	jq -e '.changes == false and (.steps | type) == "array"' <<<"$output"
	lift full plan --json
	exits 0
	jq -e '.changes and (.steps | length) > 20 and all(.steps[]; .verb and .object)' <<<"$output"
	# the order it promises can be kept
	jq -e '.steps as $s | all(range($s | length); . as $i | all($s[$i].needs[]; . < $i))' <<<"$output"
}

@test "a paused, a dead and a foreign-labelled container do not confuse it" {
	engine
	call POST '/containers/create?name=odd' '{"Image":"busybox:1","Labels":
		{"io.liftoff.stack":"small","io.liftoff.service":"\u001b[31mevil","io.liftoff.replica":"99999999999999999999"}}'
	lift small plan
	exits 0
	says "container odd"
	hides $'\x1b'
	lift small ps
	exits 0
	hides $'\x1b'
	lift small up
	exits 0
	[ "$(state '[.containers[] | select(.Name == "/odd")] | length')" -eq 0 ]
}
