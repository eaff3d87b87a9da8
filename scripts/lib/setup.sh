# Sourced by the scripts that must run on a fresh Debian 12: packages and the build.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# What building and running needs, and what the tests need beside it.
packages_run=(gcc libc6-dev cmake ninja-build pkg-config git ca-certificates libfftw3-dev libhdf5-dev
    libsndfile1-dev libjansson-dev libinih-dev libedf-dev libssl-dev libarchive-dev libxml2-dev
    zlib1g-dev gnuplot-nox help2man)
packages_test=(clang libclang-rt-14-dev libcmocka-dev bats valgrind netcdf-bin python3
    python3-numpy python3-scipy python3-h5py python3-xarray python3-h5netcdf)

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "These packages are missing, and neither root nor sudo is at hand to install them:"
        say "    ${missing[*]}"
        say "Ask an administrator for: apt-get install ${missing[*]}"
        exit 1
    fi
}

# install_packages NAME...: those that are not there yet, by apt.
install_packages() {
    local name
    missing=()
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' ||
            missing+=("$name")
    done
    [[ ${#missing[@]} -eq 0 ]] && return 0
    say "Installing: ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        "${missing[@]}" >/dev/null
}

# build PRESET [CMAKE-OPTION...]: configures and builds; quiet unless it fails.
build() {
    local preset=$1 log
    shift
    log=$(mktemp)
    say "Building ($preset) ..."
    if ! { cd "$root" && cmake --preset "$preset" "$@" && cmake --build --preset "$preset"; } \
        >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        say "The build ($preset) failed."
        exit 1
    fi
    rm -f "$log"
}
