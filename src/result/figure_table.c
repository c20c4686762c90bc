/* SPDX-License-Identifier: Apache-2.0 */
#include "result/figure_table.h"

#include "result/result.h"

#include <string.h>

#define AT(field) offsetof(struct result, field)

/* clang-format off */
const struct figure figure_table[] = {
    {"sessions.scheduled", FIGURE_COUNT, AT(scheduled), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_scheduled_total", NULL,
     "sessions that were due"},
    {"sessions.skipped", FIGURE_COUNT, AT(skipped), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_skipped_total", NULL,
     "of those due, never started: no slot was free in time"},
    {"sessions.started", FIGURE_COUNT, AT(started), MERGE_SUM, SINCE_FIRST, "sessions",
     NULL, NULL,
     "of those due, started"},
    {"sessions.succeeded", FIGURE_COUNT, AT(by_class[CLASS_SUCCEEDED]), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_total", "succeeded",
     "sessions in which every response was as expected"},
    {"sessions.refused", FIGURE_COUNT, AT(by_class[CLASS_REFUSED]), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_total", "refused",
     "sessions in which the server refused the client certificate"},
    {"sessions.failed", FIGURE_COUNT, AT(by_class[CLASS_FAILED]), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_total", "failed",
     "sessions in which anything else went wrong"},
    {"sessions.cut_off", FIGURE_COUNT, AT(by_class[CLASS_CUT_OFF]), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_total", "cut_off",
     "sessions still open when the run ended"},
    {"sessions.cut_off_served", FIGURE_COUNT, AT(cut_off_served), MERGE_SUM, SINCE_LATER, "sessions",
     "sessions_cut_off_served_total", NULL,
     "of those cut off, the ones that had responses, all as expected"},
    {"sessions.cut_off_responses", FIGURE_COUNT, AT(cut_off_responses), MERGE_SUM, SINCE_LATER, "requests",
     "sessions_cut_off_responses_total", NULL,
     "how many responses those had"},
    {"sessions.unconfirmed", FIGURE_COUNT, AT(by_class[CLASS_UNCONFIRMED]), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_total", "unconfirmed",
     "the handshake completed, and the server's answer is not known"},
    {"sessions.peak_established", FIGURE_COUNT, AT(peak_established), MERGE_SUM, SINCE_FIRST, "sessions",
     "sessions_established_peak", NULL,
     "most sessions established at once; of merged results an upper bound"},
    {"sessions.per_second", FIGURE_NUMBER, AT(sessions_per_second), MERGE_RATE, SINCE_FIRST, "sessions/s",
     "sessions_per_second", NULL,
     "sessions ended a second, without the warm-up"},
    {"requests.started", FIGURE_COUNT, AT(requests_started), MERGE_SUM, SINCE_FIRST, "requests",
     "requests_started_total", NULL,
     "HTTP requests that were sent"},
    {"requests.succeeded", FIGURE_COUNT, AT(requests_succeeded), MERGE_SUM, SINCE_FIRST, "requests",
     "requests_total", "succeeded",
     "requests with a response as expected"},
    {"requests.failed", FIGURE_COUNT, AT(requests_failed), MERGE_SUM, SINCE_FIRST, "requests",
     "requests_total", "failed",
     "requests without one"},
    {"requests.without_close_notify", FIGURE_COUNT, AT(requests_unclosed), MERGE_SUM, SINCE_LATER, "requests",
     "requests_without_close_notify_total", NULL,
     "of the succeeded, those that ended with TCP alone, without close_notify"},
    {"requests.per_second", FIGURE_NUMBER, AT(requests_per_second), MERGE_RATE, SINCE_FIRST, "requests/s",
     "requests_per_second", NULL,
     "requests completed a second, without the warm-up"},
    {"requests.statuses", FIGURE_NAMES, AT(statuses), MERGE_SUM, SINCE_LATER, "requests",
     "responses_total", NULL,
     "complete responses by HTTP status"},
    {"bytes.read", FIGURE_COUNT, AT(bytes_read), MERGE_SUM, SINCE_FIRST, "bytes",
     "read_bytes_total", NULL,
     "payload of TCP that was read, which is TLS records"},
    {"bytes.written", FIGURE_COUNT, AT(bytes_written), MERGE_SUM, SINCE_FIRST, "bytes",
     "written_bytes_total", NULL,
     "payload of TCP that was written"},
    {"handshakes.completed", FIGURE_COUNT, AT(handshakes_completed), MERGE_SUM, SINCE_FIRST, "handshakes",
     NULL, NULL,
     "completed TLS handshakes"},
    {"handshakes.full", FIGURE_COUNT, AT(handshakes_full), MERGE_SUM, SINCE_FIRST, "handshakes",
     "handshakes_total", "full",
     "of the completed, full ones"},
    {"handshakes.resumed", FIGURE_COUNT, AT(handshakes_resumed), MERGE_SUM, SINCE_FIRST, "handshakes",
     "handshakes_total", "resumed",
     "of the completed, resumed ones"},
    {"handshakes.per_second", FIGURE_NUMBER, AT(handshakes_per_second), MERGE_RATE, SINCE_FIRST, "handshakes/s",
     "handshakes_per_second", NULL,
     "handshakes completed a second, without the warm-up"},
    {"handshakes.versions", FIGURE_NAMES, AT(versions), MERGE_SUM, SINCE_FIRST, "handshakes",
     "handshake_versions_total", NULL,
     "handshakes by TLS version"},
    {"handshakes.ciphers", FIGURE_NAMES, AT(ciphers), MERGE_SUM, SINCE_FIRST, "handshakes",
     "handshake_ciphers_total", NULL,
     "handshakes by cipher suite"},
    {"handshakes.groups", FIGURE_NAMES, AT(groups), MERGE_SUM, SINCE_FIRST, "handshakes",
     "handshake_groups_total", NULL,
     "handshakes by key agreement group"},
    {"handshakes.sigalgs", FIGURE_NAMES, AT(sigalgs), MERGE_SUM, SINCE_LATER, "handshakes",
     "handshake_sigalgs_total", NULL,
     "handshakes by the server's signature algorithm"},
    {"handshakes.protocols", FIGURE_NAMES, AT(protocols), MERGE_SUM, SINCE_LATER, "handshakes",
     "handshake_protocols_total", NULL,
     "handshakes by the protocol that ALPN chose"},
    {"handshakes.tickets.offered", FIGURE_COUNT, AT(tickets_offered), MERGE_SUM, SINCE_LATER, "sessions",
     "tickets_offered_total", NULL,
     "session tickets offered for resumption"},
    {"handshakes.tickets.declined", FIGURE_COUNT, AT(tickets_declined), MERGE_SUM, SINCE_LATER, "sessions",
     "tickets_declined_total", NULL,
     "of those, declined: the handshake was a full one"},
    {"handshakes.early_data.offered", FIGURE_COUNT, AT(early_offered), MERGE_SUM, SINCE_LATER, "sessions",
     "early_data_offered_total", NULL,
     "sessions that sent early data"},
    {"handshakes.early_data.accepted", FIGURE_COUNT, AT(early_accepted), MERGE_SUM, SINCE_LATER, "sessions",
     "early_data_total", "accepted",
     "of those, the ones whose early data the server accepted"},
    {"handshakes.early_data.rejected", FIGURE_COUNT, AT(early_rejected), MERGE_SUM, SINCE_LATER, "sessions",
     "early_data_total", "rejected",
     "of those, the ones whose early data the server rejected"},
    {"handshakes.ech.offered", FIGURE_COUNT, AT(ech_offered), MERGE_SUM, SINCE_LATER, "sessions",
     "ech_offered_total", NULL,
     "sessions that sent an encrypted ClientHello"},
    {"handshakes.ech.accepted", FIGURE_COUNT, AT(ech_accepted), MERGE_SUM, SINCE_LATER, "sessions",
     "ech_total", "accepted",
     "of those, the ones whose hello the server decrypted"},
    {"handshakes.ech.rejected", FIGURE_COUNT, AT(ech_rejected), MERGE_SUM, SINCE_LATER, "sessions",
     "ech_total", "rejected",
     "of those, the ones whose hello the server rejected"},
    {"handshakes.ech.retried", FIGURE_COUNT, AT(ech_retried), MERGE_SUM, SINCE_LATER, "sessions",
     "ech_retried_total", NULL,
     "of the sent, those by a configuration of an earlier rejection"},
    {"handshakes.cert_compression.by", FIGURE_NAMES, AT(cert_compressions), MERGE_SUM, SINCE_LATER, "handshakes",
     "cert_compression_handshakes_total", NULL,
     "handshakes whose server sent its certificate compressed, by algorithm"},
    {"handshakes.cert_compression.bytes", FIGURE_COUNT, AT(cert_bytes), MERGE_SUM, SINCE_LATER, "bytes",
     "cert_compression_bytes_total", NULL,
     "those servers' Certificate messages, uncompressed"},
    {"handshakes.cert_compression.wire_bytes", FIGURE_COUNT, AT(cert_wire_bytes), MERGE_SUM, SINCE_LATER, "bytes",
     "cert_compression_received_bytes_total", NULL,
     "the same as they came, compressed"},
    {"handshakes.cert_compression.saved_bytes", FIGURE_COUNT, AT(cert_bytes_saved), MERGE_SUM, SINCE_LATER, "bytes",
     "cert_compression_saved_bytes_total", NULL,
     "what was saved of those that became shorter"},
    {"handshakes.alerts.sent", FIGURE_NAMES, AT(alerts_sent), MERGE_SUM, SINCE_LATER, "alerts",
     "alerts_sent_total", NULL,
     "TLS alerts sent, by name"},
    {"handshakes.alerts.received", FIGURE_NAMES, AT(alerts_received), MERGE_SUM, SINCE_LATER, "alerts",
     "alerts_received_total", NULL,
     "TLS alerts received, by name"},
    {"pins.checked", FIGURE_COUNT, AT(pins_checked), MERGE_SUM, SINCE_FIRST, "sessions",
     NULL, NULL,
     "sessions in which a pin was looked for"},
    {"pins.matched", FIGURE_COUNT, AT(pins_matched), MERGE_SUM, SINCE_FIRST, "sessions",
     "pins_total", "matched",
     "of the checked, those with a pin that matched"},
    {"pins.mismatched", FIGURE_COUNT, AT(pins_mismatched), MERGE_SUM, SINCE_FIRST, "sessions",
     "pins_total", "mismatched",
     "of the checked, those without one"},
    {"pins.not_checked", FIGURE_COUNT, AT(pins_not_checked), MERGE_SUM, SINCE_FIRST, "sessions",
     "pins_total", "not_checked",
     "sessions in which no pin was looked at"},
    {"pins.checked_resumed", FIGURE_COUNT, AT(pins_checked_resumed), MERGE_SUM, SINCE_LATER, "sessions",
     "pins_checked_resumed_total", NULL,
     "of the checked, those on a resumed session"},
    {"pins.by_pin", FIGURE_ALL_NAMES, AT(pins_by_pin), MERGE_SUM, SINCE_FIRST, "sessions",
     "pin_matches_total", NULL,
     "sessions by the pin that matched; every pin of the run"},
    {"outcomes", FIGURE_OUTCOMES, AT(outcomes), MERGE_SUM, SINCE_FIRST, "sessions",
     "session_outcomes_total", NULL,
     "started sessions by outcome; every outcome there is"},
    {"generator.cpu_user_s", FIGURE_NUMBER, AT(cpu_user_s), MERGE_SUM, SINCE_FIRST, "s",
     "generator_cpu_seconds_total", "user",
     "CPU time of the run in user mode"},
    {"generator.cpu_system_s", FIGURE_NUMBER, AT(cpu_system_s), MERGE_SUM, SINCE_FIRST, "s",
     "generator_cpu_seconds_total", "system",
     "CPU time of the run in the kernel"},
    {"generator.cpu_per_session_us", FIGURE_NUMBER, AT(cpu_per_session_us), MERGE_OTHER, SINCE_FIRST, "us",
     "generator_cpu_per_session_seconds", NULL,
     "CPU time a session"},
    {"generator.loop_lag", FIGURE_DISTRIBUTION, AT(loop_lag), MERGE_SUM, SINCE_FIRST, "us",
     "generator_loop_lag_seconds", NULL,
     "how long each turn of an event loop kept what came meanwhile waiting"},
    {"generator.schedule_slip", FIGURE_DISTRIBUTION, AT(schedule_slip), MERGE_SUM, SINCE_FIRST, "us",
     "generator_schedule_slip_seconds", NULL,
     "from the intended to the real start of sessions"},
    {"generator.slots_paused_s", FIGURE_SECONDS, AT(slots_paused_s), MERGE_SUM, SINCE_LATER, "s",
     "generator_slots_paused_seconds", NULL,
     "how long slots waited after failures, added up over the slots"},
    {"generator.saturated", FIGURE_FLAG, AT(saturated), MERGE_OTHER, SINCE_FIRST, "",
     "generator_saturated", NULL,
     "whether the rate asked for was not held"},
    {"generator.limit", FIGURE_TEXT, AT(limit), MERGE_OTHER, SINCE_LATER, "",
     "generator_limit", NULL,
     "by what the rate was limited"},
    {"generator.peak_rss_bytes", FIGURE_COUNT, AT(peak_rss_bytes), MERGE_LARGEST, SINCE_FIRST, "bytes",
     "generator_resident_memory_peak_bytes", NULL,
     "most resident memory at once"},
    {"generator.rss_per_session_bytes", FIGURE_COUNT, AT(rss_per_session_bytes), MERGE_LARGEST, SINCE_LATER, "bytes",
     "generator_memory_per_session_bytes", NULL,
     "its growth for each session established at the peak; 0: not measured"},
    {"generator.descriptors.used", FIGURE_COUNT, AT(descriptors_used), MERGE_OTHER, SINCE_LATER, "descriptors",
     "generator_descriptors_used", NULL,
     "file descriptors in use at most, an estimate"},
    {"generator.descriptors.limit", FIGURE_COUNT, AT(descriptors_limit), MERGE_OTHER, SINCE_LATER, "descriptors",
     "generator_descriptors_limit", NULL,
     "how many the process may have"},
    {"generator.ports.used", FIGURE_COUNT, AT(ports_used), MERGE_OTHER, SINCE_LATER, "ports",
     "generator_ports_used", NULL,
     "local ports in use at most, an estimate"},
    {"generator.ports.limit", FIGURE_COUNT, AT(ports_limit), MERGE_OTHER, SINCE_LATER, "ports",
     "generator_ports_limit", NULL,
     "how many the kernel has for all source addresses"},
    {"steady.from_s", FIGURE_SPAN, AT(steady.from_s), MERGE_OTHER, SINCE_OBJECT, "s",
     "steady_start_seconds", NULL,
     "when the steady part of the run begins"},
    {"steady.duration_s", FIGURE_SPAN, AT(steady.duration_s), MERGE_OTHER, SINCE_OBJECT, "s",
     "steady_duration_seconds", NULL,
     "how long it lasts"},
    {"steady.sessions_per_second", FIGURE_NUMBER, AT(steady.sessions_per_second), MERGE_OTHER, SINCE_OBJECT, "sessions/s",
     "steady_sessions_per_second", NULL,
     "sessions a second of it"},
    {"steady.requests_per_second", FIGURE_NUMBER, AT(steady.requests_per_second), MERGE_OTHER, SINCE_OBJECT, "requests/s",
     "steady_requests_per_second", NULL,
     "requests a second of it"},
};
const size_t figure_table_len = sizeof figure_table / sizeof *figure_table;

#undef AT
#define AT(field) offsetof(struct result_identity, field)
const struct counter identity_counters[] = {
    {"sessions", AT(sessions), SINCE_FIRST, "its started sessions", false},
    {"succeeded", AT(by_class[CLASS_SUCCEEDED]), SINCE_FIRST, "of those, succeeded", true},
    {"refused", AT(by_class[CLASS_REFUSED]), SINCE_FIRST, "of those, refused by the server", true},
    {"failed", AT(by_class[CLASS_FAILED]), SINCE_FIRST, "of those, failed", true},
    {"cut_off", AT(by_class[CLASS_CUT_OFF]), SINCE_LATER, "of those, open when the run ended", true},
    {"cut_off_served", AT(cut_off_served), SINCE_LATER, "of those cut off, the ones that had responses, all as expected", false},
    {"unconfirmed", AT(by_class[CLASS_UNCONFIRMED]), SINCE_LATER, "of its sessions, those of which the server's answer is not known", true},
};
const size_t num_identity_counters = sizeof identity_counters / sizeof *identity_counters;

#undef AT
#define AT(field) offsetof(struct series_row, field)
const struct counter second_counters[] = {
    {"sessions", AT(sessions), SINCE_FIRST, "sessions that ended in it", false},
    {"handshakes", AT(handshakes), SINCE_FIRST, "handshakes completed in it", false},
    {"requests", AT(requests), SINCE_LATER, "requests completed in it", false},
    {"refused", AT(refused), SINCE_LATER, "of its sessions, refused", false},
    {"failed", AT(failed), SINCE_FIRST, "of its sessions, failed", false},
};
const size_t num_second_counters = sizeof second_counters / sizeof *second_counters;

#undef AT
#define AT(field) offsetof(struct latency_summary, field)
const struct statistic statistic_table[] = {
    {"min", AT(min), "the least"},
    {"mean", AT(mean), "the mean"},
    {"stdev", AT(stdev), "the standard deviation"},
    {"p50", AT(p50), "the median"},
    {"p75", AT(p75), "75 % are no more"},
    {"p90", AT(p90), "90 % are no more"},
    {"p95", AT(p95), "95 % are no more"},
    {"p99", AT(p99), "99 % are no more"},
    {"p999", AT(p999), "99.9 % are no more"},
    {"max", AT(max), "the most"},
};
const size_t statistic_table_len = sizeof statistic_table / sizeof *statistic_table;

const struct metric metric_table[] = {
    {"sessions_scheduled_total", NULL, "Sessions that were due."},
    {"sessions_skipped_total", NULL, "Sessions that were due and never started."},
    {"sessions_total", "class", "Started sessions, by what they count as."},
    {"session_outcomes_total", "outcome", "Started sessions, by how they came out."},
    {"sessions_cut_off_served_total", NULL, "Of those cut off, the ones that had responses, all as expected."},
    {"sessions_cut_off_responses_total", NULL, "How many responses those had."},
    {"sessions_per_second", NULL, "Sessions a second, without the warm-up."},
    {"sessions_established_peak", NULL, "Most sessions established at once."},
    {"requests_started_total", NULL, "HTTP requests that were sent."},
    {"requests_total", "result", "HTTP requests, by how they ended."},
    {"requests_without_close_notify_total", NULL, "Of the succeeded, those that ended with TCP, without TLS's close_notify."},
    {"responses_total", "status", "Complete HTTP responses, by status."},
    {"requests_per_second", NULL, "Requests a second, without the warm-up."},
    {"read_bytes_total", NULL, "Bytes read from connections."},
    {"written_bytes_total", NULL, "Bytes written to connections."},
    {"handshakes_total", "kind", "Completed TLS handshakes, by kind."},
    {"handshakes_per_second", NULL, "Handshakes a second, without the warm-up."},
    {"handshake_versions_total", "version", "Handshakes by protocol version."},
    {"handshake_ciphers_total", "cipher", "Handshakes by cipher suite."},
    {"handshake_groups_total", "group", "Handshakes by key agreement group."},
    {"handshake_sigalgs_total", "sigalg", "Handshakes by the server's signature algorithm."},
    {"handshake_protocols_total", "protocol", "Handshakes by the protocol that ALPN chose."},
    {"tickets_offered_total", NULL, "Session tickets offered for resumption."},
    {"tickets_declined_total", NULL, "Offered tickets that the server declined."},
    {"early_data_offered_total", NULL, "Sessions that sent early data."},
    {"early_data_total", "result", "Sessions that sent early data, by what the server did with it."},
    {"ech_offered_total", NULL, "Sessions that sent an encrypted ClientHello (ECH)."},
    {"ech_total", "result", "Sessions that sent an encrypted ClientHello, by what the server did with it."},
    {"ech_retried_total", NULL, "Sessions that sent one by a configuration of an earlier rejection."},
    {"cert_compression_handshakes_total", "algorithm", "Handshakes whose server sent its certificate compressed, by algorithm."},
    {"cert_compression_bytes_total", NULL, "Compressed Certificate messages of servers, uncompressed."},
    {"cert_compression_received_bytes_total", NULL, "The same as they came, compressed."},
    {"cert_compression_saved_bytes_total", NULL, "What was saved of those that became shorter."},
    {"alerts_sent_total", "alert", "TLS alerts sent, by name."},
    {"alerts_received_total", "alert", "TLS alerts received, by name."},
    {"pins_total", "result", "Sessions, by what became of the server's pin."},
    {"pins_checked_resumed_total", NULL, "Resumed sessions in which a pin was looked for."},
    {"pin_matches_total", "pin", "Sessions that matched a pin, by pin."},
    {"steady_start_seconds", NULL, "When the steady part of the run begins."},
    {"steady_duration_seconds", NULL, "How long the steady part of the run lasts."},
    {"steady_sessions_per_second", NULL, "Sessions a second of the steady part."},
    {"steady_requests_per_second", NULL, "Requests a second of the steady part."},
    {"generator_cpu_seconds_total", "mode", "CPU time of the generator."},
    {"generator_cpu_per_session_seconds", NULL, "CPU time of the generator a session."},
    {"generator_slots_paused_seconds", NULL, "How long slots waited after failures, added up over the slots."},
    {"generator_saturated", NULL, "1 if the requested rate was not held."},
    {"generator_limit", "limit", "What kept the rate from being held; always 1."},
    {"generator_resident_memory_peak_bytes", NULL, "Most resident memory at once."},
    {"generator_memory_per_session_bytes", NULL, "Growth of resident memory for each session established at the peak."},
    {"generator_descriptors_used", NULL, "File descriptors in use at most, an estimate."},
    {"generator_descriptors_limit", NULL, "File descriptors that the process may have."},
    {"generator_ports_used", NULL, "Local ports in use at most, an estimate."},
    {"generator_ports_limit", NULL, "Local ports that there are for all source addresses."},
    {"generator_loop_lag_seconds", NULL, "How late the event loops were."},
    {"generator_schedule_slip_seconds", NULL, "From intended to real start."},
};
/* clang-format on */
const size_t metric_table_len = sizeof metric_table / sizeof *metric_table;

void *figure_in(struct result *result, const struct figure *figure)
{
    return (char *)result + figure->offset;
}

const void *figure_of(const struct result *result, const struct figure *figure)
{
    return (const char *)result + figure->offset;
}

const char *figure_kind_name(const struct figure *figure)
{
    switch (figure->kind) {
    case FIGURE_COUNT:
        return figure->metric == NULL || strstr(figure->metric, "_total") != NULL ? "counter"
                                                                                  : "maximum";
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
    case FIGURE_OUTCOMES:
        return "counters";
    case FIGURE_NUMBER:
        if (figure->metric != NULL && strstr(figure->metric, "per_second") != NULL)
            return "rate";
        return "time";
    case FIGURE_SECONDS:
    case FIGURE_SPAN:
        return "time";
    case FIGURE_FLAG:
        return "flag";
    case FIGURE_DISTRIBUTION:
        return "distribution";
    case FIGURE_TEXT:
        break;
    }
    return "text";
}
