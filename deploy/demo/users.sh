# users.sh: what the demo holds, made once: four users and what they may do. Sourced by demo.sh.
# shellcheck shell=bash disable=SC2154 # the variables are demo.sh's

# add_user NAME PASSWORD [OPTION]...
add_user() {
	local name=$1 password=$2
	shift 2
	[[ -z $(psql -XAt -c "SELECT 1 FROM postern.users WHERE lower(username) = '$name'") ]] || return 0
	printf '%s\n' "$password" | "$postern" user add "$name" --password-stdin "$@" >&2
}

seed() {
	add_user hankhill 'I<3C3H8'
	add_user dale Pocket-Sand-2021 --no-tokens
	add_user peggy Substitute-Teacher-3x --superuser
	add_user bill Army-Barber-1
	"$postern" user disable bill >&2
	psql -X -q -v ON_ERROR_STOP=1 -f "$demo/seed.sql"
}

if [[ ! -e $state/seeded ]]; then
	POSTERN_PASSWORD_MIN_LENGTH=1 seed >>"$dir/log/setup.log" 2>&1 || {
		tail -n 15 "$dir/log/setup.log" >&2
		die "the demo's users could not be added"
	}
	: >"$state/seeded"
fi
