# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for ddkeys(1)

# The tenants that the key set in a directory has, public left out.
_ddkeys_tenants() {
    ddkeys show "$1/broker-keys.json" 2>/dev/null |
        while IFS=$'\t' read -r field name _; do
            [[ $field == tenant && $name != public ]] && printf '%s\n' "$name"
        done
}

_ddkeys() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' directory=/etc/doubledecker words='' i
    COMPREPLY=()

    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            -d | --directory) directory=${COMP_WORDS[++i]} ;;
            -t | --tenants) ((i++)) ;;
            add | rotate | show | check) [[ -n $command ]] || command=${COMP_WORDS[i]} ;;
        esac
    done

    case $previous in
        -d | --directory)
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            compopt -o filenames
            return
            ;;
        -t | --tenants) return ;;
    esac

    if [[ $current == -* ]]; then
        case $command in
            '') words='-d --directory -t --tenants -f --force -h --help -V --version' ;;
            add | rotate) words='-d --directory -f --force' ;;
            show) words='--secret' ;;
            check) words='-d --directory' ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        return
    fi

    case $command in
        '') mapfile -t COMPREPLY < <(compgen -W 'add rotate show check' -- "$current") ;;
        add) mapfile -t COMPREPLY < <(compgen -W 'operator' -- "$current") ;;
        rotate)
            words="operator public dd $(_ddkeys_tenants "$directory")"
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
            ;;
        show)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
            ;;
        check)
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            compopt -o filenames
            ;;
    esac
}

complete -F _ddkeys ddkeys
