#!/bin/sh
# run.sh: what a gate question costs, measured on this machine with the real nginx, Postern and PostgreSQL. `make bench`
# calls it. Fails where pages cost too much beside JSON, or workers are too large or grow. Each run takes SECONDS_EACH (5)
# seconds; all traffic stays on the loopback address.
set -eu
cd "$(dirname "$0")/../.."
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests
exec /usr/bin/python3 tests/bench/bench.py "$@"
