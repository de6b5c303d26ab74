/* actor.c: transactions in a caller's name. Before: api/ and web/ handlers. After: store/db.c. */
#include "http/actor.h"

enum result request_begin(struct request *r, const char *action)
{
	const struct identity *who = &r->identity;
	const struct actor actor = {.user_id = who->user_id,
	    .username = who->username,
	    .token_id = who->token_id,
	    .session_id = who->session_id,
	    .request_id = r->id,
	    .address = *r->remote_addr ? r->remote_addr : NULL,
	    .action = action};

	return db_begin(r->db, r->arena, &actor);
}
