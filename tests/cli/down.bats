#!/usr/bin/env bats
# down: all of ours, nothing else.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

@test "down keeps the volumes, says so, and twice is no error" {
	engine
	lift full up
	exits 0
	lift full down
	exits 0
	says "Stack full is gone; 2 volumes kept"
	[ "$(ours full)" = "full-mongodb full-uploads" ]
	forget_calls
	lift full down
	exits 0
	says "nothing to take away"
	no_changes
}

@test "down --volumes leaves nothing" {
	engine
	lift full up
	exits 0
	lift full down --volumes
	exits 0
	[ -z "$(ours full)" ]
}

@test "the data outlive a down: the replica set is initiated once" {
	engine
	lift small up
	exits 0
	says "initiated replica set rs0"
	lift small down
	exits 0
	lift small up
	exits 0
	hides "initiated"
}

@test "what is not ours stays, however it is named" {
	engine
	call POST /containers/create?name=full-rocketchat-2 '{"Image":"busybox:1"}'
	call POST /containers/create?name=neighbour '{"Image":"busybox:1","Labels":{"io.liftoff.stack":"full2"}}'
	call POST /volumes/create '{"Name":"full-mongodb-backup"}'
	call POST /networks/create '{"Name":"full2","Labels":{"io.liftoff.stack":"full2"}}'
	lift full up
	exits 0
	lift full down --volumes
	exits 0
	[ "$(state '[.containers[].Name] | sort | join(" ")')" = "/full-rocketchat-2 /neighbour" ]
	[ "$(state '[.volumes[].Name] | join(" ")')" = full-mongodb-backup ]
	[ "$(state '[.networks[].Name] | sort | join(" ")')" = "bridge full2 host none" ]
}

@test "a stranger on our network: an error that names it, and its place is kept" {
	engine
	lift small up
	exits 0
	call POST '/containers/create?name=guest' \
		'{"Image":"busybox:1","NetworkingConfig":{"EndpointsConfig":{"small":{}}}}'
	call POST /containers/guest/start
	lift small down
	exits 1
	says "network small is still used by: guest"
	says "docker network disconnect small"
	state -e '.containers[] | select(.Name == "/guest") | .State.Running'
	call DELETE '/containers/guest?force=1'
	lift small down --volumes
	exits 0
	[ -z "$(ours small)" ]
}

@test "a stranger on our volume" {
	engine
	lift small up
	exits 0
	call POST '/containers/create?name=backup' '{"Image":"busybox:1","HostConfig":
		{"Mounts":[{"Type":"volume","Source":"small-mongodb","Target":"/data"}]}}'
	lift small down --volumes
	exits 1
	says "volume small-mongodb"
	says "in use"
}

@test "the proxy goes first, MongoDB last" {
	engine
	lift full up
	exits 0
	id=$(state '.containers[] | select(.Name == "/full-mongodb-1") | .Id')
	forget_calls
	lift full down
	exits 0
	last=$(jq -rs '[.[] | select(.path | endswith("/stop")) | .path] | .[-2:][]' "$CALLS")
	[[ "$last" == *"$id"* ]]
}

@test "leftovers of an earlier profile go as well" {
	engine
	lift full up
	exits 0
	lift full up --set stack.mode=monolith
	exits 0
	state -e '[.containers[].Name] | sort == ["/full-mongodb-1", "/full-proxy-1", "/full-rocketchat-1"]'
}
