# syntax=docker/dockerfile:1
# Not run where the suite runs; test/house checks what can be checked without Docker.

FROM node:24-slim AS build
WORKDIR /casegate
COPY package.json package-lock.json .npmrc ./
# Versions and integrity of package-lock.json; why not `npm ci`: docs/decisions/0009. No install script runs (.npmrc).
RUN npm install --no-save --ignore-scripts
COPY . .
RUN node scripts/ensure-ready.js

# The demo needs the development libraries: json-server and oidc-provider. Not for production.
FROM node:24-slim AS demo
WORKDIR /casegate
COPY --from=build --chown=node:node /casegate /casegate
USER node
ENTRYPOINT ["node", "bin/casegate.js"]
CMD ["demo", "--once"]

FROM build AS production-modules
RUN npm prune --omit=dev --ignore-scripts

FROM node:24-slim AS gateway
ENV NODE_ENV=production
WORKDIR /casegate
COPY --from=production-modules /casegate/package.json ./
COPY --from=production-modules /casegate/node_modules ./node_modules
COPY --from=production-modules /casegate/dist/src ./dist/src
COPY --from=production-modules /casegate/dist/migrations ./dist/migrations
COPY --from=production-modules /casegate/bin ./bin
COPY --from=production-modules /casegate/policies ./policies
COPY --from=production-modules /casegate/LICENSE /casegate/NOTICE ./
# Only the store folder is written to; the image runs with a read-only root file system.
RUN mkdir -p /var/lib/casegate && chown node:node /var/lib/casegate
ENV CASEGATE_STORE_FOLDER=/var/lib/casegate
VOLUME /var/lib/casegate
USER node
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "require('node:http').get('http://127.0.0.1:8081/healthz', (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# bin/casegate.js takes __proto__ away by itself; the flag does so in the log's thread as well.
ENTRYPOINT ["node", "--disable-proto=delete", "bin/casegate.js"]
CMD ["serve"]
