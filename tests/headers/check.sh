#!/bin/sh
# Every public header compiles alone, twice, with and without the short names: check.sh COMPILER LANGUAGE INCLUDE_DIR
set -eu
compiler=$1
language=$2
include=$3

if ! command -v "$compiler" >/dev/null; then
    echo "skipped: no $compiler"
    exit 77
fi
case $language in
c)
    standards='c11 gnu11 c17 c2x'
    more='-Wc++-compat'
    ;;
c++)
    standards='c++11 c++17 c++20'
    more='-Wold-style-cast -Wzero-as-null-pointer-constant'
    ;;
esac
more="$more -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wdouble-promotion"
case $compiler in
g++) more="$more -Wuseless-cast -Wlogical-op" ;;
clang*) more="$more -Wshadow-all -Wextra-semi" ;;
esac

status=0
count=0
for header in "$include"/howdah/*.h "$include"/howdah/*/*.h; do
    [ -f "$header" ] || continue
    name=${header#"$include"/}
    for standard in $standards; do
        for names in '' -DHOWDAH_NO_SHORT_NAMES; do
            count=$((count + 1))
            printf '#include <%s>\n#include <%s>\ntypedef int not_empty;\n' "$name" "$name" |
                "$compiler" -x "$language" -std="$standard" $names -Wall -Wextra -Wpedantic $more -Werror \
                    -fsyntax-only -I "$include" - || {
                echo "$name does not compile as $standard $names"
                status=1
            }
        done
    done
done
[ "$count" -gt 0 ] || status=1
exit "$status"
