#!/bin/sh
# Writes the Prisma client without any download: the client needs no engine binary, but the command line insists on an
# existing file for one, so it is given Node's own.
set -eu
PRISMA_SCHEMA_ENGINE_BINARY=$(command -v node)
export PRISMA_SCHEMA_ENGINE_BINARY
PRISMA_HIDE_UPDATE_MESSAGE=1 CHECKPOINT_DISABLE=1 exec npx --no-install prisma generate --schema apps/controller/prisma/schema.prisma --no-hints
