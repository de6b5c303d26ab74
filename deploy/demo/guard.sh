#!/bin/bash
# guard.sh: reads "PID SIGNAL" lines until demo.sh closes the pipe, by ending in whatever way, and then stops
# those processes, last one first. It runs in a session of its own, so that no terminal takes it along.
trap '' INT TERM HUP PIPE
seconds=10

# born PID: when it started, or nothing if it is gone (or only waits to be reaped).
born() {
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	# shellcheck disable=SC2086 # the fields behind the name, which may hold blanks
	set -- ${stat##*) }
	[[ $1 != Z ]] && echo "${20}"
}

stop() {
	local pid=$1 signal=$2 since=$3 tries=0
	if [[ $(born "$pid") == "$since" ]]; then
		kill -s "$signal" "$pid"
	fi
	while [[ $(born "$pid") == "$since" ]]; do
		sleep 0.05
		((++tries != seconds * 20)) || kill -s KILL "$pid"
		((tries < seconds * 40)) || break
	done
	# Each was the leader of its own session; none of its children stays behind. (A number that is another
	# process's by now is no session of ours any more.)
	[[ -n $(born "$pid") ]] || pkill -KILL -s "$pid"
}

started=()
while read -r pid signal; do
	started=("$pid $signal $(born "$pid")" "${started[@]}")
done
for entry in "${started[@]}"; do
	# shellcheck disable=SC2086 # three words
	stop $entry
done
