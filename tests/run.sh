#!/bin/bash
# run.sh: every test: the unit tests in $BUILD/unit, then pytest. `make test` calls it. TESTS narrows pytest down:
# TESTS="tests/http/test_demo.py -k port" make test. The last line is "N passed, N failed"; a skipped test is a failed one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export PYTHONDONTWRITEBYTECODE=1
passed=0 failed=0
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# One cmocka program; what it announced and did not pass has failed, also when it crashed in between.
run_unit() {
	local announced good status=0
	echo "== $1"
	"$1" >"$out/unit" 2>&1 || status=$?
	cat "$out/unit"
	announced=$(sed -n 's/.*Running \([0-9]*\) test.*/\1/p' "$out/unit" | awk '{n += $1} END {print n + 0}')
	good=$(sed -n 's/.*PASSED  \] \([0-9]*\) test.*/\1/p' "$out/unit" | awk '{n += $1} END {print n + 0}')
	passed=$((passed + good)) failed=$((failed + announced - good))
	if [[ $status != 0 && $announced == "$good" || $announced == 0 ]]; then
		echo "$1: ended with status $status after $good of $announced tests"
		failed=$((failed + 1))
	fi
}

run_pytest() {
	local status=0
	echo "== pytest $*"
	/usr/bin/python3 -m pytest -p no:cacheprovider -ra --timeout=180 -n "${JOBS:-2}" --dist loadfile \
		--junit-xml="$out/junit.xml" -o junit_logging=no "$@" || status=$?
	local good=0 bad=1
	read -r good bad < <(/usr/bin/python3 tests/support/totals.py "$out/junit.xml")
	[[ $status == 0 || $bad -gt 0 ]] || bad=1
	passed=$((passed + good)) failed=$((failed + bad))
}

units=()
for source in tests/unit/test_*.c; do
	[[ -e $source ]] && units+=("$BUILD/unit/$(basename "$source" .c)")
done
if [[ -z ${TESTS:-} ]]; then
	for unit in "${units[@]}"; do
		run_unit "$unit"
	done
fi
# shellcheck disable=SC2086 # a list of words
run_pytest ${TESTS:-tests}
[[ $passed -gt 0 ]] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
