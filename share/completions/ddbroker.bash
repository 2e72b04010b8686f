# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for ddbroker(8)

_ddbroker() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()

    case $previous in
        -k | --keys | -c | --config | -L | --log-file)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
            return
            ;;
        -l | --log-level)
            mapfile -t COMPREPLY < <(compgen -W 'error warning notice info debug' -- "$current")
            return
            ;;
        -s | --scope)
            mapfile -t COMPREPLY < <(compgen -W 'auto' -- "$current")
            return
            ;;
        -r | --listen | --legacy | -d | --parent)
            # bash takes ':' for the end of a word.
            mapfile -t COMPREPLY < <(compgen -W 'tcp: ipc:' -- "$current")
            compopt -o nospace
            return
            ;;
        --heartbeat | --payload-max | --client-outbox | --link-outbox | --clients-max | \
            --subscriptions-max | --io-threads | --name)
            return
            ;;
    esac

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-r --listen --legacy -d --parent -k --keys -s
            --scope -c --config -l --log-level -L --log-file --heartbeat --payload-max --client-outbox
            --link-outbox --clients-max --subscriptions-max --io-threads --name --check-config
            -h --help -V --version' -- "$current")
    fi
}

complete -F _ddbroker ddbroker
