/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Detailed traces of single sessions, for a person: of the first one, and of the first failure of
 * each kind. They help when all sessions fail.
 */
#ifndef PINLOAD_MEASURE_STORY_H
#define PINLOAD_MEASURE_STORY_H

#include "measure/outcome.h"
#include "measure/sample.h"

#include <stdbool.h>

struct plan;
struct tls_conn;

struct stories {
    char *first;                    /* of the first session that ended; NULL: none did */
    char *by_outcome[NUM_OUTCOMES]; /* of the first with each outcome except succeeded; NULL:
                                     * none */
};

/* stories_note keeps SAMPLE's trace if it is the first of its kind. */
void stories_note(struct stories *stories, const struct plan *plan, const struct sample *sample,
                  const struct tls_conn *tls);

/* stories_merge takes over those of FROM that TO does not have. */
void stories_merge(struct stories *to, const struct stories *from);

void stories_cleanup(struct stories *stories);

#endif
