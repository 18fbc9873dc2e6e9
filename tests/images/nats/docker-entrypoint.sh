#!/bin/sh
# As in the official image: arguments that start with "-" are nats-server's.
set -e
case ${1:-} in
-*) set -- nats-server "$@" ;;
esac
exec "$@"
