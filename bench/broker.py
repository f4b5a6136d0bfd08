"""A Kafka broker (KRaft, one node) that can be killed and started again on the same port and log directory."""

import os
import signal
import socket
import subprocess

from processes import ROOT, Process, free_port

LIB = f"{ROOT}/bench/target/broker"
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk"

SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{control}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{control}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={dir}/logs
num.partitions=3
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
num.network.threads=1
num.io.threads=2
background.threads=2
log.cleaner.enable=false
controlled.shutdown.enable=false
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=100
controller.quorum.election.timeout.ms=200
controller.quorum.election.backoff.max.ms=100
controller.quorum.fetch.timeout.ms=400
"""


class Broker:
    def __init__(self, work):
        if not os.path.isdir(LIB):
            subprocess.run(["mvn", "-q", "-B", "-f", f"{ROOT}/bench/broker/pom.xml", "dependency:copy-dependencies", "-DincludeScope=runtime",
                            f"-DoutputDirectory={LIB}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.work, self.port, self.process = work, free_port(), None
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            control = free_port()
        self.settings = f"{work}/broker.properties"
        with open(self.settings, "w") as f:
            f.write(SETTINGS.format(port=self.port, control=control, dir=work))
        home = os.environ.get("PGWEIR_JAVA_HOME") or os.environ.get("JAVA_HOME")
        self.command = [f"{home}/bin/java" if home else "java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                        "-Dlog4j2.level=WARN", "-cp", f"{LIB}/*"]
        with open(f"{work}/broker.log", "w") as log:
            subprocess.run(self.command + ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", self.settings],
                           check=True, stdout=log, stderr=log)
        self.start()

    def start(self):
        self.process = Process("kafka", self.command + ["kafka.Kafka", self.settings], self.port, open(f"{self.work}/broker.log", "a"))

    def kill(self):
        self.process.stop(signal.SIGKILL)
