# SPDX-License-Identifier: MIT
# Words for bash: commands, then the options that the command's own help lists.
_terrarium() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "run exec trace cc list extract doctor version help" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(terrarium help "$command" 2>/dev/null |
            sed -n "s/^  \(-., \)\?\(--[a-z-]*\).*/\2/p")" -- "$word")
    elif [ "$command" = extract ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(terrarium list | awk '{ print $2 }')" -- "$word")
    elif [ "$command" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "run exec trace cc list extract doctor version" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _terrarium terrarium
