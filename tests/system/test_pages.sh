#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual pages as a set: well formed, complete, leading to each other, and telling of the same
# options as the programs.
set -u

. "$(dirname "$0")/begin.sh"
cd "$source/man" || exit 1
out=$room/out

# The same for what has written to $out.
fail_with() {
    fail "$@"
    sed 's/^/    /' "$out"
}

# has PAGE SECTION...: the page has these sections.
has() {
    page=$1
    shift
    for section; do
        grep -q "^\.Sh $section$" "$page" || fail "$page has no section $section"
    done
}

# tables PAGE: what is wrong with the page's tables. man-db's last column must have no width, or the
# lines that go on are set too far to the right; and what is wider than its column runs into the next.
tables() {
    awk -v page="$1" '
        function length_of(cell) {
            gsub(/^ *| *$/, "", cell)
            gsub(/(^| )(Sy|Ar|Em|Va|Li|Cm|Ql|Dv|Xr|Pa|Vt) /, "", cell)
            return length(cell)
        }
        /^\.Bl .*-column/ { columns = gsub(/"[^"]*"/, "&") ; rest = $0
            for (i = 1; i <= columns; i++) {
                match(rest, /"[^"]*"/)
                width[i] = RLENGTH - 2
                rest = substr(rest, RSTART + RLENGTH)
            }
        }
        /^\.El/ { columns = 0 }
        columns && /^\.It / {
            count = split(substr($0, 5) " ", cells, / Ta /)
            if (count != columns + 1)
                printf "%s:%d: %d cells, and %d columns have a width\n", page, NR, count, columns
            for (i = 1; i < count; i++)
                if (length_of(cells[i]) > width[i])
                    printf "%s:%d: too wide for its column: %s\n", page, NR, cells[i]
        }' "$1"
}

command -v groff >/dev/null || echo "no groff here: pages are not looked at as man-db shows them"
for page in *.[0-9]; do
    tables "$page" >"$out"
    [ ! -s "$out" ] || fail_with "tables of $page"
    # At 80 columns man-db fills 78.
    if command -v groff >/dev/null; then
        groff -mandoc -Tutf8 -Kutf8 -P-c -P-b -P-u -ww -rLL=78n "$page" 2>&1 |
            grep -E -e '^troff: ' -e '^.{81}' >"$out" && fail_with "$page in groff"
    fi
    if command -v mandoc >/dev/null; then
        mandoc -T lint -W warning "$page" >"$out" 2>&1 || fail_with "mandoc on $page"
    fi
    has "$page" NAME DESCRIPTION EXAMPLES "SEE ALSO"
    case $page in
        *.1 | *.8) has "$page" SYNOPSIS ENVIRONMENT FILES "EXIT STATUS" ;;
        *.3) has "$page" SYNOPSIS "RETURN VALUES" ;;
        *.5) has "$page" FILES ;;
    esac
    # shellcheck disable=SC2013  # a list of words
    for other in $(sed -n 's/^\.Xr \(dd[^ ]*\|doubledecker[^ ]*\) \([0-9]\).*/\1.\2/p' "$page"); do
        [ -f "$other" ] || fail "$page leads to $other, which isn't there"
    done
done

# ---- every program has a page, which says what its help says -----------------------------------------

# The options of a help and of a page, as "-l --long ARGUMENT", in their order.
options_of_help() {
    sed -n 's/^  \(-[a-zA-Z]\), --\([a-z-]*\( [^ ]*\)\{0,1\}\) .*/\1 --\2/p
        s/^      --\([a-z-]*\( [^ ]*\)\{0,1\}\) .*/--\1/p' "$1" | sed 's/ *$//'
}
options_of_page() {
    sed -n 's/^\.It Fl \([a-zA-Z]\) , Fl -/-\1 --/p; s/^\.It Fl -/--/p' "$1" |
        sed 's/ Ns Op \(.\) Ns Ar \([A-Z]*\)/[\1\2]/; s/ Ar / /'
}

# same WHAT: the files help and page, which are in the room, tell the same.
same() {
    [ -s "$room/help" ] || fail "$program tells of no $1"
    diff "$room/help" "$room/page" >"$out" ||
        fail_with "$program: its page tells of other $1 than it does"
}

# What may follow, as the program tells the shell.
words() {
    "$BUILD/bin/$program" --complete "$@" | sed 1d | cut -f 1
}

for program in ddbroker ddkeys ddperf ddtui; do
    set -- "$program".[18]
    [ -f "$1" ] || { fail "$program has no page"; continue; }
    "$BUILD/bin/$program" --help >"$room/usage" || fail "$program --help fails"
    grep '.\{81\}' "$room/usage" >"$out" && fail_with "$program: its help is too wide"
    options_of_help "$room/usage" >"$room/help"
    options_of_page "$1" >"$room/page"
    same options
    grep -o '\$DD_[A-Z]*' "$room/usage" | tr -d '$' | while read -r variable; do
        grep -q "^\.It Ev $variable$" "$1" || echo "$variable"
    done >"$out"
    [ ! -s "$out" ] || fail_with "$program: its page lacks a variable"
done

program=ddkeys
words '' >"$room/help"
sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' ddkeys.1 >"$room/page"
same commands
program=ddperf
words --mode '' >"$room/help"
sed -n '/^The modes/,/^The options/s/^\.It Cm \([a-z]*\)$/\1/p' ddperf.1 >"$room/page"
same modes

end
