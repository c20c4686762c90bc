/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cork.h"

#include "base/clock.h"

#include <stddef.h>

#define LONGEST_NS (50 * NS_PER_US)

void cork_add(struct cork *cork, struct corked *corked, uint64_t now_ns, uint64_t num_in_flight)
{
    if (corked->link != NULL)
        return;
    if (cork_is_empty(cork)) {
        cork->since_ns = now_ns;
        cork->num_in_flight = num_in_flight;
    } else {
        cork->first->link = &corked->next;
    }
    corked->next = cork->first;
    corked->link = &cork->first;
    cork->first = corked;
}

void cork_leave(struct corked *corked)
{
    if (corked->link == NULL)
        return;
    *corked->link = corked->next;
    if (corked->next != NULL)
        corked->next->link = corked->link;
    corked->link = NULL;
}

bool cork_is_empty(const struct cork *cork)
{
    return cork->first == NULL;
}

bool cork_is_due(const struct cork *cork, uint64_t now_ns, uint64_t num_in_flight)
{
    return !cork_is_empty(cork) &&
           (now_ns - cork->since_ns >= LONGEST_NS || num_in_flight <= cork->num_in_flight / 2);
}

struct corked *cork_take(struct cork *cork)
{
    struct corked *corked = cork->first;
    if (corked != NULL)
        cork_leave(corked);
    return corked;
}
