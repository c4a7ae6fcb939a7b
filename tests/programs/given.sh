#!/bin/sh
# Compiles programs of somebody else, unchanged, against the library, and runs them twice in a row:
#
#   given.sh RUN_TWICE INCLUDE LIBRARY COMPILER [FLAG]...
#
# They lie in the directory that HOWDAH_PROGRAMS names: blog.c with the models, quickstart.c, errors.c, queries.c, relations.c.
set -eu
run_twice=$1 include=$2 library=$3
shift 3

if [ -z "${HOWDAH_PROGRAMS-}" ]; then
    echo "skipped: no programs; set HOWDAH_PROGRAMS or configure with -Dprograms=DIRECTORY"
    exit 77
fi

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT INT TERM

needs=
case $library in
*.a) needs='-lpq -pthread' ;;
esac
for name in blog quickstart errors queries relations; do
    "$@" -std=gnu11 -Wall -Wextra -Werror -I"$include" -c "$HOWDAH_PROGRAMS/$name.c" -o "$directory/$name.o"
done
for name in quickstart errors queries relations; do
    # shellcheck disable=SC2086 # arguments
    "$@" "$directory/$name.o" "$directory/blog.o" "$library" $needs -o "$directory/$name"
done

LD_LIBRARY_PATH=$(dirname "$library")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
"$run_twice" "$directory/quickstart" "$directory/errors" "$directory/queries" "$directory/relations"
