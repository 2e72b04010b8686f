#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What programs are told in arguments and files comes back in their messages, but never as bytes that a
# terminal obeys, or that hide or turn what is beside them.
set -u

. "$(dirname "$0")/begin.sh"

# ESC [2J, an override of direction, an Arabic letter mark, a Mongolian vowel separator, a Hangul
# filler, and a byte that is no UTF-8.
evil=$(printf 'x\033[2J\342\200\256\330\234\341\240\216\343\205\244\377y')
acts=$(printf '[\001-\010\013-\037\177]|\342\200\256|\330\234|\341\240\216|\343\205\244|\377')

# check NAME ARGUMENTS: the program fails, and what it says can be shown.
check() {
    name=$1
    shift
    "$BUILD/bin/$name" "$@" >said 2>&1 </dev/null && {
        echo "$name took what it shouldn't: $(cat -v said)"
        failures=$((failures + 1))
    }
    [ -s said ] || echo "$name says nothing" >>missing
    LC_ALL=C grep -q -a -E "$acts" said || return 0
    echo "$name printed as it is: $(cat -v said)"
    failures=$((failures + 1))
}

"$BUILD/bin/ddkeys" -t a -d keys >/dev/null || exit 1
for name in ddbroker ddtui ddkeys ddperf; do
    check $name "--$evil"
    check $name "--$evil=1"
done
check ddbroker -k "$evil"
check ddbroker -k keys/broker-keys.json -r "tcp://$evil"
check ddbroker -k keys/broker-keys.json -r tcp://127.0.0.1:0 -s "$evil"
check ddbroker -k keys/broker-keys.json -r tcp://127.0.0.1:0 -d "tcp://$evil:1"
check ddbroker -k keys/broker-keys.json -r tcp://127.0.0.1:0 "$evil"
check ddbroker -c "$evil"
check ddtui -k "$evil" -l
check ddtui -k keys/a-keys.json -d "tcp://$evil:1" -l
check ddtui -k keys/a-keys.json -d tcp://127.0.0.1:1 -l "$evil"
check ddperf -k "$evil"
check ddperf -k keys/a-keys.json -d "tcp://$evil:1"
check ddperf -k keys/a-keys.json --mode "$evil"
check ddkeys show "$evil"
check ddkeys check "$evil"
check ddkeys add "$evil" -d keys
check ddkeys rotate "$evil" -d keys
check ddkeys -t "$evil" -d keys
check ddkeys "$evil"

# Files.
printf '%s = 1\n' "$evil" >conf
check ddbroker -c conf
printf 'scope = %s\n' "$evil" >conf
check ddbroker -c conf
printf 'scope = "%s\n' "$evil" >conf
check ddbroker -c conf
for text in "$evil" "{\"$evil\": 1}" '{"a": {"r": "x\u202e\u061c\u3164"}}'; do
    printf '%s' "$text" >keys/b-keys.json
    chmod 600 keys/b-keys.json
    check ddkeys show keys/b-keys.json
    check ddkeys check keys
    check ddtui -k keys/b-keys.json -l
    check ddperf -k keys/b-keys.json
    check ddbroker -k keys/b-keys.json -r tcp://127.0.0.1:0
done
sed 's/"r": "a"/"r": "a\\u202e\\u061c"/' keys/broker-keys.json >evil.json
check ddkeys show evil.json
check ddbroker -k evil.json -r tcp://127.0.0.1:0
: >"keys/$evil-keys.json"
check ddkeys check keys
[ ! -e missing ] || failures=1

end
