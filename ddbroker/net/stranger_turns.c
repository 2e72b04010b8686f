/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stranger_turns - strangers are read in turn with those who are known
 */
#include "stranger_turns.h"

static _Thread_local struct {
    uint64_t number; /* of the round at hand, from 1 */
    uint64_t began_us;
} round_at_hand;

bool stranger_turns_take(uint64_t *put_off, uint64_t now_us)
{
    uint64_t passed = now_us - round_at_hand.began_us;
    if (*put_off == round_at_hand.number || passed >= STRANGER_TURNS_ROUND) {
        round_at_hand.number++;
        round_at_hand.began_us = now_us;
    } else if (passed >= STRANGER_TURNS_SHARE) {
        *put_off = round_at_hand.number;
        return false;
    }
    return true;
}
