# server-apache.sh: runs Apache httpd with the files of deploy/apache/, unchanged. Sourced by demo.sh.
# shellcheck shell=bash disable=SC2154 # the variables are demo.sh's
# shellcheck source=deploy/demo/backend.sh
. "$demo/backend.sh"

# Apache's authorizer knows no unix sockets.
gate=127.0.0.1:$(free_port $((port + 1000)))
server_listen() { echo ",$gate"; }

server_prepare() {
	backend_prepare
	cp "$repo"/deploy/apache/* "$conf"
	{
		local module
		for module in mpm_event alias authn_core authnz_fcgi authz_core dir env headers http2 macro mime \
			proxy proxy_fcgi proxy_http setenvif; do
			echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
		done
		[[ $EUID != 0 ]] || printf '%s\n' "User $web_user" "Group $web_user"
		cat <<-END
			ServerRoot "$conf"
			ServerName localhost
			ServerTokens Prod
			DefaultRuntimeDir "$run/web"
			PidFile "$run/web/apache.pid"
			ErrorLog "$dir/log/apache.log"
			CustomLog "$dir/log/access.log" "%h \"%r\" %>s %b %D id=%{X-Request-ID}o"
			TypesConfig /etc/mime.types
			Listen 127.0.0.1:$port
			Protocols h2c http/1.1
			<Directory "/">
			    Require all denied
			</Directory>
			Define POSTERN_CONF "$conf"
			Define POSTERN_SOCKET "$run/app/postern.sock"
			Define POSTERN_GATE $gate
			Define POSTERN_API $api
			Define POSTERN_FILES "$files"
			Define POSTERN_APP "$app"
			DirectoryIndex index.html
			Include postern-gate.conf
			Include protected-api.conf
			Include protected-files.conf
			${app:+Include protected-app.conf}
			Include postern.conf
		END
	} >"$conf/httpd.conf"
}

server_start() {
	start apache TERM env -i PATH=/usr/bin:/bin /usr/sbin/apache2 -f "$conf/httpd.conf" -DFOREGROUND
}
