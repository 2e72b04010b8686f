#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# share/examples/ring.c: many clients in a loop of the program's own.
set -u

. "$(dirname "$0")/begin.sh"

build_client ring "$source/share/examples/ring.c"
"$BUILD/bin/ddkeys" -d keys -t a >/dev/null || fail "no keys"
broker broker listening

./ring "ipc://$room/broker" keys/a-keys.json >out 2>err || fail "it ended with $?: $(cat err)"
[ "$(cat out)" = "the token was with 100 clients" ] || fail "it said something else: $(cat out err)"
./ring >out 2>&1
[ $? -eq 2 ] || fail "it doesn't end with 2 without arguments"

end
