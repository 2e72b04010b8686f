#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example program of dd_client(3): it is what share/examples has, it compiles, and it greets
# itself through a broker. And the library's pages have every function of dd.h.
set -u

. "$(dirname "$0")/begin.sh"

# ---- the page ------------------------------------------------------------------------------------

page=$source/man/dd_client.3
sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$page" | sed '1d; $d; s/^\\&//; s/\\e/\\/g' >page.c
sed 1d "$source/share/examples/hello.c" >hello.c # less the line about the licence
diff hello.c page.c || fail "the page's program isn't share/examples/hello.c"

functions=$(grep -o '^DD_EXPORT.*[ *]dd_[a-z_]*(' "$source/libdd/include/dd.h" |
    sed 's/.*[ *]\(dd_[a-z_]*\)(/\1/')
[ "$(echo "$functions" | wc -l)" -ge 18 ] || fail "not all functions of dd.h were found"
for function in $functions; do
    sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' "$source"/man/*.3 | grep -q "^\.F[no] $function\b" ||
        fail "no page has $function"
done

# What it shows of a program that reads its keys again.
{
    printf '#include <dd.h>\n#include <signal.h>\n#include <stdio.h>\nstatic volatile sig_atomic_t reload;\n'
    sed -n '/^\.Bd -literal -offset 0n$/,/^\.Ed$/p' "$page" | sed '1d; $d; s/\\e/\\/g'
    printf 'int main(void)\n{\n    take_keys(NULL, NULL);\n    return 0;\n}\n'
} >keys.c
${CC:-cc} -std=c11 -Wall -Wextra -Werror -I "$source/libdd/include" -c keys.c ||
    fail "the program that reads its keys again doesn't compile"

# ---- the program ---------------------------------------------------------------------------------

build_client hello page.c
"$BUILD/bin/ddkeys" -d keys -t a >/dev/null || fail "no keys"
broker broker0 listening

# expect STATUS ARGUMENTS: the program ends so.
expect() {
    status=$1
    shift
    ./hello "$@" >out 2>err
    result=$?
    [ "$result" -eq "$status" ] || fail "'hello $*' ended with $result, not $status: $(cat err)"
}

expect 0 "ipc://$room/broker0" keys/a-keys.json
printf '%s\n' 'registered as a.hello at broker0' 'hello says: to myself' \
    'hello says on greetings: to all' | diff - out || fail "it said something else"
expect 2
expect 2 "ipc://$room/broker0" keys/b-keys.json
grep -q 'keys/b-keys.json' err || fail "it doesn't name the file that isn't there"

end
