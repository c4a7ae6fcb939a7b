#!/bin/sh
# install_node.sh PEER_DIR: Node.js and the packages of PEER_DIR/package-lock.json go to BENCH_BUILD.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
peer=$(cd "$1" && pwd)
if cmp -s "$peer/package-lock.json" "$BENCH_BUILD/installed" && [ -x "$BENCH_BUILD/node" ]; then
    exit
fi
command -v npm >/dev/null || sh "$here/../../../tests/install.sh" npm
mkdir -p "$BENCH_BUILD"
cd "$BENCH_BUILD"
rm -f installed
cp "$peer/package.json" "$peer/package-lock.json" .
if ! npm ci --no-audit --no-fund --loglevel=error >log 2>&1; then
    cat log
    # Its own last words are about its log.
    echo "npm can't install it: $(sed -n 's/^npm [^ ]* code //p' log | head -n 1)"
    exit 1
fi
ln -sf node_modules/node-linux-*/bin/node node
./node --version
cp package-lock.json installed
