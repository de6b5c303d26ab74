/* manual.h: the tables of commands and settings for the manual page (mdoc) and for the shell's completion. Each function
 * prints on standard output. */
#pragma once

#include "cli/cli.h"

void manual_command(
    const char *name, const struct cli_verb *verbs, const char *summary, const char *notes);
void manual_options(void);
void manual_settings(void);

/* A line for each verb: the command, the verb or "-", the options. */
void manual_words(const char *command, const struct cli_verb *verbs);
