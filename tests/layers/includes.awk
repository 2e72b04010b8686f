# SPDX-License-Identifier: LGPL-2.1-or-later
# Reads the table of layers, then for each file a line "= file" and what `cc -H` prints of it: a line
# for each header, with a dot for each file that it is included through. Prints each file that
# reaches what its layer may not, with the way there, and what stands in the table for nothing.

# The row of the table to which a file belongs; "" for none.
function layer_of(path,    stem, folder, row, best)
{
    if (path in layers)
        return layers[path]
    stem = folder = path
    sub(/\.[ch]$/, "", stem)
    sub(/\/[^\/]*$/, "", folder)
    best = ""
    for (row in rows)
        if (length(row) > length(best) && (row == folder || row == stem ||
                (row ~ /\*$/ && index(stem, substr(row, 1, length(row) - 1)) == 1)))
            best = row
    return layers[path] = best
}

# Marks all that a row stands on, at last itself if rows stand on each other.
function descend(top, row,    count, below, i)
{
    count = split(rows[row], below)
    for (i = 1; i <= count; i++)
        if (below[i] in rows && !((top, below[i]) in allowed)) {
            allowed[top, below[i]] = 1
            descend(top, below[i])
        } else if (row == top)
            allowed[top, below[i]] = 1
}

function complain(text)
{
    print "layers: " text
    failed = 1
}

function close_table(    row, count, below, i)
{
    for (row in rows) {
        descend(row, row)
        if ((row, row) in allowed)
            complain(row " stands on itself")
        count = split(rows[row], below)
        for (i = 1; i <= count; i++)
            if (below[i] ~ /^</)
                guarded[below[i]] = 1
            else if (!(below[i] in rows))
                complain(row " stands on " below[i] ", which isn't in the table")
    }
    closed = 1
}

# What the table calls a header: its row, "<header>" for a guarded one, or "".
function target_of(path,    header, name)
{
    if (path !~ /^\//)
        return layer_of(path)
    if (path in targets)
        return targets[path]
    targets[path] = ""
    for (header in guarded) {
        name = "/" substr(header, 2, length(header) - 2)
        if (substr(path, length(path) - length(name) + 1) == name)
            targets[path] = header
    }
    return targets[path]
}

function reach(path, depth,    target, way, i)
{
    target = target_of(path)
    used[layer, target] = 1
    if (target == "" && path !~ /^\//)
        complain(path " belongs to no layer")
    if (target == "" || target == layer || (layer, target) in allowed || (file, target) in told)
        return
    told[file, target] = 1
    way = file
    for (i = 1; i <= depth; i++)
        way = way " -> " chain[i]
    complain(layer " may not reach " target ": " way)
}

FNR == 1 { part++ }
/^#/ || /^$/ { next }
part == 1 {
    row = $1
    $1 = ""
    rows[row] = $0
    next
}
!closed { close_table() }
/^= / {
    file = $2
    layer = layer_of(file)
    used[layer, layer] = 1
    if (layer == "")
        complain(file " belongs to no layer")
    next
}
/^\.+ / {
    depth = length($1)
    path = $2
    # "ddtui/ui/../model" is "ddtui/model".
    while (sub(/[^\/]+\/\.\.\//, "", path) || sub(/^\.\//, "", path))
        ;
    chain[depth] = path
    reach(path, depth)
    next
}
/error: / { complain($0) }
END {
    for (row in rows) {
        if (!((row, row) in used))
            complain("no file belongs to " row)
        count = split(rows[row], below)
        for (i = 1; i <= count; i++)
            if (!((row, below[i]) in used))
                complain("nothing in " row " reaches " below[i] ": take it out of the row")
    }
    exit failed
}
