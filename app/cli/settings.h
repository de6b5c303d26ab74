/* settings.h: what the table of settings cannot say of a value. */
#pragma once

#include "base/config.h"

/* Ends the program, naming setting and entry, when a list of addresses or of object types holds something else: it would
 * quietly match nothing. */
void settings_check(const struct config *c);
