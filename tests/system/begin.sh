# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests in shell begin with; read with `.` before anything else. Sets $source, the top of the
# project; $BUILD, where the programs are; $room, an empty folder that is the current one, and gone at
# the end; and $failures, for `end` to tell of.

source=$(cd "$(dirname "$0")/../.." && pwd)
case ${BUILD:=build} in
    /*) ;;
    *) BUILD=$source/$BUILD ;;
esac
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'exit 1' INT TERM
cd "$room" || exit 1
failures=0

end() {
    [ "$failures" -eq 0 ] || echo "$failures failures"
    [ "$failures" -eq 0 ]
}
