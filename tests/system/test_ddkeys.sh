#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ddkeys as its users run it: sets of keys made, changed, shown and checked in directories.
set -u

. "$(dirname "$0")/begin.sh"
ddkeys=$BUILD/bin/ddkeys

# expect STATUS PATTERN ARGUMENTS: ddkeys ends so, and says something that matches.
expect() {
    status=$1 pattern=$2
    shift 2
    "$ddkeys" "$@" >out 2>&1 </dev/null
    result=$?
    [ "$result" -eq "$status" ] || fail "'ddkeys $*' ended with $result, not $status"
    grep -q -e "$pattern" out || fail "'ddkeys $*' didn't say '$pattern'"
}

modes() {
    stat -c '%a %n' "$1"/* "$1" | grep -v -e '^600 .*-keys.json$' -e '^700 [^/]*$'
}

secrets() {
    "$ddkeys" show --secret "$1"
}

# ---- a new set -------------------------------------------------------------------------------------

check sh -c "umask 0; echo ' a, b,c ' | '$ddkeys' -d set"
files="a-keys.json b-keys.json broker-keys.json c-keys.json operator-keys.json public-keys.json"
[ "$(cd set && echo *)" = "$files" ] || fail "a set has other files"
[ -z "$(modes set)" ] || fail "modes: $(modes set)"
expect 0 '^set: 6 key files, nothing wrong$' check set
expect 0 'nothing wrong' check -d set
for name in a b c; do
    [ "$(grep -c "\"r\": \"$name\"" set/broker-keys.json set/public-keys.json |
        tr '\n' ' ')" = "set/broker-keys.json:1 set/public-keys.json:1 " ] ||
        fail "tenant $name is not in both files"
done
[ "$(secrets set/broker-keys.json | cut -f 5 | grep -c '^[0-9][0-9]*$')" -eq 4 ] ||
    fail "not every tenant has a cookie"
check sh -c "umask 0777; '$ddkeys' -d other -t x"
[ -z "$(modes other)" ] || fail "modes: $(modes other)"

cp -a set before
expect 1 'set/broker-keys.json exists already.*ddkeys add.*--force' -d set -t a
rm set/broker-keys.json
expect 1 'set/operator-keys.json exists already' -d set -t x
rm -r set && cp -a before set
check diff -r before set
expect 0 '^set/broker-keys.json$' -d set -t a,b,c --force
expect 0 'nothing wrong' check set
cmp -s before/a-keys.json set/a-keys.json && fail "--force made no new keys"

for bad in '' ' ' 'a,,b' 'a,a' 'x y' 'x.y' 'a/b' '../x' public operator broker dd; do
    expect 2 'ddkeys: ' -d none -t "$bad"
done
expect 2 'no tenant is named' -d none
expect 2 'there is no command' a,b,c
expect 2 'see .ddkeys --help' --nonsense
expect 1 'can.t be opened: No such file' -d none/deeper -t a
[ ! -e none ] || fail "a wrong command line left a directory"

# ---- add -------------------------------------------------------------------------------------------

# Fields that ddkeys doesn't know, at every level.
sed -i -e 's/^  "dd": {/  "note": [1.50, "x\/y"],\n& "note": {"n": [null, "\\u00e5"]},/' \
    -e 's/"r": "b",/& "colour": "red",/' set/broker-keys.json
sed -i 's/"r": "b",/& "colour": "blue",/' set/public-keys.json
sed -i 's/"hash"/"colour": "green", &/' set/a-keys.json
expect 0 'nothing wrong' check set
rm -rf before && cp -a set before

expect 0 '^set/d-keys.json$' add d -d set
expect 0 'nothing wrong' check set
for file in a-keys.json b-keys.json c-keys.json operator-keys.json; do
    check cmp "before/$file" "set/$file"
done
for file in broker-keys.json public-keys.json; do
    secrets before/$file >old
    secrets set/$file | grep -v '^tenant	d	' >new
    check cmp old new
done
check grep -q '^ *1.50,$' set/broker-keys.json
check grep -q '^ *"å"$' set/broker-keys.json
check grep -q '"colour": "red"' set/broker-keys.json
check grep -q '"colour": "blue"' set/public-keys.json

rm -rf before && cp -a set before
expect 1 '"d" is in the key set already; .ddkeys rotate d' add d -d set
expect 1 '"operator" is in the key set already' add operator -d set
expect 2 'no tenant can be called "public"' add public -d set
expect 2 'is not a tenant.s name' add x.y -d set
expect 1 'there is no such directory' add x -d none
touch set/e-keys.json
expect 1 'set/e-keys.json exists already' add e -d set
rm set/e-keys.json
check diff -r before set
touch set/e-keys.json
expect 0 'set/e-keys.json' add e -d set --force
expect 0 'nothing wrong' check set

# ---- remove ----------------------------------------------------------------------------------------

expect 0 '^set/e-keys.json$' remove e -d set
expect 0 'nothing wrong' check set
[ ! -e set/e-keys.json ] || fail "the removed tenant's keys are still there"
rm -rf before && cp -a set before
expect 1 'there is no tenant "e"' remove e -d set
expect 2 'no tenant can be called "public"' remove public -d set
expect 2 'no tenant can be called "dd"' remove dd -d set
check diff -r before set
expect 0 '^set/operator-keys.json$' remove operator -d set
expect 1 'there is no operator' remove operator -d set
expect 0 'nothing wrong' check set
expect 0 'give operator-keys.json to operators' add operator -d set
expect 0 'nothing wrong' check set

# ---- rotate, in two steps --------------------------------------------------------------------------

rm -rf before && cp -a set before
expect 1 '"a" has no next key: .ddkeys rotate a. makes one' finish a -d set
expect 0 'run .ddkeys finish a.' rotate a -d set
expect 0 'nothing wrong' check set
check grep -q '"colour": "green"' set/a-keys.json
check cmp before/b-keys.json set/b-keys.json
secrets before/a-keys.json >old
secrets set/a-keys.json | grep -v ^next >new
check cmp old new
for file in broker-keys.json public-keys.json; do
    secrets before/$file >old
    secrets set/$file | grep -v '^next' >new
    check cmp old new
    grep -q "^next	a	$(secrets set/a-keys.json | sed -n 's/^nextpubkey	//p')$" <<END ||
$(secrets set/$file)
END
        fail "$file hasn't the next key"
done
rm -rf before && cp -a set before
expect 1 '"a" has a next key already: .ddkeys finish a' rotate a -d set
mv set/a-keys.json .
expect 1 'set/a-keys.json is not there' finish a -d set
mv a-keys.json set
check diff -r before set
expect 0 'the old key is no good from then on' finish a -d set
expect 0 'nothing wrong' check set
check grep -q '"colour": "green"' set/a-keys.json
for field in pubkey privkey; do
    next=$(secrets before/a-keys.json | sed -n "s/^next$field	//p")
    old=$(secrets before/a-keys.json | sed -n "s/^$field	//p")
    [ "$next" = "$(secrets set/a-keys.json | sed -n "s/^$field	//p")" ] ||
        fail "the $field isn't the one that was to follow"
    [ "$old" = "$(secrets set/a-keys.json | sed -n "s/^previous$field	//p")" ] ||
        fail "the $field of before isn't kept for messages under way"
done
grep -q next set/* && fail "something of the rotation is left"
expect 1 '"a" has no next key' finish a -d set

# Two at a time, and a tenant that is made while public's keys are being replaced.
rm -rf before && cp -a set before
mv set/c-keys.json .
expect 1 'set/c-keys.json is not there' rotate public -d set
mv c-keys.json set
check diff -r before set
expect 0 'run .ddkeys finish public.' rotate public -d set
expect 0 'nothing wrong' check set
expect 0 '^set/a-keys.json$' rotate a -d set
grep -q previouspriv set/a-keys.json && fail "two rotations' old keys are kept"
expect 0 '^set/e-keys.json$' add e -d set
check grep -q nextpublicpubkey set/e-keys.json
expect 0 'nothing wrong' check set
sed -z -i 's/,\s*"nextpublicpubkey": *"[^"]*"//' set/e-keys.json
expect 1 'e-keys.json: field "nextpublicpubkey" is not' check set
expect 0 'all clients, public ones too' finish public -d set
expect 0 'nothing wrong' check set
expect 0 '^set/a-keys.json$' finish a -d set
expect 0 'nothing wrong' check set
grep -q next set/* && fail "something of the rotations is left"
expect 1 '"public" has no next key' finish public -d set
expect 1 'there is no tenant "z"' rotate z -d set
expect 1 'there is no tenant "z"' finish z -d set

# ---- rotate, at once -------------------------------------------------------------------------------

rm -rf before && cp -a set before
expect 0 '^set/a-keys.json$' rotate a -d set --force
expect 0 'nothing wrong' check set
check grep -q '"colour": "green"' set/a-keys.json
for field in pubkey privkey; do
    [ "$(secrets before/a-keys.json | grep ^$field)" != "$(secrets set/a-keys.json | grep ^$field)" ] ||
        fail "the $field is the old one"
done
grep -q previouspriv set/a-keys.json && fail "keys in wrong hands open messages"
for file in broker-keys.json public-keys.json; do
    secrets before/$file | grep -v '^tenant	a	' >old
    secrets set/$file | grep -v '^tenant	a	' >new
    check cmp old new
done

expect 0 '^set/b-keys.json$' rotate b -d set
expect 0 '^set/b-keys.json$' rotate b -d set --force
expect 0 'nothing wrong' check set
grep -q nextpubkey set/* && fail "the next key of a rotation is left"
check grep -q '"colour": "red"' set/broker-keys.json
rm set/b-keys.json
expect 1 'set/b-keys.json is not there.*--force' rotate b -d set
expect 0 '^set/b-keys.json$' rotate b -d set --force
expect 0 '^set/operator-keys.json$' rotate operator -d set
expect 0 'nothing wrong' check set

rm -rf before && cp -a set before
mv set/c-keys.json c-keys.json
expect 1 'set/c-keys.json is not there' rotate dd -d set
expect 1 'set/c-keys.json is not there' rotate dd -d set --force
expect 1 'set/c-keys.json is not there' rotate public -d set --force
mv c-keys.json set
check diff -r before set
expect 0 '^set/c-keys.json$' rotate public -d set
expect 0 '^set/c-keys.json$' rotate public -d set --force
expect 0 'nothing wrong' check set
grep -q next set/* && fail "the next key of a rotation is left"
expect 0 '^set/operator-keys.json$' rotate dd -d set --force
expect 0 'nothing wrong' check set
check grep -q '"colour": "green"' set/a-keys.json
[ -z "$(modes set)" ] || fail "modes: $(modes set)"

# ---- operators with names --------------------------------------------------------------------------

rm -rf before && cp -a set before
expect 0 'give operator.alice-keys.json to alice' operator alice -d set
expect 0 '^set/operator.monitor-keys.json$' operator monitor --read-only -d set
grep -q public-keys.json out && fail "an operator is nothing to public clients"
expect 0 'nothing wrong' check set
[ -z "$(modes set)" ] || fail "modes: $(modes set)"
secrets before/broker-keys.json >old
secrets set/broker-keys.json | grep -v '^operator	' >new
check cmp old new
expect 0 '^operator	alice	.*	acts$' show set/broker-keys.json
expect 0 '^operator	monitor	.*	read-only$' show set/broker-keys.json
expect 0 '^operator	monitor	.*	read-only$' show set/operator.monitor-keys.json
check grep -q '"note"' set/broker-keys.json
rm -rf before && cp -a set before
expect 1 '"alice" is in the key set already; .ddkeys rotate operator.alice' operator alice -d set
expect 2 'the operator without a name' operator operator -d set
expect 2 'is not an operator.s name' operator x.y -d set
expect 2 'is not an operator.s name' operator x/y -d set
expect 1 'there is no operator "z"' rotate operator.z -d set
expect 1 'there is no operator "z"' remove operator.z -d set
check diff -r before set
expect 0 '^set/operator.monitor-keys.json$' rotate operator.monitor -d set
grep -q public-keys.json out && fail "an operator is nothing to public clients"
expect 0 'nothing wrong' check set
cmp -s before/operator.monitor-keys.json set/operator.monitor-keys.json && fail "the operator has the old keys"
expect 0 '	read-only$' show set/operator.monitor-keys.json
# One that is called like a tenant is another.
expect 0 '^set/operator.a-keys.json$' operator a -d set
expect 0 'nothing wrong' check set
expect 0 'is gone then' remove operator.a -d set
expect 0 '^set/a-keys.json$' rotate a -d set --force
expect 0 'nothing wrong' check set

# ---- the brokers' own pair, in three steps ---------------------------------------------------------

# fields FILE: whose keys of brokers a file has, by their ages.
fields() {
    secrets "$1" | cut -f 1 | grep ddpubkey | tr '\n' ' '
}

rm -rf before && cp -a set before
expect 0 '2. have all clients and operators reload their key files' rotate dd -d set
expect 0 'nothing wrong' check set
for file in a b c public operator operator.alice; do
    [ "$(fields set/$file-keys.json)" = "ddpubkey nextddpubkey " ] || fail "$file has $(fields set/$file-keys.json)"
done
expect 0 '^set/n-keys.json$' add n -d set
check grep -q nextddpubkey set/n-keys.json
expect 0 '^set/operator.new-keys.json$' operator new -d set
check grep -q nextddpubkey set/operator.new-keys.json
expect 0 'nothing wrong' check set
next=$(secrets set/broker-keys.json | sed -n 's/^nextpubkey	//p')
expect 0 'clients of protocols 3 and 4' switch dd -d set
expect 0 'nothing wrong' check set
[ "$(secrets set/broker-keys.json | sed -n 's/^pubkey	//p')" = "$next" ] || fail "another pair than was told"
for file in a n public operator.alice; do
    [ "$(fields set/$file-keys.json)" = "ddpubkey previousddpubkey " ] || fail "$file has $(fields set/$file-keys.json)"
    [ "$(secrets set/$file-keys.json | sed -n 's/^ddpubkey	//p')" = "$next" ] || fail "$file has another key"
done
expect 1 'the brokers have no next pair' switch dd -d set
expect 1 'previous pair is still good' rotate dd -d set
mv set/c-keys.json . # who keeps it does no harm
expect 0 'the old key is no good from then on' finish dd -d set
mv c-keys.json set
expect 0 'nothing wrong' check set
[ "$(fields set/a-keys.json)" = "ddpubkey " ] || fail "the old key is left"
secrets set/broker-keys.json | grep -q -e ^next -e ^previous && fail "a pair is left"
check grep -q '"colour": "green"' set/a-keys.json
expect 0 '^set/n-keys.json$' rotate dd -d set
expect 0 '^set/n-keys.json$' rotate dd -d set --force
expect 0 'nothing wrong' check set
secrets set/broker-keys.json | grep -q -e ^next -e ^previous && fail "a pair is left"
[ "$(fields set/public-keys.json)" = "ddpubkey " ] || fail "public has $(fields set/public-keys.json)"
expect 0 'is gone then' remove n -d set
expect 0 'is gone then' remove operator.new -d set
expect 0 'nothing wrong' check set

# ---- show ------------------------------------------------------------------------------------------

for file in set/*; do
    expect 0 '^kind' show "$file"
    sed -n 's/.*"privkey": "\(.*\)".*/\1/p; s/.*"R": "\(.*\)".*/\1/p' "$file" >hidden
    [ -s hidden ] || fail "$file has no secret"
    grep -q -F -f hidden out && fail "show prints a secret of $file"
    expect 0 '^privkey' show --secret "$file"
done
expect 1 'none: can.t be opened' show none
expect 1 'set: is a directory' show set

# ---- check -----------------------------------------------------------------------------------------

# spoil PATTERN COMMAND: after the command in a copy of the set, check finds just one thing wrong.
spoil() {
    rm -rf copy && cp -a set copy
    (cd copy && eval "$2")
    expect 1 "$1" check copy
    grep -q '^ddkeys: copy: 1 wrong$' out || fail "check finds more than what is wrong"
}
# A broker with an account of its own reads its file through its group, also after a change.
rm -rf copy && cp -a set copy && chmod 640 copy/broker-keys.json
if [ "$(id -u)" -eq 0 ]; then
    chgrp daemon copy/broker-keys.json
    expect 0 'nothing wrong' check copy
fi
expect 0 '^copy/a-keys.json$' rotate a -d copy
expect 0 '^copy/x-keys.json$' add x -d copy
[ "$(stat -c %a copy/broker-keys.json)" = 640 ] || fail "the broker can't read its keys any more"

# A directory that the brokers' group may look into is enough for that.
if [ "$(id -u)" -eq 0 ]; then
    mkdir -m 750 shared && chgrp daemon shared
    expect 0 '^shared/broker-keys.json$' -d shared -t a
    expect 0 '^shared/b-keys.json$' add b -d shared
    [ "$(stat -c '%a %G' shared/broker-keys.json)" = '640 daemon' ] || fail "the brokers' group can't read"
    [ "$(stat -c '%a %U' shared/[abop]*-keys.json | sort -u)" = '600 root
640 root' ] || fail "others can read clients' keys"
    expect 0 'nothing wrong' check shared
fi

rm -rf copy && cp -a set copy && chmod 775 copy
expect 1 'copy: its mode 775 lets others change its files; chmod it to 700' rotate a -d copy
expect 1 'copy: its mode 775 lets others' add x -d copy
expect 1 'copy: its mode 775 lets others' -t x -d copy --force
chmod 700 copy
check diff -r set copy
secrets other/x-keys.json >/dev/null || fail "the other set can't be read"
spoil 'copy: its mode 770' 'chmod 770 .'
spoil 'a-keys.json: its mode 644' 'chmod 644 a-keys.json'
spoil 'a-keys.json: the file is cut off' 'truncate -s 100 a-keys.json'
spoil 'a-keys.json: the file is empty' 'truncate -s 0 a-keys.json'
spoil 'a-keys.json: is a directory' 'rm a-keys.json; mkdir -m 700 a-keys.json'
spoil 'a-keys.json: field "publicpubkey" is missing' 'sed -i s/publicpubkey/x/ a-keys.json'
spoil 'a-keys.json: field "hash" is not' 'sed -i "s/\"hash\": \"../&0/" a-keys.json'
spoil 'a-keys.json: field "pubkey" is not' 'cp b-keys.json a-keys.json'
spoil 'x-keys.json: tenant "x" is not in' 'cp -p a-keys.json x-keys.json'
spoil 'a-keys.json: holds keys of another kind' 'cp operator-keys.json a-keys.json'
spoil 'operator-keys.json: field "pubkey" is not' 'sed -i "s/operatorpubkey/x/" broker-keys.json'
spoil 'a-keys.json: field "nextpubkey" is not' "'$ddkeys' rotate a -d . && cp -p ../set/a-keys.json ."
spoil 'public-keys.json: tenant "a" has another next key' \
    "'$ddkeys' rotate a -d . && cp -p ../set/public-keys.json ."
spoil 'b-keys.json: field "nextddpubkey" is not' "'$ddkeys' rotate dd -d . && cp -p ../set/b-keys.json ."
spoil 'operator.alice-keys.json: field "name" is not' 'sed -i s/alice/bob/ operator.alice-keys.json'
spoil 'operator.monitor-keys.json: field "readonly" is not' 'sed -i /readonly/d operator.monitor-keys.json'
spoil 'operator.x-keys.json: holds keys of another kind' 'cp -p a-keys.json operator.x-keys.json'
spoil 'b-keys.json: field "nextpublicpubkey" is not' \
    "'$ddkeys' rotate public -d . && cp -p ../set/b-keys.json ."
spoil '.a-keys.json.new: is left over' 'cp -p a-keys.json .a-keys.json.new'
spoil 'public-keys.json: is missing' 'rm public-keys.json'
spoil 'broker-keys.json: field "dd.privkey" is missing' 'sed -i s/privkey/x/ broker-keys.json'
rm -rf copy && cp -a set copy && cp other/public-keys.json copy
expect 1 'public-keys.json: field "ddpubkey" is not' check copy
expect 1 'public-keys.json: tenant "a" is missing' check copy
expect 1 'public-keys.json: tenant "x" is not in broker-keys.json' check copy
expect 1 'are of two sets' add y -d copy
rm -f copy/broker-keys.json
expect 1 'broker-keys.json: is missing' check copy
expect 1 'there is no such directory' check none

# ---- two at once -----------------------------------------------------------------------------------

processes=
for name in p1 p2 p3 p4 p5 p6; do
    "$ddkeys" add $name -d set >/dev/null 2>&1 &
    processes="$processes $!"
done
for process in $processes; do
    wait "$process" || fail "one of several at once ended with $?"
done
expect 0 'nothing wrong' check set
[ "$(echo set/p[1-6]-keys.json | wc -w)" -eq 6 ] || fail "one of several at once is missing"

# ---- a set that another tool made: no operator, cookies without quotes, all on one line -------------

rm -rf copy && cp -a other copy && rm copy/operator-keys.json
for file in copy/*; do
    sed -z -e 's/,\s*"operatorpubkey": *"[^"]*"//' -e 's/"R": "\([0-9]*\)"/"R": \1/g' \
        -e 's/=",/=\\n",/g' -e 's/\n *//g' -i "$file"
done
expect 0 'nothing wrong' check copy
secrets copy/broker-keys.json >old
expect 0 '^copy/y-keys.json$' add y -d copy
secrets copy/broker-keys.json | grep -v '^tenant	y	' >new
check cmp old new
expect 1 '.ddkeys add operator' rotate operator -d copy
expect 0 '^copy/operator-keys.json$' add operator -d copy
expect 0 '^copy/x-keys.json$' rotate x -d copy
expect 0 'nothing wrong' check copy
expect 0 '^copy/x-keys.json$' finish x -d copy
expect 0 'nothing wrong' check copy

end
