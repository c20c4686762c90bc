/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole story of single sessions, for a person: of the first one, and of the first failure of
 * each kind. For the moment when all of them fail.
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
    char *by_outcome[NUM_OUTCOMES]; /* of the first of each kind but succeeded; NULL: none */
};

/* stories_note keeps SAMPLE's story where it is the first of its kind. */
void stories_note(struct stories *stories, const struct plan *plan, const struct sample *sample,
                  const struct tls_conn *tls);

/* stories_merge takes over from FROM what TO has not. */
void stories_merge(struct stories *to, const struct stories *from);

void stories_cleanup(struct stories *stories);

#endif
