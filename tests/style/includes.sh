#!/usr/bin/env bash
# includes.sh ROOT: who may include whom (docs/architecture.md, "The folders"). Prints each line that breaks the table.
set -euo pipefail
cd "$1"

declare -A may=(
    [api]="" [base]="" [manifest]="base" [loader]="base" [sandbox]="loader base" [registry]="manifest base"
    [host]="sandbox loader manifest base" [testkit]="" [tools]="testkit registry manifest loader base"
    [plugins]="" [examples]=""
)
folders=" ${!may[*]} tests bench "
c_headers=" assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg \
stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype "
status=0

# refuse LOCATION INCLUDE WHY
refuse() {
    printf '%s includes %s: %s\n' "$1" "$2" "$3"
    status=1
}

# judge_api LOCATION FILE INCLUDE: C headers, in a .hpp also the C++ library, and <tenon/...>.
judge_api() {
    local name="${3:1:-1}"
    case "$3" in
        \<tenon/*.h\>) ;;
        \<tenon/*.hpp\>) [[ $2 == *.hpp ]] || refuse "$1" "$3" "a C header includes no C++ header" ;;
        \<*.h\>) [[ $c_headers == *" ${name%.h} "* ]] || refuse "$1" "$3" "api/ includes standard headers only" ;;
        \<*[/.]* | \"*) refuse "$1" "$3" "api/ includes standard headers and <tenon/...> only" ;;
        *) [[ $2 == *.hpp ]] || refuse "$1" "$3" "a C header includes no C++ header" ;;
    esac
}

# judge LOCATION FOLDER FILE INCLUDE
judge() {
    local name="${4:1:-1}" first="${4:1:-1}"
    first="${name%%/*}"
    if [[ $name == *../* ]]; then
        refuse "$1" "$4" "includes are rooted at the repository"
    elif [[ $first == tenon ]]; then
        [[ $4 == \<* ]] || refuse "$1" "$4" "public headers are <tenon/...>"
    elif [[ $name == boost/interprocess/* ]]; then # its queues, mutexes and allocators trust whoever shares them
        [[ $name == */exceptions.hpp || $name == */mapped_region.hpp ]] || refuse "$1" "$4" "only mappings are used of it"
    elif [[ $name == */* && $folders == *" $first "* ]]; then
        [[ $first == "$2" || " ${may[$2]} " == *" $first "* ]] || refuse "$1" "$4" "$2/ may not include $first/"
    elif [[ $4 == \"* && ! ($2 == examples || $2 == plugins) ]]; then
        refuse "$1" "$4" "includes are rooted at the repository"
    fi
}

for folder in "${!may[@]}"; do
    [[ -d $folder ]] || continue
    while IFS=: read -r file line text; do
        text="$(sed -E 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*([<"][^>"]*[>"]).*/\1/' <<<"$text")"
        [[ $text == [\<\"]* ]] || continue # a macro names the header
        if [[ $folder == api ]]; then
            judge_api "$file:$line" "$file" "$text"
        else
            judge "$file:$line" "$folder" "$file" "$text"
        fi
    done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' "$folder" --include='*.h' --include='*.hpp' --include='*.c' --include='*.cc')
done
exit $status
