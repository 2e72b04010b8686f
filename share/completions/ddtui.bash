# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for ddtui(1)

# All options, as the help has them.
_ddtui_options() {
    ddtui --help 2>/dev/null | grep -oE -- '^  (-[a-zA-Z],|   ) --[a-z-]+' | tr -d ,
}

_ddtui() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local scopes='all region cluster node noscope' levels='error warning notice info debug'
    COMPREPLY=()

    # bash takes the '@' of TOPIC@SCOPE for a word of its own, and the '=' of BROKER=LEVEL.
    case $current in
        =) mapfile -t COMPREPLY < <(compgen -W "$levels") ;;
        @) mapfile -t COMPREPLY < <(compgen -W "$scopes") ;;
        -*) mapfile -t COMPREPLY < <(compgen -W "$(_ddtui_options)" -- "$current") ;;
    esac
    case $previous in
        @) mapfile -t COMPREPLY < <(compgen -W "$scopes" -- "$current") ;;
        =) mapfile -t COMPREPLY < <(compgen -W "$levels" -- "$current") ;;
        -k | --keys | --operator-keys)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
            ;;
    esac
}

complete -F _ddtui ddtui
