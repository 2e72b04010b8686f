#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the Makefile calls the compiler, and that sources are packed with git and without. A compiler
# that only writes down its words makes a whole build in seconds.
set -u

. "$(dirname "$0")/begin.sh"

cat >compiler <<'END'
#!/bin/sh
echo " $* " >>"$(dirname "$0")/words"
while [ $# -gt 1 ]; do
    [ "$1" = -o ] && : >"$2"
    shift
done
END
chmod +x compiler

# called PATTERN: how many calls of the compiler have it.
called() {
    grep -c -e "$1" words
}

# ---- a copy of the sources, in a folder with spaces -------------------------------------------------

top="$room/the sources"
mkdir "$top"
(cd "$source" && find . -mindepth 1 -maxdepth 1 ! -name '.git' ! -name 'build*' ! -name '.build*' \
    ! -name '*.tar.gz' -exec cp -R {} "$top" \;)

# This one builds by itself.
unset BUILD CPPFLAGS CFLAGS LDFLAGS
build() {
    make -s -C "$top" CC="'$room/compiler'" "$@"
}

# ---- flags -------------------------------------------------------------------------------------------

check build CPPFLAGS=-DTHEIRS CFLAGS='-O3 -fown' LDFLAGS=-Lown all
objects=$(called ' -c ')
[ "$objects" -gt 100 ] || fail "$objects objects"
[ "$(called ' -I\. .* -DTHEIRS .* -O2 .* -Wconversion .* -O3 -fown .*-c ')" -eq "$objects" ] ||
    fail "a user's flags don't come after ours at every object"
links=$(called ' -o .*-lzmq')
[ "$(called ' -O3 -fown.* -Wl,-z,relro,-z,now.* -Lown .*-lzmq')" -eq "$links" ] && [ "$links" -ge 5 ] ||
    fail "a user's flags don't come after ours where programs are linked"
[ "$(called ' -Werror')" -eq 0 ] || fail "warnings are errors for all"
[ "$(called '-D_FORTIFY_SOURCE=2')" -eq "$objects" ] || fail "not fortified"

# only WORDS...: the words with which one object is compiled.
only() {
    rm -f words "$top/build/libdd/base/buffer.o"
    check build "$@" build/libdd/base/buffer.o
}
only WERROR=1
[ "$(called ' -Werror ')" -eq 1 ] || fail "WERROR=1 does nothing"
only CFLAGS=-O0
[ "$(called FORTIFY)" -eq 0 ] || fail "fortified without optimisation, which warns"
only CPPFLAGS=-D_FORTIFY_SOURCE=3
[ "$(called 'FORTIFY.*FORTIFY')" -eq 0 ] || fail "fortified twice"

# A bare system has git and make.
check build -n deps
for package in gcc libc6-dev pkg-config libzmq3-dev; do
    grep -q " $package\b" out || fail "deps doesn't bring $package"
done
build -n deps all CC=gcc >out 2>&1
[ "$(head -n 1 out | cut -d ' ' -f 1)" = share/deps ] || fail "deps doesn't come first"

# ---- a BUILD with a space ----------------------------------------------------------------------------

check build BUILD="a build" all
for file in libdd.a bin/ddtui libdd/base/buffer.o; do
    [ -e "$top/a build/$file" ] || fail "there is no 'a build/$file'"
done
rm -rf "$top/a build"

# ---- sources, packed without git ------------------------------------------------------------------------

check build dist
archive=$(echo "$top"/doubledecker-*.tar.gz)
name=$(basename "$archive" .tar.gz)
tar -tzf "$archive" | grep -v '/$' | sort >packed
grep -q "^$name/\.clang-format$" packed || fail "a hidden file isn't packed"
grep -e '\.o$' -e 'tar\.gz' packed >out && fail "what was built is packed"
if [ -e "$source/.git" ] && command -v git >/dev/null; then
    mkdir clone
    check git -C "$source" archive --prefix="$name/" -o "$room/committed.tar" HEAD
    tar -tf committed.tar | grep -v '/$' | sort >expected
    # What isn't committed yet is no fault.
    git -C "$source" ls-files -o -d --exclude-standard | grep -q . || check diff expected packed
fi
first=$(cksum <"$archive")
check build dist
[ "$(cksum <"$archive")" = "$first" ] || fail "packing again gives another archive"

end
