"""`make install` and `make deb` put everything where it belongs."""
import os
import re
import subprocess

import pytest

from support.demo import BUILD, REPO


def run(*command, **env):
    done = subprocess.run(command, cwd=REPO, env={**os.environ, **env}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The unpacked package and its control fields."""
    path = run("make", "-s", "deb", BUILD=str(BUILD)).strip().splitlines()[-1]
    tree = tmp_path_factory.mktemp("package")
    run("dpkg-deb", "-x", str(REPO / path), str(tree))
    return tree, run("dpkg-deb", "-f", str(REPO / path))


def test_the_packaged_program_runs(package):
    tree, fields = package
    version = re.search(r"^Version: (.*)$", fields, re.M)[1]
    assert run(str(tree / "usr/bin/postern"), "--version") == f"postern {version}\n"


def test_the_unit_starts_the_packaged_program(package):
    tree, _ = package
    (program,) = re.findall(r"^ExecStart=(\S+)", (tree / "usr/lib/systemd/system/postern.service").read_text(), re.M)
    assert (tree / program.lstrip("/")).stat().st_mode & 0o111


def test_every_linked_library_is_among_the_dependencies(package):
    tree, fields = package
    depends = re.search(r"^Depends: (.*)$", fields, re.M)[1]
    needed = re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", str(tree / "usr/bin/postern")))
    for library in (n for n in needed if not re.match(r"libc\.|libm\.|ld-|libasan|libubsan", n)):
        owner = run("dpkg", "-S", f"*/{library}").split(":")[0]
        assert re.search(rf"\b{re.escape(owner)}\b", depends), (library, owner)


@pytest.mark.parametrize("server", ["nginx", "apache", "lighttpd", "caddy"])
def test_the_web_servers_files_are_the_shipped_ones(package, server):
    tree, _ = package
    shipped = {p.name: p.read_bytes() for p in (REPO / "deploy" / server).iterdir()}
    assert {p.name: p.read_bytes() for p in (tree / "usr/share/postern" / server).iterdir()} == shipped


def test_no_secret_and_no_pepper_is_packaged(package):
    tree, _ = package
    assert [p.name for p in (tree / "etc/postern").iterdir()] == ["environment"]
    settings = (tree / "etc/postern/environment").read_text()
    run("bash", "-c", f"set -a; {settings}\nexec '{tree}/usr/bin/postern' config")
