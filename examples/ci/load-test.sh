#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# usage: load-test.sh URL [OPTION...]
#
# A gate for any CI pipeline: loads URL with pinload for a while and exits with pinload's exit status, so that the
# pipeline stops if a session failed, the server showed another certificate, or a threshold was crossed. The results are
# kept in a directory in any case. Further OPTIONs are passed to pinload: the client identity (--cert, --key,
# --identities), the server verification (--cacert, --pin), and how many failures are tolerated (--max-failures; none by
# default).
#
#   RESULTS=DIR       where junit.xml, result.json, report.html and summary.txt go (default: pinload-results)
#   DURATION=TIME     how long the load lasts (default: 30s)
#   CONNECTIONS=N     concurrent sessions (default: 20)
#   MAX_P99=TIME      the highest 99th percentile of the handshake that is accepted (default: 250ms)
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
