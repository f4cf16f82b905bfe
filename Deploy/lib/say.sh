# What the commands say, and how they give up.
# shellcheck shell=bash

# The step that is under way: a failure names it.
current_step=

# The log that explains the step's failure, if there is one.
current_log=

# The descriptor for progress: 2 where standard output is a result that a program reads.
progress_output=1

say() { printf '%s\n' "$*" >&"$progress_output"; }

warn() { printf '%s\n' "$*" >&2; }

step() {
    current_step=$1
    current_log=${2-}
    say "==> $1"
}

# Ends the command: what failed, why, and the last lines of the log that knows more.
fail() {
    {
        printf '\nFAILED: %s\n' "${current_step:-start}"
        printf '  %s\n' "$@"
        if [[ -n $current_log && -s $current_log ]]; then
            printf '  The last lines of %s:\n' "$current_log"
            tail -n 15 -- "$current_log" | sed 's/^/    | /'
        fi
    } >&2
    exit 1
}

# Seconds for people.
duration() {
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}
