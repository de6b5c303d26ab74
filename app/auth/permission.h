/* permission.h: what methods mean, and what needs no permission. The rights of users are in the database
 * (postern.user_may). Pure. */
#pragma once

#include <stdbool.h>

/* The action of a method on an object type: view, add, change, delete; NULL for OPTIONS, which needs none; "" for
 * methods that are no action, so that only superusers pass. */
const char *permission_action(const char *method);

/* "app.model": lower case letters, digits and underscores on both sides of one point. */
bool permission_type_sane(const char *object_type);

/* Whether reading this object type was exempted (POSTERN_EXEMPT_VIEW_PERMISSIONS: a comma separated list, or *).
 * "*" never covers Postern's own objects, users.… */
bool permission_view_exempt(const char *list, const char *object_type);
