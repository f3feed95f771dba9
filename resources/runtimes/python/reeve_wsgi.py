"""One WSGI call: from the decoded request variables to frames on the core's connection (PEP 3333).

An `Exchange` belongs to one core and is used for one request after the other, so that a request creates
few objects. It decides nothing about which requests run: reeve_serve.py does.
"""

import io
import sys
import time
import traceback

from reeve_frames import (
    ABORTED,
    EXCEPTION,
    MAX_DATA_BYTES,
    encode_data_header,
    encode_end,
    encode_head,
    encode_response,
)

# Headers that speak about one connection belong to the gateway, which owns the client's connection.
_DROP = 1
_LENGTH = 2
_KNOWN = {
    "connection": _DROP,
    "keep-alive": _DROP,
    "proxy-connection": _DROP,
    "te": _DROP,
    "trailer": _DROP,
    "transfer-encoding": _DROP,
    "upgrade": _DROP,
    "content-length": _LENGTH,
}
_kinds = {}
_MAX_KINDS = 512
# Bodies up to this size are copied behind their head and leave in one write.
_JOIN_BYTES = 128 * 1024
_MAX_MICROS = 0xFFFFFFFF

_clock = time.perf_counter


def _kind_of(name):
    """Learns how to treat a header name; its case is the application's."""
    if type(name) is not str:
        raise TypeError("header names must be str, not %s" % type(name).__name__)
    if not name or any(c in ' \t:"' or c < "!" for c in name):
        raise ValueError("%r is not a header name" % (name,))
    kind = _KNOWN.get(name.lower(), 0)
    if len(_kinds) < _MAX_KINDS:
        _kinds[name] = kind
    return kind


class _GatewayGone(OSError):
    """Nothing is left to answer to; not the application's error."""


class FileWrapper:
    """`wsgi.file_wrapper`: yields blocks of a file-like object."""

    def __init__(self, filelike, blksize=65536):
        self.filelike = filelike
        self.blksize = max(1, blksize)
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self):
        return self

    def __next__(self):
        block = self.filelike.read(self.blksize)
        if block:
            return block
        raise StopIteration


def base_environ(core, threads, processes):
    """The keys that are the same for every request of a core; values as uWSGI 2.0 gives them."""
    uwsgi = sys.modules.get("uwsgi")
    environ = {
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.run_once": False,
        "wsgi.multithread": threads > 1,
        "wsgi.multiprocess": processes > 1,
        "wsgi.file_wrapper": FileWrapper,
        "uwsgi.version": getattr(uwsgi, "version", b"2.0.21"),
        "uwsgi.node": getattr(uwsgi, "hostname", None) or _hostname(),
    }
    if threads > 1:
        environ["uwsgi.core"] = core
    return environ


def _hostname():
    import socket

    return socket.gethostname().encode("utf-8", "replace")


class Exchange:
    """Runs the application for one request after the other and writes the answers."""

    def __init__(self, sock, app, core, threads, processes):
        self._sock = sock
        self._app = app
        self._base = base_environ(core, threads, processes)
        self._start_response = self.start_response
        self._id = 0
        self._status = 0
        self._block = b""
        self._count = 0
        self._length = -1
        self._left = -1
        self._head_sent = False

    def use(self, sock):
        """Answers the next request on this connection (one for each gateway)."""
        self._sock = sock

    def run(self, request_id, environ, body, end_flags):
        """Serves one request. `body` is bytes or an open file; `end_flags()` is asked once, just before the end."""
        started = _clock()
        self._id = request_id
        self._status = 0
        self._head_sent = False
        environ.update(self._base)
        environ["wsgi.input"] = io.BytesIO(body) if type(body) is bytes else body
        flags = 0
        answer = None
        app = self._app
        if app is None:
            sys.stderr.write("--- no python application found, check your startup logs for errors ---\n")
            sys.stderr.flush()
        else:
            try:
                result = app(environ, self._start_response)
                kind = type(result)
                if (kind is list or kind is tuple) and self._status and not self._head_sent:
                    answer = result[0] if len(result) == 1 else b"".join(result)
                    if type(answer) is not bytes:
                        raise TypeError("the application returned %s, not bytes" % type(answer).__name__)
                    if len(answer) > _JOIN_BYTES:
                        self._send_data(answer)
                        answer = None
                else:
                    self._stream(result)
            except _GatewayGone:
                raise
            except BaseException:  # an application that raises SystemExit must not end the worker
                flags = self._report()
                answer = None
        micros = min(int((_clock() - started) * 1e6), _MAX_MICROS)
        if answer is None:
            end = encode_end(request_id, flags | end_flags(), micros)
        else:
            end = encode_response(
                request_id, end_flags(), micros, self._status, self._count, self._length, self._block, answer
            )
        self._sock.sendall(end)

    def start_response(self, status, headers, exc_info=None):
        """PEP 3333's start_response."""
        if exc_info is not None:
            try:
                if self._head_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._status:
            raise AssertionError("start_response was called twice without exc_info")
        code, _, reason = status.partition(" ")
        number = int(code)
        if len(code) != 3 or number < 200:
            raise ValueError("%r is not a status line for an answer" % (status,))
        lines = [reason]
        length = -1
        for name, value in headers:
            kind = _kinds.get(name)
            if kind is None:
                kind = _kind_of(name)
            if kind:
                if kind is _DROP:
                    continue
                length = _parse_length(value)
            lines.append(name + ": " + value)
        count = len(lines)
        lines.append("")
        text = "\r\n".join(lines)
        # Every line break must be one of ours: an embedded one would let data become headers.
        if text.count("\n") != count or text.count("\r") != count or "\0" in text:
            raise ValueError("a status or header value holds a line break or a NUL")
        self._block = text.encode("latin-1")
        self._status = number
        self._count = count - 1
        self._length = length
        return self._write

    def _write(self, data):
        """The write() callable that start_response returns."""
        if type(data) is not bytes:
            data = bytes(data)
        if data:
            self._send_data(data)

    def _stream(self, result):
        try:
            for chunk in result:
                if type(chunk) is not bytes:
                    if not isinstance(chunk, (bytes, bytearray, memoryview)):
                        raise TypeError("the application yielded %s, not bytes" % type(chunk).__name__)
                    chunk = bytes(chunk)
                if chunk:
                    self._send_data(chunk)
            if self._status and not self._head_sent:
                self._send_data(b"")
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    def _send_data(self, data):
        if self._head_sent:
            prefix = b""
        else:
            if not self._status:
                raise AssertionError("the application sent data before it called start_response")
            prefix = encode_head(self._id, self._status, self._count, self._length, self._block)
            self._head_sent = True
        size = len(data)
        try:
            if size <= _JOIN_BYTES:
                if size:
                    prefix += encode_data_header(self._id, size) + data
                self._sock.sendall(prefix)
                return
            view = memoryview(data)
            for start in range(0, size, MAX_DATA_BYTES):
                part = view[start : start + MAX_DATA_BYTES]
                self._sock.sendall(prefix + encode_data_header(self._id, len(part)))
                self._sock.sendall(part)
                prefix = b""
        except OSError as error:
            raise _GatewayGone("the gateway closed the connection") from error

    def _report(self):
        """Writes the traceback to the log; returns the flags for the end of the answer."""
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
        return EXCEPTION | ABORTED if self._head_sent else EXCEPTION


def _parse_length(value):
    if not value.isdigit() or not value.isascii() or len(value) > 15:
        raise ValueError("%r is not a Content-Length" % (value,))
    return int(value)
