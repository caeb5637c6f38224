# The program is one JavaScript file, the same for every architecture: it is built once, on the builder's own.
FROM --platform=$BUILDPLATFORM node:26-trixie-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33 AS build
WORKDIR /build
COPY package.json package-lock.json ./
# No package needs its install script to build this.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.ts scripts/bundle-table.ts scripts/client-assets.ts scripts/font-widths.ts scripts/licenses.ts scripts/
COPY src src
RUN npm run build
# The final image has no shell that could make a folder.
RUN mkdir data

FROM gcr.io/distroless/nodejs26-debian13:nonroot@sha256:2ee7b2c54a3e37dfc248af81c9f6bcdcaa50abe4af44aa47a3388431031b9283
COPY --chmod=0644 LICENSE /LICENSE
# Of the packages whose code is in the program.
COPY --from=build --chmod=0644 /build/dist/third-party-licenses.txt /third-party-licenses.txt
# What is started: it answers the health probe by itself, and loads the program for everything else.
COPY --from=build --chmod=0755 /build/dist/image/registry-stats /registry-stats
# Node reads the map only when asked to (--enable-source-maps).
COPY --from=build --chmod=0644 /build/dist/registry-stats-program.cjs /build/dist/registry-stats-program.cjs.map /build/dist/registry-stats-demo.cjs /
COPY --from=build --chown=65532:65532 --chmod=0755 /build/data /data

ENV NODE_ENV=production DATA_DIR=/data
# The heap follows from the memory limit: by default V8 takes at least 256 MiB, whatever the container may have, and is killed before it collects.
ENV NODE_OPTIONS=--max-old-space-size-percentage=60
# The C library gives large buffers back at once instead of keeping them, and shares what it keeps among threads (mallopt(3)).
ENV MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_ARENA_MAX=2
VOLUME /data
EXPOSE 9100
USER nonroot
ENTRYPOINT ["/registry-stats"]
# Healthy once each configured registry has given a reading: after seconds, or after minutes where a registry makes us wait.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m --retries=3 CMD ["/registry-stats", "health"]

ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="registry-stats" \
      org.opencontainers.image.description="Records how often public container images are downloaded and serves the history" \
      org.opencontainers.image.licenses="GPL-3.0-only" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
