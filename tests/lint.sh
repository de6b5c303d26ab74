#!/bin/bash
# lint.sh: what can be said about the code without running it. `make lint` calls it with BUILD and CPPFLAGS.
# Each check prints what it found; the exit status is 1 if any found something.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
read -ra flags <<<"${CPPFLAGS:--Iapp -Ibuild/gen -D_GNU_SOURCE}"
tool_cache=${BUILD:-build}/lint
mkdir -p "$tool_cache"

mapfile -t c_files < <(find app -name '*.c' | sort)
mapfile -t app_files < <(find app -name '*.[ch]' | sort)
mapfile -t c_and_h < <(find app tests -name '*.[ch]' | sort)
mapfile -t unit_files < <(find tests -name '*.c' | sort)
mapfile -t sh_files < <(find app deploy db tests -name '*.sh' | sort; printf '%s\n' .ci/run deploy/debian/p*)
mapfile -t texts < <(find app deploy db tests -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.sql' \) | sort)
mapfile -t manuals < <(find app deploy -name '*.[1-8]' | sort)
failures=0

# check NAME COMMAND...: whatever it prints, or a failure, is a finding.
check() {
	local name=$1 found status=0
	shift
	found=$("$@" 2>&1) || status=$?
	if [[ -n $found || $status != 0 ]]; then
		printf '%s\n' "$found"
		echo "lint: $name: FAILED"
		failures=$((failures + 1))
	else
		echo "lint: $name: ok"
	fi
}

# nowhere PATTERN FILE...: prints the lines that match; no file, no finding.
nowhere() {
	local pattern=$1
	shift
	[[ $# -gt 0 ]] || return 0
	grep -nHE -- "$pattern" "$@" || [[ $? == 1 ]]
}

# only FOLDERS PATTERN: lines of app/ outside these folders (a regular expression) that match.
only() {
	local others
	mapfile -t others < <(printf '%s\n' "${app_files[@]}" | grep -vE "^app/($1)/")
	nowhere "$2" "${others[@]}"
}

# within FOLDER PATTERN: includes of app/FOLDER/ that do not match.
within() { grep -nHE '^#include "' app/"$1"/*.[ch] | grep -vE "\"($2)" || [[ $? == 1 ]]; }

long_functions() {
	awk 'FNR == 1 { start = 0 }
	     /^\{$/ { start = FNR }
	     /^\}/ { if (start && FNR - start - 1 > 60) print FILENAME ":" start ": function of " FNR - start - 1 " lines; 60 are the limit"; start = 0 }' \
		"${app_files[@]}"
}

long_files() { wc -l "${texts[@]}" | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines; 500 are the limit" }'; }

unopened_files() {
	local file
	for file in "${c_and_h[@]}"; do
		[[ $(head -c 2 "$file") == '/*' ]] || echo "$file: does not open with a comment that says what it does"
	done
}

# clang-tidy by file, its findings alone.
tidy_files() {
	local status=0
	printf '%s\n' "${c_files[@]}" | xargs -P "$(nproc)" -I FILE clang-tidy --quiet FILE -- -std=c11 "${flags[@]}" \
		>"$tool_cache/tidy" 2>"$tool_cache/tidy.err" || status=$?
	cat "$tool_cache/tidy"
	[[ $status == 0 ]] || grep -E 'error:' "$tool_cache/tidy.err"
	return "$status"
}

cppcheck_files() {
	mkdir -p "$tool_cache/cppcheck"
	cppcheck --quiet -j "$(nproc)" --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=varFuncNullUB --cppcheck-build-dir="$tool_cache/cppcheck" "${flags[@]}" "$@"
}

mandoc_files() { [[ $# == 0 ]] || mandoc -T lint -W warning "$@"; }

check "clang-format (make fmt)" clang-format --dry-run -Werror "${c_and_h[@]}"
check "file opens with a comment" unopened_files
check "functions of at most 60 lines" long_functions
check "files of at most 500 lines" long_files
check "no banned string functions" nowhere '\<(strcpy|strcat|sprintf|vsprintf|strncpy|strncat|strtok|atoi|atol|gets)\(' "${c_and_h[@]}"
check "no loose ends" nowhere '\<(TO''DO|FIX''ME|XX''X)\>' "${texts[@]}"
check "only store/ calls libpq" only store '#include <libpq-fe\.h>'
check "only http/ and server/ know FastCGI" only 'http|server' '#include <(fcgiapp|fastcgi)\.h>'
check "only auth/ hashes passwords" only auth '#include <argon2\.h>'
check "base/ includes base/ alone" within base 'base/'
check "store/ includes base/ and store/ alone" within store 'base/|store/|queries\.h'
check "model/ knows no HTTP" nowhere '#include "(http|api|web|gate|server|cli)/' app/model/*.[ch]
check "auth/ knows no faces" nowhere '#include "(api|web|gate|server|cli)/' app/auth/*.[ch]
check "no typedefs but of functions" nowhere '^typedef [^(]*;' "${c_and_h[@]}"
check "shellcheck" shellcheck -x "${sh_files[@]}"
check "manual pages" mandoc_files "${manuals[@]}"
check "cppcheck" cppcheck_files app "${unit_files[@]}"
check "clang-tidy" tidy_files
[[ $failures == 0 ]] || echo "lint: $failures checks found something"
[[ $failures == 0 ]]
