#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `make install` puts where, whether others can build on it, and that `make uninstall` takes all
# of it away.
set -u

. "$(dirname "$0")/begin.sh"
root=$room/root

version=$(sed -n 's/^#define DD_VERSION "\(.*\)"/\1/p' "$source/libdd/include/dd.h")

# By one who lets nobody read what he makes: what is installed is for everybody all the same.
build() {
    (umask 077 && make -s -C "$source" BUILD="${BUILD#"$source/"}" DESTDIR="$root" PREFIX=/usr "$@")
}

installed() {
    (cd "$root" && find . ! -type d -printf "$1\n" | LC_ALL=C sort)
}

check build install
[ "$failures" -eq 0 ] || exit 1
grep -q 'left to do' out && fail "something is left to do for a system that isn't this one"

# ---- files and modes -------------------------------------------------------------------------------

{
    for program in ddkeys ddperf ddtui; do echo "755 ./usr/bin/$program"; done
    echo "755 ./usr/sbin/ddbroker"
    echo "644 ./usr/include/dd.h"
    echo "644 ./usr/lib/libdd.a"
    echo "777 ./usr/lib/libdd.so"
    echo "777 ./usr/lib/libdd.so.1"
    echo "755 ./usr/lib/libdd.so.$version"
    echo "644 ./usr/lib/pkgconfig/libdd.pc"
    echo "644 ./usr/lib/systemd/system/ddbroker@.service"
    echo "644 ./usr/lib/sysusers.d/doubledecker.conf"
    echo "644 ./usr/lib/tmpfiles.d/doubledecker.conf"
    echo "644 ./etc/logrotate.d/doubledecker"
    for program in ddbroker ddkeys ddperf ddtui; do
        echo "644 ./usr/share/bash-completion/completions/$program"
        echo "644 ./usr/share/fish/vendor_completions.d/$program.fish"
    done
    echo "644 ./usr/share/zsh/site-functions/_doubledecker"
    for file in "$source"/share/python/doubledecker/*.*; do
        echo "644 ./usr/lib/python3/dist-packages/doubledecker/${file##*/}"
    done
    for file in "$source"/share/examples/*; do
        echo "644 ./usr/share/doc/doubledecker/examples/${file##*/}"
    done
    for file in "$source"/man/*; do
        echo "644 ./usr/share/man/man${file##*.}/${file##*/}"
    done
} | LC_ALL=C sort -k 2 >expected
installed '%m %p' | LC_ALL=C sort -k 2 >found
check diff expected found
find "$root/usr" -type d ! -perm 755 >out
[ ! -s out ] || fail "folders that not everybody can look into"
grep -rl '@[A-Z]*@' "$root/usr/lib/pkgconfig" "$root/usr/lib/systemd" >out && fail "not filled in"
check grep -q '^ExecStart=/usr/sbin/ddbroker ' "$root/usr/lib/systemd/system/ddbroker@.service"
check grep -qw "^RestrictAddressFamilies=.*AF_NETLINK" "$root/usr/lib/systemd/system/ddbroker@.service"
for program in bin/ddkeys bin/ddperf bin/ddtui sbin/ddbroker; do
    check "$root/usr/$program" --version
    [ "$(cat out)" = "${program#*/} $version" ] || fail "$program has another version"
done

# ---- the library -----------------------------------------------------------------------------------

library=$root/usr/lib/libdd.so
sed -n 's/^DD_EXPORT .*\<\(dd_[a-z_]*\)(.*/\1/p' "$root/usr/include/dd.h" | sort >expected
[ "$(wc -l <expected)" -ge 19 ] || fail "the header has lost its functions"
nm -D --defined-only "$library" | sed -n 's/@@LIBDD_[0-9.]*$//; s/.* [A-Z] //p' | grep -v '^LIBDD_[0-9.]*$' | sort >found
check diff expected found
readelf -d "$library" >out
grep -q 'SONAME.*\[libdd\.so\.1\]' out || fail "another soname"
grep 'NEEDED' out | grep -e czmq -e curses -e cdk && fail "the library needs what only programs do"

# ---- programs that others build on it --------------------------------------------------------------

cat >program.c <<'END'
#include <dd.h>
#include <stdio.h>

int main(void)
{
    dd_problem_t problem;
    dd_client_t *client = dd_client_new("tcp://127.0.0.1:5555", "no-such-file", "name", &problem);
    printf("%s: %s\n", dd_strerror(problem.error), client ? "a client" : problem.text);
    dd_client_destroy(&client);
    return client != 0 || problem.error != DD_E_FILE;
}
END
export PKG_CONFIG_PATH="$root/usr/lib/pkgconfig"
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1

config() {
    pkg-config --define-variable=prefix="$root/usr" "$@" libdd
}

# compile OUTPUT WORDS...: with warnings for errors.
compile() {
    output=$1
    shift
    # shellcheck disable=SC2046,SC2086  # lists of words
    check ${CC:-gcc} -Wall -Wextra -Wpedantic -Werror $(instruments "$BUILD/libdd.a") \
        $(config --cflags) -o "$output" program.c "$@"
}

if command -v pkg-config >/dev/null; then
    check test "$(config --modversion)" = "$version"
    # shellcheck disable=SC2046
    check test $(config --cflags) = "-I$root/usr/include"
    # shellcheck disable=SC2046
    compile shared -std=c11 $(config --libs)
    check env LD_LIBRARY_PATH="$root/usr/lib" ./shared
    grep -q ': no-such-file: ' out || fail "the program says something else"
    # shellcheck disable=SC2046
    mkdir archive
    cp "$root/usr/lib/libdd.a" archive
    compile static -std=c11 $(config --static --libs | sed "s|-L[^ ]*|-Larchive|")
    check ./static
    readelf -d static | grep -q 'NEEDED.*libdd' && fail "libdd.a wasn't what was linked"
fi
if command -v g++ >/dev/null; then
    echo '#include <dd.h>' >header.cc
    check g++ -Wall -Wextra -Wpedantic -Werror -I"$root/usr/include" -fsyntax-only header.cc
fi

# ---- gone again ------------------------------------------------------------------------------------

check build uninstall
installed %p >out
[ ! -s out ] || fail "uninstall left something"

# ---- every folder by another name, where this machine's loader looks ---------------------------------

here=$room/its\ own
elsewhere() {
    build DESTDIR= PREFIX="$here" BINDIR="$here/b" SBINDIR="$here/s" LIBDIR="$here/l/multi" \
        INCLUDEDIR="$here/i" DATADIR="$here/d" MANDIR="$here/m" DOCDIR="$here/doc" \
        UNITDIR="$here/u" SYSCONFDIR=/its/etc LDCONFIG="touch '$room/told'" "$@"
}
check elsewhere install
for words in "systemd-sysusers \"$here/lib/sysusers.d/doubledecker.conf\"" "systemctl enable" \
    "cp \"$here/doc/examples/ddbroker.conf\" \"/its/etc/doubledecker/top.conf\""; do
    grep -qF "$words" out || fail "install doesn't say that this is left to do: $words"
done
for file in b/ddtui s/ddbroker l/multi/libdd.a l/multi/libdd.so l/multi/pkgconfig/libdd.pc i/dd.h \
    d/bash-completion/completions/ddtui m/man8/ddbroker.8 doc/examples/ddbroker.conf \
    u/ddbroker@.service lib/tmpfiles.d/doubledecker.conf etc/logrotate.d/doubledecker; do
    [ -f "$here/$file" ] || fail "$file isn't where it belongs"
done
check grep -q "^ExecStart=$here/s/ddbroker -c /its/etc/doubledecker/" "$here/u/ddbroker@.service"
check grep -q '^libdir=${prefix}/l/multi$' "$here/l/multi/pkgconfig/libdd.pc"
grep -r '/etc/doubledecker' "$here/m" "$here/d" "$here/doc" "$here/u" "$here/lib" | grep -v /its/etc/doubledecker >out &&
    fail "these name another folder"
if [ "$(id -u)" -eq 0 ]; then
    [ -e told ] || fail "the loader wasn't told of the library"
fi
check elsewhere uninstall
find "$here" ! -type d >out
[ ! -s out ] || fail "uninstall left something elsewhere"

end
