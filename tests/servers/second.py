"""A second web server in front of a site's Postern: the demo's configuration with changes that an operator might make."""
import contextlib
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import client
from support.demo import free_port

# server: its configuration's name, and how it is started with it
SERVERS = {
    "nginx": ("nginx.conf", ("/usr/sbin/nginx", "-e", "{home}/log", "-c", "{conf}/nginx.conf")),
    "apache": ("httpd.conf", ("/usr/sbin/apache2", "-f", "{conf}/httpd.conf", "-DFOREGROUND")),
    "lighttpd": ("lighttpd.conf", ("/usr/sbin/lighttpd", "-D", "-f", "{conf}/lighttpd.conf")),
}
# what two servers cannot share, by line
OWN = {
    "nginx": [(r"listen 127\.0\.0\.1:\d+;", "listen 127.0.0.1:{port};"), (r"listen .* http2;", ""), (r"pid .*", 'pid "{home}/pid";'),
              (r"error_log .*", 'error_log "{home}/log";'), (r"access_log .*", "access_log off;"),
              (r"include temp\.conf;", "".join(f"{n}_temp_path {{home}}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")))],
    "apache": [(r"Listen .*", "Listen 127.0.0.1:{port}"), (r"PidFile .*", 'PidFile "{home}/pid"'),
               (r"DefaultRuntimeDir .*", 'DefaultRuntimeDir "{home}"'), (r"(Error|Custom)Log .*", 'ErrorLog "{home}/log"')],
    "lighttpd": [(r"server\.port = .*", "server.port = {port}"), (r"accesslog\.filename = .*", 'accesslog.filename = "{home}/access"'),
                 (r"server\.upload-dirs = .*", 'server.upload-dirs = ("{home}")')],
}


@contextlib.contextmanager
def second(site, places, *changes):
    """Yields the port. A change is (what a line must match, what stands there then)."""
    home, port = Path(tempfile.mkdtemp(dir=places)), free_port()
    home.chmod(0o777)
    conf = home / "conf"
    shutil.copytree(site.dir / f"server-{site.server}", conf)
    name, command = SERVERS[site.server]
    text = (conf / name).read_text()
    for pattern, line in [*OWN[site.server], *changes]:
        line = line.replace("{port}", str(port)).replace("{home}", str(home))
        text, count = re.subn(rf"(?m)^(\s*){pattern}$", lambda m, line=line: m[1] + line, text)
        assert count, pattern
    (conf / name).write_text(text)
    server = subprocess.Popen([part.format(home=home, conf=conf) for part in command], env={"PATH": "/usr/bin:/bin"},
                              stdin=subprocess.DEVNULL, cwd="/")
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                client.request(port, "GET", "/api/status/")
                break
            assert server.poll() is None, (home / "log").read_text() if (home / "log").exists() else "ended"
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(10)
