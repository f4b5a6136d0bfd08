# syntax=docker/dockerfile:1
#
#   docker build -t pgweir .
#   docker run --read-only --cap-drop=ALL -p 6432:6432 pgweir run --upstream db:5432 --listen 0.0.0.0:6432
#
# The process writes nothing but its audit sinks; --tmpfs /tmp is only needed for the native libraries of TLS and epoll
# (without it: the JDK's TLS, and nio).

FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml LICENSE ./
COPY agent/pom.xml agent/
COPY lab/pom.xml lab/
COPY bench/pom.xml bench/
COPY agent/src/main agent/src/main
# The agent's tests use the lab, so Maven asks for it; an empty one will do, without the PostgreSQL servers it brings.
RUN mvn -q -B -pl .,lab -Dmaven.test.skip=true -Dmdep.skip=true install \
 && mvn -q -B -pl agent -Dmaven.test.skip=true package \
 && mkdir /app && cp -r agent/target/pgweir.jar agent/target/lib /app/
# binutils is not in the image: --strip-java-debug-attributes needs none. The modules are listed by hand, as jdeps cannot
# read Netty's partial descriptors.
RUN jlink \
      --add-modules java.base,java.logging,java.management,java.naming,java.security.jgss,java.xml,jdk.unsupported,jdk.crypto.ec,jdk.jfr,jdk.management \
      --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --output /jre

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="pgweir" \
      org.opencontainers.image.description="A transparent PostgreSQL sidecar that understands every message and records every execution" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 pgweir \
 && useradd --uid 10001 --gid pgweir --no-create-home --home-dir / --shell /usr/sbin/nologin pgweir
COPY --from=build /jre /opt/java/openjdk
COPY --from=build /app /opt/pgweir
COPY LICENSE /opt/pgweir/
USER 10001:10001
EXPOSE 6432
STOPSIGNAL SIGTERM
# Says that something listens on the default port, no more; a port of your own needs a check of your own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6432"]
# The launcher's options; more come from JDK_JAVA_OPTIONS.
ENTRYPOINT ["/opt/java/openjdk/bin/java", \
  "--enable-native-access=ALL-UNNAMED", \
  "--sun-misc-unsafe-memory-access=allow", \
  "-XX:+UseCompactObjectHeaders", \
  "-XX:+UseSerialGC", \
  "-XX:+ExitOnOutOfMemoryError", \
  "-Xmx256m", \
  "-XX:MaxDirectMemorySize=256m", \
  "-jar", "/opt/pgweir/pgweir.jar"]
CMD ["help"]
