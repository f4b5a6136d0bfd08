"""The frontend's side of PostgreSQL's protocol, as far as the commands of this folder need it: trust, no TLS."""

import socket
import struct


def message(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


def query(text):
    return message(b"Q", text.encode() + b"\0")


def parse(text, name=""):
    return message(b"P", name.encode() + b"\0" + text.encode() + b"\0\0\0")


def bind(*values, name=""):
    """To the unnamed portal, all in text."""
    body = b"\0" + name.encode() + b"\0\0\0" + struct.pack("!h", len(values))
    for value in values:
        body += struct.pack("!i", len(value)) + value.encode()
    return message(b"B", body + b"\0\0")


EXECUTE = message(b"E", b"\0\0\0\0\0")
SYNC = message(b"S")


def connect(port, timeout=None):
    s = socket.create_connection(("127.0.0.1", port), timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0"
    try:
        s.sendall(struct.pack("!i", len(body) + 4) + body)
        read_until_ready(s)
    except BaseException:
        s.close()
        raise
    return s


def read_until_ready(s, ready=1):
    """Reads messages until so many ReadyForQuery came; returns how many messages of each type."""
    counts, pending = {}, b""
    while ready:
        data = s.recv(1 << 16)
        if not data:
            raise ConnectionResetError("closed by the server")
        pending += data
        at = 0
        while len(pending) - at >= 5:
            length = struct.unpack_from("!i", pending, at + 1)[0]
            if len(pending) - at < length + 1:
                break
            kind = pending[at:at + 1].decode()
            counts[kind] = counts.get(kind, 0) + 1
            ready -= kind == "Z"
            at += length + 1
        pending = pending[at:]
    return counts
