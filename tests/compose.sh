#!/bin/bash
# compose.sh: proves docker-compose.yml with the Docker engine at hand: from nothing up, the documented lines, a psql recipe,
# down and up again with all data kept. `make test-compose` calls it. Each promise is a line "ok" or "FAILED".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export DEMO_PORT=${DEMO_PORT:-8080} COMPOSE_PROJECT_NAME=postern-test DEMO_EXEMPT=
url=http://127.0.0.1:$DEMO_PORT
passed=0 failed=0

# check WHAT COMMAND...: one promise.
check() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then
		echo "ok      $what" && passed=$((passed + 1))
	else
		printf 'FAILED  %s\n%s\n' "$what" "$out" && failed=$((failed + 1))
	fi
}

# answers STATUS TEXT CURL-ARGUMENT...: the answer has that status and holds that text.
answers() {
	local status=$1 text=$2 out
	shift 2
	out=$(curl -sS --noproxy '*' --max-time 20 -w '\n%{http_code}' "$@")
	[[ ${out##*$'\n'} == "$status" && $out == *"$text"* ]] || { echo "$out" && return 1; }
}

token_of() { /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["key"])'; }
admin() { docker compose exec -T db psql -XAtq -h /run/postgresql -d postern -U postern_owner -c "$1"; }
prints() { [[ $("${@:2}") == "$1" ]]; }
# refuses TEXT COMMAND...: it fails and says this text.
refuses() {
	local out
	out=$("${@:2}" 2>&1) && echo "it succeeds: $out" && return 1
	[[ $out == *"$1"* ]] || { echo "$out" && return 1; }
}
inspect_all() { docker compose ps -q | xargs docker inspect -f "$1" | sort -u; }

down() {
	docker compose down --volumes --timeout 20 >/dev/null 2>&1
}
trap down EXIT
down

started=$SECONDS
check "the file is valid" docker compose config -q
check "up from nothing" docker compose up --build --wait --wait-timeout 300 --quiet-pull
echo "        up after $((SECONDS - started)) s"
docker compose images 2>/dev/null

json=(-H "Content-Type: application/json" -H "Accept: application/json; indent=4")
key=$(curl -sS --noproxy '*' -X POST "${json[@]}" -u 'hankhill:I<3C3H8' "$url/api/users/tokens/" | token_of)
check "a token by name and password" test ${#key} = 40
check "the documented list, with the token" answers 200 '"count": 10,' -H "Authorization: Token $key" \
	-H "Accept: application/json; indent=4" "$url/api/dcim/sites/"
check "the documented refusal, without" answers 403 '"Authentication credentials were not provided."' "$url/api/dcim/sites/"
check "no permission, no entry" answers 403 'You do not have permission' -H "Authorization: Token $key" "$url/api/ipam/prefixes/"
check "a superuser may" answers 201 '"write_enabled"' -X POST "${json[@]}" -u peggy:Substitute-Teacher-3x "$url/api/users/tokens/"
check "a restricted user may not" answers 403 'You do not have permission' -X POST "${json[@]}" -u dale:Pocket-Sand-2021 "$url/api/users/tokens/"
check "an inactive user may not" answers 403 'Invalid username/password.' -X POST "${json[@]}" -u bill:Army-Barber-1 "$url/api/users/tokens/"
check "a recipe in psql: restrict" admin "SELECT postern.restrict_tokens('hankhill')"
check "…is felt at once" answers 403 'You do not have permission' -X POST "${json[@]}" -H "Authorization: Token $key" "$url/api/users/tokens/"
check "a recipe in psql: allow" admin "SELECT postern.allow_tokens('hankhill')"
check "…is felt at once too" answers 201 '"key"' -X POST "${json[@]}" -H "Authorization: Token $key" "$url/api/users/tokens/"

for role in postern_owner postern_admin postgres; do
	check "the workers cannot connect as $role" refuses "authentication failed for user \"$role\"" \
		docker compose exec -T -e PGUSER="$role" postern postern user list
done
check "the workers read the pepper" prints "$(printf 'settings   ok\npepper     ok\ndatabase   ok')" docker compose exec -T postern postern check
check "…and cannot change it" refuses "ermission denied" docker compose exec -T postern bash -c ': >>/var/lib/postern/pepper'
check "nobody runs as root" prints "" inspect_all '{{if or (eq .Config.User "") (eq .Config.User "root") (eq .Config.User "0")}}{{.Name}}{{end}}'
check "every file system is read-only" prints true inspect_all '{{.HostConfig.ReadonlyRootfs}}'
check "no capabilities" prints '[ALL]' inspect_all '{{.HostConfig.CapDrop}}'
check "only loopback ports" prints 127.0.0.1 bash -c "docker compose ps -q web | xargs docker inspect -f '{{range .HostConfig.PortBindings}}{{range .}}{{.HostIp}}{{end}}{{end}}'"
check "no secret in the logs" bash -c "! docker compose logs 2>&1 | grep -F -e '$key' -e 'I<3C3H8' -e Pocket-Sand -e Army-Barber"

check "down" docker compose down --timeout 20
check "up again" docker compose up --wait --wait-timeout 120
check "the token is still good" answers 200 '"count": 10,' -H "Authorization: Token $key" -H "Accept: application/json; indent=4" "$url/api/dcim/sites/"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
