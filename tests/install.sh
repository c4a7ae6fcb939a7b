#!/bin/sh
# Installs the Debian packages that are missing: tests/install.sh PACKAGE...
#
# It asks for no rights and reaches no network where nothing is missing. Any server in /usr/lib/postgresql
# will do for the package postgresql; where that has to be installed, it makes no cluster of its own.
set -eu

no_cluster=/etc/postgresql-common/createcluster.d/howdah.conf

fail() {
    echo "$*" >&2
    exit 1
}

is_there() {
    if [ "$1" = postgresql ]; then
        for server in /usr/lib/postgresql/*/bin/postgres; do
            [ ! -x "$server" ] || return 0
        done
    fi
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

find_missing() {
    missing=
    for package; do
        is_there "$package" || missing="$missing $package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null >"$log" 2>&1
}

# The lock of the package lists knows no time limit of its own.
update() {
    tries=0
    until apt update; do
        if [ "$tries" -ge 30 ] || ! grep -q 'Could not get lock' "$log"; then
            tail -n 5 "$log" >&2
            return
        fi
        tries=$((tries + 1))
        sleep 10
    done
}

forbid_cluster() {
    made_dirs=
    for dir in /etc/postgresql-common "${no_cluster%/*}"; do
        if [ ! -d "$dir" ]; then
            as_root mkdir -m 755 "$dir"
            made_dirs="$dir $made_dirs"
        fi
    done
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    as_root chmod 644 "$no_cluster"
    if command -v pg_conftool >/dev/null &&
        [ "$(pg_conftool -bs /etc/postgresql-common/createcluster.conf show create_main_cluster)" != off ]; then
        fail "installing postgresql would make a cluster: /etc/postgresql-common/createcluster.conf does not read ${no_cluster%/*}"
    fi
}

# For later packages the machine's own configuration holds again.
clean_up() {
    status=$?
    trap - EXIT
    if [ -n "${made_dirs+set}" ]; then
        as_root rm -f "$no_cluster"
        for dir in $made_dirs; do
            as_root rmdir "$dir" 2>/dev/null || :
        done
    fi
    rm -f "$log"
    exit "$status"
}

find_missing "$@"
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || fail "no apt-get here; please install what these Debian packages hold:$missing"
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    fail "neither root nor sudo; please have these packages installed:$missing"
fi

echo "installing:$missing"
log=$(mktemp)
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
update
case " $missing " in
*' postgresql '*) forbid_cluster ;;
esac
# shellcheck disable=SC2086 # a list of names
if ! apt install --no-install-recommends $missing; then
    tail -n 30 "$log" >&2
    fail "apt-get could not install:$missing"
fi
find_missing "$@"
[ -z "$missing" ] || fail "still missing after apt-get:$missing"
