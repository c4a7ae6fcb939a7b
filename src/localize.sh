#!/bin/sh
# What the static library has for itself only gets out of the way of programs that are linked with it: as in the shared library,
# only what is public can be seen. It is one object then.
#
#   src/localize.sh LIBRARY OBJCOPY AR COMPILER [ARGUMENT]...
#
# Meson runs it for the installed library; LIBRARY is absolute or in the prefix.
set -eu
case $1 in
/*) library=${DESTDIR:-}$1 ;;
*) library=$MESON_INSTALL_DESTDIR_PREFIX/$1 ;;
esac
objcopy=$2 ar=$3
shift 3

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT INT TERM
"$@" -r -nostdlib -o "$directory/howdah.o" -Wl,--whole-archive "$library" -Wl,--no-whole-archive
"$objcopy" --localize-hidden "$directory/howdah.o"
"$ar" rcsD "$directory/library" "$directory/howdah.o"
cat "$directory/library" >"$library" # with the rights that it has
