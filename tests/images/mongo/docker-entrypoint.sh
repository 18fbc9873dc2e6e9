#!/bin/sh
# The contract of the official image: options alone mean mongod, which listens
# on all addresses unless told otherwise; started as root, it gives the data to
# mongodb and drops to it; MONGO_INITDB_ROOT_* make the first user on an empty
# data directory.
set -eu

case ${1:-} in
'' | -*) set -- mongod "$@" ;;
esac

if [ "$1" = mongod ] && [ "$(id -u)" = 0 ]; then
	find /data/db /data/configdb ! -user mongodb -exec chown mongodb {} +
	exec gosu mongodb "$0" "$@"
fi

# An administrator can be added only while nobody is asked who he is: start
# once without the options that would ask, on the loopback address alone.
create_root_user() {
	echo 'creating the root user'
	mongod --bind_ip 127.0.0.1 --port 27017 &
	pid=$!
	script='db.getSiblingDB("admin").createUser({
		user: process.env.MONGO_INITDB_ROOT_USERNAME,
		pwd: process.env.MONGO_INITDB_ROOT_PASSWORD,
		roles: [{ role: "root", db: "admin" }] })'
	tries=0
	until mongosh --quiet --norc --eval "$script" >/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 30 ] && kill -0 "$pid" || exit 1
		sleep 1
	done
	kill -TERM "$pid"
	wait "$pid"
}

if [ "$1" = mongod ] && [ -n "${MONGO_INITDB_ROOT_USERNAME:-}" ] &&
	[ -n "${MONGO_INITDB_ROOT_PASSWORD:-}" ]; then
	[ -e /data/db/WiredTiger ] || create_root_user
	# As the official entrypoint does: a root user means access control.
	set -- "$@" --auth
fi
unset MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD

if [ "$1" = mongod ]; then
	case " $* " in
	*' --bind_ip'* | *' --config'* | *' -f '*) ;;
	*) set -- "$@" --bind_ip_all ;;
	esac
fi

exec "$@"
