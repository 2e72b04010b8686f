#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A name server that doesn't answer holds up the one attempt that asks it, and nothing else: not the
# clients of the broker whose parent has that name, not SIGTERM, not ddtui's -t. Needs a namespace
# of its own, where nothing listens on the name server's port but a socket that is never read.
set -u

if [ "${1:-}" != inside ]; then
    if ! unshare -r -m -n true 2>/dev/null; then
        echo "SKIPPED: this machine allows no private namespaces"
        exit 0
    fi
    exec unshare -r -m -n "$0" inside
fi

. "$(dirname "$0")/begin.sh"
PATH=$BUILD/bin:$PATH
broker=
silence=
cleanup() {
    for pid in $broker $silence; do
        kill -9 "$pid" 2>/dev/null
    done
    wait
    rm -rf "$room"
}
trap cleanup EXIT

ip link set lo up 2>/dev/null || { echo "SKIPPED: no loopback in the namespace"; exit 0; }
# The C library waits for very long: whoever waits for that is told from a slow machine.
printf 'nameserver 127.0.0.9\noptions timeout:30 attempts:5\n' >resolv.conf
printf 'hosts: files dns\n' >nsswitch.conf
mount --bind resolv.conf /etc/resolv.conf && mount --bind nsswitch.conf /etc/nsswitch.conf || {
    echo "SKIPPED: files of the system can't be covered"
    exit 0
}
# Questions vanish in a socket that nobody reads.
python3 -c 'import socket, signal
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.9", 53))
print("bound", flush=True)
signal.pause()' >silence.out 2>&1 &
silence=$!
await_text silence.out bound

ddkeys -d keys -t a >/dev/null || fail "no keys"
ddbroker -k keys/broker-keys.json -r tcp://127.0.0.1:5555 -s /1/2/ -d tcp://parent.test:5555 \
    -L broker.log leaf &
broker=$!
await_text broker.log "listening on"

# Many of these would take more than their deadline if each waited for the name.
for i in 1 2 3 4 5 6 7 8 9 10; do
    timeout 20 ddtui -d tcp://127.0.0.1:5555 -k keys/a-keys.json -t 15 --tree >/dev/null ||
        fail "the broker serves nobody"
done
grep -q "doesn't resolve" broker.log && fail "the name was given up before the clients were served"

# What is told to end after a second has ended long before the name server is given up.
timeout 20 ddtui -d tcp://broker.test:5555 -k keys/a-keys.json -t 1 --tree >out 2>&1
status=$?
[ "$status" -eq 5 ] || fail "ddtui -t 1 ended with $status: $(cat out)"

# A second endpoint is tried once the name has had its time.
timeout 30 ddtui -d tcp://broker.test:5555,tcp://127.0.0.1:5555 -k keys/a-keys.json -t 25 --tree \
    >out 2>&1 || fail "the second endpoint wasn't tried: $(cat out)"

kill "$broker"
timeout 20 tail --pid="$broker" -f /dev/null || fail "SIGTERM waits for the name server"
grep -q "doesn't resolve (no name server has answered in time)" broker.log ||
    fail "the log doesn't say why there is no parent"
broker=
end
