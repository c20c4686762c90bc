# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts share: the checkout's path, messages and exit statuses. It is sourced, never run, and only defines
# functions and variables.

# The root of the checkout, whatever directory the script was called from.
root_dir="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)"

# The cache of fetched sources. Git ignores it; if it is removed, they are downloaded again.
# shellcheck disable=SC2034
cache_dir="$root_dir/third_party/.cache"

# The script's name in messages: as typed, without its directory.
script_name="$(basename -- "$0")"

say() { printf '%s: %s\n' "$script_name" "$*"; }

warn() { printf '%s: %s\n' "$script_name" "$*" >&2; }

# die ends the script after a failure.
die() {
    warn "$@"
    exit 1
}

# usage_error ends the script after a usage error: one sentence, exit status 2.
usage_error() {
    warn "$@"
    exit 2
}

# print_help prints the comment at the head of the script, from its third line on.
print_help() { sed -n '3,$ { /^#/!q; s/^# \{0,1\}//; p; }' "$0" | sed '1{/^$/d}'; }

have_command() { command -v "$1" >/dev/null 2>&1; }

# need_command COMMAND PACKAGE: ends the script if COMMAND is missing, and names its package.
need_command() {
    have_command "$1" || die "the command '$1' is missing; ./scripts/setup installs it (package $2)"
}

# need_value OPTION [VALUE]: ends the script unless a value follows the option.
need_value() {
    [[ $# -ge 2 && -n $2 ]] || usage_error "$1 needs a value; see '$script_name --help'"
}

# need_one_of OPTION VALUE CHOICE...: ends the script unless VALUE is one of the choices.
need_one_of() {
    local option="$1" value="$2" choice
    shift 2
    for choice in "$@"; do
        [[ $value != "$choice" ]] || return 0
    done
    usage_error "'$value' is not a value for $option; expected one of: $*"
}

# need_number OPTION VALUE MIN MAX: ends the script unless VALUE is a whole number in that range.
need_number() {
    if ! [[ $2 =~ ^[0-9]{1,9}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
        usage_error "'$2' is not a value for $1; expected a whole number from $3 to $4"
    fi
}

# absolute_path PATH: prints PATH from the root of the file system; it need not exist.
absolute_path() {
    case "$1" in
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$PWD" "$1" ;;
    esac
}

# port_is_taken PORT: whether any socket listens on that TCP port, on any address.
port_is_taken() {
    awk -v port="$(printf ':%04X' "$1")" \
        '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# run_shown COMMAND...: prints the command as it could be typed, then runs it.
run_shown() {
    printf '\n$'
    printf ' %s' "${@@Q}" | sed -E "s/'([A-Za-z0-9_.,:=/@%+-]+)'/\1/g"
    printf '\n'
    "$@"
}

# thin_progress: reduces a build's lines "[N/M] what" to one per tenth; all other lines are kept.
thin_progress() {
    awk '
        match($0, /^\[[0-9]+\/[0-9]+\] /) {
            split(substr($0, 2, RLENGTH - 3), part, "/")
            tenth = int(10 * part[1] / part[2])
            if (tenth != last)
                printf "%3d%%  %s\n", 10 * tenth, $0
            last = tenth
            fflush()
            next
        }
        { print; fflush() }'
}

# build PRESET DIRECTORY [TARGET...]: configures and builds, in the checkout's root. A terminal shows one line that is
# updated, a log one line per tenth.
build() {
    local options=() targets=()
    if [[ $# -gt 2 ]]; then
        targets=(--target "${@:3}")
    fi
    if [[ -n ${BORINGSSL_SOURCE_DIR:-} ]]; then
        options+=("-DBORINGSSL_SOURCE_DIR=$BORINGSSL_SOURCE_DIR")
    fi
    run_shown cmake --log-level=NOTICE --preset "$1" "${options[@]}"
    if [[ -t 1 ]]; then
        run_shown cmake --build "$2" "${targets[@]}"
    else
        run_shown cmake --build "$2" "${targets[@]}" | thin_progress
    fi
}
