"""postern(8), --help and the shell's completion tell of every command, option and setting, and of nothing else."""
import os
import re
import subprocess

import pytest

from support.demo import BUILD, REPO

POSTERN, PAGE = BUILD / "postern", BUILD / "postern.8"
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "POSTERN_"))}


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, env=CLEAN, timeout=60, **more)


def words():
    """[(command, verb or "-", options)] as the program has them."""
    return [(c, v, o) for c, v, *o in (line.split() for line in run(POSTERN, "help", "words").stdout.splitlines())]


def settings():
    return re.findall(r"^(POSTERN_\w+)=", run(POSTERN, "config").stdout, re.M)


@pytest.fixture(scope="module")
def manual():
    """The page as plain text, one blank between words."""
    text = run("mandoc", "-T", "utf8", PAGE).stdout
    return re.sub(r"\s+", " ", re.sub(".\x08", "", text))


def test_page_is_clean():
    done = run("mandoc", "-T", "lint", "-W", "style", PAGE)
    # whether other pages are installed is no matter of this one
    assert [line for line in done.stdout.splitlines() if "lacks" not in line and "nonexistent" not in line] == []


def test_every_command_and_verb_is_in_the_page(manual):
    for command, verb, _ in words():
        assert f"{command} {verb}" in manual if verb != "-" else f" {command} " in manual


def test_every_option_is_in_the_page(manual):
    options = {o for _, _, listed in words() for o in listed}
    assert options
    for option in options:
        assert f"{option} " in manual or f"{option}]" in manual


def test_every_setting_is_in_the_page_with_its_default(manual):
    config = run(POSTERN, "config").stdout
    assert settings() == re.findall(r"^\.It Ev (POSTERN_\w+)$", PAGE.read_text(), re.M)
    for default in re.findall(r"^# default: (.+)$", config, re.M):
        assert f"‘{default}’" in manual


def test_page_tells_of_no_setting_that_is_none():
    assert set(re.findall(r"POSTERN_[A-Z_0-9]+[A-Z0-9]", PAGE.read_text())) == set(settings())


def test_help_tells_of_every_verb_and_option():
    for command, verb, options in words():
        text = run(POSTERN, command, "--help").stdout
        usage = next(line for line in text.splitlines() if f"postern {command}" + (f" {verb}" if verb != "-" else "") in line)
        for option in options:
            assert f"[{option}" in usage
            assert re.search(rf"^  {option} +\w", text, re.M), option


def test_every_option_is_accepted_where_the_help_says_so():
    """And nowhere else. The option that does not exist keeps the command from running."""
    every = {o for _, _, listed in words() for o in listed}
    for command, verb, options in words():
        for option in every:
            done = run(POSTERN, command, *([verb] if verb != "-" else []), option, "1", "--no-such-option")
            assert (f'unknown option "{option}"' in done.stderr) is (option not in options), (command, verb, option)


def test_commands_of_the_overview_are_those_of_the_table():
    listed = re.findall(r"^  (\w+) +\w", run(POSTERN, "--help").stdout, re.M)
    assert listed == list(dict.fromkeys(c for c, _, _ in words()))


# --- completion ---
def completed(*typed):
    """What bash offers for the last of these words."""
    script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _postern; printf "%s\\n" "${COMPREPLY[@]}"')
    done = run("bash", "-c", script, "-", REPO / "deploy/bash-completion/postern", POSTERN, *typed)
    assert done.stderr == ""
    return done.stdout.split()


def test_completion_offers_commands():
    assert completed("") == sorted({c for c, _, _ in words()})
    assert completed("to") == ["token"]


def test_completion_offers_verbs():
    assert completed("token", "") == ["add", "list", "revoke", "revoke-all"]
    assert completed("token", "revoke-") == ["revoke-all"]


def test_completion_offers_the_options_of_the_verb():
    assert completed("token", "add", "hank", "--") == sorted(["--help", *next(o for c, v, o in words() if (c, v) == ("token", "add"))])
    assert completed("explain", "GET", "/", "--us") == ["--user"]
    assert completed("user", "list", "--pass") == []


def test_install_puts_everything_in_its_place(tmp_path):
    run("make", "-s", "install", f"BUILD={BUILD.name}", f"DESTDIR={tmp_path}", "PREFIX=/usr", cwd=REPO, check=True)
    found = sorted(str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file())
    for wanted in ("usr/bin/postern", "usr/share/bash-completion/completions/postern", "usr/share/man/man8/postern.8"):
        assert wanted in found
    assert (tmp_path / "etc/postern").is_dir()  # where the pepper comes
