#!/bin/sh
# build.sh: a Debian package of what `make install` installs, with dpkg-deb alone. `make deb` calls it with BUILD and
# VERSION; prints the package's path. What the maintainer scripts do is in deploy/debian/.
set -eu
cd "$(dirname "$0")/../.."
stage=$BUILD/deb arch=$(dpkg --print-architecture)
package=$BUILD/postern_${VERSION}_$arch.deb

rm -rf "$stage"
make -s install BUILD="$BUILD" DESTDIR="$stage" PREFIX=/usr
strip --strip-unneeded "$stage/usr/bin/postern"
gzip -9n "$stage/usr/share/man/man8/postern.8"
install -D -m 644 LICENSE "$stage/usr/share/doc/postern/copyright"
install -m 644 README.md deploy/debian/README.Debian "$stage/usr/share/doc/postern/"
gzip -9nc CHANGELOG.md >"$stage/usr/share/doc/postern/changelog.gz"
install -D -m 640 deploy/debian/environment "$stage/etc/postern/environment"
install -d -m 755 "$stage/DEBIAN"
install -m 755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm "$stage/DEBIAN/"
echo /etc/postern/environment >"$stage/DEBIAN/conffiles"
cat >"$stage/DEBIAN/control" <<END
Package: postern
Version: $VERSION
Architecture: $arch
Maintainer: The Postern authors <postern@localhost>
Section: httpd
Priority: optional
Installed-Size: $(du -ks "$stage" | cut -f1)
Depends: libargon2-1, libc6 (>= 2.34), libfcgi0ldbl (>= 2.4.2-2+deb12u1), libjson-c5, libpq5, libsodium23, passwd
Recommends: postgresql, nginx | apache2 | lighttpd | caddy
Description: API tokens for any web server
 Postern keeps users and their API tokens in PostgreSQL and answers the web
 server's question "may this request pass, and as whom?" for whatever HTTP API,
 files or application stand behind it. It is a FastCGI application.
END
dpkg-deb --root-owner-group --build "$stage" "$package" >/dev/null
echo "$package"
