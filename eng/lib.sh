# Shared by the scripts of this repository; read with '.', not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

# What naru runs with, and what building it takes; the names are the same in Debian 12 and 13.
run_packages=(crun runc conmon nftables libnftables1 iproute2 busybox-static catatonit ca-certificates openssl curl procps)
build_packages=(clang lld zlib1g-dev libsqlite3-dev)

say() { printf '\033[1m==>\033[0m %s\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

need_root() {
    [ "$(id -u)" = 0 ] || die "this needs root: run it again as root, for example with sudo"
}

# Installs those of the named packages that are missing.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    command -v apt-get >/dev/null || die "these packages are missing and there is no apt-get to install them: ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
    apt-get update -qq || die "apt-get update failed; these packages are needed: ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || die "apt-get could not install ${missing[*]}"
}

# Finds a .NET SDK that can build this repository, or says how to get one.
need_dotnet() {
    local candidate
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-/nonexistent}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
        if [ -x "$candidate" ] && "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.'; then
            PATH=$(dirname "$candidate"):$PATH
            export PATH
            return 0
        fi
    done
    die "the .NET 10 SDK is missing. Get it with:
  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
which puts it into ~/.dotnet, where this script finds it. Other ways: https://learn.microsoft.com/dotnet/core/install/linux-debian"
}
