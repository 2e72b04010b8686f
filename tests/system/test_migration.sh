#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of doubledecker-migration(7), each as it stands on the page, but for its folder, its
# ports and the service's group: with key files that all can read, as the original left them.
set -u

. "$(dirname "$0")/begin.sh"
PATH=$BUILD/bin:$PATH
export PATH

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
await_text broker.log "for clients of protocols 3 and 4"
await_text broker.log "listening on ipc://$room/new"

example 5 >talk.sh
grep '^export' talk.sh >exports.sh
{ cat exports.sh; example 6 | sed 's/^/exec /'; } >listen.sh
sh -e listen.sh >heard 2>listener.log &
pids="$pids $!"
await_text listener.log subscribed
check sh -e talk.sh
await_text heard hello
await_text heard fire

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
    await_text heard watching
    . ./exports.sh
    check ddtui -n watch -m "to the script" -w cli1
    await_text watched "cli1 to the script"
    published() {
        ddtui -q -p alarms -m fire cli1 >out 2>&1 && grep -q "cli1 alarms fire" watched
    }
    await published || fail "the script never heard of the alarm"
else
    echo "skipped: the script in Python"
fi

# The same broker from the file.
kill "$broker"
wait "$broker"
ddbroker -c keys/ddbroker.conf broker0 >broker.log 2>&1 &
pids="$pids $!"
await_text broker.log "for clients of protocols 3 and 4"

end
