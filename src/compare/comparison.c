/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/comparison.h"

#include "base/memory.h"
#include "measure/latency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRUST_LEVEL 0.99 /* of all measures together */
#define CLAIM_LEVEL 0.05 /* of all differences together */

/* Two arms that do the same work differ by up to a nanosecond in the callback, since code and data
 * lie elsewhere in the caches. That is real and meaningless. */
#define CALLBACK_MARGIN_NS 5

/* Arms of plans have keys, anchors and contexts of their own, whose places in memory make them differ
 * by up to a hundredth, for as long as the process lives: bench/arms-judge. */
#define APART_MARGIN 0.01

const char *measure_name(enum measure measure)
{
    static const char *const names[NUM_MEASURES] = {
        [MEASURE_VERIFY_CALLBACK] = "verify_callback",
        [MEASURE_HANDSHAKE_CPU] = "handshake_cpu",
        [MEASURE_TLS_HANDSHAKE] = "tls_handshake",
        [MEASURE_INSTRUCTIONS] = "instructions",
    };
    return names[measure];
}

void comparison_init(struct comparison *comparison, const struct arms *arms, bool has_instructions)
{
    *comparison = (struct comparison){.arms = arms, .has_instructions = has_instructions};
    for (unsigned i = 0; i < arms->count; i++) {
        for (int m = 0; m < MEASURE_INSTRUCTIONS; m++)
            comparison->samples[i].latencies[m] = latency_new(3);
    }
}

void comparison_cleanup(struct comparison *comparison)
{
    for (unsigned i = 0; i < MAX_ARMS; i++) {
        for (int m = 0; m < NUM_MEASURES; m++) {
            free(comparison->samples[i].values[m]);
            latency_free(comparison->samples[i].latencies[m]);
        }
        for (int w = 0; w < NUM_WIRE; w++)
            value_counts_cleanup(&comparison->samples[i].wire[w]);
    }
    *comparison = (struct comparison){0};
}

/* Makes room for BLOCK; values not measured yet are NAN. */
static void grow(struct comparison *comparison, size_t block)
{
    size_t old = comparison->capacity;
    while (comparison->capacity <= block)
        comparison->capacity = comparison->capacity ? comparison->capacity * 2 : 1024;
    for (unsigned i = 0; i < comparison->arms->count; i++) {
        for (int m = 0; m < NUM_MEASURES; m++) {
            float **values = &comparison->samples[i].values[m];
            *values = memory_resize(*values, comparison->capacity * sizeof **values);
            for (size_t j = old; j < comparison->capacity; j++)
                (*values)[j] = NAN;
        }
    }
}

void comparison_add(struct comparison *comparison, size_t block, unsigned arm,
                    const double values[static NUM_MEASURES])
{
    struct arm_samples *samples = &comparison->samples[arm];
    if (block >= comparison->capacity)
        grow(comparison, block);
    if (block >= comparison->num_blocks)
        comparison->num_blocks = block + 1;
    samples->sessions++;
    for (int m = 0; m < NUM_MEASURES; m++) {
        samples->values[m][block] = (float)values[m];
        if (samples->latencies[m] != NULL && isfinite(values[m]))
            latency_record(samples->latencies[m], (uint64_t)values[m]);
    }
}

void comparison_add_wire(struct comparison *comparison, unsigned arm,
                         const uint32_t wire[static NUM_WIRE])
{
    for (int i = 0; i < NUM_WIRE; i++)
        value_counts_add(&comparison->samples[arm].wire[i], wire[i], 1);
}

void comparison_add_failure(struct comparison *comparison, unsigned arm)
{
    comparison->samples[arm].sessions++;
    comparison->samples[arm].failed++;
}

/* The baseline's figure that percentages of MEASURE refer to. */
static double reference(const struct comparison *comparison, enum measure measure)
{
    enum measure of = measure == MEASURE_VERIFY_CALLBACK ? MEASURE_HANDSHAKE_CPU : measure;
    const struct arm_samples *baseline = &comparison->samples[comparison->arms->baseline];
    return statistics_location(baseline->values[of], comparison->num_blocks);
}

static struct difference differ(const struct comparison *comparison, unsigned arm,
                                enum measure measure, double wide_level)
{
    const struct arms *arms = comparison->arms;
    struct difference difference = {.arm = arm, .measure = measure, .p_adjusted = NAN};
    struct difference_estimate *estimate = &difference.estimate;
    struct difference_terms terms = {.wide_level = wide_level,
                                     .margin = comparison_margin(comparison, measure),
                                     .seed = arms->seed + (uint64_t)arm * NUM_MEASURES + measure};
    difference.is_known = statistics_difference(comparison->samples[arm].values[measure],
                                                comparison->samples[arms->baseline].values[measure],
                                                comparison->num_blocks, &terms, estimate);
    if (!difference.is_known)
        return difference;
    double whole = reference(comparison, measure);
    difference.percent = whole > 0 ? estimate->estimate / whole * 100 : NAN;
    return difference;
}

double comparison_margin(const struct comparison *comparison, enum measure measure)
{
    const struct arms *arms = comparison->arms;
    double margin = comparison->steps[measure] / 2;
    if (measure == MEASURE_VERIFY_CALLBACK)
        margin = fmax(margin, CALLBACK_MARGIN_NS);
    if (arms->is_apart) /* without any value it is NAN, which fmax ignores */
        margin = fmax(margin,
                      APART_MARGIN *
                          statistics_location(comparison->samples[arms->baseline].values[measure],
                                              comparison->num_blocks));
    return margin;
}

bool comparison_is_off(const struct comparison *comparison, enum measure measure)
{
    const struct difference *control = &comparison->control[measure];
    const struct interval *wide = &control->estimate.wide;
    return control->is_known && (wide->low > 0 || wide->high < 0);
}

static void conclude(struct difference *difference, double p_adjusted)
{
    const struct interval *ci = &difference->estimate.ci95;
    difference->p_adjusted = p_adjusted;
    difference->distinguishable = (ci->low > 0 || ci->high < 0) && p_adjusted < CLAIM_LEVEL;
}

/* The unknown come last, then the larger. */
static int compare_p(const void *a, const void *b)
{
    const struct difference *left = *(struct difference *const *)a;
    const struct difference *right = *(struct difference *const *)b;
    if (!left->is_known || !right->is_known)
        return right->is_known - left->is_known;
    double x = left->estimate.p_value, y = right->estimate.p_value;
    return (x > y) - (x < y);
}

/* The more differences are looked at, the more often chance makes one: Holm's correction keeps the
 * runs in which any is claimed although there is none at 5%. */
static void adjust(struct comparison *comparison)
{
    struct difference *sorted[MAX_ARMS * NUM_MEASURES];
    size_t num_known = 0;
    double least = 0;
    for (size_t i = 0; i < comparison->num_differences; i++) {
        sorted[i] = &comparison->differences[i];
        num_known += sorted[i]->is_known;
    }
    qsort(sorted, comparison->num_differences, sizeof *sorted, compare_p);
    for (size_t i = 0; i < num_known; i++) {
        least = fmax(least, (double)(num_known - i) * sorted[i]->estimate.p_value);
        conclude(sorted[i], fmin(least, 1));
    }
}

int comparison_num_measures(const struct comparison *comparison)
{
    return comparison->has_instructions ? NUM_MEASURES : MEASURE_INSTRUCTIONS;
}

void comparison_judge(struct comparison *comparison)
{
    const struct arms *arms = comparison->arms;
    int num_measures = comparison_num_measures(comparison);
    comparison->trust_level = 1 - (1 - TRUST_LEVEL) / num_measures; /* Bonferroni correction */
    comparison->num_differences = 0;
    comparison->trusted = true;
    for (unsigned arm = 0; arm < arms->count; arm++) {
        for (int m = 0; m < num_measures && arm != arms->baseline; m++) {
            struct difference difference =
                differ(comparison, arm, (enum measure)m, comparison->trust_level);
            if (arm != arms->control) {
                comparison->differences[comparison->num_differences++] = difference;
                continue;
            }
            if (difference.is_known)
                conclude(&difference, difference.estimate.p_value);
            comparison->control[m] = difference;
            comparison->trusted &=
                difference.is_known && !comparison_is_off(comparison, (enum measure)m);
        }
    }
    adjust(comparison);
}

double comparison_instructions(const struct comparison *comparison, unsigned arm)
{
    const float *values = comparison->samples[arm].values[MEASURE_INSTRUCTIONS];
    if (!comparison->has_instructions)
        return NAN;
    return statistics_location(values, comparison->num_blocks);
}

double comparison_least_seen(const struct comparison *comparison, enum measure measure,
                             double difference_ns, double *out_pairs_needed)
{
    double least = 0;
    *out_pairs_needed = STATISTICS_MIN_PAIRS;
    for (size_t i = 0; i <= comparison->num_differences; i++) { /* the last ones of the control */
        const struct difference *difference = i < comparison->num_differences
                                                  ? &comparison->differences[i]
                                                  : &comparison->control[measure];
        if (difference->measure != measure)
            continue;
        if (!difference->is_known) {
            *out_pairs_needed = INFINITY;
            return INFINITY;
        }
        least = fmax(least, statistics_least_seen(&difference->estimate));
        *out_pairs_needed =
            fmax(*out_pairs_needed, statistics_pairs_needed(&difference->estimate, difference_ns));
    }
    return least;
}
