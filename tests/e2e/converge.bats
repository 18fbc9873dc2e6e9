#!/usr/bin/env bats
# From any state to the wished one, with no more change than that takes.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() { e2e_setup; }
teardown() { e2e_teardown; }

@test "users = 1200 gives three ddp-streamers; fewer users take two away again" {
	write_profile 8.6.1
	lift --set stack.users=1200 up
	equal "$(containers | grep -c ddp-streamer)" 3 'ddp-streamers'
	ids ddp-streamer-2 ddp-streamer-3 proxy-1 >"$DIR/before"

	equal "$(changes --set stack.users=400 | grep remove | sort)" 'remove ddp-streamer-2: in the profile no more
remove ddp-streamer-3: in the profile no more
remove proxy-1: its settings changed' 'plan'
	lift --set stack.users=400 up
	equal "$(containers | grep ddp-streamer)" ddp-streamer-1 'ddp-streamers'
	equal "$(ids proxy-1)" "$(cat "$DIR/before")" 'all that had no reason to change'

	lift --set service.ddp-streamer.replicas=2 up
	equal "$(ids ddp-streamer-2 proxy-1)" "$(cat "$DIR/before")" 'all that had no reason to change'
	ddp /websocket --count 20 --method standin.whoami >"$DIR/ddp"
	equal "$(jq -r 'select(.event == "result") | .result.hostname' "$DIR/ddp" | sort -u | tr '\n' ' ')" \
		'ddp-streamer-1 ddp-streamer-2 ' 'who answers websockets'
}

@test "a service that left the profile is taken away, and comes back with it" {
	write_profile 8.6.1
	lift up
	ids queue-worker-1 omnichannel-transcript-1 >"$DIR/before"
	lift --set service.queue-worker.replicas=0 --set service.omnichannel-transcript.replicas=0 up
	equal "$(containers | grep -cE 'queue-worker|omnichannel')" 0 'the two services'
	equal "$(ids)" "$(cat "$DIR/before")" 'the others'
	lift up
	equal "$(ids queue-worker-1 omnichannel-transcript-1)" "$(cat "$DIR/before")" 'the others'
	equal "$(containers | grep -cE 'queue-worker|omnichannel')" 2 'the two services'
}

@test "a changed variable recreates only those it concerns, at the same addresses" {
	write_profile 8.6.1
	lift up
	ids rocketchat-1 >"$DIR/before"
	addresses >"$DIR/addresses"
	equal "$(changes --set env.rocketchat.ADMIN_NAME=me)" \
		'stop rocketchat-1: its settings changed
remove rocketchat-1: its settings changed
create rocketchat-1: its settings changed
start rocketchat-1: ' 'plan'
	lift --set env.rocketchat.ADMIN_NAME=me up
	has "$(inspect rocketchat-1 '.Config.Env[]')" ADMIN_NAME=me
	equal "$(ids rocketchat-1)" "$(cat "$DIR/before")" 'the others'
	equal "$(addresses)" "$(cat "$DIR/addresses")" 'addresses'

	lift --set env.account.X=y --set env.rocketchat.ADMIN_NAME=me --set proxy.memory=100m up
	equal "$(ids rocketchat-1 account-1 proxy-1)" "$(grep -vE '^(account|proxy)-1' "$DIR/before")" 'the others'
	equal "$(inspect proxy-1 .HostConfig.Memory)" 104857600 "the proxy's memory"
	equal "$(addresses)" "$(cat "$DIR/addresses")" 'addresses'
}

@test "what stopped, was killed, removed or disconnected is told by plan and mended by up" {
	write_profile 8.6.1
	lift up
	addresses >"$DIR/addresses"
	equal "$(changes)" '' 'changes of a whole stack'
	run lift plan --detailed-exitcode
	equal "$status" 0 'exit code without changes'

	docker stop "$STACK-nats-1" >/dev/null
	docker kill "$STACK-presence-1" >/dev/null
	docker rm --force "$STACK-account-1" >/dev/null
	docker network disconnect "$STACK" "$STACK-authorization-1"
	docker pause "$STACK-queue-worker-1" >/dev/null
	ids nats-1 presence-1 account-1 authorization-1 queue-worker-1 >"$DIR/before"
	run lift plan --detailed-exitcode
	equal "$status" 2 'exit code with changes'
	changes >"$DIR/changes"
	has "$(cat "$DIR/changes")" 'start nats-1: stopped: Exited (' 'start presence-1: stopped: Exited (137)' \
		'create account-1: missing' "create authorization-1: disconnected from the stack's network" \
		'create queue-worker-1: paused'
	if grep -E 'mongodb|rocketchat|ddp-streamer|proxy|network' "$DIR/changes" | grep -v authorization; then
		fail 'the plan has more than that'
	fi

	lift up
	equal "$(ids nats-1 presence-1 account-1 authorization-1 queue-worker-1)" "$(cat "$DIR/before")" 'the others'
	equal "$(addresses)" "$(cat "$DIR/addresses")" 'addresses'
	equal "$(changes)" '' 'changes after up'
}

@test "a network that was removed under stopped containers is made anew" {
	write_small_profile
	lift up
	mongo 'db.kept.insertOne({ _id: 1 })'
	docker ps --quiet --filter "label=io.liftoff.stack=$STACK" | xargs docker kill >/dev/null
	docker network inspect "$STACK" | jq -r '.[0].Containers | keys[]' | xargs --no-run-if-empty -n 1 docker network disconnect --force "$STACK"
	docker network rm "$STACK" >/dev/null
	has "$(changes)" "create network $STACK: missing"
	lift up
	equal "$(http_status /)" 200 'through the proxy'
	equal "$(mongo 'print(db.kept.countDocuments())')" 1 'documents'
}

@test "plan, ps, config and logs change nothing" {
	write_small_profile
	lift plan
	equal "$(containers)$(docker network ls --quiet --filter "name=$STACK")$(docker volume ls --quiet --filter "name=$STACK")" '' 'what plan made'
	lift up
	look
	cp "$DIR/seen" "$DIR/before"
	lift plan
	lift --set env.A=b plan
	lift up --dry-run
	lift down --dry-run
	lift ps
	lift config
	lift logs >"$DIR/logs"
	look
	diff "$DIR/before" "$DIR/seen"
}

@test "an image tag that names another image recreates what runs the old one" {
	write_small_profile
	docker tag "$PREFIX/nginx:1.28-alpine" "$PREFIX/$STACK:1"
	lift --set "proxy.image=$PREFIX/$STACK:1" up
	ids proxy-1 >"$DIR/before"
	printf 'FROM %s/nginx:1.28-alpine\nLABEL x=%s\n' "$PREFIX" "$STACK" | docker build --quiet --tag "$PREFIX/$STACK:1" - >/dev/null 2>&1
	has "$(changes --set "proxy.image=$PREFIX/$STACK:1")" 'create proxy-1: its image tag now names another image'
	lift --set "proxy.image=$PREFIX/$STACK:1" up
	equal "$(inspect proxy-1 .Image)" "$(docker image inspect "$PREFIX/$STACK:1" | jq -r '.[0].Id')" "the proxy's image"
	equal "$(ids proxy-1)" "$(cat "$DIR/before")" 'the others'
	sweep_stack "$STACK" >/dev/null
	docker rmi "$PREFIX/$STACK:1" >/dev/null
}
