# The drivers whose own tests are run, each with its tests: Debian's sources, built with the libpq under test, or Debian's
# Go packages, which bring their tests along. Sourced by fetch.
# shellcheck shell=bash disable=SC2154,SC2016,SC2164  # fetch's variables and -e

# A driver's tree is WORK/DRIVER-MAJOR: version tells what it is, complete that it was built.
fetch_driver() {
  local driver=$1
  tree=$work/$driver-$version
  [[ -e $tree/complete ]] && return
  rm -rf "$tree"
  mkdir -p "$tree" "$work/sources"
  configure_apt
  add_stable
  "fetch_${driver//-/_}"
  touch "$tree/complete"
}

# Beside the running release and sid: a mirror need not have every version of a driver's sources.
add_stable() {
  local list=$work/apt/sources.list
  grep -q ' stable ' "$list" && return
  sed -n 's/ sid / stable /p' "$list" >"$list.more"
  cat "$list.more" >>"$list"
  private_apt update
}

# The sources that the mirror has, stable's before sid's and the running release's, without Debian's
# patches; into $tree, and their version into its file.
unpack_source() {
  local package=$1 release archive=
  for release in stable sid "$(. /etc/os-release && echo "$VERSION_CODENAME")"; do
    # Of a package in many parts some may be missing: what counts is the one that was looked for.
    (cd "$work/sources" && private_apt source --download-only --tar-only "$package/$release") || true
    archive=$(find "$work/sources" -name "${package}_*.orig.tar.*" | sort -V | tail -1)
    [[ -z $archive ]] || break
  done
  [[ -n $archive ]] || { echo "no sources of $package at the mirror" && return 1; }
  tar xf "$archive" -C "$tree" --strip-components=1
  name_version "$archive"
}

# Of a file called PACKAGE_VERSION...
name_version() {
  basename "$1" | sed -E 's/^[^_]*_([0-9]+:|[0-9]+%3a)?([0-9.]+[0-9]).*/\2/' >"$tree/version"
}

# Binary packages of the running release, unpacked and not installed.
unpack_packages() {
  local root=$1 package
  shift
  mkdir -p "$root/packages"
  (cd "$root/packages" && apt-get -q -o APT::Sandbox::User=root download "$@")
  for package in "$root"/packages/*.deb; do
    dpkg -x "$package" "$root"
  done
}

# libpq with its headers and pg_config, as a driver's build looks for them; its path into libpq.
install_libpq() {
  local part
  # Without this word in its path PostgreSQL keeps its headers elsewhere than its pg_config says.
  libpq=$work/pgsql-$version
  [[ -e $libpq/complete ]] && return
  for part in include interfaces/libpq bin/pg_config; do
    make -s -C "$work/build-$version/src/$part" install prefix="$libpq"
  done
  touch "$libpq/complete"
}

needs() {
  [[ -e $1 ]] || { echo "$2 is needed" && return 1; }
}

build_python() {
  needs "$(/usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" python3-dev
  /usr/bin/python3 -c 'import setuptools' || { echo "python3-setuptools is needed" && return 1; }
  (cd "$tree" && PATH=$libpq/bin:/usr/bin:/bin /usr/bin/python3 setup.py -q build --build-lib "$tree/built")
}

fetch_psycopg2() {
  install_libpq
  unpack_source psycopg2
  build_python
}

fetch_asyncpg() {
  install_libpq
  unpack_source asyncpg
  build_python
}

fetch_dbd_pg() {
  install_libpq
  unpack_source libdbd-pg-perl
  needs "$(/usr/bin/perl -MConfig -e 'print "$Config{archlibexp}/CORE/perl.h"')" perl
  unpack_packages "$tree/dbi" libdbi-perl
  (
    cd "$tree"
    export PATH=$libpq/bin:/usr/bin:/bin PERL_MM_USE_DEFAULT=1 PERL5LIB
    PERL5LIB=$(perl_library "$tree")
    perl Makefile.PL
    make -s
  )
}

# Where DBI was unpacked.
perl_library() {
  find "$1/dbi" -name DBI.pm -printf '%h\n' | head -1
}

# Test programs, one a package: nothing is compiled while tests run. Each is called in the directory of its sources.
build_go_tests() {
  local go package
  unpack_packages "$tree" "$(go_package)" "$(go_package | sed 's/-go$/-src/')" "$@"
  go=$(find "$tree/usr/lib" -path '*/go-*/bin/go')
  name_version "$(find "$tree/packages" -name "$1_*.deb")"
  mkdir "$tree/tests"
  for package in "${go_packages[@]}"; do
    PATH=/usr/bin:/bin HOME=$tree GO111MODULE=off GOPATH=$tree/usr/share/gocode GOROOT=$(dirname "$(dirname "$go")") \
      GOCACHE=$tree/cache CGO_ENABLED=0 "$go" test -vet=off -c -o "$tree/tests/${package//\//%}" "$package"
  done
  rm -rf "$tree/cache"
}

go_package() {
  apt-cache depends golang-go | sed -nE 's/ *Depends: (golang-[0-9.]+-go)$/\1/p'
}

fetch_lib_pq() {
  local go_packages=(github.com/lib/pq github.com/lib/pq/hstore)
  build_go_tests golang-github-lib-pq-dev
}

fetch_pgx() {
  local go_packages=(github.com/jackc/pgx/v4 github.com/jackc/pgx/v4/{pgxpool,stdlib} github.com/jackc/pgconn)
  build_go_tests golang-github-jackc-pgx-v4-dev \
    golang-github-{cockroachdb-apd,davecgh-go-spew,gofrs-uuid,masterminds-semver,pmezard-go-difflib,shopspring-decimal}-dev \
    golang-github-jackc-{chunkreader-v2,pgconn,pgio,pgmock,pgpassfile,pgproto3-v2,pgservicefile,pgtype,puddle}-dev \
    golang-github-stretchr-{objx,testify}-dev golang-golang-x-{crypto,text}-dev golang-github-pkg-errors-dev golang-gopkg-yaml.v3-dev
}

# The packages come from the npm registry, which leaves their tests out; those come from Debian's sources of the same version.
fetch_node_postgres() {
  local sources=$tree/packages package
  command -v npm >/dev/null || { echo "node and npm are needed" && return 1; }
  unpack_source node-postgres
  mkdir "$tree/run"
  (cd "$tree/run" && npm install --silent --no-fund --no-audit --prefix . async@2.6.4 bluebird@3.7.2 co@4.6.0 expect.js@0.3.1 \
    lodash@4.17.21 mocha@10.8.2 pg-copy-streams@0.3.0 "pg@$(npm_version pg)" "pg-cursor@$(npm_version pg-cursor)" \
    "pg-pool@$(npm_version pg-pool)")
  for package in pg pg-cursor pg-pool; do
    cp -r "$sources/$package/test" "$tree/run/node_modules/$package/"
  done
  cp -r "$sources/pg/script" "$tree/run/node_modules/pg/"
  npm_version pg >"$tree/version"
}

npm_version() {
  sed -nE 's/^ *"version": "(.*)",$/\1/p' "$tree/packages/$1/package.json"
}
