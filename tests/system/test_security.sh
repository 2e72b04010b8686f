#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SECURITY.md names tests for what it says: they are there.
set -u

. "$(dirname "$0")/begin.sh"

tr '\n' ' ' <"$source/SECURITY.md" | grep -o '`tests/[^`]*`' | tr -d '`' >named
[ "$(wc -l <named)" -gt 20 ] || {
    echo "SECURITY.md names hardly any test"
    failures=1
}
while IFS=' ' read -r file test; do
    grep -q -w -s -e "$test" "$source/${file%:}" && continue
    echo "SECURITY.md names $test in ${file%:}, which isn't there"
    failures=$((failures + 1))
done <named

end
