#!/bin/sh
# Runs an example twice in a row; skipped where there is no server.
set -eu
if [ -z "${PGHOST-}" ]; then
    echo 'skipped: PGHOST is not set'
    exit 77
fi
"$@"
"$@"
