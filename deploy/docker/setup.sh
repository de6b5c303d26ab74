#!/bin/bash
# setup.sh: the container `setup`: brings the schema and the pepper to this version and, on the first start, adds the
# demo's users. Their passwords come as files in /run/secrets. It runs as a user of its own, the only one that the database
# takes for postern_owner; the workers read the pepper as members of its group.
set -euo pipefail
export PGUSER=postern_owner

postern migrate
chmod 640 "$POSTERN_PEPPER_FILE"
if [[ -z $(psql -XAtq -c 'SELECT 1 FROM postern.users LIMIT 1') && -d /run/secrets ]]; then
	add() { postern user add "$1" --password-file "/run/secrets/$1" "${@:2}"; }
	add hankhill
	add dale --no-tokens
	add peggy --superuser
	add bill
	postern user disable bill
	psql -X -q -v ON_ERROR_STOP=1 -f /usr/local/lib/postern/seed.sql >/dev/null
fi
