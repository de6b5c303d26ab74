/* drop.c: from root to an ordinary user. Before: server/supervisor.c. After: nothing that needs root. */
#include "server/drop.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"

void drop_privileges(const char *user)
{
	struct passwd *pw;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (getuid() != 0 && geteuid() != 0)
		return;
	if (!*user)
		fatal("will not answer requests as root: set POSTERN_USER to the user to become");
	pw = getpwnam(user);
	if (!pw)
		fatal("POSTERN_USER: no user \"%s\"", user);
	if (pw->pw_uid == 0)
		fatal("POSTERN_USER: %s is root", user);
	if (initgroups(user, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0)
		fatal("cannot become %s: %s", user, strerror(errno));
	if (setuid(0) == 0 || getuid() == 0 || geteuid() == 0)
		fatal("could not give up root");
}
