# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the measuring scripts share: a server on one processor, a client on the other, one JSON line per round. It is
# sourced, never run, and only defines functions and variables.
#
# A round's line: {case,client,unit,count,full,resumed,requests,user_s,system_s,wall_s,max_rss_bytes,rss_bytes,
# status,server_cpu_s}. count is how many units (handshakes or requests) the SERVER counted.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/lib.sh"

build_dir="$root_dir/build"
server_cpu=0
client_cpu=1
port_base=18443
# shellcheck disable=SC2034
rounds=5
seconds=2
connections=64
patient=no
usage_options=()

# The programs built by bench/fetch-peers.
PATH="$PATH:$cache_dir/peers/bin"

# set_up: prepares what all scripts need before the first round; a directory for temporary files.
set_up() {
    local program
    need_command jq jq
    for program in pinload bench/sink bench/usage bench/floor bench/operations; do
        [[ -x $build_dir/$program ]] ||
            die "'$build_dir/$program' does not exist; 'cmake --build $build_dir' builds it"
    done
    work_dir="$build_dir/bench/work"
    mkdir -p "$work_dir"
    lines="$work_dir/$script_name.lines"
    : >"$lines"
    make_pki ecdsa p256
    make_pki rsa2048 rsa2048
    trap stop_server EXIT
}

# make_pki NAME TYPE: certificates of that key type in work_dir/NAME; client1 unencrypted too, for tools that
# cannot take a password, which know no ML-DSA either.
make_pki() {
    local dir="$work_dir/$1"
    "$root_dir/scripts/make-certs" --out "$dir" --key-type "$2" --build "$build_dir" >"$work_dir/make-certs.log" 2>&1 ||
        die "scripts/make-certs failed; $work_dir/make-certs.log says why"
    [[ $2 != mldsa* ]] || return 0
    (
        umask 077
        openssl pkey -in "$dir/clients/client1.key" -passin "file:$dir/password.txt" -out "$dir/plain.key"
        cat "$dir/clients/client1.crt" "$dir/plain.key" >"$dir/plain.pem"
    )
}

# take_option OPTION [VALUE]: the options of all scripts; fails if it is none of them. The variable "taken" is the
# number of arguments consumed.
# shellcheck disable=SC2034
take_option() {
    taken=2
    case "$1" in
    --build | --rounds | --seconds | --cpus | --port-base) need_value "$@" ;;
    esac
    case "$1" in
    --patient) patient=yes; taken=1 ;;
    --build) build_dir="$(absolute_path "$2")" ;;
    --rounds) need_number "$1" "$2" 1 99; rounds=$((10#$2)) ;;
    --seconds) need_number "$1" "$2" 1 60; seconds=$((10#$2)) ;;
    --cpus) client_cpu="${2%,*}"; server_cpu="${2#*,}" ;;
    --port-base) need_number "$1" "$2" 1024 65000; port_base=$((10#$2)) ;;
    *) return 1 ;;
    esac
}

# --- servers -----------------------------------------------------------------------------------------------

# start_sink PKI MTLS TICKETS [OPTION...]: a new sink; MTLS yes or no, TICKETS on or off.
start_sink() {
    local dir="$work_dir/$1" mtls="$2" tickets="$3" ca=() try
    shift 3
    server_kind=sink
    server_port=$((port_base + 9))
    [[ $mtls == no ]] || ca=(--client-ca "$dir/both-client-cas.crt")
    ! port_is_taken "$server_port" || die "port $server_port is in use; --port-base takes another"
    taskset -c "$server_cpu" "$build_dir/bench/sink" --port "$server_port" --cert "$dir/server.crt" --key "$dir/server.key" \
        --pass "file:$dir/password.txt" "${ca[@]}" --tickets "$tickets" "$@" \
        >"$work_dir/sink.json" 2>"$work_dir/sink.log" &
    sink_pid=$!
    for ((try = 0; try < 100; try++)); do
        ! port_is_taken "$server_port" || return 0
        sleep 0.02
    done
    die "the sink does not listen; $work_dir/sink.log says why"
}

stop_sink() {
    kill -TERM "$sink_pid" 2>/dev/null || true
    wait "$sink_pid" || true
    sink_pid=
}

# nginx COMMAND PKI [OPTION...]: scripts/nginx with one worker and a prefix of its own, for each PKI.
nginx_script() {
    local command="$1" pki="$2"
    shift 2
    "$root_dir/scripts/nginx" "$command" --prefix "$work_dir/nginx-$pki" --certs "$work_dir/$pki" \
        --port-base "$port_base" --workers 1 --access-log on "$@" >"$work_dir/nginx.log" 2>&1 ||
        die "scripts/nginx $command failed; $work_dir/nginx.log says why"
}

# start_nginx PKI MTLS TICKETS: keeps a running one if it is the same. Without tickets it has no session cache either,
# so that no client resumes where others do full handshakes.
start_nginx() {
    local wanted="$1 $3" master
    server_kind=nginx
    server_port=$((port_base + ($([[ $2 == yes ]]; echo $?) * 2)))
    if [[ ${nginx_running-} != "$wanted" ]]; then
        stop_nginx
        nginx_script start "$1" --tickets "$3" --session-cache "$3"
        nginx_running="$wanted"
        nginx_prefix="$work_dir/nginx-$1"
        master="$(cat "$nginx_prefix/nginx.pid")"
        nginx_worker="$(cat "/proc/$master/task/$master/children")"
        nginx_worker="${nginx_worker%% *}"
        taskset -cp "$server_cpu" "$nginx_worker" >/dev/null
    fi
    : >"$nginx_prefix/logs/access.log"
    nginx_cpu_before="$(cpu_seconds_of "$nginx_worker")"
}

stop_nginx() {
    [[ -n ${nginx_running-} ]] || return 0
    nginx_script stop "${nginx_running% *}"
    nginx_running=
}

# cpu_seconds_of PID: the CPU time of its main thread, to the nanosecond.
cpu_seconds_of() { awk '{ printf "%.6f", $1 / 1e9 }' "/proc/$1/schedstat"; }

# served: what the server counted since it was started, as JSON; the sink ends with it.
served() {
    if [[ $server_kind == sink ]]; then
        stop_sink
        jq -c '{full, resumed, requests, server_cpu_s: (.cpu_user_s + .cpu_system_s)}' "$work_dir/sink.json"
        return
    fi
    local log="$nginx_prefix/logs/access.log" after
    after="$(cpu_seconds_of "$nginx_worker")"
    # Each connection's first request shows whether its session was resumed.
    awk -v cpu="$(awk -v a="$after" -v b="$nginx_cpu_before" 'BEGIN { printf "%.6f", a - b }')" '
        { requests++ }
        /"request":1}/ { if (/"reused":"r"/) resumed++; else full++ }
        END { printf "{\"full\":%d,\"resumed\":%d,\"requests\":%d,\"server_cpu_s\":%s}\n", full, resumed, requests, cpu }
    ' "$log"
    : >"$log"
}

# stop_server: stops whatever runs; also when the script ends.
stop_server() {
    [[ -z ${sink_pid-} ]] || stop_sink
    stop_nginx
}

# --- rounds ------------------------------------------------------------------------------------------------

# run_client CASE CLIENT UNIT COMMAND...: one round against the server that was just started. UNIT is full,
# resumed, handshakes or requests.
run_client() {
    local case="$1" client="$2" unit="$3"
    shift 3
    [[ $patient == no ]] || wait_for_quiet
    "$build_dir/bench/usage" --cpus "$client_cpu" --timeout 60s "${usage_options[@]}" --out "$work_dir/usage.json" -- "$@" \
        >"$work_dir/client.out" 2>&1 || true
    served >"$work_dir/served.json"
    jq -cn --arg case "$case" --arg client "$client" --arg unit "$unit" \
        --slurpfile usage "$work_dir/usage.json" --slurpfile served "$work_dir/served.json" '
        {case: $case, client: $client, unit: $unit} + $usage[0] + $served[0]
        | .handshakes = .full + .resumed | .count = .[$unit]' >>"$lines"
}

# client_pinload PKI [OPTION...]: the command of pinload against the server, in the array "command".
client_pinload() {
    local dir="$work_dir/$1"
    shift
    command=("$build_dir/pinload" run --groups X25519 --pin-file "$dir/server.pin" -c "$connections" -d "${seconds}s" -q "$@"
        "https://127.0.0.1:$server_port/")
}

# identities_of PKI: pinload's options for its four identities.
identities_of() {
    printf '%s\n' --identities "$work_dir/$1/clients" --pass "file:$work_dir/$1/password.txt"
}

# idle_ticks: how long all processors have been idle, and the total, since boot.
idle_ticks() { awk '/^cpu / { print $5 + $6, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9; exit }' /proc/stat; }

# wait_for_quiet: until nine tenths of the machine have been idle for a quarter of a second, at most half a minute.
wait_for_quiet() {
    local idle all idle_after all_after try
    for ((try = 0; try < 120; try++)); do
        read -r idle all < <(idle_ticks)
        sleep 0.25
        read -r idle_after all_after < <(idle_ticks)
        (((idle_after - idle) * 10 < (all_after - all) * 9)) || return 0
    done
}

# warn_if_busy: measuring under other load is allowed, with a warning.
warn_if_busy() {
    awk '$1 > 0.7 { exit 1 }' /proc/loadavg ||
        warn "the machine was busy before the first round (load $(cut -d ' ' -f 1 /proc/loadavg)); medians and ratios are little affected, absolute figures are"
}

# statistics: jq functions for reading the lines.
# shellcheck disable=SC2034
statistics='
    def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    def round_to(n): if . == null then null else (. * pow(10; n) | round) / pow(10; n) end;
    def cpu_us: (.user_s + .system_s) * 1e6 / .count;
    def system_us: .system_s * 1e6 / .count;
    def spread(f): map(f) | {median: median, low: min, high: max};
    def summary: {
        case: .[0].case, client: .[0].client, unit: .[0].unit, rounds: length,
        failed_rounds: (map(select(.count == 0)) | length)
    } + (map(select(.count > 0)) | if length == 0 then {} else {
        cpu_us: spread(cpu_us), system_us: (map(system_us) | median),
        per_second: spread(.count / .wall_s),
        client_busy: (map((.user_s + .system_s) / .wall_s) | median),
        server_busy: (map(.server_cpu_s / .wall_s) | median),
        resumed_share: (map(.resumed / ([.handshakes, 1] | max)) | median),
        server_us: (map(.server_cpu_s * 1e6 / .count) | median),
        max_rss_bytes: (map(.max_rss_bytes) | median)
    } end);
'
