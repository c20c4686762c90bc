/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which to show identities, for reports that have no room for all of them. */
#ifndef PINLOAD_REPORT_IDENTITY_ORDER_H
#define PINLOAD_REPORT_IDENTITY_ORDER_H

struct result;
struct result_identity;

/* identities_by_interest returns RESULT's identities, those not as expected first, then the slowest
 * by their handshake's p99; equal ones keep their order. To be freed. */
const struct result_identity **identities_by_interest(const struct result *result);

#endif
