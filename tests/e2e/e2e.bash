# shellcheck shell=bash
# What the end-to-end tests share. They need an engine (DOCKER_HOST), the images
# of scripts/test-images in it, and the program to test (LIFTOFF).
#
# Each test (or file, where its tests only look) has a stack with a name and a
# port of its own, so that what one leaves behind breaks no other. Nothing
# sleeps for a fixed time: whatever must become true is awaited, with a limit.

bats_require_minimum_version 1.5.0

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LIFTOFF=${LIFTOFF:-$top/build/liftoff}
PREFIX=liftoff.test
export NO_COLOR=1 LC_ALL=C.UTF-8
unset LIFTOFF_IMAGE_PREFIX LIFTOFF_PUBLISH

# fail TEXT…: ends the test.
fail() {
	printf '%s\n' "$*" >&2
	return 1
}

has_engine() {
	timeout 20 docker version >/dev/null 2>&1
}

# Skips the test where there is no engine; with LIFTOFF_NO_SKIPS=1 it fails.
need_engine() {
	has_engine && return
	[ "${LIFTOFF_NO_SKIPS:-0}" != 1 ] || fail "no engine answers at ${DOCKER_HOST:-the default socket}"
	skip "no engine answers at ${DOCKER_HOST:-the default socket}: this was NOT tested"
}

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# ---- a stack's life ----

# new_stack: a name, a port and a folder that nobody else has.
new_stack() {
	STACK=e2e-$BASHPID-$RANDOM
	PORT=$(free_port)
	DIR=${DIR:-$(mktemp -d /tmp/e2e.XXXXXX)}
	PROFILE=$DIR/$STACK.ini
	printf '%s\n' "$STACK" >>"$DIR/stacks"
	export STACK PORT DIR PROFILE
}

e2e_setup() {
	need_engine
	unset DIR
	new_stack
}

# Takes away all that a stack has, by the engine's own means: a test of `down`
# must not depend on `down`.
sweep_stack() {
	local label=label=io.liftoff.stack=$1
	docker ps --all --quiet --filter "$label" | xargs --no-run-if-empty docker rm --force --volumes
	docker network ls --quiet --filter "$label" | xargs --no-run-if-empty docker network rm
	docker volume ls --quiet --filter "$label" | xargs --no-run-if-empty docker volume rm
}

e2e_teardown() {
	local name pid
	[ -n "${DIR:-}" ] || return 0
	if [ "${BATS_TEST_COMPLETED:-}" != 1 ] && [ -n "${BATS_TEST_NAME:-}" ]; then
		docker ps --all --filter "name=$STACK" --format '{{.Names}} {{.Status}} {{.Image}}'
		cat "$PROFILE" 2>/dev/null
	fi
	if [ -s "$DIR/pids" ]; then
		while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done <"$DIR/pids"
	fi
	while read -r name; do sweep_stack "$name" >/dev/null; done <"$DIR/stacks"
	rm -rf "$DIR"
	unset DIR
}

# write_profile VERSION [TEXT]: the stack's profile; TEXT are more sections.
write_profile() {
	cat >"$PROFILE" <<-INI
		[stack]
		name = $STACK
		version = $1
		image_prefix = $PREFIX
		pull = never
		timeout = 3m
		[mongodb]
		image = $PREFIX/mongo:7.0
		memory = 1g
		cache_size = 256m
		[proxy]
		publish = 127.0.0.1:$PORT
		[env]
		STANDIN_BOOT_SECONDS = 0
	INI
	printf '%s\n' "${2:-}" >>"$PROFILE"
}

# The smallest stack there is: MongoDB, the core and the proxy.
write_small_profile() {
	write_profile 8.6.1 "${1:-}"
	sed -i 's/^version = .*/&\nmode = monolith/' "$PROFILE"
}

# lift ARGUMENT…: the program with the stack's profile.
lift() {
	"$LIFTOFF" -f "$PROFILE" "$@"
}

# in_background COMMAND…: started apart from bats; its pid is in $background.
in_background() {
	"$@" 3>&- 4>&- &
	background=$!
	printf '%s\n' "$background" >>"$DIR/pids"
}

# await SECONDS COMMAND…: until it succeeds.
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "never came true: $*" || return
		sleep 0.05
	done
}

# ---- looking ----

# inspect SERVICE-N FILTER: jq's view of what the engine has.
inspect() {
	docker inspect --type container "$STACK-$1" | jq --raw-output --sort-keys --compact-output ".[0] | $2"
}

# look: remembers what the engine has of the stack, for see(); many containers
# are asked for at once, since each call of the client takes its time.
look() {
	docker ps --all --quiet --filter "label=io.liftoff.stack=$STACK" | xargs --no-run-if-empty docker inspect |
		jq "map(.Mounts |= sort_by(.Destination))" >"$DIR/seen"
}

# see SERVICE-N FILTER: as inspect, of what look() saw.
see() {
	jq --raw-output --sort-keys --compact-output --arg name "/$STACK-$1" \
		".[] | select(.Name == \$name) | $2" "$DIR/seen"
}

container_id() {
	inspect "$1" .Id
}

# The stack's containers, one a line, without its name.
containers() {
	docker ps --all --filter "label=io.liftoff.stack=$STACK" --format '{{.Names}}' | sed "s/^$STACK-//" | sort
}

# "name id" of each container but those that are named.
ids() {
	local skip
	skip=$(printf '%s\n' "$@")
	docker ps --all --no-trunc --filter "label=io.liftoff.stack=$STACK" --format '{{.Names}} {{.ID}}' |
		sed "s/^$STACK-//" | grep -vE "^(${skip//$'\n'/|}) " | sort
}

# "name address" of each container.
addresses() {
	look
	jq --raw-output --arg stack "$STACK" \
		'.[] | "\(.Name | ltrimstr("/" + $stack + "-")) \(.NetworkSettings.Networks[$stack].IPAddress)"' "$DIR/seen" | sort
}

http() {
	curl --silent --show-error --max-time 20 "http://127.0.0.1:$PORT$1" "${@:2}"
}

http_status() {
	http "$@" --output /dev/null --write-out '%{http_code}'
}

# ddp PATH OPTION…: a DDP client in the engine's host network.
ddp() {
	local path=$1
	shift
	docker run --rm --network host "$PREFIX/standin:1" ddp "ws://127.0.0.1:$PORT$path" "$@"
}

# mongo SCRIPT: run by the database's own shell; prints what it prints.
# shellcheck disable=SC2016 # the container's shell expands it
mongo() {
	lift exec --no-tty mongodb -- sh -c 'HOME=/tmp exec mongosh --quiet --eval "$0" "mongodb://127.0.0.1/rocketchat?directConnection=true"' "$1"
}

# equal GOT WANTED WHAT
equal() {
	[ "$1" = "$2" ] || fail "$3:
got:
$1
wanted:
$2"
}

# has TEXT PART…: every part is somewhere in the text.
has() {
	local text=$1 part
	shift
	for part in "$@"; do
		[[ $text == *"$part"* ]] || fail "not in the text: $part
the text:
$text" || return
	done
}

# All that is not this stack's: what must not change.
strangers() {
	local kind
	for kind in container network volume; do
		local list=(docker "$kind" ls --quiet)
		[ "$kind" != container ] || list+=(--all --no-trunc)
		"${list[@]}" --filter "label=e2e.stranger=$STACK" | sort |
			xargs --no-run-if-empty docker "$kind" inspect
	done
}

# What `plan` would change: "verb object: cause" lines.
changes() {
	lift plan --json "$@" | jq --raw-output '.steps[] | select(.changes) | "\(.verb) \(.object): \(.cause // "")"'
}
