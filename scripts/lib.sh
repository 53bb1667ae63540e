# Sourced by the scripts beside it: where the checkout is, and how a step is run and told in one line.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/.cache
LOGS=$CACHE/log
VENV=$CACHE/venv
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
# Used by the scripts that source this file.
export ROOT CACHE LOGS VENV TARGET
mkdir -p "$LOGS"
cd "$ROOT"

# step NAME COMMAND…: runs the command with its output in .cache/log/NAME.log; says so in one line,
# and shows the end of the log if the command failed.
step() {
    local name=$1 started=$SECONDS status=0
    local log=$LOGS/${name//[^A-Za-z0-9]/-}.log
    shift
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status == 0)); then
        printf '%-28s done, %d s\n' "$name" $((SECONDS - started))
    else
        printf '%-28s failed, %d s. The end of %s:\n' "$name" $((SECONDS - started)) "${log#"$ROOT"/}"
        tail -n 60 "$log"
    fi >&2
    return "$status"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

have() {
    command -v "$1" >/dev/null 2>&1
}
