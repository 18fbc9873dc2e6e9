# shellcheck shell=bash
# What the images' prepare scripts share.  Sourced, never run.
#
# "prepare DIR" fills DIR, a build context, with everything the Dockerfile
# needs, so that "docker build" itself needs no network and no registry.

# Pinned: the paths inside Debian's packages differ between releases.
readonly suite=bookworm

# rootfs OUT HOOK PACKAGE,…: unpacks packages and what they depend on into the
# tar file OUT.  No maintainer script runs: only the files count.  HOOK is a
# shell command run before packing; "$1" in it is the new root.
rootfs() {
	local out=$1 hook=$2 include=$3
	# Links first: packages that still ship /bin must land in /usr/bin.
	# shellcheck disable=SC2016 # "$1" is the hooks'
	mmdebstrap --quiet --variant=extract --include="$include" \
		--setup-hook='for dir in bin sbin lib lib64; do
			mkdir -p "$1/usr/$dir" && ln -s "usr/$dir" "$1/$dir"; done' \
		--extract-hook="$hook" \
		--extract-hook='cd "$1" && rm -rf \
			usr/lib/init usr/lib/x86_64-linux-gnu/gconv \
			usr/share/bash-completion usr/share/doc usr/share/gcc* \
			usr/share/gdb usr/share/info usr/share/lintian \
			usr/share/locale usr/share/man' \
		"$suite" "$out"
}

# download DIR PACKAGE…: fetches the .deb files of packages alone, without what
# they depend on.
download() {
	local dir=$1 hook
	shift
	mkdir -p "$dir"
	# mmdebstrap's own apt configuration: of the suite, not of this host.
	# shellcheck disable=SC2016 # the variable is the hook's
	printf -v hook 'cd %q && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -qq -o APT::Sandbox::User=root download %s' \
		"$dir" "$*"
	mmdebstrap --quiet --variant=extract --extract-hook="$hook" "$suite" /dev/null
}

# busybox_links: a hook that gives the new root busybox's applets, except
# those that a package brought.
# shellcheck disable=SC2016,SC2034 # "$1" is the hook's; used by the scripts
busybox_links='for applet in $(chroot "$1" /bin/busybox --list); do
	[ -e "$1/usr/bin/$applet" ] || [ -e "$1/usr/sbin/$applet" ] ||
		ln -s busybox "$1/usr/bin/$applet"; done;'

# modules DIR: installs the npm packages of DIR's lock file, whose integrity
# sums npm checks.  No install script runs.
modules() {
	(cd "$1" && npm ci --silent --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund)
}
