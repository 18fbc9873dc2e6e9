#!/usr/bin/env bats
# What goes wrong in real life: said soon, said plainly, and no worse than need be.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() {
	e2e_setup
	tagged=
}

teardown() {
	e2e_teardown
	[ -z "${tagged:-}" ] || docker rmi "$tagged" >/dev/null
}

# fails CODE SECONDS ARGUMENT…: the program ends with that code, soon enough; what
# it said is in $stderr.
fails() {
	local wanted=$1 limit=$2 began=$SECONDS
	shift 2
	run --separate-stderr lift "$@"
	equal "$status" "$wanted" "exit code
$stderr"
	[ $((SECONDS - began)) -le "$limit" ] || fail "took $((SECONDS - began)) s: $stderr"
}

is_running() {
	equal "$(inspect "$1" .State.Status)" running "$1"
}

@test "a service that ends at once fails soon, with an autopsy; the rest is up" {
	local name
	write_profile 8.6.1
	fails 1 40 --set env.account.STANDIN_FAIL=exit:7 up
	has "$stderr" 'account-1 is in a crash loop' 'exit code 7' "TypeError: Cannot read properties of undefined (reading '_id')" \
		'liftoff logs account'
	for name in $(containers | grep -v account); do is_running "$name"; done
	equal "$(http_status /)" 200 'through the proxy'
	# The same is told of a stack that stands already.
	fails 1 40 --set env.account.STANDIN_FAIL=exit:7 up
	has "$stderr" account-1
	lift up
	equal "$(changes)" '' 'changes after the mistake was mended'
}

@test "a core that ends at once does not hide behind the services that wait for it" {
	write_profile 8.6.1
	fails 1 40 --set env.rocketchat.STANDIN_FAIL=exit:3 --set stack.timeout=25s up
	has "$stderr" 'rocketchat-1 is in a crash loop' 'exit code 3'
	is_running mongodb-1
	is_running nats-1
}

@test "restart = no: one end is enough" {
	write_small_profile
	fails 1 20 --set stack.restart=no --set env.rocketchat.STANDIN_FAIL=exit:9 up
	has "$stderr" 'rocketchat-1 ended with exit code 9'
}

@test "out of memory is called by its name, with the limit" {
	write_small_profile
	fails 1 60 --set rocketchat.memory=200m --set env.rocketchat.STANDIN_FAIL=oom up
	has "$stderr" rocketchat-1 'out of memory'
	[[ $stderr =~ 200|memory\ =  ]] || fail "no hint about the limit: $stderr"
}

@test "a port that another process holds is told apart from one of a container" {
	write_small_profile
	in_background python3 -c 'import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(600)' "$PORT"
	await 5 eval "(: </dev/tcp/127.0.0.1/$PORT) 2>/dev/null"
	fails 1 30 up
	has "$stderr" "$PORT" proxy-1 'a process outside the engine holds port' '[proxy] publish'
	is_running mongodb-1
	is_running rocketchat-1
	kill "$background"
	await 5 eval "! (: </dev/tcp/127.0.0.1/$PORT) 2>/dev/null"
	lift up
	equal "$(http_status /)" 200 'once the port is free'
}

@test "a port that another container publishes: its name is told" {
	write_small_profile
	docker run --detach --name "$STACK-holder" --label "io.liftoff.stack=$STACK-h" --publish "127.0.0.1:$PORT:80" "$PREFIX/sleeper:1" >/dev/null
	printf '%s\n' "$STACK-h" >>"$DIR/stacks"
	fails 1 30 up
	has "$stderr" "port $PORT is published by the container $STACK-holder"
}

@test "pull = never: every missing image is named before anything is made" {
	write_profile 8.6.1
	fails 1 5 --set stack.version=8.6.0 up
	has "$stderr" 'pull = never' "$PREFIX/rocketchat/rocket.chat:8.6.0" "$PREFIX/rocketchat/presence-service:8.6.0" \
		'docker load'
	equal "$(containers)" '' 'containers'
	fails 1 5 --set stack.version=8.6.0 --set stack.pull=missing up --offline
	has "$stderr" "$PREFIX/rocketchat/rocket.chat:8.6.0"
}

@test "no registry in reach: the image and the engine's own words" {
	write_small_profile
	fails 1 60 --set stack.pull=missing --set rocketchat.image=127.0.0.1:9/none/rocket.chat:1 up
	has "$stderr" 127.0.0.1:9/none/rocket.chat:1 'connection refused' image_prefix
	equal "$(containers | grep -c rocketchat)" 0 'cores'
}

@test "a replica set that was initiated as localhost is repaired, and that is said" {
	write_small_profile
	lift up
	mongo 'db.kept.insertOne({ _id: 1 })
		const c = rs.conf(); c.members[0].host = "localhost:27017"; rs.reconfig(c, { force: true })'
	lift down
	run --separate-stderr lift up
	equal "$status" 0 'exit code'
	has "$stderr" 'repaired replica set rs0: its member was localhost:27017, now mongodb-1:27017'
	equal "$(mongo 'print(rs.conf().members[0].host, db.kept.countDocuments())')" 'mongodb-1:27017 1' 'after repair'
	# The same while it runs: the next up sees it without a restart.
	mongo 'const c = rs.conf(); c.members[0].host = "localhost:27017"; rs.reconfig(c, { force: true })'
	lift up
	equal "$(mongo 'print(rs.conf().members[0].host)')" 'mongodb-1:27017' 'after the second repair'
}

@test "data of another replica set is left alone, and the remedy is told" {
	write_small_profile
	lift up
	mongo 'db.kept.insertOne({ _id: 1 })'
	lift down
	fails 1 60 --set mongodb.replica_set=other up
	has "$stderr" 'belongs to replica set rs0, not other' '[mongodb] replica_set = rs0'
	lift up
	equal "$(mongo 'print(db.kept.countDocuments())')" 1 'documents'
}

@test "a core that never answers: --timeout ends it with 124 and the last cause" {
	write_small_profile
	fails 124 15 --set env.rocketchat.STANDIN_FAIL=hang up --timeout 8s
	has "$stderr" 'rocketchat-1 was not ready after' 'waiting for a lock held by another process' 'refused'
	equal "$(http_status /)" 503 'the proxy meanwhile'
	is_running rocketchat-1
	lift up
}

@test "secrets are not in what is said, and not in plan, config or ps" {
	write_profile 8.6.1 $'[env rocketchat]\nADMIN_PASS = s3cr3t-word'
	lift up >"$DIR/said" 2>&1
	# shellcheck disable=SC2129 # one command a line reads better
	lift plan --json >>"$DIR/said"
	lift config >>"$DIR/said"
	lift config --json >>"$DIR/said"
	lift ps --json >>"$DIR/said"
	if grep s3cr3t-word "$DIR/said"; then fail 'a secret was told'; fi
	has "$(inspect rocketchat-1 '.Config.Env[]')" ADMIN_PASS=s3cr3t-word
	look
	if jq '.[].Config.Labels' "$DIR/seen" | grep s3cr3t-word; then fail 'a secret is in a label'; fi
}

@test "no engine: exit 69 and where it was looked for" {
	write_small_profile
	DOCKER_HOST=unix://$DIR/none.sock fails 69 5 up
	has "$stderr" "$DIR/none.sock"
}
