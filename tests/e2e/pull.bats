#!/usr/bin/env bats
# Images from a real registry (Debian's docker-registry): what is missing is
# pulled, a tag that moved is noticed, and offline means no call at all.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() {
	e2e_setup
	[ -x "$(command -v docker-registry)" ] || fail "docker-registry is not installed"
	start_registry
}

teardown() {
	docker images --quiet --filter "reference=$REGISTRY/*/*" --filter "reference=$REGISTRY/*" |
		sort -u | xargs --no-run-if-empty docker rmi --force >/dev/null 2>&1 || true
	e2e_teardown
}

start_registry() {
	local port
	port=$(free_port)
	REGISTRY=127.0.0.1:$port
	cat >"$DIR/registry.yml" <<-YAML
		version: 0.1
		storage:
		  filesystem:
		    rootdirectory: $DIR/registry
		http:
		  addr: $REGISTRY
	YAML
	in_background docker-registry serve "$DIR/registry.yml" >"$DIR/registry.log" 2>&1
	await 20 curl --silent --fail --output /dev/null "http://$REGISTRY/v2/"
}

# publish IMAGE [BYTES]: the stand-in with a layer of its own, in the registry
# and nowhere else.
publish() {
	mkdir -p "$DIR/context"
	head -c "${2:-1000}" /dev/urandom >"$DIR/context/filler"
	printf 'FROM %s/%s\nCOPY filler /filler\n' "$PREFIX" "$1" >"$DIR/context/Dockerfile"
	docker build --quiet --tag "$REGISTRY/$1" "$DIR/context" >/dev/null 2>&1
	docker push --quiet "$REGISTRY/$1" >/dev/null
	docker rmi "$REGISTRY/$1" >/dev/null
}

core=rocketchat/rocket.chat:8.6.1
proxy=nginx:1.28-alpine

registry_profile() {
	write_small_profile
	sed -i "s|^image_prefix = .*|image_prefix = $REGISTRY|; s/^pull = .*/pull = missing/" "$PROFILE"
}

requests() {
	grep -c 'http.request.method=' "$DIR/registry.log" || true
}

@test "missing images are pulled, all at once and with progress, before anything is created" {
	publish "$core" 20000000
	publish "$proxy"
	registry_profile
	run --separate-stderr lift up --progress json
	equal "$status" 0 "exit code ($stderr)"
	pulls=$(jq -c 'select(.verb == "pull")' <<<"$output")
	has "$pulls" "$REGISTRY/$core" "$REGISTRY/$proxy"
	# both begin before either is done
	equal "$(jq -r .status <<<"$pulls" | grep -vx progress | head -n 2 | sort -u)" started "the first two lines of pulls"
	total=$(jq -s 'map(.total // 0) | max' <<<"$pulls")
	[ "$total" -ge 20000000 ] || fail "the largest total told is $total bytes"
	equal "$(http_status /api/info)" 200 "the stack's answer"
}

@test "pull = always takes a tag that moved, and recreates only what it is of" {
	publish "$core"
	publish "$proxy"
	publish mongo:7.0
	registry_profile
	sed -i "s|^image = $PREFIX/|image = $REGISTRY/|" "$PROFILE"
	lift up --quiet
	before=$(ids proxy-1)
	old=$(container_id proxy-1)
	publish "$proxy"
	run --separate-stderr lift --set stack.pull=always up
	equal "$status" 0 "exit code ($stderr)"
	[ "$(container_id proxy-1)" != "$old" ] || fail "the proxy still runs the old image"
	equal "$(ids proxy-1)" "$before" "the other containers"
}

@test "offline and pull = never make no registry call, and name what is missing" {
	publish "$core"
	publish "$proxy"
	registry_profile
	before=$(requests)
	run --separate-stderr lift up --offline
	equal "$status" 1 "exit code"
	has "$stderr" "$REGISTRY/$core" "$REGISTRY/$proxy" "pull = never" "docker load"
	run --separate-stderr lift --set stack.pull=never up
	equal "$status" 1 "exit code"
	equal "$(requests)" "$before" "requests the registry saw"
	equal "$(containers)" "" "containers"
}

@test "an image the registry does not have fails alone, in the registry's words" {
	publish "$core"
	registry_profile
	run --separate-stderr lift pull
	equal "$status" 1 "exit code"
	has "$stderr" "$REGISTRY/$proxy" "manifest unknown"
	docker image inspect "$REGISTRY/$core" >/dev/null || fail "the other image was not pulled"
}
