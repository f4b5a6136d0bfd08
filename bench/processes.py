"""Processes that the commands of this folder start, watch and stop: a PostgreSQL server, pgweir, other proxies."""

import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time

from protocol import connect

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICKS = os.sysconf("SC_CLK_TCK")


def say(text):
    print(text, file=sys.stderr, flush=True)


def free_port(above=None):
    """A free port below the ephemeral range, so that no outgoing connection takes it meanwhile."""
    for port in range(above + 1 if above else 20000 + os.getpid() % 5000, 32000):
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise SystemExit("no free port")


def find(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda p: int(re.findall(r"/(\d+)/", p)[0]))
    return found[-1] if found else shutil.which(name)


def unprivileged():
    """Command prefix and user id to run what refuses root."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            return ["setpriv", f"--reuid={name}", "--regid", str(pwd.getpwnam(name).pw_gid), "--clear-groups"], name
        except KeyError:
            continue
    raise SystemExit("run as a user other than root, or create the user postgres")


class Process:
    """A process of ours with its port; CPU and memory come from /proc."""

    def __init__(self, name, command, port, log, env=None, cwd=None):
        self.name, self.port = name, port
        self.popen = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, cwd=cwd)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.popen.poll() is not None:
                raise RuntimeError(f"{name} ended with {self.popen.returncode}; see {log.name}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{name} does not listen on {port}; see {log.name}")

    def cpu_seconds(self):
        with open(f"/proc/{self.popen.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_mib(self, what="VmRSS"):
        """Resident memory now, or with what="VmHWM" at its highest."""
        with open(f"/proc/{self.popen.pid}/status") as f:
            return int(re.search(what + r":\s+(\d+)", f.read())[1]) / 1024

    def stop(self, how=signal.SIGTERM):
        if self.popen.poll() is not None:
            return
        self.popen.send_signal(how)
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def start_server(work, prefix, *settings):
    """A primary, or a server of its own."""
    initdb, postgres = find("initdb"), find("postgres")
    if not initdb or not postgres or not find("pgbench") or not find("psql"):
        raise SystemExit("PostgreSQL's initdb, postgres, pgbench and psql are needed (Debian: postgresql postgresql-client)")
    data, port = f"{work}/data", free_port()
    subprocess.run(
        prefix + [initdb, "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL)
    return launch_server("postgres", data, port, work, prefix, settings)


def start_standby(work, prefix, leader, name, *settings, port=None):
    """A streaming standby of that server, by pg_basebackup."""
    data, port = f"{work}/{name}", port or free_port()
    subprocess.run(
        prefix + [find("pg_basebackup"), "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
                  "-d", f"host=127.0.0.1 port={leader.port} user=postgres application_name={name}"],
        check=True, stdout=subprocess.DEVNULL)
    return launch_server(name, data, port, work, prefix, settings)


def launch_server(name, data, port, work, prefix, settings):
    server = Process(name, prefix + [
        find("postgres"), "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={work}",
        "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=256MB", "-c", "max_connections=1000",
        "-c", "max_wal_size=4GB", "-c", "autovacuum=off", *(word for s in settings for word in ("-c", s))], port, open(f"{work}/{name}.log", "a"))
    while True:  # it listens before it lets anybody in
        try:
            connect(port, 10).close()
            return server
        except ConnectionResetError:
            time.sleep(0.05)


def build_pgweir():
    subprocess.run([f"{ROOT}/pgweir", "version"], check=True, stdout=subprocess.DEVNULL)  # builds, where it has to


def start_pgweir(work, server, *options, env=None):
    build_pgweir()
    port = free_port()
    return Process("pgweir", [
        f"{ROOT}/pgweir", "run", "--upstream", f"127.0.0.1:{server.port}", "--listen", f"127.0.0.1:{port}",
        "--audit-file", f"{work}/audit.ndjson", *options], port, open(f"{work}/pgweir.log", "w"), env)


def write_config(work, server, port, audit):
    """A configuration of one cluster, one listener and this audit section; returns its file."""
    with open(f"{work}/pgweir.yaml", "w") as f:
        f.write(f"""version: 1
clusters:
  main: {{nodes: ["127.0.0.1:{server.port}"], tls: {{mode: disable}}}}
listeners:
  - {{name: main, listen: "127.0.0.1:{port}", cluster: main}}
audit:
{textwrap.indent(textwrap.dedent(audit).strip(), "  ")}
""")
    return f.name


def write_split_config(work, servers, port, reads, more="", admin=None):
    """A configuration of one split listener in front of these servers; more is more keys of the listener, admin the admin side's port."""
    nodes = ", ".join(f'"127.0.0.1:{server.port}"' for server in servers)
    with open(f"{work}/pgweir.yaml", "w") as f:
        f.write(f"""version: 1
clusters:
  main:
    nodes: [{nodes}]
    tls: {{mode: disable}}
    monitor: {{user: postgres, poll: 200ms}}
    balance: least-connections
listeners:
  - {{name: main, listen: "127.0.0.1:{port}", cluster: main, mode: split, reads: {{{reads}}}{more}}}
audit:
  sinks:
    - file: {{path: "{work}/audit.ndjson"}}
""" + (f'admin: {{listen: "127.0.0.1:{admin}"}}\n' if admin else ""))
    return f.name


def start_configured(work, config, port, env=None):
    """The caller has built it."""
    return Process("pgweir", [f"{ROOT}/pgweir", "run", "--config", config], port, open(f"{work}/pgweir.log", "a"), env)
