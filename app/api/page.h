/* page.h: paging of lists (wire.md B 2.3, "Pagination"). */
#pragma once

#include <stdint.h>

#include "http/request.h"

/* The effective limit (1 to POSTERN_MAX_PAGE_SIZE) and offset. Never an error. */
void page_read(struct request *r, int64_t *limit, int64_t *offset);

/* {"count", "next", "previous", "results"}; takes the reference to results. */
struct json_object *page_json(
    struct request *r, int64_t count, int64_t limit, int64_t offset, struct json_object *results);
