# What the scripts share. A script that sources it runs in an empty folder of its own, without colours. Bash.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
export NO_COLOR=1 LC_ALL=C.UTF-8

fail() {
    printf '%s\n' "$1"
    for file in out err; do
        [[ ! -e $work/$file ]] || { printf -- '-- %s:\n' "$file"; cat "$work/$file"; }
    done
    exit 1
}

# run STATUS COMMAND...: its output is in the files out and err afterwards.
run() {
    local wanted="$1" status=0
    shift
    "$@" >"$work/out" 2>"$work/err" || status=$?
    [[ $status == "$wanted" ]] || fail "wanted exit status $wanted, got $status: $*"
}

# has FILE TEXT...: the file has each of the texts.
has() {
    local file="$1" text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || fail "$file lacks: $text"
    done
}

# lacks FILE TEXT...: the file has none of the texts.
lacks() {
    local file="$1" text
    shift
    for text in "$@"; do
        ! grep -qF -- "$text" "$file" || fail "$file should not have: $text"
    done
}

# is_empty FILE
is_empty() { [[ -f $1 && ! -s $1 ]] || fail "$1 is not empty"; }

# json WHAT FILE KEY...: a value of a JSON file; WHAT is GET, LENGTH or TYPE.
json() {
    local what="$1" file="$2" keys
    shift 2
    keys="$(IFS=';' && printf '%s' "$*")"
    "$CMAKE" -DFILE="$PWD/$file" -DWHAT="$what" "-DKEYS=$keys" -P "$here/json.cmake" 2>&1
}

# json_is WANTED FILE KEY...: the value there; ON and OFF are booleans, nothing is null.
json_is() {
    local wanted="$1" got
    shift
    got="$(json GET "$@")" || fail "no such value in $*: $got"
    [[ $got == "$wanted" ]] || fail "$*: wanted $wanted, got $got"
}

# json_length WANTED FILE KEY...
json_length() {
    local wanted="$1" got
    shift
    got="$(json LENGTH "$@")" || fail "no such list in $*: $got"
    [[ $got == "$wanted" ]] || fail "$*: wanted $wanted elements, got $got"
}
