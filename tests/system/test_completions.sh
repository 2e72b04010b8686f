#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the shells complete. bash is always there; zsh and fish are tried where they are.
set -u

. "$(dirname "$0")/begin.sh"
PATH=$BUILD/bin:$PATH
completions=$source/share/completions

# The words of standard input in one line, in order.
line_up() {
    tr -s ' ' '\n' | LC_ALL=C sort | xargs
}

# expect SHELL LINE WORDS: for the line, the shell offers these words, in any order.
expect() {
    found=$("complete_in_$1" "$2" 2>err | line_up)
    [ "$found" = "$(echo "$3" | line_up)" ] && [ ! -s err ] && return
    echo "FAILED: $1 offers '$found' for '$2'"
    cat err
    failures=$((failures + 1))
}

# bash completes behind the last of its word breaks.
complete_in_bash() {
    # shellcheck disable=SC2016  # for another shell
    bash -c '
        . "$1"
        COMP_LINE=$2 COMP_POINT=${#2}
        "$(complete -p "${2%% *}" | sed "s/.*-F \([^ ]*\) .*/\1/")"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/doubledecker.bash" "$1"
}

complete_in_fish() {
    # shellcheck disable=SC2016  # for another shell
    HOME=$room fish --no-config -c '
        source $argv[1]
        complete -C "$argv[2]" | string replace -r "\t.*" ""' "$completions/doubledecker.fish" "$1"
}

# zsh completes at a terminal only: this one shows what the first Tab makes of the line.
complete_in_zsh() {
    # shellcheck disable=SC2016  # for another shell
    zsh -f -c '
        zmodload zsh/zpty
        zpty shell "TERM=dumb zsh -f -i"
        zpty -w shell "PS1=; fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -u -D"
        zpty -w shell "show() { print -r -- \"<\$BUFFER>\" }; zle -N show; bindkey ^X show; print rea\"\"dy"
        zpty -r shell answer "*ready*"
        zpty -n -w shell "$2"$'"'\t\x18'"'
        zpty -r shell answer "*<*>*"
        zpty -d shell
        answer=${answer##*<}
        print -r -- ${answer%%>*}' zsh "$completions" "$1"
}

mkdir keys && touch keys.json
ddkeys -t a,b -d keys >/dev/null || failures=1

for program in ddbroker ddkeys ddperf ddtui; do
    expect bash "$program --versi" --version
    expect bash "$program --nothing" ""
done
expect bash "ddtui --t" "--timeout --topics --tree --trace"
expect bash "ddtui -s alarms@n" "node noscope"
expect bash "ddtui --log-level x=d" debug
expect bash "ddtui --log-level=x=d" debug
expect bash "ddtui --keys ke" "keys keys.json"
expect bash "ddtui --keys=ke" "keys keys.json"
expect bash "ddbroker -l " "error warning notice info debug quiet"
expect bash "ddbroker --scope=" auto
expect bash "ddbroker -d tcp:" //
expect bash "ddkeys " "add check finish operator remove rotate show switch"
expect bash "ddkeys -d ke" keys
expect bash "ddkeys -d keys rotate " "a b dd operator public"
expect bash "ddperf --mode " "notify publish latency connect"

if command -v fish >/dev/null; then
    expect fish "ddtui --t" "--timeout --topics --tree --trace"
    expect fish "ddtui -s alarms@n" "alarms@node alarms@noscope"
    expect fish "ddtui --keys=ke" "--keys=keys/ --keys=keys.json"
    expect fish "ddkeys -d ke" keys/
    expect fish "ddkeys -d keys rotate " "a b dd operator public"
fi

if command -v zsh >/dev/null; then
    expect zsh "ddtui --tim" "ddtui --timeout"
    expect zsh "ddbroker -l n" "ddbroker -l notice"
    expect zsh "ddtui --keys=keys." "ddtui --keys=keys.json"
    expect zsh "ddtui --log-level=x=d" "ddtui --log-level=x=debug"
    expect zsh "ddkeys -d keys rotate o" "ddkeys -d keys rotate operator"
fi

end
