#!/usr/bin/env bats
# Other ways to run: one process, several, probes by exec; and stacks side by side.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() { e2e_setup; }

teardown() {
	[ -z "${netns:-}" ] || ip netns delete "$netns"
	e2e_teardown
}

@test "monolith: no microservices, no NATS, and websockets through the core" {
	write_small_profile
	lift up
	equal "$(containers | tr '\n' ' ')" 'mongodb-1 proxy-1 rocketchat-1 ' 'containers'
	if inspect rocketchat-1 '.Config.Env[]' | grep TRANSPORTER; then fail 'a lone core needs no transporter'; fi
	ddp /websocket --method standin.whoami >"$DIR/ddp"
	equal "$(jq -r 'select(.event == "result") | .result.hostname' "$DIR/ddp")" rocketchat-1 'websocket'
	ddp / --sockjs --method standin.whoami >"$DIR/ddp"
	equal "$(jq -r 'select(.event == "result") | .result.service' "$DIR/ddp")" rocketchat 'SockJS'
}

@test "several monoliths find each other over NATS, and a client stays with one" {
	local n
	write_small_profile $'[rocketchat]\nreplicas = 3'
	lift up
	equal "$(containers | tr '\n' ' ')" 'mongodb-1 nats-1 proxy-1 rocketchat-1 rocketchat-2 rocketchat-3 ' 'containers'
	has "$(inspect rocketchat-2 '.Config.Env[]')" TRANSPORTER=monolith+nats://nats:4222
	await 15 eval "[ \"\$(http /api/standin/nodes | jq length)\" -eq 3 ]"
	for n in $(seq 12); do http "/api/standin/echo?$n" | jq -r .hostname; done | sort -u >"$DIR/who"
	ddp /websocket --count 12 --method standin.whoami >"$DIR/ddp"
	jq -r 'select(.event == "result") | .result.hostname' "$DIR/ddp" | sort -u >>"$DIR/who"
	equal "$(sort -u "$DIR/who" | wc -l)" 1 'cores that one client meets'
	equal "$(mongo 'print(db.instances.distinct("extraInformation.os.hostname").sort())' | tr -d "[] '\n")" \
		rocketchat-1,rocketchat-2,rocketchat-3 'instances'
}

@test "probes by exec bring a whole stack up as well, and notice the same failures" {
	write_profile 8.6.1
	sed -i 's/^version = .*/&\nprobe = exec/' "$PROFILE"
	lift up
	equal "$(http_status /)" 200 'through the proxy'
	equal "$(changes)" '' 'changes'
	run --separate-stderr lift --set env.account.STANDIN_FAIL=exit:7 up
	equal "$status" 1 'exit code'
	has "$stderr" 'account-1 is in a crash loop'
	lift up
}

@test "an engine in a network namespace of its own: probes find another way" {
	[ "$(id -u)" -eq 0 ] || fail 'needs root'
	netns=$STACK
	ip netns add "$netns"
	ip -n "$netns" link set lo up
	write_small_profile
	# From in there, neither the stack's addresses nor the published port answer:
	# all replicas become ready, and the proof says what is missing.
	run --separate-stderr ip netns exec "$netns" env "DOCKER_HOST=$DOCKER_HOST" "$LIFTOFF" -f "$PROFILE" up --timeout 20s
	equal "$status" 124 "exit code; it said: $stderr"
	has "$stderr" 'ready     rocketchat-1' 'does not answer' "$PORT"
	# Seen from here, all of it is right.
	equal "$(changes)" '' 'changes'
	lift up
}

@test "two stacks come up at the same moment, each on a subnet of its own" {
	local first first_profile
	write_small_profile
	first=$STACK first_profile=$PROFILE
	new_stack
	write_small_profile
	in_background "$LIFTOFF" -f "$first_profile" up >"$DIR/first" 2>&1
	lift up
	wait "$background" || fail "the other failed: $(cat "$DIR/first")"
	docker network inspect "$first" "$STACK" | jq -r '.[].IPAM.Config[0].Subnet' >"$DIR/subnets"
	equal "$(python3 -c '
import ipaddress, sys
a, b = (ipaddress.ip_network(line.strip()) for line in open(sys.argv[1]))
print(a.overlaps(b))' "$DIR/subnets")" False 'overlap'
	equal "$(changes)" '' 'changes of the second'
	equal "$("$LIFTOFF" -f "$first_profile" plan --json | jq .changes)" false 'changes of the first'

	# Taking one away leaves the other as it is.
	ids >"$DIR/before"
	"$LIFTOFF" -f "$first_profile" down --volumes
	equal "$(ids)" "$(cat "$DIR/before")" 'the second'
	equal "$(http_status /)" 200 'the second through its proxy'
}

@test "a stack whose name begins with another's is another" {
	write_small_profile
	lift up
	ids >"$DIR/before"
	cp "$PROFILE" "$DIR/longer.ini"
	printf '%s\n' "$STACK-1" >>"$DIR/stacks"
	"$LIFTOFF" -f "$DIR/longer.ini" --set "stack.name=$STACK-1" --set "proxy.publish=127.0.0.1:$(free_port)" up
	"$LIFTOFF" -f "$DIR/longer.ini" --set "stack.name=$STACK-1" down --volumes
	equal "$(docker ps --all --quiet --filter "label=io.liftoff.stack=$STACK-1")" '' 'what is left of the other'
	equal "$(ids)" "$(cat "$DIR/before")" 'the first'
	equal "$(changes)" '' 'changes of the first'
}

@test "a given subnet is taken, and one that is taken is refused" {
	local base
	base=10.191.$((RANDOM % 256)).$((RANDOM % 14 * 16))
	write_small_profile "[network]
subnet = $base/28"
	lift up
	equal "$(inspect mongodb-1 ".NetworkSettings.Networks[\"$STACK\"].IPAddress")" "${base%.*}.$((${base##*.} + 2))" "MongoDB's address"
	cp "$PROFILE" "$DIR/second.ini"
	printf '%s\n' "$STACK-2" >>"$DIR/stacks"
	run --separate-stderr "$LIFTOFF" -f "$DIR/second.ini" --set "stack.name=$STACK-2" up
	equal "$status" 1 'exit code'
	has "$stderr" "$base/28" 'subnet = auto'
}
