#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# usage: load-test.sh URL [OPTION...]
#
# A gate for a pipeline of any kind: loads URL with pinload for a while and ends with pinload's exit status, so that
# the pipeline stops where a session failed, the server showed another certificate, or a threshold was crossed. What
# was measured is kept in a directory, whatever came of it. Further OPTIONs are pinload's own: who we are (--cert,
# --key, --identities), how the server is verified (--cacert, --pin), and which failures are forgiven (--max-failures;
# none without it).
#
#   RESULTS=DIR       where junit.xml, result.json, report.html and summary.txt go (default: pinload-results)
#   DURATION=TIME     how long the load lasts (default: 30s)
#   CONNECTIONS=N     sessions in flight at once (default: 20)
#   MAX_P99=TIME      the handshake's 99th percentile that is still accepted (default: 250ms)
#   PINLOAD=FILE      the program (default: pinload)

set -eu

if [ $# -lt 1 ]; then
    echo "load-test.sh: a URL is missing, as https://service.internal:8443/health" >&2
    exit 2
fi
url=$1
shift
results=${RESULTS:-pinload-results}
mkdir -p "$results"

status=0
"${PINLOAD:-pinload}" run --duration "${DURATION:-30s}" --connections "${CONNECTIONS:-20}" --warm-up 1s \
    --fail-if "tls_handshake.p99 > ${MAX_P99:-250ms}" \
    --junit "$results/junit.xml" --json "$results/result.json" --html "$results/report.html" \
    "$@" "$url" >"$results/summary.txt" || status=$?

cat "$results/summary.txt"
case $status in
0) echo "load-test.sh: $url held" ;;
1) echo "load-test.sh: $url did not hold; $results/junit.xml says which expectation" >&2 ;;
2) echo "load-test.sh: nothing was sent; the message above says what to mend" >&2 ;;
*) echo "load-test.sh: pinload ended with status $status; 'pinload help' says what that means" >&2 ;;
esac
exit "$status"
