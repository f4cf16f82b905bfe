# The demo: where everything of it is, and how to ask its programs.
# shellcheck shell=bash

tenant=demo
ships=(ms-aurora ms-borealis)
# The ship whose link is a bad one: everything it says goes through fleet-sim.
far_ship=ms-borealis

demo=$repository/.hawser
logs=$demo/logs
processes=$demo/processes
facts=$demo/facts

# In the order in which they are stopped: those who send before those who receive.
all_processes=(agent-ms-aurora agent-ms-borealis link-ms-borealis core-server node-exporter)

# Small facts that a later command needs: ports, places, what is done already.
remember() { printf '%s\n' "$2" >"$facts/$1.new" && mv -- "$facts/$1.new" "$facts/$1"; }
recall() { if [[ -f $facts/$1 ]]; then cat -- "$facts/$1"; fi; }

# One command at a time: two `up` at once would both create what is missing.
lock_demo() {
    exec {demo_lock}>"$demo/lock"
    flock --nonblock "$demo_lock" || fail "Another up or down is at work on this clone."
}

# Root's database runs as the user postgres, who must be able to reach it: a clone below a private
# directory can't hold it.
choose_core_data() {
    core_data=$(recall core-data)
    if [[ -n $core_data ]]; then return 0; fi
    core_data=$demo/core-server
    if ((EUID == 0)) && ! setpriv --reuid=postgres --regid=postgres --init-groups -- \
        test -x "$repository" 2>/dev/null; then
        core_data=/var/lib/hawser-demo-$(printf '%s' "$repository" | sha256sum | cut -c 1-12)
        say "    The user postgres can't reach this clone: the database goes to $core_data"
    fi
    remember core-data "$core_data"
}

# ask_shore PATH: over TLS; the token is in no command line, where every user could read it.
ask_shore() {
    local authorization=()
    if [[ -n ${token-} ]]; then authorization=(--header @-); fi
    curl --silent --show-error --fail --noproxy '*' --max-time 60 \
        --cacert "$core_data/authority/ca.crt" "${authorization[@]}" "$api$1" \
        <<<"Authorization: Bearer ${token-}"
}

# shore_count KEY SHIP: a number of the ship's account as the shore gives it; 0 while it gives none.
shore_count() {
    ask_shore '/api/v1/fleet/report?format=json' 2>>"$logs/up.log" |
        jq -r --arg ship "$2" --arg key "$1" \
            '[.ships[] | select(.name == $ship) | .samples[$key]][0] // 0' 2>/dev/null || echo 0
}

# ship_count KEY SHIP: the same as the ship itself gives it.
ship_count() {
    "$binaries/ship-agent" status --data "$demo/ships/$2" --json 2>>"$logs/up.log" |
        jq -r --arg key "$1" \
            '[.lanes[] | select(.lane == "metrics") | .[$key]][0] // 0' 2>/dev/null || echo 0
}

# Those who send are stopped before those who receive; PostgreSQL may have much to write.
stop_in_order() {
    local name
    for name in "${all_processes[@]}"; do
        if [[ " $* " == *" $name "* ]]; then stop 150 "$name"; fi
    done
}

# Prints the number of the demo's database process, if it runs: it works in its data directory.
database_process() {
    local pid
    [[ -f $core_data/postgres/postmaster.pid ]] || return 1
    read -r pid <"$core_data/postgres/postmaster.pid"
    [[ $pid =~ ^[0-9]+$ && $(readlink -- "/proc/$pid/cwd") == "$(readlink -f -- "$core_data/postgres")" ]] || return 1
    echo "$pid"
}

database_is_gone() { ! database_process >/dev/null; }

# core-server stops its database itself; one that was killed could not.
stop_database() {
    local pid
    core_data=$(recall core-data)
    if [[ -z $core_data ]] || ! pid=$(database_process); then return 0; fi
    say "    its core-server is gone without it: stopping the database"
    # "Fast" shutdown: connections are cut, everything committed is kept.
    kill -INT "$pid"
    wait_for "the database to stop" 150 database_is_gone
}

# Removes what belongs to the demo, after a last look that it is that.
purge_data() {
    step "Removing the demo's data"
    core_data=$(recall core-data)
    case $core_data in
    "$demo"/* | '') ;;
    /var/lib/hawser-demo-*) rm -rf -- "$core_data" ;;
    *) fail "$core_data is no place that up would choose: look at it, and remove it yourself." ;;
    esac
    rm -rf -- "$demo"
}

# Text for a file that shells source: bare where it can be, so that simpler readers do as well.
shell_quoted() {
    if [[ $1 =~ ^[A-Za-z0-9_./:@%+,=-]+$ ]]; then
        printf '%s' "$1"
    else
        printf "'%s'" "${1//\'/\'\\\'\'}"
    fi
}

# Text as a YAML scalar: every JSON string is one.
quoted() { jq --null-input --arg text "$1" '$text'; }
