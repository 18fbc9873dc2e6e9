#!/usr/bin/env bats
# What the reverse proxy sends where. One stack serves all tests of the file:
# two cores and three ddp-streamers.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup_file() {
	has_engine || return 0
	new_stack
	write_profile 8.6.1 '[rocketchat]
replicas = 2
[service ddp-streamer]
replicas = 3'
	sed -i 's/^publish = .*/&\nmax_body_size = 21m/' "$PROFILE"
	lift up
}

teardown_file() { e2e_teardown; }
setup() { need_engine; }

# whoami PATH COUNT [OPTION…]: which replica answered each connection: "count name".
whoami() {
	ddp "$1" --count "$2" --method standin.whoami "${@:3}" >"$BATS_TEST_TMPDIR/ddp"
	jq -r 'select(.event == "result") | .result.hostname' "$BATS_TEST_TMPDIR/ddp" | sort | uniq -c
}

all_answer() {
	[ "$(whoami /websocket 30 | wc -l)" -eq 3 ]
}

@test "websockets reach every ddp-streamer, in equal shares, and nobody else" {
	whoami /websocket 60 >"$BATS_TEST_TMPDIR/who"
	equal "$(awk '{ print $2 }' "$BATS_TEST_TMPDIR/who" | tr '\n' ' ')" \
		'ddp-streamer-1 ddp-streamer-2 ddp-streamer-3 ' 'who answered'
	equal "$(awk '{ sum += $1 } END { print sum }' "$BATS_TEST_TMPDIR/who")" 60 'answers'
	awk '$1 < 10 { exit 1 }' "$BATS_TEST_TMPDIR/who" || fail "unequal shares: $(cat "$BATS_TEST_TMPDIR/who")"
	equal "$(jq -r 'select(.event == "result") | .result.service' "$BATS_TEST_TMPDIR/ddp" | sort -u)" \
		ddp-streamer 'service'
}

@test "SockJS reaches every ddp-streamer as well, in its own frames" {
	whoami / 30 --sockjs >"$BATS_TEST_TMPDIR/who"
	equal "$(awk '{ print $2 }' "$BATS_TEST_TMPDIR/who" | tr '\n' ' ')" \
		'ddp-streamer-1 ddp-streamer-2 ddp-streamer-3 ' 'who answered'
	# Only the microservice says so: /sockjs/info is its as well.
	equal "$(http /sockjs/info | jq .ms)" true 'sockjs info'
}

@test "plain requests reach every core, and never a ddp-streamer" {
	local n
	for n in $(seq 40); do
		http "/api/standin/echo?n=$n" | jq -r .hostname
	done | sort | uniq -c >"$BATS_TEST_TMPDIR/who"
	equal "$(awk '{ print $2 }' "$BATS_TEST_TMPDIR/who" | tr '\n' ' ')" 'rocketchat-1 rocketchat-2 ' 'who answered'
	# These only look like a websocket's path.
	for n in /websockets /sockjsx /api/websocket /xwebsocket; do
		equal "$(http_status "$n")" 404 "the core's answer to $n"
	done
}

@test "requests made while websockets are open are not held up" {
	in_background ddp /websocket --count 50 --hold 5 >"$BATS_TEST_TMPDIR/held"
	await 10 grep -q connected "$BATS_TEST_TMPDIR/held"
	local n
	for n in $(seq 20); do equal "$(http_status "/api/info?$n")" 200 "request $n"; done
	wait "$background"
	equal "$(grep -c '"closed"' "$BATS_TEST_TMPDIR/held")" 50 'connections that stayed open'
}

@test "the client's address and the host arrive, and forged ones do not win" {
	local gateway echo
	gateway=$(docker network inspect "$STACK" | jq -r '.[0].IPAM.Config[0].Gateway')
	echo=$(http /api/standin/echo --header 'Host: chat.example.org:8443')
	equal "$(jq -r .headers.host <<<"$echo")" chat.example.org:8443 Host
	equal "$(jq -r .clientAddress <<<"$echo")" "$gateway" "client's address"
	equal "$(jq -r '.headers."x-real-ip"' <<<"$echo")" "$gateway" X-Real-IP
	equal "$(jq -r '.headers."x-forwarded-proto"' <<<"$echo")" http X-Forwarded-Proto

	echo=$(http /api/standin/echo --header 'X-Forwarded-For: 6.6.6.6' --header 'X-Real-IP: 6.6.6.6' \
		--header 'X-Forwarded-Proto: https' --header 'X-Forwarded-Host: evil.example')
	equal "$(jq -r .clientAddress <<<"$echo")" "$gateway" "client's address with a forged header"
	equal "$(jq -r '.headers."x-real-ip"' <<<"$echo")" "$gateway" 'forged X-Real-IP'
	equal "$(jq -r '.headers."x-forwarded-proto"' <<<"$echo")" http 'forged X-Forwarded-Proto'
	equal "$(jq -r '.headers."x-forwarded-host"' <<<"$echo")" "127.0.0.1:$PORT" 'forged X-Forwarded-Host'

	whoami /websocket 1 >/dev/null
	equal "$(jq -r 'select(.event == "result") | .result.clientAddress' "$BATS_TEST_TMPDIR/ddp")" \
		"$gateway" "a websocket's client"
}

@test "methods and query strings arrive unchanged" {
	local echo
	echo=$(http '/api/standin/echo?a=%2Fb%20c&d=%C3%A9' --request PUT --data '{}')
	equal "$(jq -r .method <<<"$echo")" PUT method
	equal "$(jq -r .url <<<"$echo")" '/api/standin/echo?a=%2Fb%20c&d=%C3%A9' URL
}

@test "uploads pass up to max_body_size, and larger ones are refused" {
	head --bytes=20M /dev/zero >"$BATS_TEST_TMPDIR/20m"
	head --bytes=22M /dev/zero >"$BATS_TEST_TMPDIR/22m"
	equal "$(http_status /api/standin/echo --data-binary "@$BATS_TEST_TMPDIR/20m")" 200 '20 MiB'
	equal "$(http_status /api/standin/echo --data-binary "@$BATS_TEST_TMPDIR/22m")" 413 '22 MiB'
}

@test "a silent websocket may live as long as the profile says" {
	local conf
	conf=$(lift exec --no-tty proxy -- cat /etc/nginx/nginx.conf)
	has "$conf" 'proxy_read_timeout 3600s;' 'proxy_send_timeout 3600s;'
	equal "$(grep -c 'server .*:3000 max_fails' <<<"$conf")" 5 'backends'
}

@test "when one ddp-streamer dies, new websockets go to the others at once" {
	docker kill "$STACK-ddp-streamer-2" >/dev/null
	whoami /websocket 30 >"$BATS_TEST_TMPDIR/who"
	equal "$(awk '{ sum += $1 } END { print sum }' "$BATS_TEST_TMPDIR/who")" 30 'answers'
	lift up
	equal "$(inspect ddp-streamer-2 .State.Status)" running 'the one that died'
	await 10 all_answer
}

@test "while the core boots, the proxy says 503 and when to try again" {
	local answer
	in_background lift --set env.rocketchat.STANDIN_BOOT_SECONDS=4 --set rocketchat.replicas=1 up >"$BATS_TEST_TMPDIR/up" 2>&1
	await 20 grep -q 'started *rocketchat-1' "$BATS_TEST_TMPDIR/up"
	answer=$(http / --include)
	has "$answer" 'HTTP/1.1 503' 'Retry-After: 5' 'Cache-Control: no-store' 'Rocket.Chat is starting'
	wait "$background"
	equal "$(http_status /)" 200 'after up'
}
