#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `make bench` makes of its figures: medians, ratios, and a picture that can be drawn, also when a
# contender or a measurement is missing.
set -u

. "$(dirname "$0")/begin.sh"
bench=$source/tests/bench

cat >results <<'END'
small dd {"rate":100,"broker_cpu":2}
small dd {"rate":300,"broker_cpu":1}
small dd {"rate":200,"broker_cpu":0.5}
small nats-tls {"rate":400,"broker_cpu":4}
same-small dd {"rate":500000}
same-small nats-tls {"rate":250000}
large dd {"broker_cpu":8}
topics-1 dd {"broker_cpu":1}
topics-100000 dd {"broker_cpu":1}
END

table() { awk -f "$bench/results.awk" -f "$bench/table.awk" "$@"; }
plot() { awk -v stamp='a machine' -f "$bench/results.awk" -f "$bench/plot.awk" "$@"; }

table results >out
grep -q '^| broker CPU, 64 bytes (us/message) | 0.25 | - | - | 1.00 | 4.00 | - ' out || fail "the median of three"
grep -q '^| end to end, 64 bytes (messages/s) | 0.50 | - | - | 200 | 400 | - ' out || fail "a ratio"
grep -q '^| the same work, 64 bytes (messages/s) | 2.00 | - | - | 500,000 | 250,000 | - ' out ||
    fail "the same work"

plot results >out || fail "a plot of what there is"
grep -q '</svg>' out || fail "the end of the picture"
# From 64 bytes to 1 KiB, and two points over the topics, the second as high as the first.
[ "$(grep -c 'stroke-width="3"' out)" -eq 2 ] || fail "ours in both halves"
[ "$(grep -o '<circle.*ours: 1.00 us' out | grep -o 'cy="[0-9.]*"' | sort -u | wc -l)" -eq 1 ] ||
    fail "equal costs are as high"
grep -qE '(nan|inf)' out && fail "a number that is none"
plot /dev/null >out && fail "a plot of nothing"
end
