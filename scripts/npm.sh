# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# How the scripts fetch an npm package: with npm, at the version and with the integrity hashes of a package-lock.json;
# no package script is run. It is sourced after lib.sh, and only defines functions.

# npm_is_there RECIPE_DIR TARGET_DIR FILE: whether TARGET_DIR has the packages locked in RECIPE_DIR, including FILE.
npm_is_there() {
    [[ -f $2/$3 && $(cat "$2/.pinload-lock" 2>/dev/null) == "$(npm_lock_hash "$1")" ]]
}

npm_lock_hash() { sha256sum <"$1/package-lock.json" | cut -d ' ' -f 1; }

npm_clean_up() { rm -rf -- "$npm_work_dir" "$npm_work_dir.npm"; }

# npm_install_locked RECIPE_DIR TARGET_DIR FILE: installs the packages into TARGET_DIR/node_modules, completely or not
# at all. npm uses a temporary directory and a private cache, so that nothing else is touched.
npm_install_locked() {
    local recipe_dir="$1" target_dir="$2" file="$3"
    need_command npm npm
    npm_work_dir="$target_dir.$$"
    trap npm_clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    mkdir -p "$npm_work_dir" "$npm_work_dir.npm"
    cp -- "$recipe_dir/package.json" "$recipe_dir/package-lock.json" "$npm_work_dir/"
    (cd "$npm_work_dir" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier \
        --cache "$npm_work_dir.npm" >"$npm_work_dir.npm/log" 2>&1) || {
        sed 's/^/    /' "$npm_work_dir.npm/log" >&2
        die "npm could not install what ${recipe_dir#"$root_dir"/}/package-lock.json locks"
    }
    [[ -f $npm_work_dir/$file ]] || die "the npm package has no $file"
    npm_lock_hash "$recipe_dir" >"$npm_work_dir/.pinload-lock"
    rm -rf -- "$target_dir"
    mv -T -- "$npm_work_dir" "$target_dir"
}

# npm_fetch_main RECIPE_DIR TARGET_DIR FILE WHAT [OPTION...]: the command line of a fetch script.
npm_fetch_main() {
    local recipe_dir="$1" target_dir="$2" file="$3" what="$4" force=no
    shift 4
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --force) force=yes ;;
        -h | --help) print_help; exit 0 ;;
        *) usage_error "'$1' is unknown; expected one of: --force --help" ;;
        esac
        shift
    done
    if [[ $force == no ]] && npm_is_there "$recipe_dir" "$target_dir" "$file"; then
        say "already there"
        return
    fi
    say "fetching $what with npm, locked by its hashes"
    npm_install_locked "$recipe_dir" "$target_dir" "$file"
    say "$what is in ${target_dir#"$root_dir"/}"
}
