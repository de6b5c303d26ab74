#!/bin/sh
# packages.sh PACKAGE...: installs the Debian packages that are missing; says what to do where it cannot.
set -eu
missing=
for p; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
	echo "postern: this is not a Debian system; please install what these Debian packages hold:$missing" >&2
	exit 1
fi
if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null; then
	sudo=sudo
else
	echo "postern: not root and no sudo; please run: apt-get install$missing" >&2
	exit 1
fi
echo "postern: installing:$missing" >&2
log=$(mktemp)
# Debian starts servers on installation; the demo brings its own, so that policy is held off meanwhile.
run() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any -q "$@" >>"$log" 2>&1; }
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
	trap '$sudo rm -f $policy' EXIT
fi
# shellcheck disable=SC2086 # a list of words
if ! { run update && run install -y --no-install-recommends $missing; }; then
	tail -20 "$log" >&2
	echo "postern: the packages could not be installed; the log is $log" >&2
	exit 1
fi
rm -f "$log"
