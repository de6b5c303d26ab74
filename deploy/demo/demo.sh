#!/bin/bash
# demo.sh: runs PostgreSQL, Postern and a web server in the foreground, all private, until it is stopped.
# `make demo` calls it. Settings come from the environment: DEMO_PORT, DEMO_DIR, DEMO_EXEMPT, SERVER, BUILD.
# `demo.sh --reset` deletes DEMO_DIR. Before: packages.sh. Beside: guard.sh (stops what was started, even
# when this script is killed), users.sh (what the demo holds), server-NAME.sh (one web server each).
set -euo pipefail
umask 022

repo=$(cd "$(dirname "$0")/../.." && pwd)
demo=$repo/deploy/demo
server=${SERVER:-nginx}
port=${DEMO_PORT:-8080}
dir=$(realpath -m -- "${DEMO_DIR:-.demo}")
postern=$(cd "$repo" && realpath -m -- "${BUILD:-build}/postern")
marker=$dir/postern-demo

say() { echo "postern: $*" >&2 || :; }
die() {
	say "$@"
	exit 1
}

# --- Where things are, and as whom they run -----------------------------------------------------
# As root nothing but the start is done as root: the database becomes `postgres`, all else `www-data`.
# An ordinary user does everything as himself.
choose_users() {
	pg_user=$(id -un) web_user=$(id -un) become_pg=()
	[[ $EUID == 0 ]] || return 0
	pg_user=postgres web_user=www-data
	id -u $pg_user $web_user >/dev/null 2>&1 || die "the users $pg_user and $web_user are needed; install the package postgresql"
	become_pg=(setpriv "--reuid=$pg_user" "--regid=$(id -g $pg_user)" --init-groups)
}

# Whether the users above can walk to a path (they cannot when it is below /root, mode 0700).
reachable() {
	[[ $EUID != 0 ]] || {
		"${become_pg[@]}" test -x "$1" && setpriv "--reuid=$web_user" "--regid=$web_user" --clear-groups test -x "$1"
	}
}

open_dir() {
	case $dir in
	/ | *[!A-Za-z0-9/._@+:,~=-]*) die "DEMO_DIR: please choose a path of letters, digits and . _ - / only, not $dir" ;;
	esac
	if [[ -e $dir && ! -e $marker && -n $(ls -A "$dir") ]]; then
		die "$dir exists and is not a demo; choose another DEMO_DIR"
	fi
	mkdir -p "$dir" || die "cannot make $dir"
	[[ -O $dir ]] || die "$dir belongs to $(stat -c %U "$dir"); run as that user or choose another DEMO_DIR"
	: >>"$marker"
}

# One demo per directory: the lock is held by this script and by guard.sh until all has stopped.
take_lock() {
	exec 8>>"$marker"
	flock -w "$1" 8 || die "a demo is already running in $dir (stop it, or choose another DEMO_DIR)"
}

# place NAME PATTERN WHY-NOT-HERE: makes $dir/NAME a directory, or a link to a new one elsewhere.
place() {
	local link=$dir/$1 base=$2
	[[ -d $link && -O $(realpath "$link") ]] && return
	rm -f "$link"
	if [[ -z $base ]]; then
		mkdir "$link"
	else
		ln -s "$(mktemp -d "$base/postern-demo.XXXXXX")" "$link"
	fi
}

# DIR/data holds the cluster and the pepper, DIR/run sockets and other things of one run.
make_places() {
	local far='' short=''
	if reachable "$dir"; then
		# A socket's path may have 107 bytes; ours have 17 behind that of DIR/run.
		[[ ${#dir} -le 80 ]] || short=${XDG_RUNTIME_DIR:-/tmp}
	else
		far=/var/lib short=/run
	fi
	place data "$far"
	place run "$short"
	state=$(realpath "$dir/data") run=$(realpath "$dir/run")
	data=$state/cluster
	[[ $EUID == 0 ]] || chmod 700 "$dir" "$run"
	[[ $EUID != 0 ]] || chmod 755 "$dir" "$run" "$state"
	rm -rf "${run:?}"/*
	mkdir -p "$dir/log" "$run/pg" "$run/app" "$run/web"
	[[ -d $data ]] || mkdir -m 700 "$data"
	[[ $EUID != 0 ]] || chown "$pg_user:" "$run/pg" "$data"
	[[ $EUID != 0 ]] || chown "$web_user:" "$run/app" "$run/web"
}

reset() {
	[[ -e $dir ]] || exit 0
	[[ -e $marker ]] || die "$dir is not a demo; nothing deleted"
	take_lock 0
	local name far
	for name in data run; do
		far=$(realpath -m "$dir/$name")
		[[ $far != */postern-demo.?????? || ! -O $far ]] || rm -rf "$far"
	done
	rm -rf "$dir"
	say "deleted $dir"
	exit 0
}

# --- What must hold before anything is started --------------------------------------------------
check_port() {
	[[ $port =~ ^[1-9][0-9]{0,4}$ && $port -le 65535 ]] || die "DEMO_PORT: must be a port number, not \"$port\""
	local answer=0
	timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null || answer=$?
	[[ $answer == 1 ]] || die "port $port of 127.0.0.1 is taken; choose another one: DEMO_PORT=8081 make demo"
}

find_programs() {
	pg_bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
	if [[ -e $data/PG_VERSION && -d /usr/lib/postgresql/$(<"$data/PG_VERSION")/bin ]]; then
		pg_bin=/usr/lib/postgresql/$(<"$data/PG_VERSION")/bin
	fi
	[[ -n $pg_bin ]] || pg_bin=$(dirname "$(command -v initdb || die "PostgreSQL's server programs are not installed")")
	[[ -x $postern ]] || die "$postern is not there; run make first"
	local program
	for program in curl setpriv setsid pkill flock; do
		command -v $program >/dev/null || die "the program $program is not installed"
	done
}

# Nothing from the caller's environment may lead elsewhere. POSTERN_* settings are kept, but for these.
clean_environment() {
	local name
	for name in $(compgen -v PG) POSTERN_{LISTEN,LISTEN_MODE,LISTEN_GROUP,USER,PEPPER_FILE}; do
		unset "$name"
	done
	export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8
	export PGHOST=$run/pg PGPORT=5432 PGDATABASE=postern PGUSER=postern_owner
	export POSTERN_PEPPER_FILE=$state/pepper POSTERN_LISTEN=$run/app/postern.sock
	if [[ $EUID == 0 ]]; then
		export POSTERN_USER=$web_user POSTERN_LISTEN_GROUP=$web_user
	fi
	export POSTERN_PASSWORD_MIN_LENGTH=${POSTERN_PASSWORD_MIN_LENGTH:-7} # of the demo's users
	[[ $EUID != 0 ]] || export POSTERN_USER=$web_user
	if [[ -n ${DEMO_EXEMPT:-} ]]; then
		export POSTERN_EXEMPT_VIEW_PERMISSIONS=$DEMO_EXEMPT
	fi
}

# --- Starting and stopping ----------------------------------------------------------------------
pids=() names=() logs=()

# start NAME SIGNAL COMMAND...: runs it in a session of its own, its output in DIR/log/NAME.log.
start() {
	local name=$1 signal=$2 log=$dir/log/$1.log
	shift 2
	(
		trap - INT TERM HUP EXIT
		echo "$BASHPID $signal" >&9
		exec 8>&- 9>&- </dev/null >>"$log" 2>&1
		exec setsid "$@"
	) &
	pids+=($!) names+=("$name") logs+=("$log")
}

# Ends with a message when something that was started is no longer there.
check_alive() {
	local i
	for i in "${!pids[@]}"; do
		kill -0 "${pids[i]}" 2>/dev/null && continue
		say "${names[i]} ended unexpectedly; the last lines of ${logs[i]}:"
		tail -n 15 "${logs[i]}" >&2 || :
		exit 1
	done
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local tries=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		check_alive
		((tries-- > 0)) || die "gave up waiting for: $* ($("$@" 2>&1 | tail -n 1)); see $dir/log"
		sleep 0.1
	done
}

stop_all() {
	trap '' INT TERM HUP
	trap - EXIT
	exec 9>&-
	wait "$guard" 2>/dev/null || :
	[[ ${#pids[@]} == 0 ]] || kill -KILL "${pids[@]}" 2>/dev/null || :
	rm -rf "${run:?}"/* || :
	say "stopped"
}

start_guard() {
	exec 9> >(exec setsid bash "$demo/guard.sh" 2>>"$dir/log/guard.log")
	guard=$!
	trap stop_all EXIT
	trap 'exit 0' INT TERM HUP
}

# --- The parts ----------------------------------------------------------------------------------
make_cluster() {
	[[ ! -e $data/PG_VERSION ]] || return 0
	say "making a database cluster in $data"
	"${become_pg[@]}" "$pg_bin/initdb" -D "$data" -U postgres -E UTF8 --locale=C.UTF-8 --auth=reject \
		>"$dir/log/initdb.log" 2>&1 || {
		tail -n 15 "$dir/log/initdb.log" >&2
		rm -rf "${data:?}"/*
		die "initdb failed"
	}
}

# Who may connect as which role: decided by the operating system's user, so there are no passwords.
write_access() {
	echo 'local all all peer map=demo' >"$data/pg_hba.conf"
	local os role
	for os in root "$(id -un)" "$pg_user"; do
		for role in postgres postern_owner postern postern_admin postern_auditor; do
			echo "demo $os $role"
		done
	done | sort -u >"$data/pg_ident.conf"
	[[ $web_user == "$(id -un)" ]] || echo "demo $web_user postern" >>"$data/pg_ident.conf"
}

# A postmaster.pid of a server that is gone (power cut, container restart) may name a living process.
check_leftover() {
	[[ -e $data/postmaster.pid ]] || return 0
	local pid
	pid=$(head -n 1 "$data/postmaster.pid")
	if [[ $(readlink "/proc/$pid/cwd") == "$data" ]]; then
		die "a database server of an earlier demo still runs on $data; stop it with: kill -INT $pid"
	fi
	rm -f "$data/postmaster.pid"
}

start_database() {
	start postgresql INT "${become_pg[@]}" "$pg_bin/postgres" -D "$data" -c listen_addresses= -p "$PGPORT" \
		-c "unix_socket_directories=$run/pg" -c shared_buffers=32MB -c max_connections=100 \
		-c logging_collector=off
	wait_for 60 "$pg_bin/pg_isready" -q -d postgres
}

admin_psql() { PGUSER=postgres psql -X -q -v ON_ERROR_STOP=1 "$@" </dev/null; }

make_database() {
	admin_psql -d postgres -f "$repo/db/roles.sql"
	# The owner's role is not for signing in; here it is, so that psql is at hand (see write_access).
	admin_psql -d postgres -c 'ALTER ROLE postern_owner LOGIN'
	if [[ -z $(admin_psql -d postgres -At -c "SELECT 1 FROM pg_database WHERE datname = 'postern'") ]]; then
		admin_psql -d postgres -c 'CREATE DATABASE postern OWNER postern_owner'
	fi
	"$postern" migrate >&2
}

write_env() {
	{
		echo "# The demo's database and Postern's settings for it; made by deploy/demo/demo.sh. Use: . $dir/env"
		local name
		for name in $(compgen -e | grep -E '^(PG|POSTERN_)'); do
			printf 'export %s=%q\n' "$name" "${!name}"
		done
	} >"$dir/env.new"
	mv "$dir/env.new" "$dir/env"
}

start_postern() {
	start postern TERM env PGUSER=postern "$postern" serve
	wait_for 30 test -S "$run/app/postern.sock"
}

# The web server's file defines server_listen (more addresses for Postern, or nothing), server_prepare
# (writes what it needs below $conf) and server_start.
load_server() {
	conf=$dir/server-$server
	[[ $server =~ ^[a-z]+$ && -e $demo/server-$server.sh ]] ||
		die "SERVER: must be one of$(cd "$demo" && printf ' %s' server-*.sh | sed 's/server-//g; s/\.sh//g'), not \"$server\""
	# shellcheck source=deploy/demo/server-nginx.sh
	. "$demo/server-$server.sh"
}

main() {
	[[ ${1:-} != --reset ]] || reset
	choose_users
	load_server
	open_dir
	take_lock 3
	check_port
	make_places
	find_programs
	cd /
	clean_environment
	POSTERN_LISTEN=$POSTERN_LISTEN$(server_listen)
	check_leftover
	start_guard
	make_cluster
	write_access
	start_database
	make_database 2>>"$dir/log/setup.log" || {
		tail -n 15 "$dir/log/setup.log" >&2
		die "the database could not be set up"
	}
	write_env
	# shellcheck source=deploy/demo/users.sh
	. "$demo/users.sh"
	start_postern
	rm -rf "$conf"
	mkdir -p "$conf"
	server_prepare
	server_start
	wait_for 30 curl -fsS --noproxy '*' --max-time 5 "http://127.0.0.1:$port/api/status/"
	echo "postern: ready at http://127.0.0.1:$port/"
	while check_alive; do
		wait -n "${pids[@]}" || :
	done
}

main "$@"
