# server-lighttpd.sh: runs lighttpd with the files of deploy/lighttpd/, unchanged. Sourced by demo.sh.
# shellcheck shell=bash disable=SC2154 # the variables are demo.sh's
# shellcheck source=deploy/demo/backend.sh
. "$demo/backend.sh"

server_listen() { :; }

server_prepare() {
	backend_prepare
	# Not in $conf: lighttpd reads the Lua script while it runs, as $web_user.
	mkdir -p "$run/lighttpd" "$run/empty"
	cp "$repo"/deploy/lighttpd/* "$run/lighttpd"
	cat >"$conf/lighttpd.conf" <<-END
		server.modules = ("mod_accesslog")
		server.bind = "127.0.0.1"
		server.port = $port
		$([[ $EUID != 0 ]] || printf '%s\n' "server.username = \"$web_user\"" "server.groupname = \"$web_user\"")
		server.document-root = "$run/empty"
		server.upload-dirs = ("$run/web")
		server.tag = "lighttpd"
		accesslog.filename = "$run/web/access.log"
		mimetype.assign = (".html" => "text/html", ".txt" => "text/plain", "" => "application/octet-stream")
		index-file.names = ("index.html")
		var.postern_conf = "$run/lighttpd"
		var.postern_socket = "$run/app/postern.sock"
		var.postern_api_host = "${api%:*}"
		var.postern_api_port = ${api##*:}
		var.postern_files = "$files"
		var.postern_app = "$app"
		include "$run/lighttpd/postern.conf"
		include "$run/lighttpd/protected-api.conf"
		include "$run/lighttpd/protected-files.conf"
		${app:+include \"$run/lighttpd/protected-app.conf\"}
	END
}

server_start() {
	start lighttpd INT lighttpd -D -f "$conf/lighttpd.conf"
}
