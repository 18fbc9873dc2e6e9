# shellcheck shell=bash
# What the scripts share. To be sourced; sets $top, the top of the source tree.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Diagnostics carry the name of the script that speaks: scripts call scripts.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
	say "$*"
	exit 1
}

# The leading comment of the calling script is its help.
print_help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# Makes ./configure where there is none, or where its sources are newer.
bootstrap() {
	cd "$top" || return
	if [ configure -nt configure.ac ] && [ Makefile.in -nt Makefile.am ]; then
		return 0
	fi
	say "autoreconf: making ./configure"
	autoreconf -fi
}

# configure_in DIR [CONFIGURE ARGUMENT…]: a build folder, configured anew only
# when the arguments or ./configure changed.
configure_in() {
	local dir=$1 stamp
	shift
	bootstrap
	mkdir -p "$dir"
	cd "$dir" || return
	stamp=$(printf '%q ' "$@")
	if [ Makefile -nt "$top/configure" ] && [ "$(cat .configured 2>/dev/null)" = "$stamp" ]; then
		return 0
	fi
	say "configure in $dir: $stamp"
	"$top/configure" --quiet "$@"
	printf '%s\n' "$stamp" >.configured
}

# As root, by sudo where that takes it; never asks for a password.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# engine_up MARK: prints the address of an engine that answers: the one that is
# there, or a private one started now, which the file MARK then tells.
engine_up() {
	local host
	if ! "$top/scripts/engine" status >&2; then
		[ "$(id -u)" -eq 0 ] || sudo -n true || die "no engine answers, and starting one takes root"
		mkdir -p "$(dirname "$1")"
		: >"$1"
		host=$(as_root "$top/scripts/engine" start) || die "no engine could be started"
		host=${host#DOCKER_HOST=}
		# Who may become root by sudo may talk to the engine that sudo started.
		[ "$(id -u)" -eq 0 ] || sudo -n chown "$(id -u)" "${host#unix://}"
	else
		host=$("$top/scripts/engine" start)
		host=${host#DOCKER_HOST=}
	fi
	printf '%s\n' "$host"
}
