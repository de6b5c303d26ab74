/* manual.c: the tables of commands and settings as mdoc(7), for the manual page, and as words, for the shell's completion.
 * Before: main.c. After: cli/args.c. */
#include "cli/manual.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"

#define LINE_MAX_BYTES 78

/* A word of a text line; what roff would take for a request or an escape is made plain. */
static void word(const char *s, size_t n, bool at_start, bool capital)
{
	if (at_start && (*s == '.' || *s == '\''))
		fputs("\\&", stdout);
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\\')
			fputs("\\e", stdout);
		else
			putchar(i == 0 && capital ? toupper((unsigned char)s[i]) : s[i]);
}

/* Text for a filled paragraph: it begins with a capital letter, and each sentence on a line of its own. */
static void text(const char *s, const char *end)
{
	size_t column = 0;
	bool first = true;

	for (s += strspn(s, " \n"); *s; s += strspn(s, " \n")) {
		size_t n = strcspn(s, " \n");

		if (column && column + 1 + n > LINE_MAX_BYTES)
			column = 0, putchar('\n');
		else if (column)
			column++, putchar(' ');
		word(s, n, column == 0,
		    first && islower((unsigned char)s[0]) && islower((unsigned char)s[1]));
		column += n;
		s += n;
		first = false;
		if (s[-1] == '.' && isupper((unsigned char)s[strspn(s, " \n")]))
			column = 0, putchar('\n');
	}
	puts(end);
}

/* One argument in "NAME [TEXT]". */
static void argument(const char *word, size_t n)
{
	if (*word == '[')
		printf(".Op Ar %.*s\n", (int)n - 2, word + 1);
	else
		printf(".Ar %.*s\n", (int)n, word);
}

static void verb(const char *command, const struct cli_verb *v)
{
	const char *name, *value, *help;

	printf(".It Xo\n.Cm %s%s%s\n", command, *v->name ? " " : "", v->name);
	for (const char *w = v->words; *w; w += strspn(w, " ")) {
		argument(w, strcspn(w, " "));
		w += strcspn(w, " ");
	}
	for (size_t i = 0; cli_option(i, &name, &value, &help); i++)
		if (cli_takes(v, name))
			printf(
			    ".Op Fl %s%s%s\n", name + 1, value ? " Ar " : "", value ? value : "");
	puts(".Xc");
	if (v->help) {
		text(v->help, ".");
	}
}

void manual_command(
    const char *name, const struct cli_verb *verbs, const char *summary, const char *notes)
{
	printf(".Ss %s\n", name);
	text(summary, ".");
	if (*verbs->name || *verbs->words || *verbs->options) {
		puts(".Bl -tag -width indent");
		for (const struct cli_verb *v = verbs; v->name; v++)
			verb(name, v);
		puts(".El");
	}
	if (*notes) {
		puts(".Pp");
		text(notes, "");
	}
}

void manual_options(void)
{
	const char *name, *value, *help;

	puts(".Bl -tag -width indent");
	for (size_t i = 0; cli_option(i, &name, &value, &help); i++) {
		printf(".It Fl %s%s%s\n", name + 1, value ? " Ar " : "", value ? value : "");
		text(help, ".");
	}
	puts(".El");
}

static void setting(const struct setting *s)
{
	printf(".It Ev %s\n", s->name);
	text(s->help, ".");
	if (s->choices)
		printf("One of\n.Ql %s .\n", s->choices);
	if (s->type == SETTING_INT)
		printf("From %" PRId64 " to %" PRId64 ".\n", s->min, s->max);
	if (*s->value)
		printf("Default:\n.Ql %s .\n", s->value);
}

void manual_settings(void)
{
	puts(".Bl -tag -width indent");
	for (size_t i = 0; i < settings_count; i++)
		setting(&settings_table[i]);
	puts(".El");
}

void manual_words(const char *command, const struct cli_verb *verbs)
{
	for (const struct cli_verb *v = verbs; v->name; v++)
		printf("%s %s %s\n", command, *v->name ? v->name : "-", v->options);
}
