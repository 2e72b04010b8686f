#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ddperf's help, its manual page and its completion tell of the same options.
set -u

. "$(dirname "$0")/begin.sh"
ddperf=$BUILD/bin/ddperf

same() {
    diff help "$1" && return
    echo "FAILED: the $1 tells of other $2 than --help"
    failures=$((failures + 1))
}

options() {
    grep -o -e '--[a-z][a-z]*' | sort -u
}

"$ddperf" --help >usage || exit 1
sed -n '/^options:/,$p' usage | options >help
sed -n 's/^\.It \(Fl [a-zA-Z] , \)\{0,1\}Fl -\([a-z]*\).*/--\2/p' "$source/man/ddperf.1" |
    options >page
options <"$source/share/completions/ddperf.bash" >completion
[ "$(wc -l <help)" -eq 12 ] || failures=$((failures + 1))
same page options
same completion options

sed -n 's/^  -\([a-zA-Z]\),.*/\1/p' usage | sort >help
sed -n 's/^\.It Fl \([a-zA-Z]\) , .*/\1/p' "$source/man/ddperf.1" | sort >page
same page letters

sed -n 's/^ .*--mode .*MODE *\([a-z, ]*\);.*/\1/p' usage | tr -cs '[:lower:]' '\n' | grep -v '^or$' |
    sort >help
sed -n '/^The modes/,/^The options/s/^\.It Cm \([a-z]*\)$/\1/p' "$source/man/ddperf.1" | sort >page
same page modes

end
