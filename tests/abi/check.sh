#!/bin/sh
# What the shared library shows to the linker: check.sh exports|references|needed|size|growth LIBRARY
set -eu
library=$2
here=$(dirname "$0")
LC_ALL=C
export LC_ALL

defined() {
    nm -D --defined-only "$library" | awk '{ print $NF }' | sort
}

# What ends the process, jumps over the program's frames, writes to its stdout or waits behind its back.
forbidden='_exit _Exit exit quick_exit abort raise kill atexit on_exit
_setjmp setjmp sigsetjmp __sigsetjmp longjmp _longjmp siglongjmp __longjmp_chk
stdout printf vprintf puts putchar putchar_unlocked perror __printf_chk __vprintf_chk
system popen signal sleep usleep nanosleep'

# What follows the program's locale: words of SQL and numbers are the same in all of them (base/ascii.h).
forbidden="$forbidden strcasecmp strncasecmp strcasestr strcoll strxfrm strftime localeconv setlocale
isalpha isalnum isdigit isxdigit isspace isblank islower isupper ispunct isprint iscntrl isgraph tolower toupper
__ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc strtof strtod strtold atof mbstowcs wcstombs mbrtowc"

case $1 in
exports)
    # With a list that is out of date: tests/abi/update
    defined | diff "$here/exports.txt" - || exit 1
    if defined | grep -v '^howdah_'; then
        echo 'every exported name begins with howdah_'
        exit 1
    fi
    ;;
references)
    # assert() is not compiled into a release.
    [ "${ASSERTIONS-}" = yes ] || forbidden="$forbidden __assert_fail __assert_perror_fail"
    nm -D --undefined-only "$library" | awk '{ sub("@.*", "", $NF); print $NF }' | sort >"$library.undefined"
    for name in $forbidden; do
        if grep -qx "$name" "$library.undefined"; then
            echo "the library refers to $name"
            found=yes
        fi
    done
    rm -f "$library.undefined"
    [ -z "${found-}" ]
    ;;
needed)
    if readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v -e '^libpq\.so\.5$' -e '^libc\.so\.' \
        -e '^ld-linux'; then
        echo 'the library needs more than libpq and libc'
        exit 1
    fi
    ;;
size | growth)
    # 400 KiB is what the library is meant to take at most; it takes about 500 with -O3, 470 with -O2, 440 with -Os throughout.
    limit=$((400 * 1024))
    [ "$1" = size ] || limit=$((540 * 1024))
    stripped=$library.$1 # each test its own: they run at the same time
    strip -o "$stripped" "$library"
    size=$(wc -c <"$stripped")
    rm -f "$stripped"
    echo "stripped: $size bytes; limit: $limit"
    [ "$size" -lt "$limit" ]
    ;;
esac
