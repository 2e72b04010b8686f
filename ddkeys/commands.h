/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands - what ddkeys does
 *
 * Each prints its results on stdout. If one can't do what it should, it returns an error with
 * *problem filled.
 */
#ifndef COMMANDS_H_INCLUDED
#define COMMANDS_H_INCLUDED

#include "libdd/include/dd.h"
#include "options.h"

dd_error_t make_run(const options_t *options, dd_problem_t *problem);
dd_error_t operator_run(const options_t *options, dd_problem_t *problem);
dd_error_t add_run(const options_t *options, dd_problem_t *problem);
dd_error_t rotate_run(const options_t *options, dd_problem_t *problem);
dd_error_t switch_run(const options_t *options, dd_problem_t *problem);
dd_error_t finish_run(const options_t *options, dd_problem_t *problem);
dd_error_t remove_run(const options_t *options, dd_problem_t *problem);
dd_error_t show_run(const options_t *options, dd_problem_t *problem);
dd_error_t check_run(const options_t *options, dd_problem_t *problem);

#endif
