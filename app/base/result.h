/* result.h: the one set of answers below HTTP. http/reply.c turns them into statuses; an unknown
 * value denies. Used by: store, model, auth and the faces. */
#pragma once

enum result {
	OK,
	NOT_FOUND, /* no such row, or not the caller's */
	CONFLICT, /* a unique value is taken */
	INVALID, /* the input breaks a rule; details are in the caller's error object */
	DENIED, /* known, but may not */
	UNAVAILABLE, /* the database cannot be reached: worth a retry later */
	FAILED, /* a defect or an unexpected answer; logged once, where it happened */
};
