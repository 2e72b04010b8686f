/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chaos - plays the cases, one line for each, and ends with 1 if one is off
 *
 *     chaos [-q | -s] [-l] [CASE...]
 *
 * -q is the form for tests beside others, where times are only printed; -s the one of ten minutes;
 * without them, it takes twenty. -l lists the cases. Cases that are named are played whether the
 * form has them or not.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

/* ms that a case may take before it is ended. */
#define CASE_DEADLINE 240000

static void list_cases(void)
{
    for (unsigned i = 0; i < CASE_COUNT; i++)
        printf("%-16s %s\n", CASES[i].name, CASES[i].what);
}

/* The row of that name; NULL if there is none. */
static const case_row_t *find(const char *name)
{
    for (unsigned i = 0; i < CASE_COUNT; i++)
        if (strcmp(CASES[i].name, name) == 0)
            return &CASES[i];
    return NULL;
}

/* What the form asks, or the next one that has the case at all. */
static case_effort_t effort(const case_row_t *row, form_t form)
{
    while (form < FORM_FULL && row->efforts[form].times == 0)
        form++;
    return row->efforts[form];
}

static int play_here(const case_row_t *row, form_t form)
{
    case_effort_t asked = effort(row, form);
    stage_t stage = {.name = row->name,
        .times = asked.times,
        .seconds = asked.seconds,
        .timed = form != FORM_QUICK};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int status = row->play(&stage);
    fflush(stdout);
    return status;
}

typedef struct {
    pid_t pid;
    int status;
} child_t;

static bool has_ended(void *arg)
{
    child_t *self = arg;
    return waitpid(self->pid, &self->status, WNOHANG) == self->pid;
}

/* In a process of its own, with which all ends that it has started. Returns its status. */
static int play(const case_row_t *row, form_t form)
{
    child_t child = {.pid = fork()};
    if (child.pid == 0)
        exit(play_here(row, form));
    if (child.pid < 0) {
        perror("fork");
        exit(EXIT_FAILURE);
    }
    if (!wait_until(has_ended, &child, CASE_DEADLINE)) {
        kill(child.pid, SIGKILL);
        waitpid(child.pid, &child.status, 0);
        printf("OFF  %-16s isn't over after %d s\n", row->name, CASE_DEADLINE / 1000);
        return STAGE_OFF;
    }
    int status = WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 128 + WTERMSIG(child.status);
    if (status != STAGE_OK && status != STAGE_OFF && status != STAGE_SKIPPED)
        printf("OFF  %-16s ended with status %d\n", row->name, status);
    return status;
}

/* Plays one more, and counts. */
static void play_and_count(const case_row_t *row, form_t form, unsigned counts[3])
{
    fflush(stdout);
    int status = play(row, form);
    counts[status == STAGE_OK ? 0 : status == STAGE_SKIPPED ? 1 : 2]++;
}

static int play_all(form_t form, char *const names[])
{
    unsigned counts[3] = {0};
    for (unsigned i = 0; names[i]; i++)
        play_and_count(find(names[i]), form, counts);
    for (unsigned i = 0; !names[0] && i < CASE_COUNT; i++)
        if (CASES[i].efforts[form].times > 0)
            play_and_count(&CASES[i], form, counts);
    printf("%u ok, %u skipped, %u off\n", counts[0], counts[1], counts[2]);
    return counts[2] > 0;
}

int main(int argc, char **argv)
{
    int option;
    form_t form = FORM_FULL;
    while ((option = getopt(argc, argv, "qsl")) != -1)
        switch (option) {
        case 'q':
            form = FORM_QUICK;
            break;
        case 's':
            form = FORM_SHORT;
            break;
        case 'l':
            list_cases();
            return EXIT_SUCCESS;
        default:
            fputs("usage: chaos [-q | -s] [-l] [CASE...]\n", stderr);
            return 2;
        }
    for (int i = optind; i < argc; i++)
        if (!find(argv[i])) {
            fprintf(stderr, "chaos: no case %s; -l lists them\n", argv[i]);
            return 2;
        }
    return play_all(form, argv + optind);
}
