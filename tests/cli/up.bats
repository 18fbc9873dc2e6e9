#!/usr/bin/env bats
# up where it works, and where names, subnets, ports or images are in the way.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

@test "up, and up again: nothing changes, at most 6 calls" {
	engine
	for profile in small full; do
		lift $profile up
		exits 0
		[ -z "$output" ]
		says "Stack $profile is up and answers"
		forget_calls
		lift $profile up
		exits 0
		says "is as it should be"
		no_changes
		[ "$(count_calls true)" -le 6 ]
		lift $profile down
		exits 0
	done
}

@test "what it creates is fenced in" {
	engine
	lift full up
	exits 0
	state -e '[.containers[].HostConfig] | all(.CapDrop == ["ALL"] and .Init
		and (.SecurityOpt | index("no-new-privileges:true")) and .PidsLimit > 0 and .Memory > 0
		and .LogConfig.Config["max-size"])'
	state -e '[.containers[] | select(.HostConfig.PortBindings != {}) | .Name] == ["/full-proxy-1"]'
	state -e '[.containers[].HostConfig.PortBindings[][]?.HostIp] | unique == ["127.0.0.1"]'
	state -e '[.containers[].HostConfig | (.Binds // [])[], .Mounts[].Source] | all(test("sock") | not)'
}

@test "a stopped, a removed and a changed replica are brought back, the others left alone" {
	engine
	lift full up
	exits 0
	state '.containers[] | "\(.Name) \(.Id)"' | sort >before
	call POST /containers/full-presence-1/stop
	call DELETE '/containers/full-account-1?force=1'
	lift full up
	exits 0
	state '.containers[] | "\(.Name) \(.Id)"' | sort >after
	[ "$(diff before after | grep -c '^>')" -eq 1 ]
	diff before after | grep -q '^> /full-account-1'
	state -e 'all(.containers[]; .State.Running)'
	lift full up --set 'service presence.memory=700m'
	exits 0
	state '.containers[] | "\(.Name) \(.Id)"' | sort >changed
	[ "$(diff after changed | grep '^>' | cut -d' ' -f2)" = /full-presence-1 ]
}

# nothing_touched FILTER: the calls that change anything did not aim at it.
not_aimed_at() {
	[ "$(count_calls ".changing and (.path | test(\"$1\"))")" -eq 0 ]
}

@test "a container of a stranger has our name" {
	engine
	id=$(call POST '/containers/create?name=small-rocketchat-1' '{"Image":"busybox:1"}' | jq -r .Id)
	lift small up
	exits 1
	says "the name small-rocketchat-1 is taken"
	says "no label of ours"
	says "busybox:1"
	says "[stack] name"
	state -e ".containers[] | select(.Id == \"$id\") | .State.Status == \"created\""
	not_aimed_at "$id"
	lift small down --volumes
	exits 0
	[ "$(state '.containers[].Name')" = /small-rocketchat-1 ]
}

@test "a container of another stack has our name" {
	engine
	call POST '/containers/create?name=small-proxy-1' \
		'{"Image":"busybox:1","Labels":{"io.liftoff.stack":"other"}}'
	lift small up
	exits 1
	says 'the liftoff stack "other"'
}

@test "a network of a stranger has our name" {
	engine
	id=$(call POST /networks/create '{"Name":"small","Labels":{"com.docker.compose.project":"shop"}}' | jq -r .Id)
	forget_calls
	lift small up
	exits 1
	says "network small exists"
	says 'the compose project "shop"'
	no_changes
	lift small down
	exits 0
	state -e "[.networks[].Id] | index(\"$id\")"
}

@test "a volume of a stranger has our name" {
	engine
	call POST /volumes/create '{"Name":"small-mongodb","Labels":{"a":"b"}}'
	forget_calls
	lift small up
	exits 1
	says "volume small-mongodb exists"
	no_changes
	lift small down --volumes
	exits 0
	state -e '[.volumes[].Name] == ["small-mongodb"]'
}

@test "subnet = auto goes on to the next one when it loses a race" {
	engine
	lift small plan --json
	# a stranger that appears after the look around, so that only the engine knows
	call POST /_fake/faults '{"fault_match":["GET /networks=stall:1"]}'
	lift_background small up
	await grep -q '"path": "/_ping"' "$CALLS"
	call POST /networks/create '{"Name":"late","IPAM":{"Config":[{"Subnet":"10.192.0.0/11"}]}}' || true
	ends 0
	state -e '[.networks[] | select(.Name == "small")] | length == 1'
}

@test "an overlap the lists do not show: the next subnet is tried" {
	engine --fault-match 'POST /networks/create=403:1'
	lift small up
	[ "$(count_calls '.path == "/networks/create"')" -ge 1 ]
	lift small up
	exits 0
}

@test "a subnet of the profile that is taken is an error that says so" {
	engine
	call POST /networks/create '{"Name":"theirs","IPAM":{"Config":[{"Subnet":"10.77.0.0/16"}]}}'
	lift small up --set network.subnet=10.77.4.0/22
	exits 1
	says "Pool overlaps"
	says "10.77.4.0/22"
	says "subnet = auto"
}

@test "a busy port names the container that has it" {
	engine
	lift small up
	exits 0
	lift full up
	exits 1
	says "port is already allocated"
	says "published by the container small-proxy-1"
	lift small ps
	[[ "$output" =~ proxy\ +1\ +running ]]
}

@test "a busy port of a process outside the engine" {
	engine
	python3 -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); time.sleep(60)' "$PORT" 3>&- &
	ENGINE_PIDS="$ENGINE_PIDS $!"
	await python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])))' "$PORT" 2>/dev/null
	lift small up
	exits 1
	says "port $PORT"
	says "outside the engine"
}

@test "images that are missing are pulled, with progress" {
	engine_bare --pull-seconds 1
	lift small up --progress json
	exits 0
	jq -se 'any(.[]; .verb == "pull" and .status == "progress" and .done > 0 and .total > 0)' <<<"$output"
	[ "$(count_calls '.path == "/images/create"')" -eq 3 ]
	[ "$(count_calls '.path == "/images/create" and (.query.tag // "") == ""')" -eq 0 ]
}

@test "a pull that fails inside its stream" {
	engine_bare --pull-error 'mongo:*=toomanyrequests: You have reached your pull rate limit'
	lift small up
	exits 1
	says "mongo:8.2"
	says "pull rate limit"
}

@test "an image the registry does not have" {
	engine_bare --pull-missing 'rocketchat/*'
	lift small up
	exits 1
	says "rocketchat/rocket.chat:8.6.1"
	says "manifest unknown"
}

@test "no registry" {
	engine_bare --registry-down
	lift small up
	exits 1
	says "no such host"
	[ "$(ours small | grep -c rocketchat)" -eq 0 ]
}

@test "pull = never and --offline make no registry call" {
	engine_bare --image mongo:8.2
	lift small up --offline
	exits 1
	says "rocketchat/rocket.chat:8.6.1"
	says "pull = never"
	lift small up --set stack.pull=never
	exits 1
	[ "$(count_calls '.path == "/images/create"')" -eq 0 ]
	no_changes
}

@test "--offline with all images there works" {
	engine
	lift small up --offline
	exits 0
	[ "$(count_calls '.path == "/images/create"')" -eq 0 ]
}

@test "pull brings every image once" {
	engine
	lift full pull
	exits 0
	[ "$(count_calls '.path == "/images/create"')" -eq 10 ]
}

@test "a creation whose answer is lost is not an error, and happens once" {
	engine --fault-match 'POST /containers/create=eof-after:1' \
		--fault-match 'POST /networks/create=eof-after:1' \
		--fault-match 'POST /volumes/create=eof-after:1' \
		--fault-match 'POST /containers/*/start=eof-after:1'
	lift small up
	exits 0
	state -e '(.containers | length) == 3 and all(.containers[]; .State.Running and .starts == 1)'
	state -e '[.networks[] | select(.Name == "small")] | length == 1'
	forget_calls
	lift small up
	exits 0
	no_changes
}

@test "a creation that never arrived is made again" {
	engine --fault-match 'POST /containers/create=eof:1' --fault-match 'POST /networks/create=eof:1'
	lift small up
	exits 0
	state -e '(.containers | length) == 3'
}

@test "a creation whose answer breaks off half way is looked up" {
	engine --fault-match 'POST /containers/create=half:1'
	lift small up
	exits 0
	state -e '(.containers | length) == 3'
}

@test "an image that changed under its name recreates what runs it" {
	engine
	lift small up
	exits 0
	before=$(state '.containers[] | select(.Name == "/small-proxy-1") | .Id')
	lift small up --set proxy.image=busybox:1
	exits 0
	[ "$before" != "$(state '.containers[] | select(.Name == "/small-proxy-1") | .Id')" ]
}
