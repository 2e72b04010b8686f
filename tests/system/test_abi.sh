#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs that were built with an older dd.h run with this library: what tests/abi has of each version
# still holds, and the library exports that and nothing else.
set -u

. "$(dirname "$0")/begin.sh"

library=$(ls -t "$BUILD"/libdd.so.*.*.* | head -n 1) # others are of older builds
readelf -d "$library" | grep -q 'SONAME.*\[libdd\.so\.1\]' || fail "the library has another name"
nm -D --defined-only "$library" | sed -n 's/^.* T //p' | sort >exported

# promised FILE NODE: its functions, each with the version that they were given.
promised() {
    sed -n "s/^[^#H].*[ *]\(dd_[a-z_]*\)(.*/\1@@$2/p" "$1"
}

for version in 1.0 1.1; do
    promises=$source/tests/abi/$version.c
    check ${CC:-cc} -std=c11 -Wall -Wextra -Werror -I "$source/libdd/include" -c "$promises" -o /dev/null
    promised "$promises" "LIBDD_${version%.0}" >>promised
done
[ "$(wc -l <promised)" -ge 39 ] || fail "not all functions of tests/abi were found"
# These two came with 1.1, and have had the first version's name ever since.
sed -i 's/^\(dd_client_close\|dd_client_set_outcome_limit\)@.*/\1@@LIBDD_1/' promised
sort promised | diff - exported >out || fail "the library exports something else than tests/abi has"

end
