# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for ddbroker(8), ddkeys(1), ddperf(1) and ddtui(1). The programs know what may follow;
# libdd/base/options.h says how they are asked.

_doubledecker() {
    local line=${COMP_LINE:0:COMP_POINT} words current kind lead kept
    # shellcheck disable=SC2162  # a space behind a backslash is part of a word
    read -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    current=${words[-1]}
    COMPREPLY=()
    {
        read -r kind lead
        mapfile -t COMPREPLY
    } < <("${words[0]/#~\//$HOME/}" --complete "${words[@]:1}" 2>/dev/null)
    kept=${current:0:lead}
    case $kind in
        words) COMPREPLY=("${COMPREPLY[@]%%$'\t'*}") ;;
        files) mapfile -t COMPREPLY < <(compgen -P "$kept" -f -- "${current:lead}") ;;
        directories) mapfile -t COMPREPLY < <(compgen -P "$kept" -d -- "${current:lead}") ;;
    esac
    if [[ $kind != words ]]; then
        compopt -o filenames 2>/dev/null
    elif [[ ${COMPREPLY[*]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
    # bash takes these for the ends of words, and completes only what is behind the last.
    kept=${current%"${current##*[=:@]}"}
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}

complete -F _doubledecker ddbroker ddkeys ddperf ddtui
