/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cases - the faults that the tree has to get over
 */
#include "cases.h"

#define NONE                                                                                       \
    {                                                                                              \
        0, 0                                                                                       \
    }

/* For each form: how often, and for how many seconds if it lasts. */
const case_row_t CASES[] = {
    {"no-fault", "a tree of five brokers under load", case_no_fault, {{1, 3}, {1, 10}, {1, 20}}},
    {"kill-leaf", "kill -9 of a leaf, which is started again", case_kill_leaf,
        {{2, 0}, {10, 0}, {20, 0}}},
    {"kill-mid", "kill -9 of a broker in the middle", case_kill_mid, {{2, 0}, {10, 0}, {20, 0}}},
    {"kill-root", "kill -9 of the root", case_kill_root, {{2, 0}, {10, 0}, {20, 0}}},
    {"stop-leaf", "SIGSTOP of a leaf, then SIGCONT", case_stop_leaf, {NONE, {1, 20}, {1, 20}}},
    {"stop-mid", "SIGSTOP of a broker in the middle", case_stop_mid, {{1, 2}, {1, 20}, {1, 20}}},
    {"stop-root", "SIGSTOP of the root", case_stop_root, {NONE, {1, 20}, {1, 20}}},
    {"term-leaf", "SIGTERM of a leaf, which is started again", case_term_leaf,
        {NONE, {3, 0}, {8, 0}}},
    {"term-mid", "SIGTERM of a broker in the middle", case_term_mid, {{1, 0}, {3, 0}, {8, 0}}},
    {"term-root", "SIGTERM of the root", case_term_root, {NONE, {3, 0}, {8, 0}}},
    {"hangups", "SIGHUP of each broker in turn", case_hangups, {{20, 0}, {200, 0}, {200, 0}}},
    {"new-pair", "the brokers change to another pair of keys", case_new_pair,
        {{1, 0}, {3, 0}, {6, 0}}},
    {"one-way-up", "nothing goes up from the middle, for a while", case_one_way_up,
        {NONE, {1, 25}, {1, 25}}},
    {"one-way-down", "nothing comes down to the middle, for a while", case_one_way_down,
        {NONE, {1, 25}, {1, 25}}},
    {"dropped-line", "the line of the middle is reset", case_dropped_line,
        {{3, 0}, {10, 0}, {30, 0}}},
    {"late-line", "the line of the middle takes 200 ms", case_late_line, {NONE, {1, 5}, {1, 10}}},
    {"slow-line", "a line of 50 kB/s carries messages of 20 kB", case_slow_line,
        {NONE, {1, 10}, {1, 20}}},
    {"full-line", "a line of 500 kB/s is to carry four times as much", case_full_line,
        {NONE, {1, 10}, {1, 20}}},
    {"large-on-slow", "a line of 50 kB/s carries messages of 900 kB", case_large_on_slow,
        {NONE, {1, 20}, {1, 40}}},
    {"huge-on-slow", "a line of 250 kB/s carries messages of 16 MB, both ways", case_huge_on_slow,
        {NONE, NONE, {1, 0}}},
    {"root-killed", "kill -9 of the root for good, beside a spare", case_root_killed,
        {NONE, {1, 0}, {1, 0}}},
    {"root-vanished", "the root's host vanishes, beside a spare", case_root_vanished,
        {NONE, {1, 0}, {1, 0}}},
    {"root-stopped", "SIGSTOP of the root for good, beside a spare", case_root_stopped,
        {NONE, {1, 0}, {1, 0}}},
    {"both-roots", "two roots that have each other as parent, started at once", case_both_roots,
        {NONE, {10, 0}, {50, 0}}},
    {"move-by-file", "a subtree moves by its file and SIGHUP", case_move_by_file,
        {NONE, {6, 0}, {20, 0}}},
    {"move-by-operator", "a subtree moves by ddtui --move", case_move_by_operator,
        {NONE, {6, 0}, {20, 0}}},
    {"move-unnoticed", "a subtree moves while its line to the parent is dead", case_move_unnoticed,
        {{2, 0}, {6, 0}, {20, 0}}},
    {"move-untold", "a subtree moves while its parent can't tell the root", case_move_untold,
        {NONE, {6, 0}, {20, 0}}},
    {"consumer-stopped", "a client takes no events, for a while", case_consumer_stopped,
        {{1, 2}, {1, 10}, {1, 20}}},
    {"names", "a name is asked for where it is held, and by two at once", case_names,
        {{3, 0}, {20, 0}, {50, 0}}},
    {"storm-one", "a broker of 2,000 clients in one process is killed", case_storm_of_one,
        {NONE, {1, 0}, {2, 0}}},
    {"storm-eight", "a broker of 2,000 clients in eight processes is killed", case_storm_of_eight,
        {NONE, {1, 0}, {2, 0}}},
    {"silent-names", "the name server doesn't answer", case_silent_names, {NONE, {1, 5}, {1, 10}}},
    {"loop-1", "a broker that is its own parent", case_loop_1, {{1, 0}, {1, 0}, {2, 0}}},
    {"loop-2", "a ring of two brokers, started in every order", case_loop_2,
        {{1, 0}, {1, 0}, {2, 0}}},
    {"loop-3", "a ring of three brokers, started in every order", case_loop_3,
        {NONE, {1, 0}, {2, 0}}},
    {"wall-clock", "the brokers' wall clocks jump by an hour, both ways", case_wall_clock,
        {{1, 0}, {4, 0}, {10, 0}}},
    {"upgrade", "brokers are replaced one by one by newer ones", case_upgrade,
        {NONE, {1, 0}, {1, 0}}},
};
const unsigned CASE_COUNT = COUNT(CASES);
