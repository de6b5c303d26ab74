/* arena.c: blocks of memory released together. Before: nothing. After: base/buf.c and everything
 * that handles a request. */
#include "base/arena.h"

#include <json-c/json.h>
#include <sodium.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384 /* usable bytes of an ordinary block: most requests need one or two */

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char data[];
};

struct owned {
	struct owned *next;
	void *object;
	void (*release)(void *);
};

struct arena {
	struct block *blocks; /* newest first; the oldest one is kept over a reset */
	struct owned *owned; /* newest first */
};

static struct block *block_new(struct block *next, size_t size)
{
	struct block *b = calloc(1, sizeof(*b) + size);

	if (!b) {
		/* no log_event here: it may need memory itself */
		fputs("out_of_memory\n", stderr);
		exit(1);
	}
	b->next = next;
	b->size = size;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a) {
		fputs("out_of_memory\n", stderr);
		exit(1);
	}
	a->blocks = block_new(NULL, BLOCK_SIZE);
	return a;
}

void arena_reset(struct arena *a)
{
	while (a->owned) {
		struct owned *o = a->owned;

		a->owned = o->next;
		o->release(o->object);
	}
	while (a->blocks->next) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		sodium_memzero(b->data, b->used);
		free(b);
	}
	sodium_memzero(a->blocks->data, a->blocks->used);
	a->blocks->used = 0;
}

void arena_free(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct block *b = a->blocks;
	void *p;

	if (n > SIZE_MAX / 2)
		abort();
	n = (n + align - 1) & ~(align - 1);
	if (b->size - b->used < n)
		b = a->blocks = block_new(b, n > BLOCK_SIZE ? n : BLOCK_SIZE);
	p = b->data + b->used;
	b->used += n;
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *out;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	out = arena_alloc(a, (size_t)n + 1);
	vsnprintf(out, (size_t)n + 1, fmt, again);
	va_end(again);
	return out;
}

void *arena_own(struct arena *a, void *object, void (*release)(void *))
{
	struct owned *o = arena_alloc(a, sizeof(*o));

	*o = (struct owned){a->owned, object, release};
	a->owned = o;
	return object;
}

static void json_release(void *object)
{
	json_object_put(object);
}

struct json_object *arena_own_json(struct arena *a, struct json_object *o)
{
	return arena_own(a, o, json_release);
}
