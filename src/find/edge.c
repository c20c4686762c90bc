/* SPDX-License-Identifier: Apache-2.0 */
#include "find/edge.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define BY_ACCIDENT 0.02
#define HINT_SPREAD 0.04 /* of the rate */
#define HINT_FLOOR 0.03  /* of what is likely by it, for what is far away */

/* What may be, and how likely it is before any stage: most servers have a rather sharp limit, and
 * hardly ever break for another reason. */
static const double spreads[] = {0.001, 0.004, 0.012, 0.04};
static const double odds[] = {0.01, 0.08, 0.35};
static const double likely_spreads[] = {0.3, 0.3, 0.25, 0.15};
static const double likely_odds[] = {0.65, 0.25, 0.1};

#define NUM_SPREADS (sizeof spreads / sizeof *spreads)
#define NUM_ODDS (sizeof odds / sizeof *odds)
#define NUM_SHAPES (NUM_SPREADS * NUM_ODDS)

struct edge {
    double first, step; /* logarithms of rates */
    size_t count;
    double *weights; /* [count][NUM_SHAPES], which sum up to 1 */
};

struct edge *edge_new(double least, double most, double step)
{
    struct edge *edge = memory_new(1, sizeof *edge);
    edge->first = log(least);
    edge->step = log1p(step);
    edge->count = (size_t)ceil((log(most) - edge->first) / edge->step) + 1;
    edge->weights = memory_new(edge->count * NUM_SHAPES, sizeof *edge->weights);
    for (size_t i = 0; i < edge->count * NUM_SHAPES; i++)
        edge->weights[i] = likely_spreads[i % NUM_SHAPES / NUM_ODDS] * likely_odds[i % NUM_ODDS] /
                           (double)edge->count;
    return edge;
}

void edge_free(struct edge *edge)
{
    if (edge == NULL)
        return;
    free(edge->weights);
    free(edge);
}

static double logarithm_at(const struct edge *edge, size_t i)
{
    return edge->first + (double)i * edge->step;
}

/* Writes how likely a stage of LENGTH holds whose rate is OVER the edge, of each shape. */
static void write_chances(double out[static NUM_SHAPES], double over, double length)
{
    double even[NUM_ODDS];
    for (size_t k = 0; k < NUM_ODDS; k++)
        even[k] = length == 1 ? 1 - odds[k] : pow(1 - odds[k], length);
    for (size_t j = 0; j < NUM_SPREADS; j++) {
        double below = 1 / (1 + exp(over / spreads[j]));
        for (size_t k = 0; k < NUM_ODDS; k++)
            out[j * NUM_ODDS + k] = even[k] * (below + BY_ACCIDENT * (1 - below));
    }
}

void edge_hint(struct edge *edge, double rate)
{
    double sum = 0;
    for (size_t i = 0; i < edge->count * NUM_SHAPES; i++) {
        double away = (log(rate) - logarithm_at(edge, i / NUM_SHAPES)) / HINT_SPREAD;
        edge->weights[i] *= HINT_FLOOR + exp(-away * away / 2);
        sum += edge->weights[i];
    }
    for (size_t i = 0; i < edge->count * NUM_SHAPES; i++)
        edge->weights[i] /= sum;
}

void edge_learn(struct edge *edge, double rate, bool held, double length)
{
    double sum = 0, chances[NUM_SHAPES];
    for (size_t i = 0; i < edge->count; i++) {
        double *weights = &edge->weights[i * NUM_SHAPES];
        write_chances(chances, log(rate) - logarithm_at(edge, i), length);
        for (size_t j = 0; j < NUM_SHAPES; j++) {
            weights[j] *= held ? chances[j] : 1 - chances[j];
            sum += weights[j];
        }
    }
    for (size_t i = 0; i < edge->count * NUM_SHAPES; i++)
        edge->weights[i] /= sum;
}

double edge_quantile(const struct edge *edge, double probability)
{
    double below = 0;
    for (size_t i = 0; i < edge->count; i++) {
        double here = 0;
        for (size_t j = 0; j < NUM_SHAPES; j++)
            here += edge->weights[i * NUM_SHAPES + j];
        if (below + here >= probability) {
            double share = here > 0 ? (probability - below) / here : 0.5;
            return exp(logarithm_at(edge, i) + (share - 0.5) * edge->step);
        }
        below += here;
    }
    return exp(logarithm_at(edge, edge->count - 1));
}

/* What is weighed, its mean and its square's. */
struct moments {
    double weight, sum, squares;
};

static void add(struct moments *moments, double weight, double value)
{
    moments->weight += weight;
    moments->sum += weight * value;
    moments->squares += weight * value * value;
}

/* The variance times the weight. */
static double spread_of(const struct moments *moments)
{
    return moments->weight > 0 ? moments->squares - moments->sum * moments->sum / moments->weight
                               : 0;
}

/* The mean of the variance that a stage at RATE would leave. */
static double left_after(const struct edge *edge, double rate)
{
    struct moments if_held = {0}, if_broken = {0};
    double chances[NUM_SHAPES], middle = logarithm_at(edge, edge->count / 2);
    for (size_t i = 0; i < edge->count; i++) {
        const double *weights = &edge->weights[i * NUM_SHAPES];
        double here = 0, held = 0;
        for (size_t j = 0; j < NUM_SHAPES; j++)
            here += weights[j];
        if (here < 1e-9)
            continue;
        write_chances(chances, log(rate) - logarithm_at(edge, i), 1);
        for (size_t j = 0; j < NUM_SHAPES; j++)
            held += weights[j] * chances[j];
        add(&if_held, held, logarithm_at(edge, i) - middle);
        add(&if_broken, here - held, logarithm_at(edge, i) - middle);
    }
    return spread_of(&if_held) + spread_of(&if_broken);
}

double edge_telling(const struct edge *edge, double most)
{
    static const double probabilities[] = {0.5, 0.02, 0.08, 0.2, 0.35, 0.65, 0.8, 0.92, 0.98};
    double best = fmin(edge_quantile(edge, 0.5), most), least_left = INFINITY;
    for (size_t i = 0; i < sizeof probabilities / sizeof *probabilities; i++) {
        double rate = fmin(edge_quantile(edge, probabilities[i]), most);
        double left = left_after(edge, rate);
        if (left < least_left) {
            least_left = left;
            best = rate;
        }
    }
    return best;
}
