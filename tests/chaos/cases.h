/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cases - the faults that the tree has to get over
 *
 * Each function plays one case on a stage whose first fields are filled, and returns what the case
 * ends with. They have processes of their own.
 */
#ifndef CASES_H_INCLUDED
#define CASES_H_INCLUDED

#include "stage.h"

typedef int case_t(stage_t *stage);

/* What a form asks of a case. */
typedef struct {
    unsigned times; /* 0: the form leaves the case out */
    unsigned seconds;
} case_effort_t;

/* One for tests beside others on a busy machine; one of ten minutes, one of twenty. */
typedef enum { FORM_QUICK, FORM_SHORT, FORM_FULL, FORMS } form_t;

typedef struct {
    const char *name;
    const char *what;
    case_t *play;
    case_effort_t efforts[FORMS];
} case_row_t;

extern const case_row_t CASES[];
extern const unsigned CASE_COUNT;

/* case_faults.c: brokers that are killed, stopped, shut down, told to read their files again. */
case_t case_no_fault;
case_t case_kill_leaf, case_kill_mid, case_kill_root;
case_t case_stop_leaf, case_stop_mid, case_stop_root;
case_t case_term_leaf, case_term_mid, case_term_root;
case_t case_hangups;

/* case_keys.c: keys that are changed. */
case_t case_rotation, case_new_pair;

/* case_lines.c: lines between brokers. */
case_t case_one_way_up, case_one_way_down;
case_t case_dropped_line, case_late_line;
case_t case_slow_line, case_full_line, case_large_on_slow, case_huge_on_slow;

/* case_roots.c: several parents, and moves. */
case_t case_root_killed, case_root_vanished, case_root_stopped, case_both_roots;
case_t case_move_by_file, case_move_by_operator, case_move_unnoticed, case_move_untold;

/* case_clients.c */
case_t case_consumer_stopped, case_names;
case_t case_storm_of_one, case_storm_of_eight;

/* case_world.c: what is around the tree, or wrong with its shape. */
case_t case_silent_names, case_wall_clock, case_upgrade;
case_t case_loop_1, case_loop_2, case_loop_3;

#endif
