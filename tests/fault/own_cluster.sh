#!/bin/sh
# Runs a test against a server of its own, which the test may stop and start: $HOWDAH_TEST_CTL does what pg_ctl does.
set -eu
. "$HOWDAH_SOURCE_ROOT/tests/cluster.sh"

for bin in /usr/lib/postgresql/*/bin; do
    [ -x "$bin/initdb" ] && break
done
if ! [ -x "$bin/initdb" ]; then
    echo "skipped: no PostgreSQL server in /usr/lib/postgresql"
    exit 77
fi
unset PGHOST HOWDAH_CONNINFO
cluster_start
HOWDAH_TEST_CTL=$cluster_dir/ctl
export HOWDAH_TEST_CTL
cat >"$HOWDAH_TEST_CTL" <<CTL
#!/bin/sh
cd /
as=
[ -z '$cluster_user' ] || as="setpriv --reuid $cluster_user --regid $(id -g ${cluster_user:-0}) --clear-groups"
# The server must not hold the pipe that the test's output goes to.
exec \$as env HOME='$cluster_dir' LC_ALL=C.UTF-8 TZ=UTC '$cluster_bin/pg_ctl' \\
    -s -w -t 60 -D '$cluster_dir/data' -l '$cluster_dir/log' "\$@" >'$cluster_dir/ctl.log' 2>&1
CTL
chmod +x "$HOWDAH_TEST_CTL"
cluster_run "$@"
