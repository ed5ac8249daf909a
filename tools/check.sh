#!/bin/sh
# Everything that needs no services: format, lint, types, boundaries, and (unless --no-unit) the unit tests.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
export NX_DAEMON=false

step() {
  printf '• %s\n' "$1"
  shift
  "$@"
}

if [ ! -d node_modules ]; then step 'packages' npm ci --ignore-scripts --no-audit --no-fund; fi
if [ ! -d apps/controller/src/generated ]; then step 'database client' sh tools/build/prisma-generate.sh; fi
step 'format' prettier --log-level warn --check .
step 'lint and types' nx run-many -t lint typecheck --output-style=static
step 'boundaries' depcruise --config .dependency-cruiser.cjs apps libs tools
step 'boundaries bite' sh tools/build/prove-boundaries.sh
node tools/build/bundle.mjs controller
step 'migrations lead to the schema' node dist/apps/controller/migrate.cjs check
if [ "${1:-}" != --no-unit ]; then
  FLEETCLONE_TEST_TIERS=unit step 'unit tests' jest --ci
fi
