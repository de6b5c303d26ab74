/* pepper.c: keyed digests of token keys. Before: auth/authenticate.c, model/token.c. After: libsodium. */
#include "model/pepper.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

#define PEPPERS_MAX 16
#define PEPPER_BYTES 32
#define FILE_MAX 4096

struct peppers {
	const _Atomic int *signing; /* number of the one that signs; NULL: the newest */
	size_t count;
	struct {
		int number;
		unsigned char secret[PEPPER_BYTES];
	} items[PEPPERS_MAX]; /* highest number first */
};

static const char *explain(const char *path, const char *what)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s: %s", path, what);
	return text;
}

/* One line "NUMBER HEX", already cut at its newline. */
static bool add_line(struct peppers *p, char *line)
{
	char *hex = strchr(line, ' ');
	int64_t number;
	size_t at = p->count;
	unsigned char secret[PEPPER_BYTES];

	if (!hex || p->count == PEPPERS_MAX)
		return false;
	*hex++ = '\0';
	if (!parse_int64(line, 1, 32767, &number) || !parse_hex(hex, secret, PEPPER_BYTES) ||
	    sodium_is_zero(secret, PEPPER_BYTES))
		return false;
	for (; at > 0 && p->items[at - 1].number <= number; at--) {
		if (p->items[at - 1].number == number)
			return false;
		p->items[at] = p->items[at - 1];
	}
	p->items[at].number = (int)number;
	memcpy(p->items[at].secret, secret, PEPPER_BYTES);
	sodium_memzero(secret, sizeof(secret));
	p->count++;
	return true;
}

static bool parse(struct peppers *p, char *text)
{
	char *next = NULL;

	for (char *line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (*line && *line != '#' && !add_line(p, line))
			return false;
	}
	return p->count > 0;
}

/* The file's text into text; its problem or NULL. */
static const char *read_file(const char *path, char text[FILE_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return explain(path, strerror(errno));
	if (fstat(fd, &st) == 0 && (st.st_mode & (S_IRWXO | S_IWGRP))) {
		close(fd);
		return explain(
		    path, "others can read or its group can change it; run: chmod o=,g-w on it");
	}
	n = read(fd, text, FILE_MAX - 1);
	close(fd);
	if (n < 0)
		return explain(path, strerror(errno));
	if (n == FILE_MAX - 1)
		return explain(path, "is too long");
	text[n] = '\0';
	return NULL;
}

struct peppers *peppers_load(const char *path, const char **problem)
{
	char text[FILE_MAX];
	struct peppers *p;

	*problem = read_file(path, text);
	if (*problem)
		return NULL;
	p = sodium_malloc(sizeof(*p));
	if (!p) {
		*problem = "out of memory for the pepper";
		return NULL;
	}
	sodium_memzero(p, sizeof(*p));
	if (!parse(p, text)) {
		*problem = explain(
		    path, "must have lines of a number from 1 to 32767, a blank and 64 hex digits");
		sodium_free(p);
		p = NULL;
	}
	sodium_memzero(text, sizeof(text));
	return p;
}

void peppers_free(struct peppers *p)
{
	sodium_free(p);
}

/* The file is the serving user's to read; root alone can give it away. */
static bool give_to(int fd, const char *user)
{
	struct passwd *pw = *user && geteuid() == 0 ? getpwnam(user) : NULL;

	return !pw || fchown(fd, pw->pw_uid, pw->pw_gid) == 0;
}

bool peppers_create(const char *path, const char *user, const char **problem)
{
	unsigned char secret[PEPPER_BYTES];
	char hex[2 * PEPPER_BYTES + 1], line[sizeof(hex) + 4];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0) {
		*problem = explain(path, strerror(errno));
		return false;
	}
	randombytes_buf(secret, sizeof(secret));
	sodium_bin2hex(hex, sizeof(hex), secret, sizeof(secret));
	n = snprintf(line, sizeof(line), "1 %s\n", hex);
	if (!give_to(fd, user) || write(fd, line, (size_t)n) != n || fsync(fd) != 0)
		n = -1;
	close(fd);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(line, sizeof(line));
	if (n < 0) {
		*problem = explain(path, strerror(errno));
		unlink(path);
	}
	return n > 0;
}

int peppers_newest(const struct peppers *p)
{
	return p->items[0].number;
}

void peppers_follow(struct peppers *p, const _Atomic int *number)
{
	p->signing = number;
}

void peppers_sign(const struct peppers *p, const unsigned char key[KEY_BYTES],
    unsigned char digest[DIGEST_BYTES], int *number)
{
	int wanted = p->signing ? *p->signing : 0;
	size_t i = p->count;

	while (i > 0 && p->items[i - 1].number != wanted)
		i--;
	i = i ? i - 1 : 0;
	crypto_auth_hmacsha256(digest, key, KEY_BYTES, p->items[i].secret);
	*number = p->items[i].number;
}

const char *peppers_derive(const struct peppers *p, struct arena *a, const char *label)
{
	unsigned char digest[DIGEST_BYTES];
	const char *hex;

	crypto_auth_hmacsha256(
	    digest, (const unsigned char *)label, strlen(label), p->items[p->count - 1].secret);
	hex = format_hex(a, digest, sizeof(digest));
	sodium_memzero(digest, sizeof(digest));
	return hex;
}

const char *peppers_digests(
    const struct peppers *p, struct arena *a, const unsigned char key[KEY_BYTES])
{
	struct buf b = BUF(a);
	unsigned char digest[DIGEST_BYTES];

	buf_addc(&b, '{');
	for (size_t i = 0; i < p->count; i++) {
		crypto_auth_hmacsha256(digest, key, KEY_BYTES, p->items[i].secret);
		buf_addf(&b, "%s\"\\\\x%s\"", i ? "," : "", format_hex(a, digest, sizeof(digest)));
	}
	buf_addc(&b, '}');
	return buf_str(&b);
}
