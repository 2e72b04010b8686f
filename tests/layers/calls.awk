# SPDX-License-Identifier: LGPL-2.1-or-later
# Reads the list of known circles, then `nm -A -P` of all objects, whose names begin with the variable
# `build`. Prints each group of files that call each other in a circle and isn't known, and each file
# of a known one that is in no circle any more. A program's names are its own; it calls libdd's, too.

function complain(text)
{
    print "circles: " text
    failed = 1
}

# Whose symbol it is that `file` refers to; "" for another library's.
function owner(file, symbol,    program)
{
    program = file
    sub(/\/.*/, "", program)
    if ((program, symbol) in defined)
        return defined[program, symbol]
    return ("libdd", symbol) in defined ? defined["libdd", symbol] : ""
}

function add_call(file, symbol,    callee)
{
    callee = owner(file, symbol)
    if (callee == "" || callee == file)
        return
    if (!((file, callee) in symbols))
        callees[file] = callees[file] " " callee
    symbols[file, callee] = symbols[file, callee] " " symbol
}

function descend(top, file,    count, below, i)
{
    count = split(callees[file], below)
    for (i = 1; i <= count; i++)
        if (!((top, below[i]) in reaches)) {
            reaches[top, below[i]] = 1
            descend(top, below[i])
        }
}

# A circle is known if one entry of the list has all its files.
function tell(first,    members, count, file, known, i, j)
{
    known = first in entry
    for (file in circle)
        if (circle[file] == first) {
            members[++count] = file
            if (!(file in entry) || entry[file] != entry[first])
                known = 0
        }
    if (known)
        return
    complain(count " files call each other in a circle")
    for (i = 1; i <= count; i++)
        for (j = 1; j <= count; j++)
            if ((members[i], members[j]) in symbols)
                print "    " members[i] ".c calls " members[j] ".c:" symbols[members[i], members[j]]
}

FNR == 1 { part++ }
part == 1 {
    if (!/^#/)
        for (i = 1; i <= NF; i++)
            entry[$i] = FNR
    next
}
/^error: / {
    complain($0)
    next
}
{
    file = substr($1, length(build) + 2)
    sub(/\.o:$/, "", file)
    files[file] = 1
    program = file
    sub(/\/.*/, "", program)
    if ($3 ~ /^[TDBRVWC]$/)
        defined[program, $2] = file
    else if ($3 == "U")
        used[file, $2] = 1
}
END {
    for (pair in used) {
        split(pair, part_of, SUBSEP)
        add_call(part_of[1], part_of[2])
    }
    for (file in files)
        descend(file, file)
    for (file in files) {
        if (!((file, file) in reaches) || file in circle)
            continue
        for (other in files)
            if ((file, other) in reaches && (other, file) in reaches)
                circle[other] = file
        tell(file)
    }
    for (file in entry)
        if (!(file in circle))
            complain(file " is in no circle any more: take it off the list")
    exit failed
}
