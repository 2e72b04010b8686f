# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for ddperf(1)

_ddperf() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()

    case $previous in
        -k | --keys)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
            return
            ;;
        -d | --broker)
            # bash takes ':' for the end of a word.
            mapfile -t COMPREPLY < <(compgen -W 'tcp: ipc:' -- "$current")
            compopt -o nospace
            return
            ;;
        --mode)
            mapfile -t COMPREPLY < <(compgen -W 'notify publish latency connect' -- "$current")
            return
            ;;
        --pid)
            mapfile -t COMPREPLY < <(compgen -W "$(pidof ddbroker)" -- "$current")
            return
            ;;
        --size | --count | --senders | --receivers | --rate) return ;;
    esac

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-d --broker -k --keys --mode --size --count --senders
            --receivers --rate --pid --json -h --help -V --version' -- "$current")
    fi
}

complete -F _ddperf ddperf
