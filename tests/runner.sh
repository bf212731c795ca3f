# Running test programs and counting what they print. Sourced by tests/run, tried by tests/tidy/runner_test;
# `top` is the root of the source tree, `passed` and `failed` are the totals.
# shellcheck shell=bash disable=SC2154  # `top` comes from outside

passed=0
failed=0

# A part that is no Catch2 program prints a line for each of its tests: "ok NAME" or "FAILED NAME reason".
# count LABEL LOG STATUS: adds what the log says to the totals, prints one line, and the failures in full.
count() {
    local label=$1 log=$2 status=$3 p f line
    p=$(grep -c '^ok ' "$log" || true)
    f=$(grep -c '^FAILED ' "$log" || true)
    while read -r line; do
        if [[ $line =~ ^All\ tests\ passed\ \(.*\ in\ ([0-9]+)\ test\ case ]]; then
            p=$((p + BASH_REMATCH[1]))
        elif [[ $line =~ ^test\ cases:\ *[0-9]+\ \| ]]; then
            [[ $line =~ \|\ *([0-9]+)\ passed ]] && p=$((p + BASH_REMATCH[1]))
            [[ $line =~ \|\ *([0-9]+)\ failed(\ \||$) ]] && f=$((f + BASH_REMATCH[1]))
        fi
    done < <(grep -E '^(All tests passed|test cases:)' "$log" || true)

    if [ "$status" = 0 ] && [ $((p + f)) = 0 ]; then
        say "    | it ended well without a single test, which proves nothing"
        f=1
    elif [ "$status" != 0 ] && [ "$f" = 0 ]; then
        [ "$status" != 124 ] || say "    | it ran out of time"
        say "    | it ended with status $status beside the tests that it counted"
        f=1
    fi
    if [ "$f" != 0 ]; then
        { grep -vE '^ok ' "$log" || true; } | tail -n 80 | sed 's/^/    | /'
        say "    all of it is in ${log#"$top"/}"
    fi
    say "    $label: $p passed, $f failed"
    passed=$((passed + p))
    failed=$((failed + f))
}

# survivors SESSION: process ids that are still in the session.
survivors() {
    local stat fields
    for stat in /proc/[0-9]*/stat; do
        read -r fields 2>/dev/null <"$stat" || continue
        # shellcheck disable=SC2086  # "pid (name) state ppid pgrp session": split on purpose
        set -- $1 ${fields##*) }
        [ "$5" != "$1" ] || [ "$2" = Z ] || basename "${stat%/stat}"
    done
}

# test_run LABEL SECONDS COMMAND...: runs a test program with a time limit, counts what it prints, and counts
# every process it leaves behind as a failure.
test_run() {
    local label=$1 limit=$2 status=0 began=$SECONDS log session left
    shift 2
    log=$top/build/log/${label//[^a-z0-9]/-}.log
    session=$top/build/log/session.$$
    mkdir -p "$top/build/log"
    say "running $label"
    # shellcheck disable=SC2016  # the inner shell expands it
    setsid --wait bash -c 'echo $$ >"$1"; shift; exec timeout --foreground "$@"' \
        _ "$session" -k 10 "$limit" "$@" >"$log" 2>&1 </dev/null || status=$?
    left=$(survivors "$(cat "$session")")
    rm -f "$session"
    if [ -n "$left" ]; then
        # shellcheck disable=SC2086  # one id a word
        ps_names=$(for pid in $left; do tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || true; echo; done)
        echo "FAILED $label leaves processes behind: $ps_names" >>"$log"
        # shellcheck disable=SC2086
        kill -9 $left 2>/dev/null || true
    fi
    count "$label ($((SECONDS - began)) s)" "$log" "$status"
}
