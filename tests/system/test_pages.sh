#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual pages as a set: well formed, complete, and leading to each other; and that the shell
# completes what the programs know. The programs' own tests hold each page against its options.
set -u

. "$(dirname "$0")/begin.sh"
cd "$source/man" || exit 1
out=$room/out

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

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

for page in *.[0-9]; do
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
    for other in $(sed -n 's/^\.Xr \(dd[^ ]*\|doubledecker\) \([0-9]\).*/\1.\2/p' "$page"); do
        [ -f "$other" ] || fail "$page leads to $other, which isn't there"
    done
done

# ---- every program has a page and a completion -----------------------------------------------------

long_options() {
    grep -oE -e '--[a-z][a-z-]+' | sort -u
}

# Prints what the completion $1 of program $2 offers behind "--", also after a command.
# shellcheck disable=SC2016  # for another shell
complete='
    . "$1"
    shift
    COMP_WORDS=("$@" --) COMP_CWORD=$#
    "$(complete -p "$1" | sed "s/.*-F \([^ ]*\) .*/\1/")"
    printf "%s\n" "${COMPREPLY[@]}"'

for program in "$BUILD"/bin/*; do
    name=${program##*/}
    set -- "$name".[18]
    [ -f "$1" ] || fail "$name has no page"
    completion=$source/share/completions/$name.bash
    [ -f "$completion" ] || { fail "$name has no completion"; continue; }
    "$program" --help | grep -oE -e '^ +(-[a-zA-Z], *)?--[a-z][a-z-]+' | long_options >"$room/help"
    for command in '' $("$program" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        PATH=$BUILD/bin:$PATH bash -c "$complete" bash "$completion" "$name" ${command:+"$command"}
    done 2>"$out" | long_options >"$room/completed"
    [ ! -s "$out" ] || fail_with "$completion complains"
    diff "$room/help" "$room/completed" >"$out" || fail_with "$name completes other options than it has"
done

end
