# syntax=docker/dockerfile:1
#
#   docker build -t pgweir .
#   docker run --read-only --cap-drop=ALL -v spool:/var/lib/pgweir -v ./pgweir.yaml:/etc/pgweir/pgweir.yaml:ro -p 6432:6432 pgweir
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry/pgweir --push .
#
# docs/image.md says what is in it, how it is configured, and how it is built without a daemon: deploy/image/build.

# Jars are the same everywhere, so this stage runs where it is built. deploy/image/build replaces it by jars that are there.
FROM --platform=$BUILDPLATFORM maven:3-eclipse-temurin-25 AS jars
WORKDIR /build
COPY pom.xml LICENSE ./
COPY agent/pom.xml agent/
COPY lab/pom.xml lab/
COPY bench/pom.xml bench/
COPY rules rules
COPY agent/src/main agent/src/main
# The agent's tests use the lab, so Maven asks for it; an empty one will do, without the PostgreSQL servers it brings.
RUN mvn -q -B -pl .,lab -Dmaven.test.skip=true -Dmdep.skip=true install \
 && mvn -q -B -pl agent -Dmaven.test.skip=true package
WORKDIR /app
RUN cp -r /build/agent/target/pgweir.jar /build/agent/target/lib /build/agent/target/native .

FROM eclipse-temurin:25-jdk AS runtime
# binutils is not in the image: --strip-java-debug-attributes needs none. The modules are listed by hand, as jdeps cannot
# read Netty's partial descriptors; jdk.charsets has clients' encodings, jdk.security.auth is for Kafka with Kerberos.
RUN jlink \
      --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.charsets,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported \
      --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --output /opt/pgweir/java
COPY pgweir deploy/image/health /opt/pgweir/bin/
COPY --from=jars /app/ /opt/pgweir/lib/pgweir/
COPY LICENSE /opt/pgweir/
COPY deploy/image/Train.java /train/
# The cache is of this JVM, these jars at this path, and the launcher's options: what starts otherwise does not use it.
RUN PGWEIR_JAVA_HOME=/opt/pgweir/java java /train/Train.java /opt/pgweir/lib/pgweir/pgweir.aot /opt/pgweir/bin/pgweir

FROM debian:bookworm-slim
ARG VERSION=development
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="pgweir" \
      org.opencontainers.image.description="A transparent PostgreSQL sidecar that understands every message and records every execution" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
RUN groupadd --gid 10001 pgweir \
 && useradd --uid 10001 --gid pgweir --no-create-home --home-dir /var/lib/pgweir --shell /usr/sbin/nologin pgweir \
 && install -d -o pgweir -g pgweir -m 0700 /var/lib/pgweir \
 && install -d -m 0755 /etc/pgweir
COPY --from=runtime /opt/pgweir /opt/pgweir
ENV PATH=/opt/pgweir/bin:/usr/local/bin:/usr/bin:/bin \
    PGWEIR_JAVA_HOME=/opt/pgweir/java \
    TMPDIR=/var/lib/pgweir
USER 10001:10001
WORKDIR /var/lib/pgweir
# All that is written: spool, captures, and native libraries of compression while they are loaded.
VOLUME /var/lib/pgweir
EXPOSE 6432 8009
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/opt/pgweir/bin/health"]
ENTRYPOINT ["/opt/pgweir/bin/pgweir"]
CMD ["run", "--config", "/etc/pgweir/pgweir.yaml"]
