/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where stages begin to break: what is known of that rate after each stage, as probabilities. A stage
 * at RATE holds with the probability
 *
 *   (1 - odd) / (1 + (RATE / edge)^(1 / spread))
 *
 * in which the edge is sought, its spread is unknown (a server's limit may be sharp or blurred), and so
 * is how often a stage breaks whatever its rate (a server that stalls now and then). A stage above the
 * edge holds by accident in one of fifty. Knows nothing of sessions and clocks.
 */
#ifndef PINLOAD_FIND_EDGE_H
#define PINLOAD_FIND_EDGE_H

#include <stdbool.h>
#include <stddef.h>

struct edge;

/* edge_new knows nothing but that the edge is between LEAST and MOST; STEP, as a share of the rate,
 * is how finely. */
struct edge *edge_new(double least, double most, double step);
void edge_free(struct edge *edge);

/* edge_hint takes in that the edge is probably close to RATE. */
void edge_hint(struct edge *edge, double rate);

/* edge_learn takes in that a stage at RATE held or broke. LENGTH is how many ordinary stages it is as
 * long as: what happens now and then is more likely in a longer one. */
void edge_learn(struct edge *edge, double rate, bool held, double length);

/* edge_quantile returns the rate that the edge is below with PROBABILITY. */
double edge_quantile(const struct edge *edge, double probability);

/* edge_telling returns the rate, MOST at most, whose stage may be expected to tell most: after it, held
 * or broken, the variance of the edge's logarithm is smallest in the mean. */
double edge_telling(const struct edge *edge, double most);

#endif
