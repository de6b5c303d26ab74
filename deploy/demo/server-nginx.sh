# server-nginx.sh: runs nginx with the files of deploy/nginx/, unchanged. Sourced by demo.sh.
# DEMO_H2_PORT adds a port that speaks HTTP/2 without TLS.
# shellcheck shell=bash disable=SC2154 # the variables are demo.sh's
# shellcheck source=deploy/demo/backend.sh
. "$demo/backend.sh"

server_listen() { :; }

server_prepare() {
	backend_prepare
	cp "$repo"/deploy/nginx/* "$conf"
	local temp
	for temp in client_body proxy fastcgi uwsgi scgi; do
		printf '%s_temp_path "%s/%s";\n' "$temp" "$run/web" "$temp"
	done >"$conf/temp.conf"
	cat >"$conf/nginx.conf" <<-END
		$([[ $EUID != 0 ]] || echo "user $web_user;")
		daemon off;
		worker_processes 2;
		pid "$run/web/nginx.pid";
		error_log "$dir/log/nginx.log";
		events {
		    worker_connections 1024;
		}
		http {
		    include temp.conf;
		    include /etc/nginx/mime.types;
		    log_format demo '\$remote_addr "\$request" \$status \$body_bytes_sent \$request_time id=\$sent_http_x_request_id';
		    access_log "$dir/log/access.log" demo;
		    server_tokens off;
		    include postern-maps.conf;
		    upstream postern {
		        server "unix:$run/app/postern.sock";
		    }
		    upstream api {
		        server $api;
		    }
		    ${app:+upstream app { server "unix:$app"; \}}
		    server {
		        listen 127.0.0.1:$port;
		        ${DEMO_H2_PORT:+listen 127.0.0.1:$DEMO_H2_PORT http2;}
		        root "${files%/files}";
		        include postern.conf;
		        include postern-gate.conf;
		        include protected-api.conf;
		        include protected-files.conf;
		        ${app:+include protected-app.conf;}
		    }
		}
	END
}

server_start() {
	start nginx TERM nginx -e "$dir/log/nginx.log" -c "$conf/nginx.conf"
}
