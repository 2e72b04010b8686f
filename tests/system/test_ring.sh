#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# share/examples/ring.c: many clients in a loop of the program's own.
set -u

. "$(dirname "$0")/begin.sh"
pids=
cleanup() {
    # shellcheck disable=SC2086  # a list of words
    [ -z "$pids" ] || kill $pids 2>/dev/null
    wait
    rm -rf "$room"
}
trap cleanup EXIT

# shellcheck disable=SC2046  # a list of words
${CC:-cc} -std=c11 -Wall -Wextra -Werror -I "$source/libdd/include" -o ring \
    "$source/share/examples/ring.c" $(instruments "$BUILD/libdd.a") "$BUILD/libdd.a" \
    -lzmq -lsodium -ljson-c -pthread || fail "the program doesn't compile"
"$BUILD/bin/ddkeys" -d keys -t a >/dev/null || fail "no keys"
"$BUILD/bin/ddbroker" -k keys/broker-keys.json -r "ipc://$room/broker" broker0 2>log &
pids=$!
tries=0
until grep -q 'listening' log; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat log; exit 1; }
    sleep .05
done

./ring "ipc://$room/broker" keys/a-keys.json >out 2>err || fail "it ended with $?: $(cat err)"
[ "$(cat out)" = "the token was with 100 clients" ] || fail "it said something else: $(cat out err)"
./ring >out 2>&1
[ $? -eq 2 ] || fail "it doesn't end with 2 without arguments"

end
