#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# share/examples/lookup.c: a service in public whom clients of all tenants ask, through two brokers.
set -u

. "$(dirname "$0")/begin.sh"

build_client lookup "$source/share/examples/lookup.c"
"$BUILD/bin/ddkeys" -d keys -t a,b >/dev/null || fail "no keys"
broker top listening -s /1/
broker leaf joined -s /1/2/ -d "ipc://$room/top"
./lookup "ipc://$room/top" keys/public-keys.json &
pids="$pids $!"

# says TENANT QUESTION ANSWER: within a minute, since a service has to come up, and to be known.
answers() {
    ./lookup "ipc://$room/leaf" "keys/$1-keys.json" "$2" >out 2>&1 && [ "$(cat out)" = "$3" ]
}
says() {
    await answers "$@" || fail "$1 asks '$2' and doesn't get '$3'"
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
