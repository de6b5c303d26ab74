#!/bin/bash
# database.sh: the container `db`: makes the cluster, its roles and the database on the first start, then runs PostgreSQL.
# There is no TCP and no password: who connects over the unix socket is who the kernel says (peer authentication).
set -euo pipefail
bin=/usr/lib/postgresql/15/bin
data=/var/lib/postgresql/data/cluster

# Who may be whom. The user postern of the containers, who answers requests, is the role postern and no other; who sets up is
# the owner.
write_access() {
	echo 'local all all peer map=containers' >"$data/pg_hba.conf"
	printf 'containers %s\n' 'postgres postgres' 'postgres postern_owner' 'setup postern_owner' 'postern postern' \
		>"$data/pg_ident.conf"
}

if [[ ! -e $data/ready ]]; then
	rm -rf "$data" # a first start that was cut short
	"$bin/initdb" -D "$data" -U postgres -E UTF8 --locale=C.UTF-8 --auth=reject >/dev/null
	write_access
	"$bin/pg_ctl" -D "$data" -w -s -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
	psql -X -q -h /tmp -d postgres -f /usr/local/lib/postern/roles.sql >/dev/null
	psql -X -q -h /tmp -d postgres -c 'ALTER ROLE postern_owner LOGIN' \
		-c 'CREATE DATABASE postern OWNER postern_owner ENCODING UTF8 TEMPLATE template0'
	"$bin/pg_ctl" -D "$data" -w -s -m fast stop
	: >"$data/ready"
fi
write_access # also into a cluster that an earlier version made
exec "$bin/postgres" -D "$data" -c listen_addresses= -c unix_socket_directories=/run/postgresql
