#!/bin/sh
# Three runs of the program on the packages of this machine: into an empty database, once more, and with an
# edited copy of the file. Each time plain SQL must find in the tables what awk finds in the file.
#
#   demo.sh BUILD_DIR [--index] [FILE]
#
#   --index  the whole package index: what apt-cache dumpavail prints, or FILE
#
# The server is that of PGHOST or HOWDAH_CONNINFO. The tables are in a schema of their own, which is dropped
# at the end.
set -eu
LC_ALL=C
export LC_ALL

packages=$1/docs/examples/packages/packages
questions=$1/docs/examples/packages/questions
index=
if [ "${2-}" = --index ]; then
    index=--index
    shift
fi
file=${2-}
if [ -z "$file" ] && [ -z "$index" ]; then
    file=/var/lib/dpkg/status
fi
if [ -z "${PGHOST-}${HOWDAH_CONNINFO-}" ] || { [ -n "$file" ] && [ ! -r "$file" ]; }; then
    echo "skipped: needs PGHOST or HOWDAH_CONNINFO, and $file"
    exit 77
fi

schema=packages_demo_$$
work=$(mktemp -d)

sql() {
    psql -XAtqw -v ON_ERROR_STOP=1 ${HOWDAH_CONNINFO:+-d "$HOWDAH_CONNINFO"} \
        -c "SET search_path = $schema; SET client_min_messages = warning" -c "$1"
}

finish() {
    sql "DROP SCHEMA IF EXISTS $schema CASCADE" || :
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# run FILE [OPTION]...: skipped records are no failure; the lines that are to blame are kept.
run() {
    code=0
    "$packages" --schema "$schema" ${index:+--index} "$@" 2>"$work/problems" || code=$?
    cat "$work/problems" >&2
    sed -n 's/^packages: [^ ]*:\([0-9]*\): skipped: .*/\1/p' "$work/problems" >"$work/skipped"
    [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || fail "the program ended with $code"
}

# What a file says, as sorted lines in DIR/packages, DIR/maintainers, DIR/dependencies, DIR/provides.
facts() {
    mkdir -p "$2"
    for table in packages maintainers dependencies provides; do
        : >"$2/$table"
    done
    awk -v dir="$2" '
        function trim(text) {
            gsub(/^[ \t]+|[ \t]+$/, "", text)
            return text
        }
        function relations(field, table,    terms, count, i) {
            count = split(value[field], terms, /[,|]/)
            for (i = 1; i <= count; i++) {
                terms[i] = trim(terms[i])
                sub(/[ :([<].*/, "", terms[i])
                if (terms[i] != "")
                    print name, (table == "provides" ? "" : field " ") terms[i] >(dir "/" table)
            }
        }
        function finish(    email, who, i) {
            if (("Package" in value) && !skipped && value["Status"] !~ /not-installed/) {
                name = value["Package"] " " value["Architecture"]
                print name, value["Version"] >(dir "/packages")
                who = email = value["Maintainer"]
                if (match(who, /<[^>]+>/)) {
                    email = substr(who, RSTART + 1, RLENGTH - 2)
                    who = trim(substr(who, 1, RSTART - 1))
                }
                if (email != "" && !(email in seen)) {
                    seen[email] = 1
                    print email "\t" who >(dir "/maintainers")
                }
                for (i = 1; i in kinds; i++)
                    relations(kinds[i], "dependencies")
                relations("Provides", "provides")
            }
            split("", value)
            skipped = 0
        }
        BEGIN {
            split("Pre-Depends Depends Recommends Suggests Enhances Breaks Conflicts Replaces Built-Using " \
                "Static-Built-Using", kinds, " ")
        }
        FILENAME != last { last = FILENAME; files++ }
        files == 1 && FILENAME != ARGV[2] { bad[$1] = 1; next }
        { skipped = skipped || (FNR in bad) }
        /^[ \t]*$/ { finish(); next }
        /^[ \t]/ { value[field] = value[field] " " trim($0); next }
        { field = substr($0, 1, index($0, ":") - 1); value[field] = trim(substr($0, index($0, ":") + 1)) }
        END { finish() }
    ' "$work/skipped" "$1"
    for table in packages maintainers dependencies provides; do
        sort -o "$2/$table" "$2/$table"
    done
}

# check FILE DIR: the tables against the file.
check() {
    facts "$1" "$2"
    sql "SELECT concat_ws(' ', name, architecture, version) FROM packages" >"$work/packages"
    sql "SELECT concat(email, chr(9), name) FROM maintainers" >"$work/maintainers"
    sql "SELECT concat_ws(' ', package_name, package_architecture, kind, target) FROM dependencies" \
        >"$work/dependencies"
    sql "SELECT concat_ws(' ', package_name, package_architecture, name) FROM provides" >"$work/provides"
    counts=
    for table in packages maintainers dependencies provides; do
        sort "$work/$table" | diff "$2/$table" - >"$work/difference" ||
            { head -n 20 "$work/difference" >&2; fail "the table $table is not what the file says"; }
        counts="$counts, $(wc -l <"$2/$table") $table"
    done
    echo "Plain SQL agrees with the file: ${counts#, }."
}

# Where each row is, and which transaction wrote it.
rows='SELECT tableoid, ctid::text, xmin::text FROM'
fingerprint() {
    sql "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM
        ($rows packages UNION ALL $rows maintainers UNION ALL $rows dependencies UNION ALL $rows provides) t"
}

# check_written TABLE XID: later transactions wrote as many rows as there are lines that the first file didn't have.
check_written() {
    expected=$(comm -13 "$work/first/$1" "$work/second/$1" | wc -l)
    written=$(sql "SELECT count(*) FROM $1 WHERE age(xmin) < age('$2'::xid)")
    [ "$written" -eq "$expected" ] || fail "$written rows of $1 were written, expected $expected"
}

# show TABLE COUNT: some lines that differ; the key is all but the last word of packages, the address of maintainers.
show() {
    comm -23 "$work/first/$1" "$work/second/$1" >"$work/old"
    comm -13 "$work/first/$1" "$work/second/$1" >"$work/new"
    awk -v count="$2" -v table="$1" '
        {
            at = table == "packages" ? length($0) - length($NF) : index($0, "\t")
            key = substr($0, 1, at - 1)
            text = substr($0, at + 1)
        }
        FILENAME == ARGV[1] { old[key] = text; next }
        !(key in old) { print "  added: " key ", " text; next }
        n++ < count { print "  changed: " key ", from " old[key] " to " text }
        { delete old[key] }
        END {
            for (key in old)
                print "  removed: " key ", " old[key]
        }
    ' "$work/old" "$work/new"
}

# A package is removed, one is added, every tenth is upgraded, and the busiest maintainer gets a new name.
edit() {
    awk '
        function email(text) {
            return match(text, /(^|\n)Maintainer:[^\n]*<[^>]+>/) ? substr(text, RSTART, RLENGTH) : ""
        }
        function address(text) {
            sub(/.*</, "", text)
            return text
        }
        BEGIN { RS = ""; ORS = "\n\n" }
        FNR == 1 { pass++ }
        pass == 1 {
            total++
            who = address(email($0))
            if (who != "" && ++count[who] > count[busiest])
                busiest = who
            next
        }
        FNR == int(total / 2) { next }
        FNR % 10 == 1 { sub(/\nVersion:[^\n]*/, "&+demo") }
        busiest != "" && address(email($0)) == busiest {
            sub(/\nMaintainer:[^\n]*/, "\nMaintainer: Renamed by the demo <" busiest)
        }
        { print }
        END {
            print "Package: howdah-demo\nStatus: install ok installed\nPriority: optional\nSection: database\n" \
                "Installed-Size: 1\nMaintainer: Demo <demo@example.org>\nArchitecture: all\nVersion: 1.0\n" \
                "Depends: libc6 (>= 2.31) | libc6.1, howdah-data:any\nProvides: demo (= 1.0)\n" \
                "Description: added by the demo\n It is not on this machine."
        }
    ' "$1" "$1"
}

if [ -n "$file" ]; then
    cp "$file" "$work/status" # the machine may install something meanwhile
else
    apt-cache dumpavail >"$work/status" || :
fi
if [ ! -s "$work/status" ]; then
    echo 'skipped: this machine has no package index'
    exit 77
fi
: >"$work/skipped"

echo '== 1: into an empty database'
run "$work/status"
check "$work/status" "$work/first"

echo
echo '== 2: nothing has changed'
before=$(fingerprint)
run "$work/status"
[ "$(fingerprint)" = "$before" ] || fail 'a row was written although nothing has changed'
check "$work/status" "$work/first"
echo 'Every row is where it was.'

echo
echo '== 3: a package removed, one added, every tenth upgraded, a maintainer renamed'
edit "$work/status" >"$work/edited"
xid=$(sql 'SELECT pg_current_xact_id()::xid')
if [ -n "$index" ]; then
    run "$work/edited" # dozens of plans are no pleasure
else
    run --plan "$work/edited"
fi
check "$work/edited" "$work/second"
for table in packages maintainers dependencies provides; do
    check_written "$table" "$xid"
done
echo 'Only what differs was written, for instance:'
show packages 3
show maintainers 2

# ask QUESTION ARGUMENT: the answer is in $work/answer, behind the statement and an empty line.
ask() {
    "$questions" --schema "$schema" "$@" >"$work/asked" || fail "no answer to: $*"
    sed '1,/^$/d' "$work/asked" >"$work/answer"
}

# What needs the package, by following the lines of the file instead of the rows of the tables.
needed_by() {
    awk -v name="$1" '
        $3 == "Depends" || $3 == "Pre-Depends" { needs[$4] = needs[$4] " " $1 }
        END {
            queue[1] = name
            for (last = next_one = 1; next_one <= last; next_one++) {
                count = split(needs[queue[next_one]], more, " ")
                for (i = 1; i <= count; i++)
                    if (!(more[i] in found)) {
                        found[more[i]]
                        queue[++last] = more[i]
                    }
            }
            delete found[name]
            for (found_name in found)
                print found_name
        }
    ' "$work/second/dependencies" | sort
}

echo
echo '== 4: questions'
# most COLUMN: the name that stands there most often in dependencies.
most() {
    awk -v column="$1" '
        $3 == "Depends" { count[$column]++ }
        END {
            for (name in count)
                if (count[name] > count[best] || (count[name] == count[best] && name < best))
                    best = name
            print best
        }
    ' "$work/second/dependencies"
}
busiest=$(most 4)
neediest=$(most 1)
ask needed-by "$busiest"
sed -n '/ - /s/:[^:]* - .*//p' "$work/answer" | sort -u >"$work/needed"
awk '{ print $1 }' "$work/second/packages" | sort -u >"$work/names"
needed_by "$busiest" | comm -12 - "$work/names" | diff - "$work/needed" >"$work/difference" ||
    { head -n 20 "$work/difference" >&2; fail "what needs $busiest is another answer in the file"; }
sed 1q "$work/asked"
echo "  $(tail -n 1 "$work/answer") packages need $busiest, directly or through others; the file says so, too."
if [ -z "$index" ]; then
    ask cycles 6
    sed 1q "$work/asked"
    sed -n '$!s/^/  /p' "$work/answer" | sed 5q
fi
ask orphans "$neediest"
sed 1q "$work/asked"
echo "  $(tail -n 1 "$work/answer") packages would be orphans without $neediest."
ask maintainers 3
sed 1q "$work/asked"
sed 's/^/  /' "$work/answer"
[ "$(sed -n '1s/ .*//p' "$work/answer")" -eq "$(sql 'SELECT max(n) FROM (SELECT count(*) AS n FROM packages
    WHERE maintainer_id IS NOT NULL GROUP BY maintainer_id) t')" ] || fail 'somebody else maintains most'
ask search 'added demo'
grep -q '^howdah-demo:' "$work/answer" || fail 'the package of the demo is not found by its description'
sed 1q "$work/asked"
sed 's/^/  /' "$work/answer"
