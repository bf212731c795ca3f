# Saying what is done, and building. Sourced by apps/run and tests/run; `top` is the root of the source tree.
# shellcheck shell=bash disable=SC2154  # `top` comes from outside

# ccache does not trust precompiled headers unless it is told to.
export CCACHE_SLOPPINESS=pch_defines,time_macros

say() {
    printf '%s\n' "$*"
}

# step TITLE LOG COMMAND...: runs the command with its output in build/log/LOG.log, and shows its end when the
# command fails.
step() {
    local title=$1 log=$top/build/log/$2.log began=$SECONDS status=0
    shift 2
    mkdir -p "$top/build/log"
    say "$title"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ $status != 0 ]; then
        tail -n 60 "$log" | sed 's/^/    | /'
        say "    failed with status $status; all of it is in ${log#"$top"/}"
    elif [ $((SECONDS - began)) -ge 2 ]; then
        say "    $((SECONDS - began)) s"
    fi
    return $status
}

# build_preset PRESET [-DNAME=VALUE...] -- TARGET...: configures when that is due, then builds the targets.
# Only values that differ from those in the cache lead to another configure.
build_preset() {
    local preset=$1 definitions=() definition configure=no
    local cache=$top/build/$1/CMakeCache.txt stamp=$top/build/$1/configured
    shift
    while [ "$1" != -- ]; do
        definitions+=("$1")
        shift
    done
    shift
    if [ ! -f "$stamp" ] || [ "$top/CMakePresets.json" -nt "$stamp" ]; then
        configure=yes
    else
        for definition in "${definitions[@]}"; do
            definition=${definition#-D}
            grep -q "^${definition%%=*}:[A-Z]*=${definition#*=}\$" "$cache" || configure=yes
        done
    fi
    if [ $configure = yes ]; then
        rm -f "$stamp"
        # The pages want a newer Node.js than Debian has.
        step "looking for Node.js" "node" "$top/cmake/node.sh" || return 1
        step "configuring build/$preset" "configure-$preset" \
            env -C "$top" cmake --preset "$preset" "${definitions[@]}" || return 1
        touch "$stamp"
    fi
    step "building $* in build/$preset" "build-$preset" \
        cmake --build "$top/build/$preset" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" --target "$@"
}
