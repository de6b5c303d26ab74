/* drop.h: gives up root for good. */
#pragma once

/* As root: becomes the named user with that user's groups, and proves that there is no way back; without a name the program
 * ends with a message. As somebody else: does nothing. Sets no_new_privs (prctl(2)) either way. */
void drop_privileges(const char *user);
