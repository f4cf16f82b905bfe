# Programs in the background: started in sessions of their own, found again by later commands,
# stopped without ever taking one process for another.
#
# A process is known by its number, the moment it started and the machine's boot, and by its whole
# command line; all must agree before it is called ours. Kept below $processes:
#   NAME.pid       number, start in clock ticks since boot, boot
#   NAME.command   the command line as /proc shows it
# shellcheck shell=bash

# The start of a process in clock ticks since boot: with its number, unique until the next boot.
process_start() {
    local stat fields
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # The second field is the program's name in parentheses and may contain anything.
    read -ra fields <<<"${stat##*) }"
    # A process that ends while it is read has none.
    [[ -n ${fields[19]-} ]] || return 1
    echo "${fields[19]}"
}

# Prints the number of our process NAME if it runs.
process_number() {
    local pid start boot
    [[ -f $processes/$1.pid && -f $processes/$1.command ]] || return 1
    read -r pid start boot <"$processes/$1.pid" || return 1
    [[ $boot == "$(</proc/sys/kernel/random/boot_id)" ]] || return 1
    [[ $(process_start "$pid") == "$start" ]] || return 1
    # Through a pipe: cmp believes in the size of a file, and /proc says 0.
    { cat "/proc/$pid/cmdline" | cmp -s - "$processes/$1.command"; } 2>/dev/null || return 1
    echo "$pid"
}

is_running() { process_number "$1" >/dev/null; }

# start NAME LOG PROGRAM ARGUMENT…: begins a program that outlives this command and its terminal.
start() {
    local name=$1 log=$2
    shift 2
    # Before it is: whoever ends this command in between must know of it.
    started_now+=("$name")
    rm -f -- "$processes/$name.pid"
    printf '%s\0' "$@" >"$processes/$name.command"
    # The small shell in between notes its own number before it becomes the program, and closes
    # what it inherited: whoever waits for the end of our output must not wait for a server's.
    # shellcheck disable=SC2016 # it is the inner shell that expands
    setsid bash -c '
        note=$1
        shift
        for descriptor in /proc/self/fd/*; do
            number=${descriptor##*/}
            if ((number > 2)); then eval "exec $number>&-"; fi
        done
        cd /
        umask 022
        stat=$(<"/proc/$$/stat")
        read -ra fields <<<"${stat##*) }"
        printf "%s %s %s\n" "$$" "${fields[19]}" "$(</proc/sys/kernel/random/boot_id)" >"$note.new"
        mv -- "$note.new" "$note"
        exec "$@"
    ' hawser "$processes/$name.pid" "$@" </dev/null >>"$log" 2>&1 &
    disown
    wait_for "$name to start" 10 has_begun "$name"
}

# Whether the shell in between has become the program, or has ended trying.
has_begun() {
    local pid
    [[ -f $processes/$1.pid ]] || return 1
    read -r pid _ <"$processes/$1.pid"
    is_running "$1" || [[ ! -d /proc/$pid ]]
}

# wait_for WHAT SECONDS CONDITION…: polls a fact; the names in $must_run have to live meanwhile.
must_run=()
wait_for() {
    local what=$1 deadline=$((SECONDS + $2)) name
    shift 2
    until "$@"; do
        for name in "${must_run[@]}"; do
            if ! is_running "$name"; then
                current_log=$logs/$name.log
                fail "$name ended while waiting for $what."
            fi
        done
        if ((SECONDS >= deadline)); then fail "Waited too long for $what."; fi
        sleep 0.3
    done
}

# stop SECONDS NAME…: asks all to end, waits, and ends by force what is left.
stop() {
    local deadline=$((SECONDS + $1)) name pid left
    shift
    for name in "$@"; do
        if pid=$(process_number "$name"); then kill -TERM "$pid" 2>/dev/null || true; fi
    done
    while :; do
        left=()
        for name in "$@"; do is_running "$name" && left+=("$name"); done
        if ((${#left[@]} == 0)); then break; fi
        if ((SECONDS >= deadline)); then
            for name in "${left[@]}"; do
                warn "    $name does not end when asked to: ending it by force"
                if pid=$(process_number "$name"); then kill -KILL "$pid" 2>/dev/null || true; fi
            done
            deadline=$((SECONDS + 5))
        fi
        sleep 0.1
    done
    for name in "$@"; do rm -f -- "$processes/$name.pid" "$processes/$name.command"; done
}

# Whether some program listens on a TCP port of this machine: no tool needed, and no connection.
port_is_taken() {
    local wanted table local_address state
    printf -v wanted '%04X' "$1"
    for table in /proc/net/tcp /proc/net/tcp6; do
        [[ -r $table ]] || continue
        while read -r _ local_address _ state _; do
            if [[ $state == 0A && ${local_address##*:} == "$wanted" ]]; then return 0; fi
        done <"$table"
    done
    return 1
}

# The first free port at or after a number.
free_port_from() {
    local port=$1
    while port_is_taken "$port"; do port=$((port + 1)); done
    echo "$port"
}
