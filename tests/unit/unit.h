/* unit.h: cmocka, and what the tables of every unit test need. */
#pragma once

/* cmocka.h wants these four before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#define COUNT(table_) (sizeof(table_) / sizeof((table_)[0]))

/* A literal that may hold NULs, and its length. */
#define TEXT(literal_) (literal_), sizeof(literal_) - 1

/* Fails with the row that broke the promise. */
#define CHECK_ROW(condition_, row_)                                                                \
	do {                                                                                       \
		if (!(condition_))                                                                 \
			fail_msg(                                                                  \
			    "row %zu (%s): %s", (size_t)(row_), rows[row_].text, #condition_);     \
	} while (0)

/* Each test has an arena of its own: *state. */
static inline int arena_up(void **state)
{
	*state = arena_new();
	return 0;
}

static inline int arena_down(void **state)
{
	arena_free(*state);
	return 0;
}

#define TEST(function_) cmocka_unit_test_setup_teardown(function_, arena_up, arena_down)
