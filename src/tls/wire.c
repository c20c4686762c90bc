/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/wire.h"

const char *wire_name(enum wire figure)
{
    static const char *const names[NUM_WIRE] = {
        [WIRE_CLIENT_HELLO] = "client_hello", [WIRE_SENT] = "sent",
        [WIRE_LAST_FLIGHT] = "last_flight",   [WIRE_RECEIVED] = "received",
        [WIRE_ROUND_TRIPS] = "round_trips",
    };
    return names[figure];
}

const char *wire_unit(enum wire figure)
{
    return figure == WIRE_ROUND_TRIPS ? "round trips" : "bytes";
}
