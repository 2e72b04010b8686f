# SPDX-License-Identifier: LGPL-2.1-or-later
# Reads lines "FIGURE CONTENDER {JSON}", of which median() tells afterwards.

function field(json, name,    start, rest) {
    start = index(json, "\"" name "\":")
    if (start == 0)
        return ""
    rest = substr(json, start + length(name) + 3)
    sub(/[,}].*/, "", rest)
    return rest
}

# Of all runs, for a key "FIGURE CONTENDER FIELD"; empty if there is none.
function median(key,    count, i, j, swap, list) {
    count = split(values[key], list, " ")
    for (i = 2; i <= count; i++)
        for (j = i; j > 1 && list[j] + 0 < list[j - 1] + 0; j--) {
            swap = list[j]
            list[j] = list[j - 1]
            list[j - 1] = swap
        }
    return count == 0 ? "" : (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2
}

BEGIN {
    names = split("broker_cpu rate latency_p50 latency_p99 broker_memory connect_cpu idle_cpu", fields, " ")
}

{
    json = substr($0, length($1) + length($2) + 3)
    for (i = 1; i <= names; i++) {
        value = field(json, fields[i])
        if (value != "")
            values[$1 " " $2 " " fields[i]] = values[$1 " " $2 " " fields[i]] " " value
    }
}
