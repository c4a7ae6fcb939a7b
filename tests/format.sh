#!/bin/sh
# Checks that every C source is laid out as .clang-format says; `tests/format.sh fix` lays them out.
set -eu
cd "$(dirname "$0")/.."

# Another version lays out differently.
version=14
for formatter in clang-format-$version clang-format; do
    if "$formatter" --version 2>/dev/null | grep -q "version $version\."; then
        found=$formatter
        break
    fi
done
if [ -z "${found-}" ]; then
    echo "skipped: no clang-format $version"
    exit 77
fi

sources() {
    git ls-files -co --exclude-standard -- '*.c' '*.h' 2>/dev/null ||
        find . \( -path './.*' -o -path './build*' -o -path './subprojects' \) -prune -o -name '*.[ch]' -print
}

case ${1-} in
fix) sources | xargs -r -d '\n' "$found" -i ;;
*) sources | xargs -r -d '\n' "$found" --dry-run -Werror ;;
esac
