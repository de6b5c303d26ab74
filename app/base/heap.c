/* heap.c: wipes all memory that is given back. Keys and passwords pass through libfcgi, libpq and json-c, which copy
 * them and free the copies as they are; nobody could find them all. So free(3) and realloc(3) of the whole process are
 * these. Before: nothing. After: the C library's own. Sanitizers have theirs, and are left alone. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#ifndef __SANITIZE_ADDRESS__

/* From this size on malloc(3) never keeps what is freed, but gives it back to the system (mallopt(3), M_MMAP_THRESHOLD).
 * Nothing but argon2's memory is that large, which libargon2 wipes itself. */
#define NEVER_KEPT (32UL * 1024 * 1024)

/* glibc's name for its own. NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __libc_free(void *p);

void free(void *p)
{
	if (!p)
		return;
	if (malloc_usable_size(p) < NEVER_KEPT)
		explicit_bzero(p, malloc_usable_size(p));
	__libc_free(p);
}

/* What grows or shrinks much moves, so that free sees what it leaves behind. */
void *realloc(void *p, size_t n)
{
	size_t have = p ? malloc_usable_size(p) : 0;
	void *moved;

	if (p && n <= have && n > have / 2)
		return p;
	moved = p && n == 0 ? NULL : malloc(n);
	if (moved && p)
		memcpy(moved, p, have < n ? have : n);
	if (moved || n == 0)
		free(p);
	return moved;
}

#endif
