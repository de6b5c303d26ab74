# backend.sh: what the demo protects: an HTTP API (a second, private nginx that serves the files of deploy/demo/api), a tree of files and,
# if DEMO_APP names its socket, a FastCGI application. Sourced by server-NAME.sh. DEMO_API=HOST:PORT puts another
# HTTP server in the API's place. Sets api (HOST:PORT), app (a socket or nothing) and files (a directory).
# shellcheck shell=bash disable=SC2154,SC2034 # the variables are demo.sh's, and for server-NAME.sh

# free_port FIRST: the first port of 127.0.0.1 from there on that nobody answers at.
free_port() {
	local candidate=$1
	while timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/$candidate" 2>/dev/null; do
		((candidate++ < 65000)) || die "no free port"
	done
	echo "$candidate"
}

write_backend_conf() {
	local temp
	for temp in client_body proxy fastcgi uwsgi scgi; do
		printf '%s_temp_path "%s/%s";\n' "$temp" "$run/web" "api-$temp"
	done >"$conf/backend-temp.conf"
	cat >"$conf/backend.conf" <<-END
		$([[ $EUID != 0 ]] || echo "user $web_user;")
		daemon off;
		pid "$run/web/backend.pid";
		error_log "$dir/log/backend.log";
		events {
		    worker_connections 512;
		}
		http {
		    include backend-temp.conf;
		    access_log off;
		    server_tokens off;
		    default_type application/json;
		    server {
		        listen $api;
		        root "$run/api";
		        index list.json;
		        client_max_body_size 64m;
		        error_page 404 /404;
		        location = /404 {
		            internal;
		            return 404 '{"detail": "Not found."}';
		        }
		        location / {
		            if (\$request_method !~ ^(GET|HEAD)\$) {
		                return 200 '{"method": "\$request_method", "user": "\$http_x_postern_user"}';
		            }
		        }
		    }
		}
	END
}

backend_prepare() {
	app=${DEMO_APP:-}
	files=$run/www/files
	mkdir -p "$run/www"
	cp -r "$demo/files" "$run/www/"
	api=${DEMO_API:-}
	[[ -z $api ]] || return 0
	api=127.0.0.1:$(free_port $((port + 1)))
	cp -r "$demo/api" "$run/"
	write_backend_conf
	start backend TERM nginx -e "$dir/log/backend.log" -c "$conf/backend.conf"
	wait_for 10 curl -fsS --noproxy '*' "http://$api/api/dcim/sites/"
}
