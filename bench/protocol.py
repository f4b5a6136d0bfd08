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
TERMINATE = message(b"X")


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


class Answer:
    """What came up to one ReadyForQuery: of each statement that ended its rows and its tag, the error if there was one."""

    __slots__ = ("results", "error", "status")

    def __init__(self):
        self.results, self.error, self.status = [], None, ""


class Lost(ConnectionError):
    """The connection ended before the answer; error is what was told before that, if anything was."""

    def __init__(self, error, why):
        super().__init__(f"{why} after {error}" if error else why)
        self.error = error


class Session:
    """A client that reads its answers: values in text, as bytes, None for null; errors as (SQLSTATE, text)."""

    def __init__(self, port, timeout=None):
        self.socket, self.pending = connect(port, timeout), b""

    def ask(self, data, answers=1):
        self.send(data)
        return [self.answer() for _ in range(answers)]

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # Whatever the other end has said before it went away is in the answer.

    def query(self, sql):
        """The rows of one statement that must succeed."""
        answer, = self.ask(query(sql))
        if answer.error:
            raise RuntimeError(f"{sql}: {answer.error}")
        return answer.results[-1][0] if answer.results else []

    def answer(self):
        answer, rows = Answer(), []
        while True:
            try:
                kind, body = self._message()
            except OSError as fault:
                raise Lost(answer.error, str(fault)) from None
            if kind == 68:  # D
                rows.append(_values(body))
            elif kind in (67, 73):  # C, I
                answer.results.append((rows, body[:-1].decode()))
                rows = []
            elif kind == 69:  # E
                fields = {field[:1]: field[1:].decode() for field in body.split(b"\0") if field}
                answer.error = fields[b"C"], fields[b"M"]
            elif kind == 90:  # Z
                answer.status = body.decode()
                return answer

    def _message(self):
        while True:
            pending = self.pending
            if len(pending) >= 5:
                end = struct.unpack_from("!i", pending, 1)[0] + 1
                if len(pending) >= end:
                    self.pending = pending[end:]
                    return pending[0], pending[5:end]
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionResetError("closed by the server")
            self.pending = pending + data

    def close(self):
        self.send(TERMINATE)
        self.socket.close()


def _values(body):
    values, at = [], 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        length = struct.unpack_from("!i", body, at)[0]
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(body[at:at + length])
            at += length
    return values
