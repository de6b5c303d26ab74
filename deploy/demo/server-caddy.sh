# server-caddy.sh: runs Caddy with the files of deploy/caddy/, unchanged. Sourced by demo.sh.
# shellcheck shell=bash disable=SC2154 # the variables are demo.sh's
# shellcheck source=deploy/demo/backend.sh
. "$demo/backend.sh"

server_listen() { :; }

server_prepare() {
	backend_prepare
	# Not in $conf: Caddy has dropped root's rights before it reads them.
	mkdir -p "$run/caddy"
	cp "$repo"/deploy/caddy/* "$run/caddy"
	cat >"$run/caddy/Caddyfile" <<-END
		{
		    admin off
		    auto_https off
		    servers {
		        protocols h1 h2c
		    }
		}
		http://:$port {
		    bind 127.0.0.1
		    log {
		        output stdout
		    }
		    import protected-api.caddy
		    import protected-files.caddy
		    ${app:+import protected-app.caddy}
		    import postern.caddy
		}
	END
}

server_start() {
	local -a as=()
	[[ $EUID != 0 ]] || as=(setpriv "--reuid=$web_user" "--regid=$web_user" --clear-groups)
	start caddy TERM env -i PATH=/usr/bin:/bin "HOME=$run/web" "GATE_SOCKET=$run/app/postern.sock" "GATE_API=$api" \
		"GATE_FILES=$files" "GATE_APP=$app" "${as[@]}" \
		caddy run --adapter caddyfile --config "$run/caddy/Caddyfile"
}
