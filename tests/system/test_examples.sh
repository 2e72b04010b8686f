#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of the manual pages and the commands of README, each of which is run: it must end well,
# or print what the page shows. Only names of hosts, ports and folders are others, and numbers of
# messages are smaller. What needs root or a network is only looked at: make says what it would do, and
# what starts a service starts its broker. What goes on is started, and ended with its page, of which
# README has one for each of its sections. The program in dd_client(3) is test_hello.sh's, the
# bytes in dd-protocol(7) are test_page_bytes.c's, doubledecker-migration(7) is test_migration.sh's, and
# doubledecker-python(3) is tests/python's.
set -u

. "$(dirname "$0")/begin.sh"
PATH=$BUILD/bin:$PATH
export TERM=xterm
unset DD_KEYS DD_NAME
# $pids are of timeout(1), which passes a signal on to all that it runs.

# ---- what a page has -------------------------------------------------------------------------------

# extract PAGE: 01.cmd, 02.cmd and so on are its commands, and 01.out what it shows below the first.
extract() {
    awk '
        function goes_on(line) { return line ~ /(\\|\|)$/ }
        /^\.Sh/ { here = $2 == "EXAMPLES" }
        here && /^\.Bd/ { inside = 1; next }
        /^\.Ed/ { inside = 0 }
        !inside { next }
        { gsub(/\\e/, "\\"); gsub(/\\&/, "") }
        more { print > cmd; more = goes_on($0); next }
        /^[$#] / {
            cmd = sprintf("%02d.cmd", ++count)
            out = sprintf("%02d.out", count)
            print substr($0, 3) > cmd
            more = goes_on($0)
            next
        }
        count { print > out }' "$1"
}

# extract_section FILE: the same of a section of README, where a command begins with its name. What a
# block shows that has no command was printed by what goes on: 03.later by the third.
extract_section() {
    awk '
        !/^    / { out = ""; next }
        { line = substr($0, 5) }
        line ~ /^(make|export|cp|systemctl|cc|dd[a-z]+)( |$)/ {
            sub(/  +# .*/, "", line)
            cmd = sprintf("%02d.cmd", ++count)
            out = sprintf("%02d.out", count)
            print line > cmd
            close(cmd)
            if (line ~ /&$/)
                later = sprintf("%02d.later", count)
            next
        }
        out { print line > out; next }
        later { print line > later }' "$1"
}

# The command as it can be run here. Endpoints are sockets in this folder, named for host or port.
here() {
    sed -E -e "s#'?tcp://(\*|127\.0\.0\.1):([0-9]+)'?#ipc://$dir/s-\2#g" \
        -e "s#tcp://([a-z.]+):[0-9]+#ipc://$dir/s-\1#g" \
        -e "s#/etc/doubledecker#$etc#g; s#/etc/app#$dir/app#g; s#/var/log#$dir/var-log#g" \
        -e "s#-o app#-o $(id -un)#" \
        -e "s#/usr/share/doc/doubledecker/examples#$source/share/examples#g" \
        -e "s#^systemctl reload .*#kill -HUP $broker#" \
        -e "s#\\\$\(pidof ddbroker\)#$broker#g" \
        -e "/ -d /!s#^ddkeys -t#ddkeys -d $etc -t#" \
        -e "/^ddbroker/{/ -k | -c /!s#^ddbroker#ddbroker -k $etc/broker-keys.json#}" \
        -e "/^ddbroker.* (root|standby|leaf)\$/s#^ddbroker#ddbroker -r ipc://$dir/s-@@@&#" \
        -e "s#@@@ddbroker(.* root\$)#one\1#; s#@@@ddbroker(.* standby\$)#two\1#; s#@@@ddbroker#leaf#" \
        -e "s#--count [0-9]+##; s#--receivers [0-9]+00#--receivers 10#; s#^ddperf#ddperf --count 200#" \
        -e 's# &$##' -e "/^ddbroker/s#^ddbroker#ddbroker $settle#"
}

# Numbers and names that are others each time.
same_each_time() {
    sed -E 's/auto-[0-9a-f]{8}/auto-N/g; s/[0-9]+\.[0-9]+ms/N/g' "$@"
}

# ---- how to run it ---------------------------------------------------------------------------------

shows_all() {
    same_each_time log >seen
    [ ! -e "$number.out" ] || ! same_each_time "$number.out" | grep -vxF -f seen | grep -q .
}

# For sh: does what is in run, with what the page exported before.
do_it='. ./env; eval "$(cat run)"'

# run_it: it ends; well, unless the page shows what comes of it.
run_it() {
    rm -f log
    timeout 120 sh -c "$do_it" >log 2>&1 </dev/null
    status=$?
    if [ -e "$number.out" ]; then
        same_each_time "$number.out" >expected
        same_each_time log | diff expected - >out || fail "$page: $(cat "$number.cmd")"
    elif [ "$status" -ne 0 ]; then
        cp log out
        fail "$page: $(cat "$number.cmd") ended with $status"
    fi
}

# It goes on, and what it says is in log.
start() {
    log=$number.log
    : >"$log"
    ln -sf "$log" log
    timeout 120 sh -c "$do_it" >"$log" 2>&1 </dev/null &
    last=$!
    pids="$pids $last"
}

# start_it PATTERN: it goes on, once it has said so and what the page shows.
start_it() {
    start
    await grep -q "$1" "$log" && await shows_all ||
        { cp "$log" out; fail "$page: $(cat "$number.cmd") doesn't say '$1'"; }
}

# The console comes up, and ends when it is told to.
console() {
    mkfifo keyboard
    timeout 120 script -qec "$(cat run)" /dev/null <keyboard >log 2>&1 &
    last=$!
    exec 9>keyboard
    await test -s log
    while kill -0 "$last" 2>/dev/null; do
        echo q >&9
        sleep .1
    done
    exec 9>&-
    wait "$last" || { cp log out; fail "$page: $(cat "$number.cmd")"; }
}

# A subscriber that says nothing: publishes until it has printed that.
subscriber() {
    start
    publish_and_look() {
        ddtui -q -k keys/a-keys.json -p alarms -m '{"sev":"warning"}' && grep -q warning "$log"
    }
    await publish_and_look || { cp "$log" out; fail "$page: $(cat "$number.cmd")"; }
}

# What make would do. The demo is run, by what has been built.
made() {
    # shellcheck disable=SC2086  # a list of words
    check make -n -C "$source" BUILD="$BUILD" ${command#make}
    case $command in
        "make demo") check "$source/share/demo/demo" </dev/null ;;
    esac
}

# The configuration that was put there, as a service has it.
service() {
    here <"$etc/top.conf" >top.conf
    echo "ddbroker --settle 1ms -c top.conf top" >run
    start_it listening
}

# What goes on has printed that by now, with other blanks.
printed_later() {
    number=${file%.later}
    plain() {
        tr -s '\t ' ' ' <"$1"
    }
    has_come() {
        plain "$number.log" >seen
        ! plain "$file" | grep -vxF -f seen | grep -q .
    }
    await has_come || { cp "$number.log" out; fail "$page: $(cat "$number.cmd") prints something else"; }
}

example() {
    command=$(cat "$number.cmd")
    case $command in
        make*)
            command=${command%% &&*}
            made
            return
            ;;
        "systemctl enable "*)
            service
            return
            ;;
    esac
    here <"$number.cmd" >run
    # zsh takes these for names of files, and there are none.
    sed "s/'[^']*'//g" "$number.cmd" | grep -q '[*]\|[^$]?' &&
        fail "$page: zsh wants quotes in: $command"
    case $command in
        "export "*) cat run >>env ;;
        *--check-config*) run_it ;;
        ddbroker*) start_it listening ;;
        *"| jq"*)
            if command -v jq >/dev/null; then subscriber; else echo "skipped, no jq: $command"; fi ;;
        *--events*-t*) start_it . ;;
        ddtui*" -s "*) start_it subscribed ;;
        ddtui*" -l "*) start_it registered ;;
        *--read-only*) console ;;
        *"ddkeys -d keys"* | "ddkeys -t"*) rm -rf keys && run_it ;;
        *) run_it ;;
    esac
}

# ---- what is there before --------------------------------------------------------------------------

keys() {
    ddkeys -d "$1" -t a,b >/dev/null 2>&1 || fail "no keys in $1"
}

# broker NAME PARENT SCOPE SOCKET...: starts one, whose process is $broker then.
broker() {
    name=$1 parent=$2 scope=$3
    shift 3
    for socket; do
        set -- "$@" -r "ipc://$dir/s-$socket"
        shift
    done
    [ -z "$parent" ] || set -- "$@" -d "ipc://$dir/s-$parent"
    ddbroker -k keys/broker-keys.json --settle 1ms -s "$scope" "$@" "$name" 2>"$name.log" &
    broker=$!
    pids="$pids $broker"
    await grep -q "${parent:+joined.*}${parent:-listening}" "$name.log" ||
        { cp "$name.log" out; fail "$name doesn't start"; }
}

# What pages take for granted: three brokers in a row, at whose end is broker0.
tree() {
    keys keys
    broker root '' /1/ root
    broker broker1 root /1/2/ broker1
    broker broker0 broker1 /1/2/3/ 5555 leaf
    date >report.json
}

etc() {
    keys "$etc"
    sed "s#tcp://\*:5555#ipc://$dir/s-etc#; s#/etc/doubledecker#$etc#; s#^http.*##" \
        "$source/share/examples/ddbroker.conf" >"$etc/top.conf"
    touch var-log/ddbroker.log var-log/doubledecker/top.log
}

# The blocks of a page's examples, as files.
blocks() {
    awk '/^\.Sh/ { here = $2 == "EXAMPLES" } here && /^\.Bd/ { file = ++count ".conf"; next }
        /^\.Ed/ { file = "" } file { print > file }' "$source/man/$page"
}

# A configuration is one block after another, and not commands.
configurations() {
    keys keys
    blocks
    for file in *.conf; do
        here <"$file" | sed "s#ipc:///run/doubledecker/#ipc://$dir/s-#" >run
        timeout 60 ddbroker -c run -k keys/broker-keys.json --check-config >out 2>&1 ||
            fail "$page: $(cat "$file")"
    done
}

# The console's is read when a tree is named, and that is the last that is wrong.
console_configurations() {
    blocks
    mkdir -p config/doubledecker
    for file in *.conf; do
        cp "$file" config/doubledecker/ddtui.conf
        XDG_CONFIG_HOME=$PWD/config ddtui @nowhere >out 2>&1
        grep -q "no tree nowhere" out || fail "$page: $(cat "$file" out)"
    done
}

# begin PAGE: in a folder of its own.
begin() {
    page=$1 dir=$room/$1 etc=$room/$1/etc broker=$$ settle=
    mkdir -p "$dir/app" "$dir/var-log/doubledecker"
    cd "$dir" || exit 1
    # Those of the page before may still be ending.
    export DD_BROKER="ipc://$dir/s-5555"
    : >env
}

# All that was extracted.
examples() {
    for number in *.cmd; do
        number=${number%.cmd}
        example
        case $command in
            *--check-config*) ;;
            ddbroker*) broker=$last ;;
        esac
    done
}

for page in "$source"/man/*.[0-9]; do
    begin "${page##*/}"
    case $page in
        dd_client.3 | dd_loop.3 | doubledecker-python.3 | dd-protocol.7 | doubledecker-migration.7) continue ;;
        ddbroker.conf.5) configurations && continue ;;
        ddtui.conf.5) console_configurations && continue ;;
        ddtui.1 | ddperf.1) tree ;;
        dd-keys.5) keys keys ;;
        ddbroker.8) etc ;;
    esac
    extract "$source/man/$page"
    [ -e 01.cmd ] || fail "$page has no example that could be run"
    examples
    stop_all
done

# ---- README ----------------------------------------------------------------------------------------

# Each section is a page. Who reads it takes longer for the next command than a broker to be sure that a
# name isn't there.
mkdir "$room/sections"
(cd "$room/sections" && awk '/^## / { count++ } { print > "README-" count + 0 }' "$source/README.md")
run=0
for section in "$room"/sections/*; do
    begin "${section##*/}"
    settle='--settle 1ms'
    extract_section "$section"
    [ -e 01.cmd ] || continue
    examples
    for file in *.later; do
        [ ! -e "$file" ] || printed_later
    done
    stop_all
    run=$((run + $(find . -name '*.cmd' | wc -l)))
done
[ "$run" -ge 20 ] || fail "README has only $run commands"

end
