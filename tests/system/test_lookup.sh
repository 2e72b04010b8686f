#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# share/examples/lookup.c: a service in public whom clients of all tenants ask, through two brokers.
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
${CC:-cc} -std=c11 -Wall -Wextra -Werror -I "$source/libdd/include" -o lookup \
    "$source/share/examples/lookup.c" $(instruments "$BUILD/libdd.a") "$BUILD/libdd.a" \
    -lzmq -lsodium -ljson-c -pthread || fail "the program doesn't compile"
"$BUILD/bin/ddkeys" -d keys -t a,b >/dev/null || fail "no keys"

# broker NAME OPTIONS...: starts one, and waits until it says that.
broker() {
    name=$1 word=$2
    shift 2
    "$BUILD/bin/ddbroker" -k keys/broker-keys.json -r "ipc://$room/$name" "$@" "$name" 2>"$name.log" &
    pids="$pids $!"
    tries=0
    until grep -q "$word" "$name.log"; do
        tries=$((tries + 1))
        [ "$tries" -lt 1200 ] || { cat "$name.log"; exit 1; }
        sleep .05
    done
}
broker top listening -s /1/
broker leaf joined -s /1/2/ -d "ipc://$room/top"
./lookup "ipc://$room/top" keys/public-keys.json &
pids="$pids $!"

# says TENANT QUESTION ANSWER: within a minute, since a service has to come up, and to be known.
says() {
    tries=0
    until ./lookup "ipc://$room/leaf" "keys/$1-keys.json" "$2" >out 2>&1 && [ "$(cat out)" = "$3" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 1200 ] || { fail "$1 asks '$2' and doesn't get '$3'"; break; }
        sleep .05
    done
}
says a 'get printer' nowhere
says a 'set printer room-7' set
says b 'get printer' room-7
says b 'set printer room-8' refused
says a 'get printer' room-7
says a 'what' refused

./lookup "ipc://$room/nobody" keys/a-keys.json 'get printer' >out 2>&1
[ $? -eq 2 ] || fail "it doesn't tell that nobody is there"
grep -q "ipc://$room/nobody" out || fail "it doesn't say who isn't there"

end
