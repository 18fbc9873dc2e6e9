#!/usr/bin/env bats
# Whole stacks of each release, read back from the engine.
# shellcheck disable=SC2153,SC2154 # what bats and e2e.bash set

load e2e

setup() { e2e_setup; }
teardown() { e2e_teardown; }

# Where each service's block of addresses is; a part of the contract: containers
# keep their addresses over an update of the program.
declare -gA block=([nats]=1 [mongodb]=2 [rocketchat]=3 [ddp-streamer]=4 [authorization]=5
	[account]=6 [presence]=7 [stream-hub]=8 [queue-worker]=9 [omnichannel-transcript]=10 [proxy]=11)
readonly common='account authorization ddp-streamer mongodb nats omnichannel-transcript presence proxy queue-worker rocketchat'

# names SERVICE…: of containers, as containers() gives them.
names() {
	printf '%s-1\n' "$@" | sort
}

# own_env NAME: what the container's environment has beyond its image's.
own_env() {
	jq --raw-output --argjson images "$images" --arg name "/$STACK-$1" '
		.[] | select(.Name == $name) | .Image as $id |
		(.Config.Env - ($images[] | select(.Id == $id) | .Config.Env))[]' "$DIR/seen" | sort -u
}

# wanted_env SERVICE: the whole of it, but for PORT=3000, which the images have as well.
wanted_env() {
	case $1 in nats | mongodb | proxy) return ;; esac
	{
		echo "MONGO_URL=mongodb://mongodb-1:27017/rocketchat?replicaSet=rs0"
		echo "TRANSPORTER=nats://nats:4222"
		echo STANDIN_BOOT_SECONDS=0
		case $1 in rocketchat) echo "ROOT_URL=http://localhost:$PORT" ;; esac
		case $1 in rocketchat | ddp-streamer) echo HTTP_FORWARDED_COUNT=1 ;; esac
		if [ -n "${watchers:-}" ]; then echo DISABLE_DB_WATCHERS=false; fi
	} | sort
}

# check_address SERVICE: replica 1 has the first address of its block.
check_address() {
	local wanted
	wanted=$(python3 -c '
import ipaddress, sys
net = ipaddress.ip_network(sys.argv[1])
print(net[net.num_addresses // 16 * int(sys.argv[2])])' "$subnet" "${block[$1]}")
	equal "$(see "$1-1" ".NetworkSettings.Networks[\"$STACK\"].IPAddress")" "$wanted" "address of $1"
	equal "$(see "$1-1" '.NetworkSettings.Networks | keys | length')" 1 "networks of $1"
}

check_image() {
	local wanted=$PREFIX/rocketchat/$1-service:$2
	case $1 in
	nats) wanted=$PREFIX/nats:2.12-alpine ;;
	mongodb) wanted=$PREFIX/mongo:7.0 ;;
	proxy) wanted=$PREFIX/nginx:1.28-alpine ;;
	rocketchat) wanted=$PREFIX/rocketchat/rocket.chat:$2 ;;
	esac
	equal "$(see "$1-1" .Config.Image)" "$wanted" "image of $1"
}

check_labels() {
	equal "$(see "$1-1" '.Config.Labels | [."io.liftoff.stack", ."io.liftoff.service", ."io.liftoff.replica"]')" \
		"[\"$STACK\",\"$1\",\"1\"]" "labels of $1"
	see "$1-1" '.Config.Labels."io.liftoff.spec"' | grep -qE '^[0-9a-f]{64}$'
	see "$1-1" '.Config.Labels."io.liftoff.version"' | grep -qE '^[0-9]+\.[0-9]+'
}

# Safe by default, and bounded.
check_limits() {
	local ports='{}'
	equal "$(see "$1-1" '.HostConfig | [.CapDrop, .SecurityOpt, .Init, .Privileged, .RestartPolicy.Name]')" \
		'[["ALL"],["no-new-privileges:true"],true,false,"unless-stopped"]' "safety of $1"
	equal "$(see "$1-1" '.HostConfig.LogConfig')" \
		'{"Config":{"max-file":"3","max-size":"10m"},"Type":"json-file"}' "log of $1"
	[ "$(see "$1-1" '.HostConfig.Memory')" -gt 0 ] || fail "$1 has no limit of memory"
	[ "$(see "$1-1" '.HostConfig.PidsLimit')" -gt 0 ] || fail "$1 has no limit of processes"
	equal "$(see "$1-1" '[.Mounts[] | select(.Type != "volume")]')" '[]' "mounts of $1"
	case $1 in
	mongodb) ;;
	*) equal "$(see "$1-1" '.HostConfig.CapAdd // []')" '[]' "capabilities of $1" ;;
	esac
	if [ "$1" = proxy ]; then
		ports='{"8080/tcp":[{"HostIp":"127.0.0.1","HostPort":"'$PORT'"}]}'
	fi
	equal "$(see "$1-1" .HostConfig.PortBindings)" "$ports" "ports of $1"
	equal "$(see "$1-1" '.NetworkSettings.Ports | map_values(select(.))')" "$ports" "open ports of $1"
}

# Everything there is to see of one service.
check_service() {
	equal "$(see "$1-1" .State.Status)" running "$1"
	equal "$(own_env "$1-1")" "$(wanted_env "$1")" "environment of $1"
	case $1 in
	nats | mongodb | proxy) ;;
	*) see "$1-1" '.Config.Env[]' | grep -qx PORT=3000 ;;
	esac
	check_address "$1"
	check_image "$1" "$2"
	check_labels "$1"
	check_limits "$1"
}

# check_stack VERSION SERVICE…: exactly these, and all as they should be.
check_stack() {
	local version=$1 service
	shift
	equal "$(containers)" "$(names "$@")" containers
	look
	images=$(jq -r '.[].Image' "$DIR/seen" | xargs docker image inspect)
	subnet=$(docker network inspect "$STACK" | jq -r '.[0].IPAM.Config[0].Subnet')
	for service in "$@"; do check_service "$service" "$version"; done
	equal "$(http_status /api/info)" 200 "the core through the proxy"
	equal "$(http /api/info | jq -r .version)" "$version" "the core's release"
}

# The services that moleculer's own registry knows, under the mesh's own names.
mesh() {
	http /api/standin/nodes | jq -r '.[].services[]' | sort -u | tr '\n' ' '
}

sees_mesh() {
	[ "$(mesh)" = "$1" ]
}

@test "6.4.8: all services, with exactly one stream-hub" {
	write_profile 6.4.8
	lift up
	# shellcheck disable=SC2086 # a list
	check_stack 6.4.8 $common stream-hub
	await 15 sees_mesh 'accounts authorization hub license meteor omnichannel-transcript presence queue-worker settings streamer '
}

@test "7.12.0: without stream-hub, and with it once the profile asks for it" {
	write_profile 7.12.0
	lift up
	# shellcheck disable=SC2086 # a list
	check_stack 7.12.0 $common
	await 15 sees_mesh 'accounts authorization license meteor omnichannel-transcript presence queue-worker settings streamer '

	lift --set service.stream-hub.replicas=1 up
	watchers=1
	# shellcheck disable=SC2086 # a list
	check_stack 7.12.0 $common stream-hub
	await 15 sees_mesh 'accounts authorization hub license meteor omnichannel-transcript presence queue-worker settings streamer '

	lift --set service.stream-hub.replicas=0 up
	watchers=
	# shellcheck disable=SC2086 # a list
	check_stack 7.12.0 $common
}

@test "8.6.1: all services, on the mesh, with their data in a replica set" {
	write_profile 8.6.1
	lift up
	# shellcheck disable=SC2086 # a list
	check_stack 8.6.1 $common
	await 15 sees_mesh 'accounts authorization license meteor omnichannel-transcript presence queue-worker settings streamer '

	equal "$(mongo 'const s = rs.status(); print(s.set, s.members.map(m => m.name + " " + m.stateStr).join())')" \
		'rs0 mongodb-1:27017 PRIMARY' 'replica set'
	# Written by the core, with a majority, and known to the oplog.
	equal "$(mongo 'print(db.instances.countDocuments({ "extraInformation.os.hostname": "rocketchat-1" }),
		db.getSiblingDB("local").oplog.rs.countDocuments({ ns: "rocketchat.instances" }) > 0)')" \
		'1 true' 'documents the core wrote'
	equal "$(mongo 'print(db.rocketchat_settings.findOne({ _id: "Site_Url" }).value)')" \
		"http://localhost:$PORT" 'root_url in the database'
}

@test "nothing but the proxy can be reached from the host's own addresses" {
	local port
	write_profile 8.6.1
	for port in 4222 8222 27017; do
		if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is in use before"; fi
	done
	lift up
	for port in 4222 8222 27017; do
		if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is open"; fi
	done
	equal "$(docker ps --filter "label=io.liftoff.stack=$STACK" --format '{{.Ports}}' | grep -o '[0-9.]*:[0-9]*->' | sort)" \
		"127.0.0.1:$PORT->" 'what is published'
}

@test "a release's stream-hub rules are the profile's, told before anything is done" {
	write_profile 8.6.1 $'[service stream-hub]\nreplicas = 1'
	run --separate-stderr lift up
	equal "$status" 78 'exit code'
	has "$stderr" "$STACK.ini:" stream-hub
	write_profile 6.4.8 $'[service stream-hub]\nreplicas = 2'
	run --separate-stderr lift up
	equal "$status" 78 'exit code'
	has "$stderr" "$STACK.ini:" stream-hub
	write_profile 6.4.8 $'[service stream-hub]\nreplicas = 0'
	run --separate-stderr lift plan
	equal "$status" 0 'exit code'
	has "$stderr" warning stream-hub
	equal "$(containers)" '' 'nothing was made'
}

@test "the profiles that are shipped work on these images" {
	local profile
	for profile in default rocketchat-6.4; do
		PROFILE=$DIR/$profile.ini
		sed "s/^image = mongo:.*//; s/^\[mongodb\]/&\nimage = $PREFIX\/mongo:7.0/
			s/^\[stack\]/&\nimage_prefix = $PREFIX/; s/^name = .*/name = $STACK/
			s/^root_url = .*//; s/^publish = .*/publish = 127.0.0.1:$PORT/" "$top/profiles/$profile.ini" >"$PROFILE"
		lift up
		equal "$(http_status /)" 200 "$profile through the proxy"
		lift down --volumes
		equal "$(containers)" '' 'nothing is left'
	done
}
