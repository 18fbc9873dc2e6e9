#!/usr/bin/env bats
# Law 6: secrets go into the Env of create bodies, and nowhere else.

bats_require_minimum_version 1.5.0
load helper

setup() { common_setup; }
teardown() { common_teardown; }

SECRETS="zebra-Secret-1 licence-Zebra-2 mongo-Zebra-3"

secret_profile() {
	printf 'licence-Zebra-2\n' >license.txt
	cat >secret.ini <<-END
		[stack]
		name = secret
		timeout = 20s
		[rocketchat]
		license_file = $PWD/license.txt
		[mongodb]
		url = mongodb://rocket:mongo-Zebra-3@db.example:27017/rocketchat?replicaSet=rs0
		[env rocketchat]
		ADMIN_PASS = \${SECRET_ADMIN_PASS}
		[proxy]
		publish = 127.0.0.1:$PORT
	END
	export SECRET_ADMIN_PASS=zebra-Secret-1
}

# secret COMMAND…: runs it, and nothing it says may hold a secret.
secret() {
	run --separate-stderr timeout 30 "$LIFTOFF" "$@" --profile secret.ini
	for word in $SECRETS; do
		hides "$word"
	done
}

# All that went to the engine but for the environments of containers.
no_secret_in_calls() {
	jq -c 'del(.body.Env?)' "$CALLS" >stripped
	for word in $SECRETS; do
		absent "$word" stripped
	done
}

@test "no secret in any output, label, command line or URL" {
	secret_profile
	engine
	for command in plan "plan --json" "up --dry-run" "up --progress plain" "up --json" ps \
		"ps --json" "logs" "down --json --volumes"; do
		read -ra words <<<"$command"
		secret "${words[@]}"
		exits 0
	done
	no_secret_in_calls
	# and they did arrive where they belong
	for word in $SECRETS; do
		jq -r '.body.Env[]?' "$CALLS" | grep -q "$word"
	done
	jq -r 'select(.body.Labels["io.liftoff.service"]? == "proxy") | .body.Env[]?' "$CALLS" >proxy
	absent Zebra proxy
}

@test "no secret when things fail" {
	secret_profile
	engine --behave rocketchat=crash:1
	secret up
	exits 1
	secret up --json --timeout 2s
	no_secret_in_calls
}

@test "no secret when the engine throws the request back" {
	secret_profile
	engine --fault-match 'POST /containers/create=500'
	secret up --json
	exits 1
}

@test "no secret on the command line of any process we start" {
	secret_profile
	engine --behave rocketchat=not-ready
	"$LIFTOFF" up -f secret.ini >out 2>err 3>&- &
	pid=$!
	sleep 0.5
	cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' >commands || true
	kill -INT $pid
	wait $pid || true
	grep -q "$LIFTOFF" commands
	absent 'licence-Zebra-2' commands
	absent 'mongo-Zebra-3' commands
}
