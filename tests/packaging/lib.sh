# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the packaging tests share: a root directory with nothing in it but a package's dependencies, and a TLS server on
# loopback for the program under test to load. It is sourced, and only defines functions.

# as_root COMMAND...: as root, or as root of a user namespace.
as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    else
        need_command unshare util-linux
        unshare --user --map-root-user "$@"
    fi
}

# names_of DEPENDENCIES: the packages in such a field; of alternatives the first.
names_of() { tr ',' '\n' <<<"$1" | sed -E 's/[|].*//; s/[(].*//; s/:any//; s/ //g' | sed '/^$/d'; }

# with_what_they_need NAME...: these packages and all their dependencies, as installed on this machine.
with_what_they_need() {
    local queue=("$@") name fields seen=' '
    while [[ ${#queue[@]} -gt 0 ]]; do
        name="${queue[0]}"
        queue=("${queue[@]:1}")
        [[ $seen != *" $name "* ]] || continue
        seen+="$name "
        fields="$(dpkg-query -W -f '${Pre-Depends},${Depends}\n' "$name" 2>/dev/null | head -n 1)" ||
            die "the package says that it depends on '$name', which is not installed here"
        printf '%s\n' "$name"
        readarray -t -O "${#queue[@]}" queue < <(names_of "$fields")
    done
}

# make_fresh_root DIRECTORY NAME...: a system with these packages, what they need, and nothing else.
make_fresh_root() {
    local root="$1" link name packages
    shift
    mkdir -p "$root"/{dev,proc,tmp,var/lib/dpkg/{info,updates,triggers}}
    for link in bin lib lib32 lib64 sbin; do
        [[ ! -L /$link ]] || { mkdir -p "$root/usr/$link" && ln -s "usr/$link" "$root/$link"; }
    done
    : >"$root/var/lib/dpkg/status"
    packages="$(with_what_they_need "$@")"
    for name in $packages; do
        dpkg-query -s "$name" | sed '/^Conffiles:/,/^[^ ]/ { /^ /d; /^Conffiles:/d }' >>"$root/var/lib/dpkg/status"
        printf '\n' >>"$root/var/lib/dpkg/status"
        dpkg-query -L "$name" | sed 's#^/##' | (cd / && while read -r path; do [[ -d $path ]] || [[ ! -e $path ]] || printf '%s\n' "$path"; done) |
            tar -C / -c -T - | tar -C "$root" -x --keep-directory-symlink
        dpkg-query -L "$name" >"$root/var/lib/dpkg/info/$name.list"
    done
}

# start_server DIRECTORY: openssl's server on a free port of loopback, with a certificate of its own. It sets url,
# pin and server_pid.
start_server() {
    local port try
    need_command openssl openssl
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 \
        -keyout "$1/server.key" -out "$1/server.crt" 2>/dev/null
    pin="$(openssl x509 -in "$1/server.crt" -outform DER | openssl dgst -sha256 -binary | base64)"
    for ((try = 0; try < 50; try++)); do
        port=$((20443 + RANDOM % 10000))
        ! port_is_taken "$port" || continue
        openssl s_server -accept "127.0.0.1:$port" -www -quiet -cert "$1/server.crt" -key "$1/server.key" \
            >"$1/server.log" 2>&1 &
        server_pid=$!
        for ((try = 0; try < 50; try++)); do
            if port_is_taken "$port"; then
                # shellcheck disable=SC2034  # for who sources this
                url="https://127.0.0.1:$port/"
                return
            fi
            sleep 0.1
        done
        cat -- "$1/server.log"
        die "openssl's server does not listen"
    done
    die "no free port was found"
}

stop_server() {
    [[ -z ${server_pid:-} ]] || { kill "$server_pid" 2>/dev/null && wait "$server_pid" 2>/dev/null; } || true
}

# check_program VERSION COMMAND...: pinload, run by COMMAND, has VERSION, loads the server, and detects a wrong pin.
check_program() {
    local version="$1" said status=0
    shift
    said="$("$@" --version 2>&1)" || die "the program does not run: $said"
    [[ $said == "pinload $version "* ]] || die "the program says '$said', and not version $version"
    said="$("$@" run -n 5 -c 1 --pin "$pin" "$url" 2>&1)" || die "it cannot load a server: $said"
    grep -qx PASS <<<"$said" || die "a load of five sessions ends without PASS: $said"
    said="$("$@" run -n 1 --pin "${pin//[A-Z]/A}" "$url" 2>&1)" || status=$?
    [[ $status -eq 1 && $said == *pin_mismatch* ]] || die "a wrong pin ends with status $status: $said"
}
