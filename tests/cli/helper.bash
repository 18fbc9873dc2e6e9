# What all tests of the binary share: a fake engine each, and ways to look at it.

LIFTOFF=${LIFTOFF:-$PWD/liftoff}
FAKE=$BATS_TEST_DIRNAME/../fake
PROFILES=$BATS_TEST_DIRNAME/profiles
IMAGES=(mongo:8.2 nats:2.12-alpine nginx:1.28-alpine busybox:1
	rocketchat/rocket.chat:8.6.1 rocketchat/ddp-streamer-service:8.6.1
	rocketchat/authorization-service:8.6.1 rocketchat/account-service:8.6.1
	rocketchat/presence-service:8.6.1 rocketchat/queue-worker-service:8.6.1
	rocketchat/omnichannel-transcript-service:8.6.1)

common_setup() {
	# short: a socket's path has 107 bytes at most
	DIR=$(mktemp -d /tmp/lo.XXXXXX)
	SOCKET=$DIR/e.sock
	CALLS=$DIR/calls.jsonl
	PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	ENGINE_PIDS=
	printf '%s\n' "${IMAGES[@]}" >"$DIR/images"
	export DOCKER_HOST=unix://$SOCKET NO_COLOR=1
	unset DOCKER_API_VERSION
	cd "$DIR" || return
}

common_teardown() {
	for pid in $ENGINE_PIDS; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$DIR"
}

# engine_bare OPTION…: a fake engine without images.
engine_bare() {
	python3 "$FAKE/engine.py" --socket "$SOCKET" --log "$CALLS" \
		--victim-pid-file "$DIR/pid" "$@" 3>&- &
	ENGINE_PIDS="$ENGINE_PIDS $!"
	await test -S "$SOCKET"
}

# engine OPTION…: one that has all images.
engine() {
	engine_bare --images-from "$DIR/images" "$@"
}

# await COMMAND…: until it succeeds, for at most 10 s.
await() {
	for _ in $(seq 500); do
		"$@" && return
		sleep 0.02
	done
	echo "never came true: $*" >&2
	return 1
}

call() {
	python3 "$FAKE/call.py" "$SOCKET" "$@"
}

state() {
	call GET /_fake/state | jq -r "$@"
}

# lift PROFILE WORD…: the binary on tests/cli/profiles/PROFILE.ini; $output is
# stdout, $stderr is stderr.
lift() {
	local profile=$1
	shift
	run --separate-stderr timeout -s KILL 30 "$LIFTOFF" "$@" \
		--profile "$PROFILES/$profile.ini" --set "proxy.publish=127.0.0.1:$PORT"
}

# The same in the background, its pid in $PID, its words in out and err.
lift_background() {
	local profile=$1
	shift
	"$LIFTOFF" "$@" --profile "$PROFILES/$profile.ini" --set "proxy.publish=127.0.0.1:$PORT" \
		>out 2>err 3>&- &
	PID=$!
}

# ends CODE: the launcher of lift_background did, with that exit code.
ends() {
	local code=0
	wait "$PID" || code=$?
	[ "$code" -eq "$1" ] || {
		echo "exit code $code, not $1" >&2
		cat err >&2
		return 1
	}
}

exits() {
	[ "$status" -eq "$1" ] || {
		printf 'exit code %s, not %s\n--- stdout\n%s\n--- stderr\n%s\n' \
			"$status" "$1" "$output" "${stderr:-}" >&2
		return 1
	}
}

# says TEXT, hides TEXT: is it in stdout or stderr?
says() {
	case "$output
${stderr:-}" in
	*"$1"*) ;;
	*)
		printf 'it does not say "%s"\n--- stdout\n%s\n--- stderr\n%s\n' \
			"$1" "$output" "${stderr:-}" >&2
		return 1
		;;
	esac
}

hides() {
	case "$output
${stderr:-}" in
	*"$1"*)
		printf 'it says "%s"\n--- stdout\n%s\n--- stderr\n%s\n' \
			"$1" "$output" "${stderr:-}" >&2
		return 1
		;;
	esac
}

# absent PATTERN FILE: no line of the file has it (a bare `! grep` fails no test).
absent() {
	if grep -n -- "$1" "$2" >&2; then
		return 1
	fi
}

# forget_calls: request log and numbers begin anew.
forget_calls() {
	call POST /_fake/calls >/dev/null
	: >"$CALLS"
}

# count_calls FILTER: how many requests of the log jq's filter takes.
count_calls() {
	jq -s "[.[] | select($1)] | length" "$CALLS"
}

no_changes() {
	[ "$(count_calls .changing)" -eq 0 ] || {
		jq -r 'select(.changing) | "\(.method) \(.path)"' "$CALLS" >&2
		return 1
	}
}

# The names of all that carries the stack's label, sorted.
ours() {
	# shellcheck disable=SC2016
	state --arg stack "$1" '
		[(.containers[] | select(.Config.Labels["io.liftoff.stack"] == $stack) | .Name),
		 (.networks[], .volumes[] | select(.Labels["io.liftoff.stack"] == $stack) | .Name)]
		| sort | join(" ")'
}
