#!/bin/sh
# The program on small files, against a live server: PGHOST or HOWDAH_CONNINFO says which; without either the
# test is skipped. PACKAGES is the program. What must be in the tables is asked by plain SQL.
set -eu
cd "$(dirname "$0")"

if [ -z "${PGHOST-}${HOWDAH_CONNINFO-}" ]; then
    echo 'skipped: neither PGHOST nor HOWDAH_CONNINFO is set'
    exit 77
fi

schema=packages_test_$$
work=$(mktemp -d)
failures=0

sql() {
    psql -XAtq -v ON_ERROR_STOP=1 ${HOWDAH_CONNINFO:+-d "$HOWDAH_CONNINFO"} \
        -c "SET search_path = $schema; SET client_min_messages = warning" -c "$1"
}

finish() {
    sql "DROP SCHEMA IF EXISTS $schema CASCADE; DROP SCHEMA IF EXISTS ${schema}_fresh CASCADE" || :
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# is WHAT EXPECTED ACTUAL
is() {
    if [ "$2" != "$3" ]; then
        echo "FAILED: $1"
        echo "  expected: $2"
        echo "  actual:   $3"
        failures=$((failures + 1))
    fi
}

# has WHAT TEXT: the text is in what the program printed last.
has() {
    if ! grep -qF -- "$2" "$work/out" "$work/err"; then
        echo "FAILED: $1: no \"$2\" in"
        head -n 20 "$work/out" "$work/err"
        failures=$((failures + 1))
    fi
}

# run EXPECTED_STATUS ARGUMENT...
run() {
    expected=$1
    shift
    status=0
    "$PACKAGES" --schema "$schema" "$@" >"$work/out" 2>"$work/err" || status=$?
    if [ "$status" -ne "$expected" ]; then
        echo "FAILED: packages $*: exit status $status, expected $expected"
        head -n 20 "$work/out" "$work/err"
        failures=$((failures + 1))
    fi
}

# A row that was written, even with the same values, has another place.
rows='SELECT tableoid::regclass::text, ctid, xmin::text'
places="$rows FROM packages UNION ALL $rows FROM maintainers UNION ALL $rows FROM dependencies UNION ALL $rows FROM provides"
fingerprint() {
    sql "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM ($places) t"
}

# The tables hold what a first run with the same file makes of it.
same_as_fresh() {
    what=$1
    shift
    "$PACKAGES" --schema "${schema}_fresh" --drop --quiet "$@" 2>/dev/null || :
    for table in dependencies provides; do
        difference "$what: $table" "SELECT * FROM $schema.$table" "SELECT * FROM ${schema}_fresh.$table"
    done
    packages="SELECT to_jsonb(p) - 'maintainer_id', m.email, m.name"
    difference "$what: packages" \
        "$packages FROM $schema.packages p LEFT JOIN $schema.maintainers m ON m.id = maintainer_id" \
        "$packages FROM ${schema}_fresh.packages p LEFT JOIN ${schema}_fresh.maintainers m ON m.id = maintainer_id"
    difference "$what: maintainers" "SELECT email, name FROM $schema.maintainers" \
        "SELECT email, name FROM ${schema}_fresh.maintainers"
}

# Enums of two schemas are two types: rows are compared as text.
difference() {
    is "$1" '' "$(sql "WITH a AS ($2), b AS ($3), x AS (SELECT a::text FROM a), y AS (SELECT b::text FROM b)
        (SELECT 'only here', * FROM (TABLE x EXCEPT ALL TABLE y) d) UNION ALL
        (SELECT 'only there', * FROM (TABLE y EXCEPT ALL TABLE x) d)")"
}

# --- an empty database ---

run 0 --plan first.status
has 'first run: the plan' 'INSERT INTO'
has 'first run: count' '6 packages'
is 'packages' 'apiary|amd64|1.0-1|install|ok|installed|optional|no|f|science|apiary|1.0-1|1200|bees@example.org
honey-data|all|1.0-1|install|ok|installed|extra|foreign|f|science|apiary|1.0-1|0|bees@example.org
libhoney2|amd64|2.1-3+b1|hold|ok|installed|required|same|t|libs|honey|2.1-3|88|ann@example.org
libhoney2|i386|2.1-3+b1|hold|ok|installed|required|same|t|libs|honey|2.1-3|80|ann@example.org
smoker|amd64|1:0.9|deinstall|reinstreq|config-files|optional|no|f||smoker|1:0.9||smith@example.org
veil|all|7|install|ok|installed|unknown|no|f||veil|7||bees@example.org' "$(sql "
    SELECT p.name, architecture, version, want, health, state, priority, multi_arch, essential, section, source,
           source_version, installed_size, email
    FROM packages p JOIN maintainers m ON m.id = maintainer_id ORDER BY 1, 2")"
is 'texts' 'keeps bees|Observes hives and "their" bees.

 - counts them' "$(sql "SELECT summary, description FROM packages WHERE name = 'apiary'")"
is 'types' '16|32|000102030405060708090a0b0c0d0e0f|9876543210|café in the field|{}|0011aa 2233bb' "$(sql "
    SELECT length(md5), length(sha256), encode(md5, 'hex'), download_size, summary, tags, other ->> 'Build-Ids'
    FROM packages WHERE name = 'veil'")"
is 'tags' 'special::sweet' "$(sql "SELECT tags[3] FROM packages WHERE tags @> '{role::shared-lib}'")"
is 'no value' 't' "$(sql "
    SELECT md5 IS NULL AND homepage IS NULL AND download_size IS NULL AND other = '{}' FROM packages
    WHERE name = 'honey-data'")"
is 'maintainers: the first name counts' 'ann@example.org|Ann Sweet
bees@example.org|Bee Keepers
smith@example.org|Old Smith' "$(sql 'SELECT email, name FROM maintainers ORDER BY 1')"
is 'dependencies' 'apiary|amd64|Depends|0|0|libhoney2|>=|2.0
apiary|amd64|Depends|1|0|smoker|any|
apiary|amd64|Depends|1|1|smoke-machine|<<|3
apiary|amd64|Depends|2|0|honey-data|=|1.0-1
apiary|amd64|Recommends|0|0|veil|any|
honey-data|all|Depends|0|0|apiary|any|
libhoney2|amd64|Pre-Depends|0|0|jar|any|
libhoney2|amd64|Breaks|0|0|libhoney1|<<|2.0~
libhoney2|amd64|Replaces|0|0|libhoney1|<<|2.0~
libhoney2|i386|Pre-Depends|0|0|jar|any|
smoker|amd64|Built-Using|0|0|gcc-12|=|12.2.0-14' "$(sql "
    SELECT package_name, package_architecture, kind, position, alternative, target, relation, version
    FROM dependencies ORDER BY 1, 2, 3, 4, 5")"
is 'qualifier' 'any' "$(sql "SELECT DISTINCT qualifier FROM dependencies WHERE target = 'jar'")"
is 'provides' 'apiary|0|hive|1.0
apiary|1|bee-house|' "$(sql 'SELECT package_name, position, name, version FROM provides ORDER BY 1, 2')"

# --- nothing new ---

before=$(fingerprint)
run 0 first.status
has 'unchanged' 'Nothing has changed: nothing was written.'
is 'unchanged: no row was written' "$before" "$(fingerprint)"
run 0 --quiet - <first.status
is 'quiet' '' "$(cat "$work/out" "$work/err")"
mkfifo "$work/pipe"
cat first.status >"$work/pipe" &
run 0 "$work/pipe"
is 'from a pipe: no row was written' "$before" "$(fingerprint)"

# --- an input that must be refused ---

size=$(wc -c <first.status)
for cut in 1 "$((size - 1))" "$((size - 2))" "$((size / 2))" "$((size / 3))"; do
    head -c "$cut" first.status >"$work/cut"
    run 1 --drop "$work/cut"
    has "cut at $cut" 'cut short?'
done
head -n 20 first.status >"$work/cut"
run 1 "$work/cut"
has 'cut after a line' ':20: no empty line'
gzip -c first.status >"$work/binary"
run 1 --drop "$work/binary"
has 'binary' 'binary'
printf 'root:x:0:0:root:/root:/bin/sh\n\n' >"$work/passwd"
run 1 --drop "$work/passwd"
has 'another kind of file' 'no record of a package'
run 1 --drop /dev/null
has 'empty' 'has no records'
run 1 --drop "$work/none"
has 'missing' "can't be opened"
run 1 --drop --conninfo 'host=/nonexistent' first.status
is 'refused: no row was written' "$before" "$(fingerprint)"
run 2 --unknown
run 2 one two
run 0 --help

# --- bad records among good ones ---

sed -e 's/^Priority: extra/Priority: foo/' -e 's/^Version: 1:0.9/Version: 1_0/' -e '/^Version: 7$/d' first.status >"$work/bad"
printf 'Package: fresh\nArchitecture: all\nVersion: 1\nDepends: veil (>= )\n\nPackage: better\nArchitecture: all\nVersion: 1\n\nVersion: 2\n\nPackage: better\nArchitecture: all\nVersion: 2\n\n' >>"$work/bad"
run 3 "$work/bad"
has 'bad enum' "$work/bad:22: skipped: Priority: \"foo\""
has 'bad version' 'skipped: Version: "1_0"'
has 'no version' 'skipped: the record has no field Version'
has 'bad dependency' 'skipped: Depends: must not be empty'
has 'no name' 'skipped: the record has no field Package'
has 'twice' 'better for all has a record already'
has 'count' '4 packages, 6 skipped'
is 'the others go on' 'better|1' "$(sql "SELECT name, version FROM packages WHERE name IN ('better', 'fresh')")"
is 'rows of bad records stay' '3' "$(sql "
    SELECT count(*) FROM packages WHERE name IN ('smoker', 'veil', 'honey-data')")"
is 'their maintainers, too' 'Old Smith' "$(sql "SELECT name FROM maintainers WHERE email = 'smith@example.org'")"

# --- a file that differs ---

run 0 --drop first.status
kept=$(sql "SELECT id FROM maintainers WHERE email = 'bees@example.org'")
run 0 second.status
same_as_fresh 'edited' second.status
is 'renamed: one row' "$kept|Bee Guild" "$(sql "SELECT id, name FROM maintainers WHERE email = 'bees@example.org'")"
is 'rows written' '4 5 1 2' "$(sql "
    WITH latest AS (SELECT max(xmin::text::bigint)::text AS writer FROM maintainers)
    SELECT concat_ws(' ', (SELECT count(*) FROM packages, latest WHERE packages.xmin::text = writer),
        (SELECT count(*) FROM dependencies, latest WHERE dependencies.xmin::text = writer),
        (SELECT count(*) FROM provides, latest WHERE provides.xmin::text = writer),
        (SELECT count(*) FROM maintainers, latest WHERE maintainers.xmin::text = writer))")"
run 0 first.status
same_as_fresh 'and back' first.status

# --- tables that somebody else has changed ---

sql "DELETE FROM dependencies WHERE target IN ('smoke-machine', 'jar');
     INSERT INTO provides VALUES ('veil', 'all', 5, 'stray');
     UPDATE packages SET maintainer_id = NULL, version = '0', tags = '{x}' WHERE name = 'libhoney2'"
run 0 first.status
same_as_fresh 'mended' first.status

# --- packages that depend on nothing ---

lone() {
    printf 'Package: lone\nStatus: install ok installed\nArchitecture: all\nVersion: %d\nMaintainer: M <m@example.org>\n\n' "$1"
}
lone 1 >"$work/lone"
run 0 --drop "$work/lone"
lone 2 >"$work/lone"
run 0 "$work/lone"
same_as_fresh 'lone' "$work/lone"
is 'lone: upgraded' '2' "$(sql 'SELECT version FROM packages')"

# --- a great file, in batches ---

# 2,500 names, one of them with three architectures where a page of 1,000 ends. CHANGED: every third is upgraded,
# every seventh is gone, and some are new.
index() {
    awk -v changed="$1" 'BEGIN {
        for (i = 0; i < 2500 + changed * 300; i++) {
            if (changed && i % 7 == 0)
                continue
            for (a = 0; a < (i == 998 || i == 999 ? 3 : 1); a++)
                printf "Package: p%05d\nArchitecture: a%d\nVersion: %d\nMaintainer: M%d <m%d@example.org>\nDepends: p%05d, q (>= %d) | r\nProvides: v%d\n\n",
                    i, a, changed && i % 3 == 0 ? 2 : 1, i % 60, i % 60 + changed * 20, (i * 7) % 2500, i % 5, i % 10
        }
    }'
}
index 0 >"$work/index"
index 1 >"$work/index2"
run 0 --drop --index "$work/index"
is 'batches: packages' '2504 7512 2504 60' "$(sql 'SELECT concat_ws($$ $$, (SELECT count(*) FROM packages),
    (SELECT count(*) FROM dependencies), (SELECT count(*) FROM provides), (SELECT count(*) FROM maintainers))')"
is 'batches: transactions' '3' "$(sql 'SELECT count(DISTINCT xmin::text) FROM packages')"
before=$(fingerprint)
run 0 --index "$work/index"
has 'batches: unchanged' 'Nothing has changed: nothing was written.'
is 'batches: no row was written' "$before" "$(fingerprint)"
run 0 "$work/index"
is 'as one: no row was written' "$before" "$(fingerprint)"
run 0 --index "$work/index2"
same_as_fresh 'batches: edited' --index "$work/index2"
run 0 "$work/index"
same_as_fresh 'as one: edited' "$work/index"

# --- output that is closed, or can't be written ---

# closed WHAT EXPECTED_STATUS ARGUMENT...: stdin is the index. Plans are longer than a buffer: they are on their way while
# the copy of the input and the connection are open.
closed() {
    what=$1
    expected=$2
    shift 2
    status=0
    "$PACKAGES" --schema "$schema" --drop --index --plan "$@" <"$work/index" 3>&- 2>"$work/err" || status=$?
    is "$what: status" "$expected" "$status" >&3
    is "$what: nothing was written into the input or the connection" 2504 "$(sql 'SELECT count(*) FROM packages')" >&3
}
exec 3>&1
closed 'closed, a copy of the input' 0 - >&-
closed 'closed, no copy' 0 "$work/index" >&-
if [ -c /dev/full ]; then
    closed 'no room' 1 - >/dev/full
    has 'no room' "the output can't be written: "
fi

# --- a commit that fails in the middle ---

sql "TRUNCATE packages, dependencies, provides, maintainers;
     ALTER TABLE packages ADD CONSTRAINT not_this_one CHECK (name <> 'p01500')"
run 1 "$work/index"
has 'one failed commit: the constraint' 'not_this_one'
has 'one failed commit: the package' 'that is p01500 for a0'
is 'one failed commit: nothing was written' 0 "$(sql 'SELECT count(*) FROM packages')"
run 1 --index "$work/index"
has 'a failed batch: the package' 'that is p01500 for a0'
has 'a failed batch: the others' '1 transaction'
is 'a failed batch: the one before it stays' 1000 "$(sql 'SELECT count(*) FROM packages')"
sql 'ALTER TABLE packages DROP CONSTRAINT not_this_one'
run 0 --index "$work/index"
same_as_fresh 'the next run goes on' "$work/index"

[ "$failures" -eq 0 ] || exit 1
echo 'all as it must be'
