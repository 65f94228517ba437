#include "app/complete.h"

// The scripts hold no list of commands or options, so that they cannot differ from the program.

namespace clew::cmd {

std::string bash_script() {
  return R"script(# Completion of clew for bash. Made by 'clew generate completions'.

_clew() {
    local program=$1 word line current kept i
    local -a words=()
    # Bash takes words apart at '=' and ':'. Put them together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((${#words[@]} > 0)) && [[ $word == [=:]* || ${words[-1]} == *[=:] ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    current=${words[-1]}
    # Readline replaces only what follows the last of them.
    kept=${current%"${current##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files)
                compopt -o filenames 2>/dev/null
                mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "${current#"$kept"}")
                return
                ;;
            :directories)
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -d -- "${current#"$kept"}")
                return
                ;;
            ':command '*)
                for ((i = 1; i < COMP_CWORD; i++)); do
                    [[ ${COMP_WORDS[i]} == -- ]] && break
                done
                if declare -F _command_offset >/dev/null; then
                    _command_offset $((i + 1))
                elif ((i + 1 == COMP_CWORD)); then
                    mapfile -t COMPREPLY < <(compgen -c -f -- "$current" | sort -u)
                else
                    compopt -o filenames 2>/dev/null
                    mapfile -t COMPREPLY < <(compgen -f -- "${current#"$kept"}")
                fi
                return
                ;;
            *)
                line=${line%%$'\t'*}
                COMPREPLY+=("${line#"$kept"}")
                ;;
        esac
    done < <("$program" generate complete -- "${words[@]}" 2>/dev/null)
}

complete -F _clew clew
)script";
}

std::string zsh_script() {
  return R"script(#compdef clew
# Completion of clew for zsh. Made by 'clew generate completions'.

_clew() {
    local line from
    local -a lines candidates
    lines=("${(@f)$(command clew generate complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        case $line in
            :files)
                _files
                ;;
            :directories)
                _files -/
                return
                ;;
            ':command '*)
                from=${line#:command }
                shift $((from + 1)) words
                ((CURRENT -= from + 1))
                _normal
                return
                ;;
            *)
                candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
                ;;
        esac
    done
    _describe 'clew' candidates
}

_clew "$@"
)script";
}

std::string fish_script() {
  return R"script(# Completion of clew for fish. Made by 'clew generate completions'.

function __clew_complete
    set -l current (commandline --current-token)
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -e words[1]
    for line in (command clew generate complete -- $words "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :directories
                __fish_complete_directories "$current"
            case ':command *'
                set -l from (math (string replace ':command ' '' -- $line) + 1)
                complete --do-complete (string join ' ' -- $words[$from..-1] "$current")
            case '*'
                echo $line
        end
    end
end

complete --command clew --no-files --arguments '(__clew_complete)'
)script";
}

}  // namespace clew::cmd
