# Completion of clew for fish. Made by 'clew generate completions'.

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
