#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Python module, in tests/python: against dd.h, at real brokers, and as the pages and the example
# use it.
set -u

. "$(dirname "$0")/begin.sh"

skip() {
    echo "skipped: $*"
    exit 0
}

command -v "${PYTHON:-python3}" >/dev/null || skip "there is no python3"
# The program itself, and not what chooses one.
python=$("${PYTHON:-python3}" -c 'import asyncio, ctypes, sys, unittest
assert sys.version_info >= (3, 11), "python3 is older than 3.11"
print(sys.executable)' 2>out) || skip "$(tail -n 1 out)"

case $(instruments "$BUILD/libdd.a") in
    *address*)
        # It comes before all that it watches. What the interpreter never frees is its own affair.
        LD_PRELOAD=$(${CC:-gcc} -print-file-name=libasan.so)
        ASAN_OPTIONS=detect_leaks=0
        export LD_PRELOAD ASAN_OPTIONS
        "$python" -c '' 2>out || skip "python3 can't be watched: $(tail -n 1 out)"
        ;;
esac

export BUILD DD_LIBRARY="$BUILD" PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$source/share/python:$source/tests/python"
check "$python" -X dev -W error -m unittest discover -s "$source/tests/python"
tail -n 3 out

end
