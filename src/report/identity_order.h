/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which identities deserve a look, for reports that have not the room for all. */
#ifndef PINLOAD_REPORT_IDENTITY_ORDER_H
#define PINLOAD_REPORT_IDENTITY_ORDER_H

struct result;
struct result_identity;

/* identities_by_interest returns RESULT's identities, those that are not as expected first, then
 * the slowest by their handshake's p99; what is equal keeps its order. To be freed. */
const struct result_identity **identities_by_interest(const struct result *result);

#endif
