# The Swift toolchain, and building with it.
# shellcheck shell=bash

# CPU minutes of a clean release build of the demo's three programs, as measured; the number of
# processors makes minutes of it, and the longest chain of modules sets a floor.
release_build_cpu_minutes=18
release_build_floor_minutes=5

# Said before anything else is done, since nothing else can replace it.
need_swift() {
    local wanted found scratch
    wanted=$(sed -n '1s/^.*swift-tools-version: *\([0-9]*\.[0-9]*\).*$/\1/p' "$repository/Package.swift")
    if ! command -v swift >/dev/null; then
        fail "Swift $wanted or newer is needed, and there is no swift on the PATH." \
            "Get it from https://www.swift.org/install/linux/ and put its usr/bin on the PATH." \
            "(sudo has a PATH of its own: run this as yourself, it asks sudo only for apt-get.)"
    fi
    # It leaves an empty folder among the temporary files, which is not to stay.
    scratch=$(mktemp -d)
    found=$(TMPDIR=$scratch swift --version 2>/dev/null | sed -n 's/^.*Swift version \([0-9]*\.[0-9]*\).*$/\1/p' | head -n 1)
    rm -rf -- "$scratch"
    if [[ -z $found ]]; then fail "swift --version does not say which version it is."; fi
    if ((${found%.*} * 1000 + ${found#*.} < ${wanted%.*} * 1000 + ${wanted#*.})); then
        fail "Swift $wanted or newer is needed, and the one on the PATH is $found: $(command -v swift)"
    fi
}

# Where the built programs are: asked of the package manager, which alone knows the triple.
find_binaries() {
    binaries=$repository/.build/$configuration
    if [[ ! -d $binaries ]]; then
        binaries=$(swift build --package-path "$repository" -c "$configuration" --show-bin-path) ||
            fail "swift build --show-bin-path failed."
    fi
}

# What to expect: said before a long build begins.
build_forecast() {
    local minutes=$((release_build_cpu_minutes / $(nproc)))
    ((minutes >= release_build_floor_minutes)) || minutes=$release_build_floor_minutes
    echo "about $minutes minutes on this machine's $(nproc) processors"
}

# Turns the package manager's thousands of lines into a few: one line that moves on a terminal,
# elsewhere one every 15 s, also while a single step takes long. Everything goes to the log.
show_build_progress() {
    local log=$1 line part= where= began=$SECONDS last=-100 interval=15 status
    if [[ -t 2 ]]; then interval=1; fi
    while :; do
        status=0
        IFS= read -r -t "$interval" line || status=$?
        part+=$line
        if ((status == 0)); then
            printf '%s\n' "$part" >>"$log"
            if [[ $part == *"Another instance of SwiftPM"* ]]; then warn "    $part"; fi
            if [[ $part =~ ^\[([0-9]+)/([0-9]+)\]\ (.*)$ ]]; then
                where="step ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}, ${BASH_REMATCH[3]}"
            fi
            part=
        elif ((status <= 128)); then
            # The end of the input, not of the patience.
            printf '%s' "$part" >>"$log"
            break
        fi
        if [[ -z $where ]] || ((SECONDS - last < interval)); then continue; fi
        last=$SECONDS
        line="    $(duration $((SECONDS - began))): $where"
        if [[ -t 2 ]]; then printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" >&2; else warn "$line"; fi
    done
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# build LOG ARGUMENT…: one `swift build`; its errors are shown when it fails.
build() {
    local log=$1
    shift
    : >"$log"
    if ! swift build --package-path "$repository" -c "$configuration" "$@" </dev/null 2>&1 |
        show_build_progress "$log"; then
        grep -E '(^|: )(error|fatal error):' "$log" | sort -u | head -n 20 | sed 's/^/    /' >&2 || true
        return 1
    fi
}
