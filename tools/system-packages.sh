#!/bin/sh
# Install the system's packages that the tests need, where permitted; else say exactly what to install.
#   system-packages.sh test | storm
set -eu

missing=
need() { # need PACKAGE COMMAND...: ask for PACKAGE unless one of the commands is there
    package=$1
    shift
    for command; do
        if command -v "$command" >/dev/null 2>&1; then return; fi
    done
    missing="$missing $package"
}

need chromium chromium chromium-browser google-chrome
need postgresql-15 "${PG15:-/usr/lib/postgresql/15/bin}/postgres"
if [ "${1:-test}" = storm ]; then
    need default-jre-headless java
    need npm npm
    need wrk wrk
fi
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" = 0 ]; then
    root=
elif sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    root=no
fi
if [ "$root" != no ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing …"
    $root apt-get update -qq
    # shellcheck disable=SC2086 -- lists of words
    if DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null; then exit 0; fi
fi
echo "The tests need packages that could not be installed from here. As root:" >&2
echo "    apt-get install --no-install-recommends$missing" >&2
exit 1
