# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests in shell begin with; read with `.` before anything else. Sets $source, the top of the
# project; $BUILD, where the programs are; $room, an empty folder that is the current one, and gone at
# the end; $pids, to which a test adds what it starts, and which is ended then; and $failures, for `end`
# to tell of.

source=$(cd "$(dirname "$0")/../.." && pwd)
case ${BUILD:=build} in
    /*) ;;
    *) BUILD=$source/$BUILD ;;
esac
# The path of a socket is short, and make takes no blanks, whatever TMPDIR says.
case ${TMPDIR:-} in
    [!/]* | *[!A-Za-z0-9/._-]* | ??????????????????????????????????????????????????*) TMPDIR=/tmp ;;
esac
export LC_ALL=C.UTF-8
# What a make that runs this has been told isn't for those that are run here.
unset MAKEFLAGS MAKEOVERRIDES MFLAGS V WERROR SAN COVERAGE DESTDIR PREFIX BINDIR SBINDIR LIBDIR INCLUDEDIR \
    DATADIR MANDIR DOCDIR UNITDIR SYSUSERSDIR TMPFILESDIR LOGROTATEDIR SYSCONFDIR BASHDIR FISHDIR ZSHDIR \
    PYTHONDIR
room=$(mktemp -d)
pids=
stop_all() {
    # shellcheck disable=SC2086  # a list of words
    [ -z "$pids" ] || { kill $pids 2>/dev/null; wait $pids; }
    pids=
}
trap 'stop_all; rm -rf "$room"' EXIT
trap 'exit 1' INT TERM
cd "$room" || exit 1
failures=0

# fail TEXT: something is wrong; `out` has what the last command said, if that went there.
fail() {
    echo "FAILED: $*"
    [ ! -e out ] || tail -40 out | sed 's/^/    /'
    failures=$((failures + 1))
}

# check WORDS...: a command succeeds.
check() {
    "$@" >out 2>&1 || fail "$*"
}

# await COMMAND...: waits until it succeeds.
await() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt "${TRIES:-1200}" ] || return 1
        sleep .05
    done
}

# await_text FILE TEXT: until the file has the text.
await_text() {
    await grep -q "$2" "$1" || { fail "$1 never said: $2"; cat "$1"; return 1; }
}

# broker NAME TEXT OPTIONS...: starts one with keys/broker-keys.json at ipc://$room/NAME, and waits until
# its log has the text.
broker() {
    name=$1 text=$2
    shift 2
    "$BUILD/bin/ddbroker" -k keys/broker-keys.json -r "ipc://$room/$name" "$@" "$name" 2>"$name.log" &
    pids="$pids $!"
    await_text "$name.log" "$text" || exit 1
}

# build_client NAME SOURCE: a program of the library's, as its users build it. With UNDER it is that which
# runs the program, such as valgrind.
build_client() {
    # shellcheck disable=SC2046  # a list of words
    ${CC:-cc} -std=c11 -Wall -Wextra -Werror -I "$source/libdd/include" -o "$1" "$2" \
        $(instruments "$BUILD/libdd.a") "$BUILD/libdd.a" -lzmq -lsodium -ljson-c -pthread ||
        fail "the program doesn't compile"
    [ -n "${UNDER:-}" ] || return 0
    mv "$1" "$1.program"
    printf '#!/bin/sh\nexec %s %s "$@"\n' "$UNDER" "$room/$1.program" >"$1"
    chmod +x "$1"
}

# instruments LIBRARY: the flags without which no program can be built on a library that is built
# with sanitizers or for a report of coverage.
instruments() {
    nm "$1" >"$room/symbols" 2>/dev/null
    grep -q __asan_init "$room/symbols" && echo -fsanitize=address,undefined
    grep -q __gcov_init "$room/symbols" && echo --coverage
}

end() {
    [ "$failures" -eq 0 ] || echo "$failures failures"
    [ "$failures" -eq 0 ]
}
