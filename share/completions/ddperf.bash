# bash completion for ddperf(1)

# All options, as the help has them.
_ddperf_options() {
    ddperf --help 2>/dev/null | grep -oE -- '^  (-[a-zA-Z],|   ) --[a-z-]+' | tr -d ,
}

_ddperf() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()

    case $current in
        -*) mapfile -t COMPREPLY < <(compgen -W "$(_ddperf_options)" -- "$current") ;;
    esac
    case $previous in
        -k | --keys)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
            ;;
        --mode)
            mapfile -t COMPREPLY < <(compgen -W 'notify publish latency connect' -- "$current")
            ;;
    esac
}

complete -F _ddperf ddperf
