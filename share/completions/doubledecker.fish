# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for ddbroker(8), ddkeys(1), ddperf(1) and ddtui(1). The programs know what may follow;
# libdd/base/options.h says how they are asked.

function __doubledecker_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] --complete $words[2..-1] "$current" 2>/dev/null)
    set -l kind (string split ' ' -- "$answer[1]")
    set -l kept (string sub -l "$kind[2]" -- "$current")
    set -l typed (string sub -s (math "$kind[2]" + 1) -- "$current")
    switch "$kind[1]"
        case words
            printf '%s\n' $answer[2..-1]
        case files
            printf '%s\n' $kept(__fish_complete_path "$typed")
        case directories
            printf '%s\n' $kept(__fish_complete_directories "$typed" '')
    end
end

for program in ddbroker ddkeys ddperf ddtui
    complete -c $program -f -a '(__doubledecker_complete)'
end
