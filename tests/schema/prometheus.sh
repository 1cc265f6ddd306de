#!/usr/bin/env bash
# prometheus.sh PROGRAM: Prometheus' own tool has nothing to say about what PROGRAM writes, and would have if it were wrong.
set -euo pipefail
program="$1"
command -v promtool >/dev/null || { echo "the Prometheus test cannot run: promtool is missing (Debian package prometheus)"; exit 1; }
text="$("$program" prometheus; echo .)"
text="${text%.}"

said="$(promtool check metrics 2>&1 <<<"${text%$'\n'}")" || { echo "promtool refuses it: $said"; exit 1; }
[[ -z $said ]] || { echo "promtool objects: $said"; exit 1; }

# must_object WHAT TEXT
must_object() {
    ! promtool check metrics >/dev/null 2>&1 <<<"$2" || { echo "promtool does not see $1"; exit 1; }
}
must_object "a line that breaks off" "$text"'tenon_handler_calls_total{plugin="'
must_object "a quote in a label" "${text//org.acme.resize/org.acme\"resize}"
must_object "a counter without _total" "${text//tenon_handler_calls_total/tenon_handler_calls}"
lines="$(wc -l <<<"$text")"
echo "promtool has nothing to say about $lines lines"
