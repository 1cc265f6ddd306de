# What the scripts share; source it with `program` set to the script's name. Bash.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
program="${program:-script}"
jobs="$(nproc)"

say() { printf '== %s\n' "$*"; }

# fail SENTENCE [STATUS]: the only way in which a script gives up.
fail() {
    printf '%s: %s\n' "$program" "$1" >&2
    exit "${2:-1}"
}

# step NAME COMMAND...: runs the command; when it fails, says which step it was.
step() {
    local name="$1"
    shift
    say "$name"
    "$@" || fail "the step \"$name\" failed with exit status $?."
}

# packages_of FILE: the package names in a list file, one a line.
packages_of() { sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$1"; }

# Succeeds on the systems whose package names the lists hold.
supported_system() {
    [[ -r /etc/os-release ]] || return 1
    local id version
    id="$(. /etc/os-release && printf '%s' "${ID:-}")"
    version="$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")"
    [[ "$id" == ubuntu || ("$id" == debian && ("$version" == 12 || "$version" == 13)) ]]
}

as_root() {
    if [[ "$(id -u)" -eq 0 ]]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        command -v sudo >/dev/null || fail "installing packages needs root; run this as root or install sudo."
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# install_packages FILE: installs what the list names and is not there, with one call of apt-get.
install_packages() {
    local list="$1" package
    local -a wanted missing=()
    mapfile -t wanted < <(packages_of "$list")
    if ! supported_system; then
        printf 'Needed, by their Debian names:\n' >&2
        printf '  %s\n' "${wanted[@]}" >&2
        fail "this system is not Debian 12 or 13 or Ubuntu; install the packages above by hand."
    fi
    for package in "${wanted[@]}"; do
        [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        say "all ${#wanted[@]} packages of ${list##*/} are installed"
        return
    fi
    say "installing ${#missing[@]} of the ${#wanted[@]} packages of ${list##*/}: ${missing[*]}"
    as_root apt-get -qq update >/dev/null || fail "the step \"apt-get update\" failed."
    # stdin from /dev/null: a package's configuration must not wait for an answer.
    as_root apt-get -qq install --yes --no-install-recommends "${missing[@]}" </dev/null >/dev/null ||
        fail "the step \"apt-get install\" failed for: ${missing[*]}."
}

# without_randomisation COMMAND...: GCC 12's sanitizers cannot map their shadow where the kernel places libraries with
# more than 28 random bits. Where the system forbids switching that off (some containers), the command runs as it is.
without_randomisation() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        setarch "$(uname -m)" -R "$@"
    else
        "$@"
    fi
}

# configure_and_build PRESET [CMAKE ARGUMENT...]
configure_and_build() {
    local preset="$1"
    shift
    cd "$root" || fail "cannot enter $root."
    export CCACHE_DEPEND=1 # what was never compiled is not read twice
    step "configure $preset" cmake --preset "$preset" --log-level=WARNING "$@"
    step "build $preset" cmake --build --preset "$preset" --parallel "$jobs"
}
