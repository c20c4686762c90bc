/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that uses HdrHistogram. Everything reported is computed from the buckets alone
 * (even minimum and maximum are those of their buckets), so that a distribution that was encoded
 * and decoded, or merged from several, reports the same values as the original. An encoded
 * distribution comes from an untrusted file, so it is decoded here: the library's decoder trusts
 * the lengths that it reads.
 */
#include "measure/latency.h"

#include "base/clock.h"
#include "base/memory.h"

#include <assert.h>
#include <hdr_encoding.h>
#include <hdr_histogram.h>
#include <hdr_histogram_log.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#define HIGHEST_NS (3600 * (int64_t)NS_PER_S)
#define COARSE_LOWEST_NS 1000
#define FINEST_DIGITS 3
#define COARSEST_DIGITS 1
/* The limit for counts in a file, so that merging files does not overflow. */
#define MOST_FOREIGN_COUNTS ((int64_t)1 << 53)

/* V2 of the encoding: a header, then the counts, compressed by zlib behind another header. */
#define COOKIE_COMPRESSED 0x1c849314u
#define COOKIE_ENCODED 0x1c849313u
#define COMPRESSED_HEAD_LEN 8
#define ENCODED_HEAD_LEN 40
#define LARGEST_COUNT_LEN 9 /* the most bytes of one count or run of zeros */

struct latency {
    struct hdr_histogram hdr;
    uint64_t clamped;
    uint64_t floor_ns; /* the smallest value that it distinguishes */
};

/* If values begin at 1 ns, 0 is also a value: the library has a bucket for it. */
static int64_t lowest_ns(int digits)
{
    return digits == COARSEST_DIGITS ? COARSE_LOWEST_NS : 1;
}

static struct hdr_histogram_bucket_config config_of(int digits)
{
    assert(digits >= COARSEST_DIGITS && digits <= FINEST_DIGITS);
    struct hdr_histogram_bucket_config config;
    int failed = hdr_calculate_bucket_config(lowest_ns(digits), HIGHEST_NS, digits, &config);
    assert(failed == 0);
    (void)failed;
    return config;
}

struct latency *latency_new(int digits)
{
    struct hdr_histogram_bucket_config config = config_of(digits);
    struct latency *latency = memory_new(1, sizeof *latency);
    hdr_init_preallocated(&latency->hdr, &config);
    latency->hdr.counts = memory_new((size_t)config.counts_len, sizeof *latency->hdr.counts);
    latency->floor_ns = digits == COARSEST_DIGITS ? COARSE_LOWEST_NS : 0;
    return latency;
}

void latency_free(struct latency *latency)
{
    if (latency == NULL)
        return;
    free(latency->hdr.counts);
    free(latency);
}

void latency_record(struct latency *latency, uint64_t value_ns)
{
    if (value_ns > HIGHEST_NS) {
        value_ns = HIGHEST_NS;
        latency->clamped++;
    } else if (value_ns < latency->floor_ns) {
        value_ns = latency->floor_ns;
        latency->clamped++;
    }
    hdr_record_value(&latency->hdr, (int64_t)value_ns);
}

void latency_add(struct latency *latency, double value_ns, uint64_t count)
{
    int64_t value = value_ns < (double)HIGHEST_NS ? (int64_t)value_ns : HIGHEST_NS;
    hdr_record_values(&latency->hdr, value, (int64_t)count);
}

void latency_reset(struct latency *latency)
{
    hdr_reset(&latency->hdr);
    latency->clamped = 0;
}

static bool has_same_buckets(const struct hdr_histogram *a, const struct hdr_histogram *b)
{
    return a->significant_figures == b->significant_figures && a->counts_len == b->counts_len;
}

void latency_merge(struct latency *to, const struct latency *from)
{
    if (from == NULL)
        return;
    to->clamped += from->clamped;
    if (from->hdr.total_count == 0)
        return;
    bool same = has_same_buckets(&to->hdr, &from->hdr);
    for (int32_t i = 0; i < from->hdr.counts_len; i++) {
        int64_t count = from->hdr.counts[i];
        if (count == 0)
            continue;
        int64_t value = hdr_value_at_index(&from->hdr, i);
        if (!same)
            value = hdr_median_equivalent_value(&from->hdr, value);
        hdr_record_values(&to->hdr, value < HIGHEST_NS ? value : HIGHEST_NS, count);
    }
}

uint64_t latency_count(const struct latency *latency)
{
    return (uint64_t)latency->hdr.total_count;
}

/* The rank of PERCENT among TOTAL values, from 1: the smallest with PERCENT of the values at or
 * below it. The step down keeps 99.9 % of 1000, which is not exact in binary, from becoming the
 * 1000th. */
static int64_t rank_of(double percent, int64_t total)
{
    double rank = ceil(nextafter(percent, -INFINITY) / 100.0 * (double)total);
    if (rank < 1)
        return 1;
    return rank < (double)total ? (int64_t)rank : total;
}

/* percentiles finds COUNT values in one pass; PERCENTS is ascending. */
static void percentiles(const struct hdr_histogram *hdr, const double *percents, double *out_values,
                        size_t count)
{
    int64_t seen = 0;
    size_t found = 0;
    for (int32_t i = 0; i < hdr->counts_len && found < count; i++) {
        seen += hdr->counts[i];
        while (found < count && hdr->counts[i] > 0 &&
               seen >= rank_of(percents[found], hdr->total_count)) {
            int64_t value = hdr_value_at_index(hdr, i);
            out_values[found++] = (double)hdr_next_non_equivalent_value(hdr, value) - 1;
        }
    }
}

double latency_percentile(const struct latency *latency, double percent)
{
    double value = 0;
    if (latency->hdr.total_count > 0)
        percentiles(&latency->hdr, &percent, &value, 1);
    return value;
}

struct moments {
    double sum, squares; /* sum of squared differences from MEAN */
    double mean;
};

static void add_to_sum(void *arg, double value_ns, uint64_t count)
{
    struct moments *moments = arg;
    moments->sum += value_ns * (double)count;
}

static void add_to_squares(void *arg, double value_ns, uint64_t count)
{
    struct moments *moments = arg;
    double difference = value_ns - moments->mean;
    moments->squares += difference * difference * (double)count;
}

void latency_summarize(const struct latency *latency, struct latency_summary *out_summary)
{
    const struct hdr_histogram *hdr = &latency->hdr;
    *out_summary = (struct latency_summary){
        .count = (uint64_t)hdr->total_count,
        .clamped = latency->clamped,
    };
    if (hdr->total_count == 0)
        return;
    struct moments moments = {0};
    latency_each(latency, add_to_sum, &moments);
    moments.mean = moments.sum / (double)hdr->total_count;
    latency_each(latency, add_to_squares, &moments);
    out_summary->mean = moments.mean;
    out_summary->stdev = sqrt(moments.squares / (double)hdr->total_count);
    out_summary->min = (double)hdr_min(hdr);
    out_summary->max = (double)hdr_max(hdr);
    static const double percents[] = {50, 75, 90, 95, 99, 99.9};
    double values[6] = {0};
    percentiles(hdr, percents, values, 6);
    out_summary->p50 = values[0];
    out_summary->p75 = values[1];
    out_summary->p90 = values[2];
    out_summary->p95 = values[3];
    out_summary->p99 = values[4];
    out_summary->p999 = values[5];
}

void latency_each(const struct latency *latency,
                  void (*visit)(void *arg, double value_ns, uint64_t count), void *arg)
{
    const struct hdr_histogram *hdr = &latency->hdr;
    int64_t left = hdr->total_count;
    for (int32_t i = 0; i < hdr->counts_len && left > 0; i++) {
        if (hdr->counts[i] == 0)
            continue;
        left -= hdr->counts[i];
        int64_t median = hdr_median_equivalent_value(hdr, hdr_value_at_index(hdr, i));
        visit(arg, (double)median, (uint64_t)hdr->counts[i]);
    }
}

void latency_each_span(const struct latency *latency,
                       void (*visit)(void *arg, double low_ns, double high_ns, double count),
                       void *arg)
{
    const struct hdr_histogram *hdr = &latency->hdr;
    int64_t left = hdr->total_count;
    for (int32_t i = 0; i < hdr->counts_len && left > 0; i++) {
        if (hdr->counts[i] == 0)
            continue;
        left -= hdr->counts[i];
        int64_t low = hdr_value_at_index(hdr, i);
        visit(arg, (double)low, (double)hdr_next_non_equivalent_value(hdr, low),
              (double)hdr->counts[i]);
    }
}

char *latency_encode(const struct latency *latency)
{
    struct hdr_histogram view = latency->hdr;
    char *text = NULL;
    int failed = hdr_log_encode(&view, &text);
    return memory_must(failed ? NULL : text); /* it fails only for lack of memory */
}

/* --- decoding ------------------------------------------------------------------------------- */

static uint32_t read_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t read_u64(const uint8_t *bytes)
{
    return (uint64_t)read_u32(bytes) << 32 | read_u32(bytes + 4);
}

static bool is_base64(const char *text, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t digits = strspn(text, alphabet);
    return len > 0 && len % 4 == 0 && len - digits <= 2 &&
           strspn(text + digits, "=") == len - digits;
}

/* inflate_text decodes base64 and zlib; false if TEXT is invalid. OUT has *INOUT_LEN bytes. */
static bool inflate_text(const char *text, uint8_t *out, size_t *inout_len)
{
    size_t text_len = strlen(text);
    if (!is_base64(text, text_len))
        return false;
    size_t len = hdr_base64_decoded_len(text_len);
    uint8_t *bytes = memory_new(len, 1);
    bool inflated = false;
    if (hdr_base64_decode(text, text_len, bytes, len) != 0 || len < COMPRESSED_HEAD_LEN)
        goto out;
    uint32_t body_len = read_u32(bytes + 4);
    if (read_u32(bytes) != COOKIE_COMPRESSED || body_len > len - COMPRESSED_HEAD_LEN)
        goto out;
    uLongf out_len = *inout_len;
    inflated = uncompress(out, &out_len, bytes + COMPRESSED_HEAD_LEN, body_len) == Z_OK;
    *inout_len = out_len;
out:
    free(bytes);
    return inflated;
}

/* digits_of returns the digits of an encoded distribution that could be one of ours, otherwise
 * 0. */
static int digits_of(const uint8_t *bytes, size_t len)
{
    if (len < ENCODED_HEAD_LEN || read_u32(bytes) != COOKIE_ENCODED)
        return 0;
    uint32_t payload_len = read_u32(bytes + 4), offset = read_u32(bytes + 8);
    uint32_t digits = read_u32(bytes + 12);
    if (payload_len != len - ENCODED_HEAD_LEN || offset != 0 || digits < COARSEST_DIGITS ||
        digits > FINEST_DIGITS)
        return 0;
    bool ours = read_u64(bytes + 16) == (uint64_t)lowest_ns((int)digits) &&
                read_u64(bytes + 24) == (uint64_t)HIGHEST_NS;
    return ours ? (int)digits : 0;
}

/* read_counts decodes LEN bytes of counts, after which LARGEST_COUNT_LEN more are readable. */
static bool read_counts(struct hdr_histogram *hdr, const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    int64_t total = 0;
    for (int32_t index = 0; at < len;) {
        int64_t count;
        at += (size_t)zig_zag_decode_i64(bytes + at, &count);
        if (index >= hdr->counts_len || count < index - hdr->counts_len ||
            count > MOST_FOREIGN_COUNTS - total)
            return false;
        if (count < 0) {
            index += (int32_t)-count;
        } else {
            hdr->counts[index++] = count;
            total += count;
        }
    }
    hdr_reset_internal_counters(hdr);
    return at == len;
}

struct latency *latency_decode(const char *base64, uint64_t clamped)
{
    size_t most_counts = (size_t)config_of(FINEST_DIGITS).counts_len;
    size_t len = ENCODED_HEAD_LEN + most_counts * LARGEST_COUNT_LEN;
    struct latency *latency = NULL;
    uint8_t *bytes = memory_new(len + LARGEST_COUNT_LEN, 1);
    int digits = inflate_text(base64, bytes, &len) ? digits_of(bytes, len) : 0;
    if (digits == 0)
        goto out;
    latency = latency_new(digits);
    latency->clamped = clamped;
    if (!read_counts(&latency->hdr, bytes + ENCODED_HEAD_LEN, len - ENCODED_HEAD_LEN)) {
        latency_free(latency);
        latency = NULL;
    }
out:
    free(bytes);
    return latency;
}

/* --- the log -------------------------------------------------------------------------------- */

static hdr_timespec timespec_of(double seconds)
{
    double whole = floor(seconds);
    return (hdr_timespec){.tv_sec = (time_t)whole, .tv_nsec = (long)((seconds - whole) * 1e9)};
}

/* The library's own header omits the day of the month. */
void latency_log_begin(FILE *file, uint64_t start_wall_ns)
{
    time_t seconds = (time_t)(start_wall_ns / NS_PER_S);
    struct tm parts = {0};
    char date[32];
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
    fprintf(file,
            "#[Logged by pinload, in nanoseconds]\n"
            "#[Histogram log format version 1.2]\n"
            "#[StartTime: %.3f (seconds since epoch), %s]\n"
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
            "\"Interval_Compressed_Histogram\"\n",
            (double)start_wall_ns / 1e9, date);
}

bool latency_log_entry(FILE *file, const struct latency *latency, const char *tag, double start_s,
                       double length_s)
{
    char tag_copy[64];
    snprintf(tag_copy, sizeof tag_copy, "%s", tag);
    struct hdr_log_entry entry = {
        .start_timestamp = timespec_of(start_s),
        .interval = timespec_of(length_s),
        .tag = tag_copy,
        .tag_len = strlen(tag_copy),
    };
    struct hdr_log_writer writer;
    hdr_log_writer_init(&writer);
    struct hdr_histogram view = latency->hdr;
    return hdr_log_write_entry(&writer, file, &entry, &view) == 0;
}
