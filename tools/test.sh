#!/bin/sh
# Runs every check and every test. The last line of output is "N passed, N failed"; fails when anything failed.
# usage: sh tools/test.sh [arguments for jest]
set -u
cd "$(dirname "$0")/.." || exit 1

stop_before_tests() {
  echo '0 passed, 1 failed'
  exit 1
}

sh tools/setup.sh --for test || stop_before_tests
sh tools/check.sh --no-unit || stop_before_tests

work=$(mktemp -d "${TMPDIR:-/tmp}/fleetclone-test.XXXXXX") || stop_before_tests
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# A pipe tells only how its last command ended, so the status of jest goes another way.
{
  node_modules/.bin/jest --ci "$@" 2>&1
  echo $? >"$work/status"
} | tee "$work/output"

status=$(cat "$work/status" 2>/dev/null || echo 1)
# Jest may still have something to say after its summary, and says nothing of the kind when it cannot start.
summary=$(sed -n 's/^\([0-9][0-9]* passed, [0-9][0-9]* failed\)$/\1/p' "$work/output" | tail -n 1)
passed=${summary%% *}
failed=${summary#*, }
failed=${failed%% *}
if [ "$status" -ne 0 ] && [ "${failed:-0}" -eq 0 ]; then failed=1; fi
if [ -z "$summary" ]; then failed=1; fi
echo
echo "${passed:-0} passed, ${failed:-0} failed"
[ "$failed" -eq 0 ]
