#!/bin/sh
# run.sh: builds every fuzzer with clang and its sanitizers and runs each for FUZZ_SECONDS. Called by
# `make fuzz`. Findings stay in $BUILD/findings; a good one becomes a seed in corpus/ and a row in
# tests/unit. FUZZ_ONLY=json runs only that one.
set -eu
cd "$(dirname "$0")/../.."

build=${BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-20}
cc=${FUZZ_CC:-clang}
flags="-std=c11 -g -O1 -Iapp -D_GNU_SOURCE -Wall -Wextra -Werror -fsanitize=address,undefined
	-fno-sanitize-recover=all -fno-omit-frame-pointer $(pkg-config --cflags json-c libsodium)"
libs=$(pkg-config --libs json-c libsodium)

# Prints the files of app/ that a fuzzer names in its head.
needs() {
	sed -n 's/^ \* Needs: \(.*\) \*\/$/\1/p' "$1"
}

# Compiles one file of app/ unless this run has done so; prints the object.
object() {
	object=$build/fuzz/app/$1.o
	mkdir -p "${object%/*}"
	# shellcheck disable=SC2086 # the flags are words
	[ -e "$object" ] || $cc $flags -fsanitize=fuzzer-no-link -c -o "$object" "app/$1.c" >&2 || return 1
	echo "$object"
}

# Builds and runs one fuzzer; its last lines show how far it came.
fuzz() {
	name=$1 source=tests/fuzz/fuzz_$1.c objects=
	for file in $(needs "$source"); do
		objects="$objects $(object "$file")" || return 1
	done
	# shellcheck disable=SC2086
	$cc $flags -fsanitize=fuzzer -o "$build/fuzz/$name" "$source" $objects $libs || return 1
	mkdir -p "$build/corpus/$name" "$build/findings"
	if ! "$build/fuzz/$name" -max_total_time="$seconds" -max_len=2048 -timeout=10 -rss_limit_mb=1024 \
		-artifact_prefix="$build/findings/$name-" -print_final_stats=1 \
		"$build/corpus/$name" "tests/fuzz/corpus/$name" >"$build/fuzz/$name.log" 2>&1; then
		tail -n 40 "$build/fuzz/$name.log"
		echo "fuzz_$name: FINDING, see $build/findings and $build/fuzz/$name.log"
		return 1
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz/$name.log")
	echo "fuzz_$name: clean after $runs runs in $seconds s"
}

rm -rf "$build/fuzz"
mkdir -p "$build/fuzz"
clean=0 failed=0
for source in tests/fuzz/fuzz_*.c; do
	name=${source##*/fuzz_}
	name=${name%.c}
	case " ${FUZZ_ONLY:-$name} " in
	*" $name "*) ;;
	*) continue ;;
	esac
	if fuzz "$name"; then
		clean=$((clean + 1))
	else
		failed=$((failed + 1))
	fi
done
[ "$failed" -eq 0 ] || exit 1
echo "$clean fuzzers clean"
