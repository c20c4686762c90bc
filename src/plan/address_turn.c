/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/address_turn.h"

/* The Lyndon words of one and two symbols, in order: 0, 01, 02, …, 1, 12, 13, … (H. Fredricksen and
 * J. Maiorana, Necklaces of beads in k colors and k-ary de Bruijn sequences, 1978). */
size_t address_turn(size_t count, uint64_t turn)
{
    size_t at = (size_t)(turn % ((uint64_t)count * count));
    for (size_t first = 0;; first++) {
        size_t len = 1 + 2 * (count - 1 - first);
        if (at < len)
            return at == 0 || at % 2 == 1 ? first : first + at / 2;
        at -= len;
    }
}
