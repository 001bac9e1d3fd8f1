#!/bin/sh
# Print the path of a usable uv: the one on PATH, else one installed into .tools. Needs only Python 3.11 or newer.
set -eu
cd "$(dirname "$0")/.."
version=0.13.8
oldest=0.9

say() { printf '%s\n' "$*" >&2; }

recent() { # Whether this uv understands our lock file.
    found=$("$1" --version 2>/dev/null | awk '{print $2}') && [ -n "$found" ] &&
        [ "$(printf '%s\n%s\n' "$oldest" "$found" | sort -V | head -n 1)" = "$oldest" ]
}

found=$(command -v uv || true)
for uv in "$found" .tools/bin/uv; do
    if [ -n "$uv" ] && recent "$uv"; then
        printf '%s\n' "$uv"
        exit 0
    fi
done

python=
for candidate in python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "Atelier needs Python 3.11, 3.12 or 3.13, and none is on PATH (Debian and Ubuntu: apt-get install python3)."
    exit 1
fi

say "Installing uv $version into .tools …"
rm -rf .tools
if "$python" -m venv .tools >/dev/null 2>&1 && .tools/bin/python -m pip install --quiet "uv==$version" >&2; then
    :
elif "$python" -m pip install --quiet --target .tools "uv==$version" >&2; then
    :
else
    rm -rf .tools
    say "Could not install uv. Install python3-venv or python3-pip (Debian and Ubuntu: apt-get install python3-venv),"
    say "or uv itself (https://docs.astral.sh/uv/), and run the same command again."
    exit 1
fi
recent .tools/bin/uv || { say "The uv in .tools does not start."; exit 1; }
printf '%s\n' .tools/bin/uv
