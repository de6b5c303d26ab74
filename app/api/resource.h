/* resource.h: records that superusers administer over REST (wire.md B 6.3). A resource is a table: its members, its
 * statements, its texts; the handlers, checks and OPTIONS are the same for all. Before: api/users.c, api/groups.c,
 * api/permissions.c. After: model/record.c. */
#pragma once

#include "http/request.h"
#include "model/record.h"

struct json_object;

enum member_kind {
	MEMBER_ID,
	MEMBER_URL,
	MEMBER_TEXT,
	MEMBER_BOOL,
	MEMBER_TIME,
	MEMBER_COUNT,
	MEMBER_WORDS, /* a list of text, each checked by `fits` */
	MEMBER_LINKS, /* a list of other records: shown as {id, url, name, display}, written as identifiers */
	MEMBER_PASSWORD, /* written only, kept as a hash */
	MEMBER_NULL, /* always null; here for clients that expect it */
};

enum member_flags {
	READ_ONLY = 1 << 0,
	REQUIRED = 1 << 1, /* in POST and PUT */
	NOT_BLANK = 1 << 2,
};

struct resource;

struct member {
	const char *name;
	enum member_kind kind;
	unsigned flags;
	size_t max; /* code points of a text or of each word */
	const struct resource *of; /* MEMBER_LINKS */
	bool (*fits)(const char *word);
	const char *problem; /* text when `fits` says no, or when MEMBER_NULL is not null */
	const char *empty; /* MEMBER_WORDS: text for an empty list */
	const char *help;
};

struct resource {
	const char *path; /* "/api/users/groups/" */
	const char *noun; /* in log lines: "group_created" */
	const char *name_member; /* what people call one by, also a filter: "username" */
	bool by_uuid; /* identifiers are UUIDs, else positive numbers */
	struct record_queries queries;
	const struct member *members; /* in the order of answers; ends with a NULL name */
};

extern const struct resource users_resource, groups_resource, permissions_resource;

/* The handlers; each makes one answer and returns its status. */
int resource_list(struct request *r, const struct resource *res);
int resource_create(struct request *r, const struct resource *res);
int resource_show(struct request *r, const struct resource *res);
int resource_update(struct request *r, const struct resource *res); /* PUT and PATCH */
int resource_remove(struct request *r, const struct resource *res);
int resource_options(struct request *r, const struct resource *res);

/* One record as the API shows it; a new reference. */
struct json_object *resource_json(
    struct request *r, const struct resource *res, struct json_object *record);

/* Reads what a client wants to set into *change (owned by the arena); all: members that are required must be there.
 * The password, if any, is left out and told apart: *password, *password_len; *sets_password with NULL: take it away.
 * OK; INVALID with `errors` filled; UNAVAILABLE or FAILED. */
struct resource_input {
	struct json_object *change;
	bool sets_password;
	const char *password;
	size_t password_len;
};
enum result resource_read(struct request *r, const struct resource *res, struct json_object *from,
    bool all, struct resource_input *out, struct json_object *errors);

/* An identifier in canonical form, NULL when it is none of this resource. */
const char *resource_id(struct arena *a, const struct resource *res, const char *text);
