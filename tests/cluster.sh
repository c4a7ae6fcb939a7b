# shellcheck shell=sh
# A private PostgreSQL cluster for one run of a script, in a temporary directory and on a unix socket only.
#
#   . tests/cluster.sh
#   cluster_start           exports PGHOST, PGPORT, PGUSER and PGDATABASE, or ends the script with a message
#   cluster_run COMMAND...  runs a command that ends with the script, whatever ends it
#   cluster_lock FILE       waits until no other run holds the lock; `exec 9>&-` gives it back
#
# The cluster goes away when the script exits or is interrupted. Where HOWDAH_CONNINFO or PGHOST is set,
# that server is used and no cluster is made; a program that finds HOWDAH_CONNINFO in its environment
# connects by it, else as psql would.

cluster_dir= # while there is a cluster
cluster_bin= # of the server
cluster_user= # who runs the server; empty: we do
cluster_settings= # more lines of postgresql.conf, if the script sets it before cluster_start
cluster_job= # process group that cluster_run waits for

cluster_fail() {
    echo "$*" >&2
    exit 1
}

cluster_given() {
    [ -n "${HOWDAH_CONNINFO:-}" ] || [ -n "${PGHOST:-}" ]
}

cluster_start() {
    trap cluster_exit EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 131' QUIT
    trap 'exit 141' PIPE
    trap 'exit 143' TERM
    if cluster_given; then
        cluster_use
    else
        cluster_make
    fi
}

cluster_use() {
    [ -n "${HOWDAH_CONNINFO:-}" ] || unset HOWDAH_CONNINFO
    set -- psql -XAtqw -v ON_ERROR_STOP=1 ${HOWDAH_CONNINFO:+-d "$HOWDAH_CONNINFO"}
    cluster_facts=$(PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10} "$@" <<'SQL'
SELECT current_setting('server_version_num')::int / 10000;
\echo :HOST
\echo :PORT
\echo :USER
\echo :DBNAME
SQL
    ) || cluster_fail "can't connect to the server that was given"
    {
        IFS= read -r cluster_version
        IFS= read -r PGHOST
        IFS= read -r PGPORT
        IFS= read -r PGUSER
        IFS= read -r PGDATABASE
    } <<FACTS
$cluster_facts
FACTS
    [ "$cluster_version" -ge 14 ] || cluster_fail "the server is PostgreSQL $cluster_version; 14 or later is needed"
    export PGHOST PGPORT PGUSER PGDATABASE
}

cluster_make() {
    cluster_find_server
    if [ "$(id -u)" -eq 0 ]; then
        # The server refuses to run as root.
        cluster_user=postgres
        id "$cluster_user" >/dev/null 2>&1 || cluster_user=nobody
    fi
    cluster_forget_environment
    cluster_make_dir
    if ! { cluster_init && cluster_as "$cluster_bin/pg_ctl" start -s -w -t 60 -D "$cluster_dir/data" \
        -l "$cluster_dir/log"; } >"$cluster_dir/start" 2>&1; then
        cat "$cluster_dir/start" >&2
        if [ -f "$cluster_dir/log" ]; then
            tail -n 20 "$cluster_dir/log" >&2
        fi
        cluster_fail "can't start a PostgreSQL cluster in $cluster_dir"
    fi
    PGHOST=$cluster_dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PATH=$cluster_bin:$PATH
    export PGHOST PGPORT PGUSER PGDATABASE PATH
}

# The newest that is installed.
cluster_find_server() {
    cluster_version=0
    for cluster_candidate in /usr/lib/postgresql/*/bin; do
        cluster_number=${cluster_candidate%/bin}
        cluster_number=${cluster_number##*/}
        case $cluster_number in *[!0-9]*) continue ;; esac
        if [ -x "$cluster_candidate/postgres" ] && [ -x "$cluster_candidate/initdb" ] &&
            [ "$cluster_number" -gt "$cluster_version" ]; then
            cluster_version=$cluster_number
            cluster_bin=$cluster_candidate
        fi
    done
    [ "$cluster_version" -ne 0 ] || cluster_fail "no PostgreSQL server in /usr/lib/postgresql"
    [ "$cluster_version" -ge 14 ] || cluster_fail "PostgreSQL $cluster_version is too old; 14 or later is needed"
}

# Nothing that was meant for another server reaches this one.
cluster_forget_environment() {
    for cluster_name in $(env | sed -n 's/^\(PG[A-Z0-9_]*\)=.*/\1/p'); do
        unset "$cluster_name"
    done
    unset HOWDAH_CONNINFO
}

# A directory that the server's user can reach. The path of a unix socket has 107 bytes at most, and a list
# of socket directories gives some characters a meaning.
cluster_make_dir() {
    for cluster_parent in "${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm "${XDG_RUNTIME_DIR:-/run}"; do
        case $cluster_parent in
        *[!A-Za-z0-9/._-]* | [!/]*) continue ;;
        esac
        cluster_dir=$(mktemp -d "$cluster_parent/howdah.XXXXXX" 2>/dev/null) || continue
        cluster_socket=$cluster_dir/.s.PGSQL.5432
        if [ "${#cluster_socket}" -le 107 ] &&
            { [ -z "$cluster_user" ] || chown "$cluster_user" "$cluster_dir"; } &&
            cluster_as test -w "$cluster_dir"; then
            return
        fi
        rm -rf "$cluster_dir"
    done
    cluster_dir=
    cluster_fail "found no directory for a PostgreSQL cluster; set TMPDIR to one that user ${cluster_user:-$(id -un)} can reach"
}

cluster_init() {
    cluster_as "$cluster_bin/initdb" -D "$cluster_dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions || return
    cluster_as tee -a "$cluster_dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$cluster_dir'
port = 5432
max_connections = 100
max_prepared_transactions = 20
fsync = off
full_page_writes = off
log_line_prefix = '%m [%p] %a: '
$cluster_settings
CONF
}

# Runs a command as the server's user, in a directory and an environment that are no one's.
cluster_as() (
    cd /
    set -- env HOME="$cluster_dir" LC_ALL=C.UTF-8 TZ=UTC "$@"
    if [ -n "$cluster_user" ]; then
        set -- setpriv --reuid "$cluster_user" --regid "$(id -g "$cluster_user")" --clear-groups "$@"
    fi
    exec "$@"
)

cluster_stop() {
    if [ -n "$cluster_dir" ]; then
        if [ -f "$cluster_dir/data/postmaster.pid" ]; then
            cluster_as "$cluster_bin/pg_ctl" stop -s -w -t 30 -m immediate -D "$cluster_dir/data" >/dev/null 2>&1 || :
        fi
        rm -rf "$cluster_dir"
        cluster_dir=
    fi
}

# In a session of its own, so that one signal reaches all that the command started; with the signals that
# the shell ignores for a command in the background back at their default.
cluster_run() {
    setsid env --default-signal=INT,QUIT "$@" </dev/null &
    cluster_job=$!
    cluster_status=0
    wait "$cluster_job" || cluster_status=$?
    cluster_job=
    return "$cluster_status"
}

# Two runs at once share nothing but the build directory.
cluster_lock() {
    exec 9>"$1"
    flock -n 9 && return
    echo 'waiting for another run in this directory'
    cluster_run flock 9
}

cluster_stop_job() {
    if [ -n "$cluster_job" ]; then
        kill -s TERM -- "-$cluster_job" 2>/dev/null || :
        cluster_tries=0
        while [ "$cluster_tries" -lt 50 ] && kill -s 0 -- "-$cluster_job" 2>/dev/null; do
            sleep 0.1
            cluster_tries=$((cluster_tries + 1))
        done
        kill -s KILL -- "-$cluster_job" 2>/dev/null || :
        cluster_job=
    fi
}

cluster_exit() {
    cluster_status=$?
    trap '' HUP INT QUIT PIPE TERM
    trap - EXIT
    cluster_stop_job
    cluster_stop
    exit "$cluster_status"
}
