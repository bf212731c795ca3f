#!/usr/bin/env bash
# Prints the folder of a Node.js that is new enough to build the pages, and fetches one into cmake/node where the system's
# is older (Debian 12 has 18). Needs npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

new_enough() {
    [ "$("$1" -p '+(process.versions.node.split(".").slice(0, 2).map((n) => n.padStart(4, "0")).join("")) >= 200019' \
        2>/dev/null)" = true ]
}

if command -v node >/dev/null && new_enough node; then
    dirname "$(command -v node)"
    exit 0
fi
lock=$here/node/package-lock.json done=$here/node/node_modules/.package-lock.json
if [ ! -e "$done" ] || [ "$lock" -nt "$done" ]; then
    (cd "$here/node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 && touch "$done")
fi
for folder in "$here"/node/node_modules/node-linux-*/bin; do
    if new_enough "$folder/node"; then
        echo "$folder"
        exit 0
    fi
done
echo "there is no Node.js for this machine in cmake/node" >&2
exit 1
