#!/usr/bin/env bats
# Finding an engine and agreeing with it on a version.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

@test "no socket there: 69, and how to get one" {
	lift small plan
	exits 69
	[ -z "$output" ]
	says "no engine"
	says "unix://$SOCKET"
	says "there is no such socket"
	says "DOCKER_HOST"
}

@test "a socket nobody listens at: 69" {
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$SOCKET"
	lift small plan
	exits 69
	says "nobody listens"
}

@test "a socket we may not use: 69, and the group to join" {
	[ "$(id -u)" -eq 0 ] || skip "drops privileges, so needs root"
	command -v setpriv >/dev/null || skip "no setpriv"
	engine
	chmod 755 "$DIR"
	chmod 600 "$SOCKET"
	cp "$LIFTOFF" "$DIR/liftoff" && chmod 755 "$DIR/liftoff"
	cp "$PROFILES/small.ini" "$DIR/p.ini" && chmod 644 "$DIR/p.ini"
	run --separate-stderr setpriv --reuid 65534 --clear-groups "$DIR/liftoff" plan -f "$DIR/p.ini"
	exits 69
	says "no permission"
	says "usermod -aG docker"
}

@test "something else than an engine: 69" {
	engine --fault-match '* /_ping=garbage'
	lift small plan
	exits 69
	says "no engine"
}

@test "an HTTP server that is no engine: 69" {
	engine --fault-match '* /_ping=404'
	lift small plan
	exits 69
}

@test "an endless answer is given up, not stored" {
	engine --fault-match 'GET /networks=huge'
	lift small plan
	exits 1
	says "larger than"
}

@test "answers that are no JSON are an error with the call's name" {
	engine --fault-match 'GET /networks=badjson'
	lift small plan
	exits 1
	says "listing networks"
	says "no JSON"
	hides $'\x1b'
}

@test "DOCKER_HOST, -H, and what neither may be" {
	engine
	run -0 --separate-stderr env -u DOCKER_HOST "$LIFTOFF" plan -H "$SOCKET" -f "$PROFILES/small.ini"
	DOCKER_HOST=tcp://127.0.0.1:2375 lift small plan
	exits 64
	says "DOCKER_HOST"
	lift small plan -H ssh://me@there
	exits 64
	says "ssh -nNT -L"
}

for_api() {
	engine "$@"
	lift small up
	exits 0
	forget_calls
	lift small up
	exits 0
	no_changes
	lift small down --volumes
	exits 0
}

spoke() {
	[ "$(jq -r 'select(.api) | .api' "$CALLS" | sort -u)" = "$1" ]
}

@test "API 1.41" { for_api --api 1.41 && spoke 1.41; }
@test "API 1.44" { for_api --api 1.44 && spoke 1.44; }
@test "API 1.44, which is the oldest as well" { for_api --api 1.44 --min-api 1.44 && spoke 1.44; }
@test "API 1.52" { for_api --api 1.52 && spoke 1.52; }
@test "a newer one is spoken to in ours" { for_api --api 1.56 --min-api 1.40 && spoke 1.52; }
@test "podman's codes for some errors" { for_api --api 1.41 --podman; }

@test "a server too old is refused, with both versions" {
	engine --api 1.40
	lift small up
	exits 1
	says "too old"
	says "1.40"
	says "1.41"
	no_changes
}

@test "DOCKER_API_VERSION pins the version" {
	engine --api 1.45
	DOCKER_API_VERSION=1.43 lift small up
	exits 0
	spoke 1.43
	DOCKER_API_VERSION=1.99 lift small up
	exits 64
	says "DOCKER_API_VERSION 1.99"
}

@test "an engine that refuses the version half way is followed" {
	engine --api 1.45 --renegotiate-to 1.44 --fault-match 'POST /networks/create=renegotiate:1'
	lift small up
	exits 0
	[ "$(count_calls '.path == "/networks/create"')" -eq 2 ]
	[ "$(state '[.networks[] | select(.Name == "small")] | length')" -eq 1 ]
}
