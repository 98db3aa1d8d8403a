#!/bin/sh
# Runs vigie and its peers on the same files and prints how well and how fast
# each does. The peers live in a virtual environment of their own, in the cache.
# Arguments go to bench.py: --size 100000 for a smaller country.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${XDG_CACHE_HOME:-$HOME/.cache}/vigie/peers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
if [ -z "${VIGIE:-}" ]; then
	VIGIE=$work/vigie
	(cd "$here/../.." && go build -o "$VIGIE" .)
fi
"$venv/bin/python" "$here/bench.py" --vigie "$VIGIE" --work "$work" "$@"
