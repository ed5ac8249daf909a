# The controller with its console. PostgreSQL and Redis are elsewhere: see docker-compose.yml.

FROM node:22-bookworm-slim AS build
WORKDIR /src
ENV CI=true NX_DAEMON=false CHECKPOINT_DISABLE=1
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx --no-install nx run-many -t build -p controller web

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are the embedded PostgreSQL and native helpers that the controller does without.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production FLEETCLONE_HOST=0.0.0.0 FLEETCLONE_VAR=/var/lib/fleetclone
COPY --from=packages /app/package.json ./package.json
COPY --from=packages /app/node_modules ./node_modules
# main.cjs looks for prisma/ beside itself and for the console in ../web.
COPY --from=build /src/dist/apps/controller ./dist/apps/controller
COPY --from=build /src/dist/apps/web ./dist/apps/web
# A new volume takes over the owner and the mode of the folder it is mounted on.
RUN install -d -o node -g node -m 0700 /var/lib/fleetclone
USER node
VOLUME /var/lib/fleetclone
EXPOSE 4300
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4300/livez').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/controller/main.cjs"]
