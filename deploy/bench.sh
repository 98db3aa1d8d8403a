#!/bin/sh
# Prints the figures of BENCHMARKS.md. Needs Go and GNU time; takes minutes.
# Run it on a quiet machine: load distorts every figure.
set -eu
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

echo "## machine"
go version
echo "$(nproc) cores, $(uname -sm)"

echo "## binary"
start=$(date +%s)
go build -o "$dir/vigie" .
echo "warm build: $(($(date +%s) - start)) s, $(stat -c %s "$dir/vigie") bytes"
go build -ldflags='-s -w' -o "$dir/vigie-stripped" .
echo "stripped: $(stat -c %s "$dir/vigie-stripped") bytes"
go build -tags noembed -ldflags='-s -w' -o "$dir/worker" .
echo "worker without the server, stripped: $(stat -c %s "$dir/worker") bytes"

echo "## demo of 20,000 people (aim: 60 s, 1 GiB)"
if [ -x /usr/bin/time ]; then
	/usr/bin/time -f '%e s wall, %U s user, %M KiB at most' "$dir/vigie" demo --exit --people 20000 --data "$dir/demo" 2>"$dir/log"
	tail -1 "$dir/log"
else
	"$dir/vigie" demo --exit --people 20000 --data "$dir/demo" 2>"$dir/log"
fi

echo "## vigie serve on that data (aim: 3 s)"
"$dir/vigie" serve --data "$dir/demo" --listen 127.0.0.1:0 2>"$dir/serve" &
pid=$!
for _ in $(seq 100); do
	grep -q ready "$dir/serve" && break
	sleep 0.1
done
grep ready "$dir/serve"
kill -INT $pid
wait $pid || true

echo "## parts"
go test -run '^$' -bench . -benchtime 2s ./matchers/... ./crawlers/... ./notify/... ./internal/store ./internal/synth ./internal/evidence ./workflows/codec 2>&1 | grep -E '^(Benchmark|pkg:)' || true
