/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/option_ramp.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct ramp *option_ramp(struct options *options, const struct option_row *row)
{
    return row->kind == OPTION_COUNT_RAMP     ? &options->connections_ramp
           : row->kind == OPTION_DECIMAL_RAMP ? &options->rate_ramp
                                              : NULL;
}

static bool parse_number(const struct option_row *row, const char *text, double *out)
{
    uint64_t count;
    if (row->kind == OPTION_DECIMAL_RAMP)
        return text_parse_decimal(text, out) && *out <= OPTION_MOST_RATE;
    if (!text_parse_count(text, &count) || count < row->min || count > row->max)
        return false;
    *out = (double)count;
    return true;
}

bool option_ramp_read(const struct option_row *row, const char *value, struct ramp *out)
{
    size_t len = strcspn(value, ":");
    char *from = memory_text_n(value, len);
    bool ok = parse_number(row, from, &out->from) && parse_number(row, value + len + 1, &out->to) &&
              out->from + out->to > 0;
    free(from);
    out->text = value;
    return ok;
}
