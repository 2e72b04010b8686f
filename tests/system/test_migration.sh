#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of doubledecker-migration(7), each as it stands on the page, but for its folder, its
# ports and the service's group: with key files that all can read, as the original left them.
set -u

. "$(dirname "$0")/begin.sh"
PATH=$BUILD/bin:$PATH
export PATH
pids=
cleanup() {
    # shellcheck disable=SC2086  # several
    [ -z "$pids" ] || kill $pids 2>/dev/null
    wait
    rm -rf "$room"
}
trap cleanup EXIT

# example NUMBER: the text of an example of the page, with folder and ports of our own.
example() {
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE ALSO/p' "$source/man/doubledecker-migration.7" |
        awk -v wanted="$1" '/^\.Ed/ {inside = 0} inside && n == wanted {print}
            /^\.Bd/ {n++; inside = 1}' |
        sed "s,/etc/doubledecker,$room/keys,g
            s,tcp://[*]:5555,ipc://$room/old,; s,tcp://[*]:5556,ipc://$room/new,
            s,tcp://127.0.0.1:5556,ipc://$room/new,
            s,^chgrp doubledecker,chgrp $(id -gn),"
}

# await FILE TEXT: until the file has the text.
await() {
    tries=1200
    until grep -q "$2" "$1" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { fail "$1 never said: $2"; cat "$1"; return 1; }
        sleep .05
    done
}

check ddkeys -t a,b -d keys
chmod 644 keys/*.json

example 1 >keys.sh
check sh -e keys.sh
grep -q "nothing wrong" out || fail "the original's keys aren't good"

example 3 >keys/ddbroker.conf
grep -q "^legacy" keys/ddbroker.conf || fail "no configuration on the page"
example 4 >check.sh
check sh -e check.sh

example 2 | sed "s,^ddbroker ,exec &-k $room/keys/broker-keys.json ," >broker.sh
sh broker.sh >broker.log 2>&1 &
broker=$!
pids="$pids $broker"
await broker.log "for clients of protocols 3 and 4"
await broker.log "listening on ipc://$room/new"

example 5 >talk.sh
grep '^export' talk.sh >exports.sh
{ cat exports.sh; example 6 | sed 's/^/exec /'; } >listen.sh
sh -e listen.sh >heard 2>listener.log &
pids="$pids $!"
await listener.log subscribed
check sh -e talk.sh
await heard hello
await heard fire

# A script of the original, which Python reads still, and what has become of it. With sanitizers it
# takes what test_python.sh has for that.
example 7 >original.py
example 8 >watch.py
grep -q ClientSafe original.py && grep -q dd.Client watch.py || fail "no scripts on the page"
python=$("${PYTHON:-python3}" -c 'import sys
sys.version_info >= (3, 11) and print(sys.executable)' 2>out)
if [ -n "$python" ] && [ -z "$(instruments "$BUILD/libdd.a")" ]; then
    check "$python" -m py_compile original.py
    PYTHONPATH=$source/share/python PYTHONDONTWRITEBYTECODE=1 DD_LIBRARY=$BUILD "$python" -u watch.py >watched 2>&1 &
    pids="$pids $!"
    await heard watching
    . ./exports.sh
    check ddtui -n watch -m "to the script" -w cli1
    await watched "cli1 to the script"
    published() {
        ddtui -q -p alarms -m fire cli1 >out 2>&1 && grep -q "cli1 alarms fire" watched
    }
    tries=1200
    until published; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { fail "the script never heard of the alarm"; break; }
        sleep .05
    done
else
    echo "skipped: the script in Python"
fi

# The same broker from the file.
kill "$broker"
wait "$broker"
ddbroker -c keys/ddbroker.conf broker0 >broker.log 2>&1 &
pids="$pids $!"
await broker.log "for clients of protocols 3 and 4"

end
