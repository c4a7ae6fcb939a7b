#!/bin/sh
# The static library as it is installed shows public names only, and a program may have its own functions by all others:
#
#   static.sh LOCALIZE LIBRARY OBJCOPY AR INCLUDE PROGRAM COMPILER [ARGUMENT]...
set -eu
localize=$1 objcopy=$3 ar=$4 include=$5 program=$6
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT INT TERM
cp "$2" "$directory/libhowdah.a"
shift 6
unset DESTDIR
"$localize" "$directory/libhowdah.a" "$objcopy" "$ar" "$@"
if nm -g --defined-only "$directory/libhowdah.a" | awk 'NF == 3 { print $3 }' | grep -v '^howdah_'; then
    echo 'every name that can be seen begins with howdah_'
    exit 1
fi
"$@" -std=gnu11 -I"$include" -o "$directory/program" "$program" "$directory/libhowdah.a" -lpq -pthread
"$directory/program"
