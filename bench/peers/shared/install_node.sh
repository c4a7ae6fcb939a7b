#!/bin/sh
# install_node.sh PEER_DIR: Node.js and the packages of PEER_DIR/package-lock.json go to BENCH_BUILD.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
peer=$1
cmp -s "$peer/package-lock.json" "$BENCH_BUILD/installed" && exit
command -v npm >/dev/null || sh "$here/../../../tests/install.sh" npm
mkdir -p "$BENCH_BUILD"
cp "$peer/package.json" "$peer/package-lock.json" "$BENCH_BUILD"
(cd "$BENCH_BUILD" && npm ci --no-audit --no-fund --loglevel=error)
# that it runs here
"$BENCH_BUILD/node_modules/.bin/node" --version
cp "$peer/package-lock.json" "$BENCH_BUILD/installed"
