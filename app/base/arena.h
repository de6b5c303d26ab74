/* arena.h: memory that lives as long as one request. Everything a request needs comes from its
 * arena and is released, wiped, by one arena_reset; foreign objects are wiped by heap.c. Knows nothing of Postern. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct arena;
struct json_object;

/* A new, empty arena. Never NULL: a process without memory exits with a log line, and its
 * supervisor starts another. Owner: the caller, until arena_free. */
struct arena *arena_new(void);

/* Wipes and releases all that was allocated; foreign objects are released first, newest first.
 * The arena can be used again at once. */
void arena_reset(struct arena *a);

/* arena_reset, then releases the arena itself. */
void arena_free(struct arena *a);

/* n zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/* Copies of a string, or of its first n bytes, always terminated. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);

/* printf into the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Hands a foreign object over: release(object) is called at arena_reset. Returns object. */
void *arena_own(struct arena *a, void *object, void (*release)(void *));

/* The same for a json-c object whose one reference the caller holds. */
struct json_object *arena_own_json(struct arena *a, struct json_object *o);
