# What the commands need from Debian, and how it is installed.
# shellcheck shell=bash

# To fetch the packages that Package.swift names, and to compile and link them.
build_packages=(
    ca-certificates git pkg-config   # the package manager's own needs
    binutils libc6-dev libstdc++-12-dev # the linker's
    libpq-dev                        # CorePostgres
    libsqlite3-dev                   # ShipStore, through GRDB
    libzstd-dev                      # FleetSeries
    libsnappy-dev                    # Prometheus remote write
    liblzma-dev                      # replaying .xz files
    zlib1g-dev                       # AsyncHTTPClient and Hummingbird
)

# To run core-server on its own PostgreSQL; the package of that is chosen by postgres_package.
server_packages=(util-linux)

# To play the demo: what its ships scrape, and what its script asks with.
demo_packages=(prometheus-node-exporter curl jq)

# To test: independent readers of recordings, certificates and segments, a reader of scripts, and
# programs that write to the ship, and read from the shore or are forwarded to.
test_packages=(xz-utils openssl mount shellcheck python3 python3-venv zstd bsdutils curl prometheus
    victoria-metrics glewlwyd pgbouncer)

# What a delta is measured beside.
delta_packages=(xdelta3 bsdiff zstd tar)

# PostgreSQL 15 or newer if one is there already; else Debian 12's, or the release's own.
postgres_package() {
    local program version
    for program in /usr/lib/postgresql/*/bin/postgres; do
        version=${program#/usr/lib/postgresql/}
        version=${version%%/*}
        if [[ -x $program && $version =~ ^[0-9]+$ ]] && ((version >= 15)); then return 0; fi
    done
    if [[ -r /etc/debian_version && $(</etc/debian_version) == 12* ]]; then
        echo postgresql-15
    else
        echo postgresql
    fi
}

# Prints those of the packages that dpkg does not have.
missing_packages() {
    local package status
    for package in "$@"; do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || true
        if [[ $status != installed ]]; then printf '%s\n' "$package"; fi
    done
}

# Installs what is missing, and touches nothing when nothing is: apt may need a network and rights.
need_packages() {
    local missing
    if [[ ${HAWSER_SKIP_PACKAGES-} == 1 ]]; then return 0; fi
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        fail "This is no Debian: install what these packages hold, then set HAWSER_SKIP_PACKAGES=1:" \
            "$*"
    fi
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then return 0; fi
    warn "    installing ${missing[*]}"
    local install=("$repository/Deploy/lib/install-packages" "${missing[@]}")
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && [[ ! -t 0 ]]; }; then
            fail "Debian packages are missing, and nobody is root here or may become it by sudo. As root:" \
                "apt-get install --no-install-recommends ${missing[*]}"
        fi
        install=(sudo -- "${install[@]}")
    fi
    # Hundreds of lines that only matter when something is wrong.
    local log
    log=$(mktemp)
    if ! "${install[@]}" >"$log" 2>&1; then
        current_log=$log
        fail "apt-get could not install ${missing[*]}."
    fi
    rm -f -- "$log"
}
