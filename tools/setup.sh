# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# setup.sh - what tools/test and tools/demo share: packages, builds, npm packages, steps. To be sourced by bash.
#
# Everything that is made goes to $build (YATA_BUILD, else build/ in the project). Packages are looked for by what they
# give, not by name, and apt-get runs only when something is missing: a second run needs no network.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${YATA_BUILD:-$project/build}
logs=$build/logs
mkdir -p "$logs"

passed=0 failed=0 skipped=0
skips=()

say() { printf '%s\n' "$*"; }

skip() { # WHAT WHY
    skipped=$((skipped + 1))
    skips+=("$1: $2")
    say "SKIPPED  $1: $2"
}

# step NAME COMMAND...: runs it silently; the log is shown when it fails.
step() {
    local name=$1 log=$logs/${1//[^a-zA-Z0-9]/-}.log start=$SECONDS
    shift
    if "$@" >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        say "ok       $name ($((SECONDS - start)) s)"
    else
        failed=$((failed + 1))
        say "FAILED   $name ($((SECONDS - start)) s); the end of $log:"
        tail -n 60 "$log" | sed 's/^/    /'
        return 1
    fi
}

have() { command -v "$1" >/dev/null 2>&1; }

have_header() { # COMPILER HEADER
    printf '#include <%s>\n' "$2" | "$1" -E -x c - >/dev/null 2>&1
}

have_library() { have pkg-config && pkg-config --exists "$1"; }

can_link() { # COMMAND...: a compiler with its flags
    echo 'int main(void) { return 0; }' | "$@" -x c - -o "$logs/can-link" >/dev/null 2>&1
}

# runs_sanitized COMMAND...: programs of a compiler with its flags come to their end. Some kernels place libraries where
# the shadow memory should be, now and then: hence ten times.
runs_sanitized() {
    local _
    printf '#include <stdlib.h>\nint main(void) { free(malloc(1)); return 0; }\n' |
        "$@" -x c - -o "$logs/runs-sanitized" >/dev/null 2>&1 || return 1
    for _ in {1..10}; do
        "$logs/runs-sanitized" >"$logs/runs-sanitized.log" 2>&1 </dev/null || return 1
    done
}

# First of the given commands that exists.
first_of() {
    local name
    for name in "$@"; do
        if have "$name"; then
            say "$name"
            return 0
        fi
    done
    return 1
}

find_clang() { first_of clang clang-{20..14}; }

# clang++ of the same release: clang-14 -> clang++-14.
clang_cpp() { say "${1/clang/clang++}"; }

clang_runtime_package() {
    local release
    release=$("$1" -dumpversion)
    say "libclang-rt-${release%%.*}-dev"
}

# as_root COMMAND...
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif ! have sudo; then
        return 1
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# again TIMES COMMAND...: until it succeeds; a machine that has just started may hold a lock, a network may stumble.
again() {
    local times=$1 i
    shift
    for ((i = 1; i <= times; i++)); do
        "$@" && return 0
        [ "$i" -eq "$times" ] || sleep $((i * 5))
    done
    return 1
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" </dev/null; }

apt_updated=0
# install PACKAGE...: false when that is not possible here.
install() {
    local log=$logs/packages.log
    have apt-get || return 1
    say "installing: $*"
    if [ "$apt_updated" -eq 0 ]; then
        again 3 apt update >"$log" 2>&1 || true
        apt_updated=1
    fi
    again 2 apt install -y --no-install-recommends "$@" >>"$log" 2>&1
}

# What every build needs. The program ends here if it cannot be had.
setup_build() {
    local missing=()
    have cc || have gcc || have clang || missing+=(gcc libc6-dev)
    have python3 || missing+=(python3)
    have meson || missing+=(meson)
    have ninja || missing+=(ninja-build)
    have pkg-config || missing+=(pkg-config)
    have_header "$(first_of cc gcc clang || say cc)" xxhash.h || missing+=(libxxhash-dev)
    if [ ${#missing[@]} -gt 0 ] && ! install "${missing[@]}"; then
        say "These packages are needed and could not be installed: ${missing[*]}"
        [ -f "$logs/packages.log" ] && tail -n 5 "$logs/packages.log"
        exit 1
    fi
    local version
    version=$(meson --version)
    if [ "$(printf '1.0.1\n%s\n' "$version" | sort -V | head -n 1)" != 1.0.1 ]; then
        say "Meson $version is too old: 1.0.1 is needed (Debian 12, Ubuntu 24.04 or later; or pip install meson)"
        exit 1
    fi
}

# What the yata command needs besides.
setup_command() {
    local missing=()
    have_library jansson || missing+=(libjansson-dev)
    have_library zlib || missing+=(zlib1g-dev)
    if [ ${#missing[@]} -gt 0 ] && ! install "${missing[@]}"; then
        say "These packages are needed and could not be installed: ${missing[*]}"
        exit 1
    fi
}

# setup_node: node and npm, for the runs against yjs. False when they cannot be had.
setup_node() {
    local missing=()
    have node || missing+=(nodejs)
    have npm || missing+=(npm)
    if [ ${#missing[@]} -gt 0 ]; then
        install "${missing[@]}" || return 1
    fi
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 16 ]
}

# setup_yjs: the pinned npm packages and the scripts of tests/differential beside them in $yjs (node looks for packages
# in the folders above a script). False when they cannot be had.
yjs=$build/yjs
setup_yjs() {
    local from=$project/tests/differential
    setup_node || return 1
    local part
    for part in . history protocol; do
        mkdir -p "$yjs/$part"
        cp "$from/$part"/*.mjs "$from/$part/run.sh" "$yjs/$part"
    done
    cp "$from/package.json" "$yjs"
    if [ ! -d "$yjs/node_modules/yjs" ] || ! cmp -s "$from/package-lock.json" "$yjs/package-lock.json"; then
        cp "$from/package-lock.json" "$yjs"
        (cd "$yjs" && again 3 npm ci --ignore-scripts --no-audit --no-fund) >"$logs/npm.log" 2>&1 </dev/null || {
            rm -rf "$yjs/node_modules"
            say "npm could not fetch the pinned packages: $(grep -m 1 -E 'reason|ERR! (code|network)' "$logs/npm.log")"
            return 1
        }
    fi
}

# configure NAME OPTION...: makes or refreshes $build/NAME. CC and CXX are taken from the environment.
configure() {
    local folder=$build/$1
    shift
    if [ -f "$folder/build.ninja" ]; then
        meson setup --reconfigure "$folder" "$project" "$@"
    else
        rm -rf "$folder"
        meson setup "$folder" "$project" "$@"
    fi
}
