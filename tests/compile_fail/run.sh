#!/bin/sh
# A macro used wrongly does not compile, and says why; used rightly, it does without a warning:
#
#   run.sh CASE INCLUDE_DIR COMPILER...
#
# The first line of a case is `/* expect: REGEX */`, or `/* warning: REGEX */` where compilers only warn (which -Werror
# makes an error). With MISUSE defined it holds the wrong use, without it the right one.
set -u
case=$1
include=$2
shift 2
LC_ALL=C
export LC_ALL

read -r first <"$case"
pattern=$(printf '%s\n' "$first" | sed -n 's|^/\* [a-z]*: \(.*\) \*/$|\1|p')
[ -n "$pattern" ] || {
    echo "$case: the first line does not say what to expect"
    exit 1
}
case $first in
'/* warning: '*) strict='-Wall -Wextra -Werror' ;;
*) strict= ;;
esac

# What is left of the arguments is the compiler, which may be several words.
compile() {
    "$@" -std=gnu11 -I "$include" -c -o /dev/null "$case" 2>&1
}

output=$(compile "$@" -Wall -Wextra -Werror) || {
    echo "the right use does not compile:"
    echo "$output"
    exit 1
}
# shellcheck disable=SC2086
if output=$(compile "$@" -DMISUSE $strict); then
    echo "the wrong use compiles"
    exit 1
fi
if ! printf '%s\n' "$output" | grep -Eqe "$pattern"; then
    echo "not found: $pattern"
    printf '%s\n' "$output"
    exit 1
fi
