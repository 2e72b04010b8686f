/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line, and the help that describes it
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/include/dd.h"
#include "options.h"

/* An option with a long name only. Whoever wants secrets on a screen shall have to spell it. */
#define SECRET 256

static const struct {
    int code; /* the letter, or above all letters */
    const char *name;
    const char *argument;
    const char *help;
} OPTIONS[] = {
    {'d', "directory", "DIR", "the directory of the key files; default " DD_SYSCONF},
    {'t', "tenants", "NAMES", "the tenants, like a,b,c; default: a line of standard input"},
    {'f', "force", NULL, "replace files, or keys that everybody uses"},
    {SECRET, "secret", NULL, "show private keys and cookies, too"},
    {'h', "help", NULL, "print this help"},
    {'V', "version", NULL, "print the version"},
};
#define OPTION_COUNT (sizeof OPTIONS / sizeof OPTIONS[0])

static const struct {
    const char *name;
    const char *operand;
    bool optional;       /* the operand is */
    const char *letters; /* options that the command takes; 's' stands for SECRET */
    const char *help;
} COMMANDS[] = {
    [COMMAND_MAKE] = {"", NULL, false, "dtf", "make a set of key files"},
    [COMMAND_ADD] = {"add", "TENANT", false, "df", "add a tenant, or \"operator\", to a set"},
    [COMMAND_ROTATE] = {"rotate", "TENANT", false, "df",
        "give a tenant, \"operator\", \"public\", or \"dd\" new keys"},
    [COMMAND_SHOW] = {"show", "FILE", false, "s", "print what a key file holds, but no secret"},
    [COMMAND_CHECK] = {"check", "DIR", true, "d", "check a directory; 1 if something is wrong"},
};
#define COMMAND_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

static bool takes(size_t command, int code)
{
    return strchr(COMMANDS[command].letters, code == SECRET ? 's' : code) != NULL;
}

/* ---- help ------------------------------------------------------------------------------------ */

static void print_synopsis(FILE *stream, size_t command)
{
    fprintf(stream, "%s ddkeys", command == 0 ? "usage:" : "      ");
    if (COMMANDS[command].name[0] != '\0')
        fprintf(stream, " %s", COMMANDS[command].name);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!takes(command, OPTIONS[i].code))
            continue;
        if (OPTIONS[i].code == SECRET)
            fprintf(stream, " [--%s]", OPTIONS[i].name);
        else if (OPTIONS[i].argument == NULL)
            fprintf(stream, " [-%c]", OPTIONS[i].code);
        else
            fprintf(stream, " [-%c %s]", OPTIONS[i].code, OPTIONS[i].argument);
    }
    if (COMMANDS[command].operand != NULL)
        fprintf(stream, COMMANDS[command].optional ? " [%s]" : " %s", COMMANDS[command].operand);
    fputc('\n', stream);
}

void options_print_help(FILE *stream)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        print_synopsis(stream, i);
    fputs("\ncommands:\n", stream);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-10s %s\n", i == 0 ? "(none)" : COMMANDS[i].name, COMMANDS[i].help);
    fputs("\noptions:\n", stream);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char letter[8] = "    ";
        if (OPTIONS[i].code != SECRET)
            snprintf(letter, sizeof letter, "-%c, ", OPTIONS[i].code);
        const char *argument = OPTIONS[i].argument == NULL ? "" : OPTIONS[i].argument;
        fprintf(stream, "  %s--%-9s %-6s %s\n", letter, OPTIONS[i].name, argument, OPTIONS[i].help);
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

/* getopt's two descriptions of the table. */
typedef struct {
    struct option names[OPTION_COUNT + 1];
    char letters[2 * OPTION_COUNT + 1];
} getopt_tables_t;

static getopt_tables_t make_tables(void)
{
    getopt_tables_t self = {0};
    char *letter = self.letters;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        bool has_argument = OPTIONS[i].argument != NULL;
        self.names[i] = (struct option){
            OPTIONS[i].name, has_argument ? required_argument : no_argument, NULL, OPTIONS[i].code};
        if (OPTIONS[i].code == SECRET)
            continue;
        *letter++ = (char)OPTIONS[i].code;
        if (has_argument)
            *letter++ = ':';
    }
    return self;
}

static void set(options_t *self, int code)
{
    switch (code) {
    case 'd':
        self->directory = optarg;
        break;
    case 't':
        self->tenants = optarg;
        break;
    case 'f':
        self->force = true;
        break;
    case SECRET:
        self->secret = true;
        break;
    }
}

static int misuse(void)
{
    fputs("ddkeys: see 'ddkeys --help'\n", stderr);
    return EXIT_USAGE;
}

static bool find_command(options_t *self, const char *name)
{
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0) {
            self->command = (command_t)i;
            return true;
        }
    }
    fprintf(stderr, "ddkeys: there is no command \"%s\"\n", name);
    return false;
}

static bool read_operands(options_t *self, int argc, char **argv)
{
    if (argc == 0)
        return true;
    if (!find_command(self, argv[0]))
        return false;
    if (argc > 2) {
        fprintf(stderr, "ddkeys: '%s' takes one %s, not more\n", argv[0],
            COMMANDS[self->command].operand);
        return false;
    }
    if (argc < 2 && !COMMANDS[self->command].optional) {
        fprintf(stderr, "ddkeys: '%s' needs a %s\n", argv[0], COMMANDS[self->command].operand);
        return false;
    }
    self->operand = argv[1];
    return true;
}

static bool check_given(const options_t *self, const bool *given)
{
    const char *name = COMMANDS[self->command].name;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (given[i] && !takes(self->command, OPTIONS[i].code)) {
            fprintf(stderr, "ddkeys: --%s means nothing %s%s\n", OPTIONS[i].name,
                name[0] == '\0' ? "without a command" : "with ", name);
            return false;
        }
    }
    if (self->command == COMMAND_CHECK && self->operand != NULL && self->directory != NULL) {
        fputs("ddkeys: 'check' takes one DIR, not more\n", stderr);
        return false;
    }
    return true;
}

int options_read(options_t *self, int argc, char **argv)
{
    const getopt_tables_t tables = make_tables();
    bool given[OPTION_COUNT] = {false};
    *self = (options_t){.command = COMMAND_MAKE};
    optind = 0;
    for (int code, at = 0;
         (code = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1; at = 0) {
        if (code == 'h') {
            options_print_help(stdout);
            return EXIT_SUCCESS;
        }
        if (code == 'V') {
            puts("ddkeys " DD_VERSION);
            return EXIT_SUCCESS;
        }
        if (code == '?')
            return misuse();
        while (OPTIONS[at].code != code)
            at++;
        given[at] = true;
        set(self, code);
    }
    if (!read_operands(self, argc - optind, argv + optind) || !check_given(self, given))
        return misuse();
    if (self->command == COMMAND_CHECK && self->operand != NULL)
        self->directory = self->operand;
    if (self->directory == NULL)
        self->directory = DD_SYSCONF;
    return -1;
}
