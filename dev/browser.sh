#!/bin/sh
# See that the browser tests have their Chromium: install Debian's where that is allowed, fail under CI when it is missing.
# With --present: only say by the exit status whether it is there.
set -eu
chromium=${ATELIER_TEST_CHROMIUM:-/usr/bin/chromium}
[ -x "$chromium" ] && exit 0
[ "${1:-}" = --present ] && exit 1

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        sudo=
    elif sudo -n true 2>/dev/null; then
        sudo="sudo -n"
    else
        sudo=none
    fi
    if [ "$sudo" != none ]; then
        echo "Installing Chromium for the browser tests …"
        $sudo apt-get update -q >/dev/null || true
        DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends chromium >/dev/null || true
    fi
fi
[ -x "$chromium" ] && exit 0
echo "Chromium is missing at $chromium, and could not be installed here (Debian: apt-get install chromium)." >&2
[ "${CI:-}" = true ] && exit 1
exit 0
