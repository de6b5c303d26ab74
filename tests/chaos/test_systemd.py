"""The units of deploy/systemd: what systemd itself says of them, and that what they allow is enough."""
import re
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy/systemd"


def unit(name):
    """{key: [value, ...]} of a unit file."""
    found = {}
    for line in (UNITS / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_service_is_rated_safe():
    """systemd-analyze's exposure level is at most 1.0 of 10."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=10", "--no-pager", UNITS / "postern.service"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    level = re.search(r"Overall exposure level for postern.service: ([0-9.]+)", done.stdout)
    assert float(level[1]) <= 1.0


@pytest.mark.parametrize("name", ["postern.service", "postern.socket"])
def test_systemd_understands_every_line(name, tmp_path):
    for each in UNITS.iterdir():
        # the program is not installed here; all else stays
        (tmp_path / each.name).write_text(each.read_text().replace("/usr/local/bin/postern serve", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", tmp_path / name], capture_output=True, text=True, check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if name in line]
    assert not complaints, complaints


def test_the_socket_and_the_service_fit_together():
    service, socket = unit("postern.service"), unit("postern.socket")
    assert "POSTERN_LISTEN=stdin" in service["Environment"]
    assert service["StandardInput"] == ["socket"]
    assert socket["ListenStream"] == ["/run/postern/postern.sock"]
    assert socket["SocketMode"] == ["0660"]
