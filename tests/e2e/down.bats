#!/usr/bin/env bats
# What `down` takes and what it leaves.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() { e2e_setup; }

teardown() {
	local label=label=e2e.stranger=${STACK:-none}
	docker ps --all --quiet --filter "$label" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
	docker network ls --quiet --filter "$label" | xargs --no-run-if-empty docker network rm >/dev/null
	docker volume ls --quiet --filter "$label" | xargs --no-run-if-empty docker volume rm >/dev/null
	e2e_teardown
}

# Nothing in the engine carries the stack's label.
nothing_left() {
	equal "$(containers)" '' 'containers'
	equal "$(docker network ls --quiet --filter "label=io.liftoff.stack=$STACK")" '' 'networks'
	equal "$(docker volume ls --quiet --filter "label=io.liftoff.stack=$STACK")" "${1:-}" 'volumes'
}

# A container, a network and a volume that look much like the stack's own.
make_strangers() {
	local label=e2e.stranger=$STACK
	docker volume create --label "$label" "$STACK-mongodb2" >/dev/null
	docker network create --label "$label" --label "io.liftoff.stack=$STACK-2" "$STACK-2" >/dev/null
	docker run --detach --label "$label" --label "io.liftoff.stack=$STACK-2" --name "$STACK-2-rocketchat-1" \
		--network "$STACK-2" --volume "$STACK-mongodb2:/data" "$PREFIX/sleeper:1" >/dev/null
	docker create --label "$label" --name "$STACK-stranger" "$PREFIX/sleeper:1" >/dev/null
}

@test "down takes all with the stack's label and touches nothing else" {
	make_strangers
	strangers >"$DIR/before"
	[ "$(jq -s 'add | length' "$DIR/before")" -eq 4 ] || fail 'the strangers are not there'
	write_profile 8.6.1
	lift up
	lift down --volumes
	nothing_left
	strangers >"$DIR/after"
	diff "$DIR/before" "$DIR/after"
}

@test "volumes survive down, and the data is there at the next up; --volumes takes them" {
	write_small_profile
	lift up
	mongo 'db.kept.insertOne({ _id: 1, text: "still here" }, { writeConcern: { w: "majority" } })'
	lift exec --no-tty rocketchat -- sh -c 'echo upload >/app/uploads/kept'
	run --separate-stderr lift down
	equal "$status" 0 'exit code'
	has "$stderr" '2 volumes kept'
	nothing_left "$STACK-mongodb
$STACK-uploads"
	lift up
	equal "$(mongo 'print(db.kept.findOne({ _id: 1 }).text)')" 'still here' 'document'
	equal "$(lift exec --no-tty rocketchat -- cat /app/uploads/kept)" upload 'uploaded file'
	lift down --volumes
	nothing_left
	lift up
	equal "$(mongo 'print(db.kept.countDocuments())')" 0 'documents in a new volume'
}

@test "down needs no images, no valid services, and may be repeated" {
	write_small_profile
	lift up
	sed -i 's/^version = .*/version = 6.4.8/' "$PROFILE"
	lift down --volumes
	nothing_left
	run --separate-stderr lift down
	equal "$status" 0 'exit code of a second down'
	has "$stderr" 'nothing to take away'
}

@test "down also takes what is stopped, paused, half made or disconnected" {
	write_profile 8.6.1
	lift up
	docker pause "$STACK-account-1" >/dev/null
	docker kill "$STACK-presence-1" >/dev/null
	docker network disconnect "$STACK" "$STACK-nats-1"
	docker create --name "$STACK-leftover" --label "io.liftoff.stack=$STACK" "$PREFIX/sleeper:1" >/dev/null
	lift down --volumes
	nothing_left
}

@test "a stranger on the stack's network is not disconnected: down says who it is" {
	write_small_profile
	lift up
	docker run --detach --label "e2e.stranger=$STACK" --name "$STACK-guest" --network "$STACK" "$PREFIX/sleeper:1" >/dev/null
	run --separate-stderr lift down
	equal "$status" 1 'exit code'
	has "$stderr" "$STACK-guest"
	equal "$(docker inspect "$STACK-guest" | jq -r ".[0].State.Status, (.[0].NetworkSettings.Networks | keys[])")" "running
$STACK" 'the guest'
	equal "$(containers)" '' 'containers'
	docker rm --force "$STACK-guest" >/dev/null
	lift down --volumes
	nothing_left
}

@test "names that strangers hold are an error that says whose they are" {
	write_small_profile
	docker create --label "e2e.stranger=$STACK" --name "$STACK-rocketchat-1" "$PREFIX/sleeper:1" >/dev/null
	run --separate-stderr lift up
	equal "$status" 1 'exit code'
	has "$stderr" "$STACK-rocketchat-1"
	docker rm "$STACK-rocketchat-1" >/dev/null
	lift down --volumes

	docker volume create --label "e2e.stranger=$STACK" "$STACK-mongodb" >/dev/null
	run --separate-stderr lift up
	equal "$status" 1 'exit code'
	has "$stderr" "volume $STACK-mongodb exists and is not this stack's"
	lift down --volumes
	docker volume inspect "$STACK-mongodb" >/dev/null
	docker volume rm "$STACK-mongodb" >/dev/null

	docker network create --label "e2e.stranger=$STACK" "$STACK" >/dev/null
	run --separate-stderr lift up
	equal "$status" 1 'exit code'
	has "$stderr" "network $STACK exists"
	lift down --volumes
	docker network inspect "$STACK" >/dev/null
}
