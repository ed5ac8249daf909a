#!/bin/sh
# The boundaries must bite: plants violations in a copy of the tree, and fails unless every one of them is reported.
set -eu
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' HUP INT TERM

cp -R apps libs tsconfig.base.json package.json .dependency-cruiser.cjs "$copy"
ln -s "$PWD/node_modules" "$copy/node_modules"
domain=apps/controller/src/runs/domain/planted.ts
agent=apps/agent/src/planted.ts
lib=libs/transfer/src/planted.ts
echo "export { Injectable } from '@nestjs/common';" >"$copy/$domain"
echo "export { PrismaPg } from '@prisma/adapter-pg'; export { ViewRuns } from '../../controller/src/runs';" >"$copy/$agent"
echo "export { generateCredentialKeyPair } from '@fleetclone/keys';" >"$copy/$lib"

if (cd "$copy" && depcruise --config .dependency-cruiser.cjs --output-type err "$domain" "$agent" "$lib") >"$copy/report" 2>&1; then
  echo 'the planted violations were not reported' >&2
  exit 1
fi
for rule in pure-domain agent-without-server apps-stay-apart direction-of-libs-transfer; do
  grep -q "$rule" "$copy/report" && continue
  echo "the planted violation of $rule was not reported:" >&2
  cat "$copy/report" >&2
  exit 1
done
