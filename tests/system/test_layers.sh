#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Does tests/layers/check see what it is there for? It is given a small project with one fault at a
# time, and must name it.
set -u

. "$(dirname "$0")/begin.sh"
check=$source/tests/layers/check

# Two programs and a library of five folders, which <zmq.h> may be reached from at one place only.
project() {
    rm -rf project
    mkdir -p project/tests/layers project/libdd/base project/libdd/rules project/libdd/net \
        project/ddbroker project/ddtui
    cd project || exit 1
    cat >tests/layers/folders <<'END'
libdd/base
libdd/rules   libdd/base
libdd/net     libdd/rules <zmq.h>
ddbroker      libdd/net <zmq.h>
ddtui         libdd/base
END
    echo '# none' >tests/layers/circles
    echo 'int base_one(void); int base_two(void); int base_three(void);' >libdd/base/base.h
    echo '#include "libdd/base/base.h"
        int base_one(void) { return 1; }' >libdd/base/one.c
    echo '#include "libdd/base/base.h"
        int base_two(void) { return base_one(); }' >libdd/base/two.c
    echo '#include "libdd/base/base.h"
        int base_three(void) { return base_two(); }' >libdd/base/three.c
    echo '#include "libdd/base/base.h"' | tee libdd/rules/rules.h >ddtui/ddtui.h
    echo '#include "libdd/rules/rules.h"
        #include <zmq.h>' >libdd/net/net.h
    echo '#include "libdd/net/net.h"' >ddbroker/ddbroker.h
    cd ..
}

compile() {
    for file in libdd/base/*.c; do
        mkdir -p "build/${file%/*}"
        ${CC:-gcc} -c -I. -o "build/${file%.c}.o" "$file" || exit 1
    done
}

# finds NAME TEXT: the check fails, and says so; nothing is the text of a clean project.
finds() {
    (cd project && compile && BUILD=build "$check") >out 2>&1
    status=$?
    if [ -n "$2" ]; then
        [ "$status" -ne 0 ] && grep -qF "$2" out && return
    else
        [ "$status" -eq 0 ] && [ ! -s out ] && return
    fi
    echo "FAILED: $1"
    sed 's/^/    /' out
    failures=$((failures + 1))
}

project
finds "nothing where nothing is" ''

project
echo '#include "libdd/rules/a.h"' >project/libdd/rules/rule.c
echo '#include "b.h"' >project/libdd/rules/a.h
echo '#include "c.h"' >project/libdd/rules/b.h
echo '#include <zmq.h>' >project/libdd/rules/c.h
finds "zmq.h through three others" \
    'libdd/rules may not reach <zmq.h>: libdd/rules/rule.c -> libdd/rules/a.h -> libdd/rules/b.h -> libdd/rules/c.h -> /'

project
echo '#include "libdd/rules/rules.h"' >project/libdd/base/up.h
finds "an arrow upward" 'libdd/base may not reach libdd/rules: libdd/base/up.h -> libdd/rules/rules.h'

project
echo '#include "../ddbroker/ddbroker.h"' >project/ddtui/console.h
finds "one program in the other" 'ddtui may not reach ddbroker: ddtui/console.h -> ddbroker/ddbroker.h'

project
sed -i 's|^libdd/base$|libdd/base libdd/rules|' project/tests/layers/folders
finds "folders that stand on each other" 'libdd/rules stands on itself'

project
sed -i 's|^ddtui .*|& libdd/net|; $a ddkeys' project/tests/layers/folders
mkdir project/ddkeys
finds "what a row has for nothing" 'nothing in ddtui reaches libdd/net'
finds "a row without files" 'no file belongs to ddkeys'

project
mkdir project/libdd/new
echo >project/libdd/new/new.h
finds "a folder without a row" 'libdd/new/new.h belongs to no layer'

project
echo '#include "libdd/base/base.h"
    int base_one(void) { return base_three(); }' >project/libdd/base/one.c
finds "a circle of three" '3 files call each other in a circle'
finds "who calls whom in it" 'libdd/base/one.c calls libdd/base/three.c: base_three'
echo 'libdd/base/one libdd/base/two' >project/tests/layers/circles
finds "a circle of which two are known" '3 files call each other in a circle'
echo 'libdd/base/one libdd/base/three libdd/base/two' >project/tests/layers/circles
finds "nothing in a known circle" ''

project
echo 'libdd/base/one libdd/base/two' >project/tests/layers/circles
finds "a circle that is none any more" 'libdd/base/two is in no circle any more'
echo 'int base_two(void) { extern int base_three(void); return base_three(); }' >project/libdd/base/two.c
echo 'libdd/base/one libdd/base/two libdd/base/three' >project/tests/layers/circles
finds "a file that has left a known circle" 'libdd/base/one is in no circle any more'

end
