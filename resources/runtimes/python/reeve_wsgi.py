"""One WSGI call: from the decoded request variables to frames on the core's connection (PEP 3333).

An `Exchange` belongs to one core and is used for one request after the other, so that a request creates
few objects. It decides nothing about which requests run: reeve_serve.py does.
"""

import io
import sys
import time
import traceback

from reeve_apps import own_frames_cut
from reeve_environ import FileWrapper
from reeve_frames import (
    ABORTED,
    EXCEPTION,
    LOG,
    MAX_DATA_BYTES,
    RETIRING,
    WEBSOCKET,
    encode_data_header,
    encode_deadline,
    encode_disconnect,
    encode_end,
    encode_head,
    encode_logvar,
    encode_response,
)
from reeve_websocket import WebSocket, encode_handshake, handshake_error

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


class GatewayGone(OSError):
    """Nothing is left to answer to; not the application's error."""


class ClientGone(OSError):
    """Nobody reads the answer any more. Applications that stream see it as uWSGI's "write error"."""


class Exchange:
    """Runs the application for one request after the other and writes the answers."""

    def __init__(self, apps, base, recycling, shows_exceptions):
        self._apps = apps
        # None: the request decides which application runs.
        self._app = apps.only
        self._app_number = 0
        self._base = base
        self._recycling = recycling
        self._shows_exceptions = shows_exceptions
        self._start_response = self.start_response
        self._line = None
        self._sock = None
        self._id = 0
        self._status = 0
        self._block = b""
        self._count = 0
        self._length = -1
        self._head_sent = False
        # The body was iterated to its end: what fails after that spoils nothing.
        self._is_whole = False
        self._is_disconnected = False
        # Something is to be said about the request beside its answer.
        self._is_noted = False
        self._logs_this = False
        self.logvars = {}
        # The gateway was told that this core takes no more.
        self.is_retired = False
        # Flags of the request's frame: what its connection may become.
        self.request_flags = 0
        # After its handshake (reeve_websocket.py).
        self.websocket = None
        # What comes from its client; it may be asked for before the handshake.
        self._input = None
        # Of the request that runs; None between requests.
        self.environ = None
        self.served = 0

    def use(self, line):
        """Answers the next request on this connection (there is one for each gateway)."""
        self._line = line
        self._sock = line.sock

    def run(self, request_id, environ, body):
        """Serves one request; `body` is bytes or an open file."""
        started = _clock()
        self._id = request_id
        self._status = 0
        self._head_sent = False
        self._is_whole = False
        environ.update(self._base)
        environ["wsgi.input"] = io.BytesIO(body) if type(body) is bytes else body
        self.environ = environ
        flags = 0
        answer = None
        parts = 0
        app = self._app
        if app is None:
            self._app_number, app = self._apps.choose(environ)
        if app is None:
            sys.stderr.write("--- no python application found, check your startup logs for errors ---\n")
            sys.stderr.flush()
        else:
            try:
                result = app(environ, self._start_response)
                kind = type(result)
                if (kind is list or kind is tuple) and self._status and not self._head_sent:
                    parts = len(result)
                    answer = result[0] if parts == 1 else b"".join(result)
                    if type(answer) is not bytes:
                        answer = _as_bytes(answer)
                    if len(answer) > _JOIN_BYTES:
                        self._send_data(answer)
                        answer = None
                elif kind is FileWrapper and self._is_given(result):
                    answer = b""
                    result.filelike.close()
                else:
                    self._stream(result)
            except GatewayGone:
                raise
            except ClientGone:
                flags = ABORTED
            except BaseException as error:  # an application that raises SystemExit must not end the worker
                flags = self._report(error)
                answer = None
        if self._input is not None:
            self._input.close()
            self._input = self.websocket = None
        if self._is_noted:
            flags |= self._send_notes()
        if self._recycling.active:
            flags |= self._recycling.end_flags()
            self.is_retired = bool(flags & RETIRING)
        self.environ = None
        self.served += 1
        micros = min(int((_clock() - started) * 1e6), _MAX_MICROS)
        self._end(flags, micros, parts, answer)

    def run_packet(self, request_id, packet):
        """Answers a uwsgi packet that is no request, as an application would: the client gets the body alone."""
        app, self._app = self._app, _answer_packet
        try:
            self.run(request_id, {}, packet)
        finally:
            self._app = app

    def _end(self, flags, micros, parts, answer):
        """Ends the answer; `answer`: its whole body when nothing of it has been sent, otherwise None."""
        if answer is None:
            end = encode_end(self._id, flags, self._app_number, micros)
        else:
            end = encode_response(
                self._id,
                flags,
                self._app_number,
                micros,
                self._status,
                self._count,
                parts,
                self._length,
                self._block,
                answer,
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
        elif self.websocket is not None:
            return self._write  # its answer was the handshake
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
                parsed = _parse_length(value)
                if length == parsed:
                    continue
                if length >= 0:
                    raise ValueError("Content-Length is there twice, %d and %d" % (length, parsed))
                length = parsed
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
            data = _as_bytes(data)
        if data:
            self._send_data(data)

    def _stream(self, result):
        try:
            for chunk in () if self.websocket is not None else result:
                if type(chunk) is not bytes:
                    chunk = _as_bytes(chunk)
                if chunk:
                    self._send_data(chunk)
            if not self._head_sent:
                if not self._status:
                    raise AssertionError("the application ended without calling start_response")
                self._send_data(b"")
            self._is_whole = True
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    def _is_given(self, result):
        """The gateway sends this file."""
        offers = getattr(self._line, "offers", None)
        if offers is None or not self._status or self._head_sent or self._is_disconnected or self.websocket is not None:
            return False
        return offers.offer(self._sock, self._id, result.filelike, self._length)

    def is_abandoned(self):
        """The client of the request that runs has gone."""
        return self._line.cancelled == self._id

    def _send_data(self, data):
        if self._line.cancelled == self._id:
            raise ClientGone("write error: the client has gone")
        if self._is_disconnected or self.websocket is not None:
            return
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
                # A whole frame at once: under gevent other requests write between two calls.
                self._sock.sendall(b"".join((prefix, encode_data_header(self._id, len(part)), part)))
                prefix = b""
        except OSError as error:
            raise GatewayGone("the gateway closed the connection") from error

    # What applications say through the module `uwsgi` (reeve_uwsgi.py), in the request's own thread

    def open_websocket(self, protocol):
        """Makes the connection a websocket. @raises OSError its client has not asked for one, or it is too late"""
        if not self.request_flags & WEBSOCKET or self._head_sent or self._is_disconnected:
            raise handshake_error()
        block, count = encode_handshake(self.environ, protocol)
        self._status = 101
        self._head_sent = True
        self.websocket = WebSocket(self._line, self._id, self._open_input(), block, count)

    def _open_input(self):
        if self._input is None:
            self._input = self._line.open_input(self._id)
        return self._input

    def input_descriptor(self):
        """Readable when a message has come, or the end. None: the client has not asked for a websocket."""
        return self._open_input().fileno() if self.request_flags & WEBSOCKET else None

    def set_logvar(self, name, value):
        """A variable for the request's line in the log; it leaves with the answer's end."""
        self.logvars[name] = value
        self._is_noted = True

    def log_this_request(self):
        """The request is logged even though request logging is off."""
        self._logs_this = True
        self._is_noted = True

    def set_deadline(self, seconds):
        """Harakiri is due in so many seconds from now; 0: never."""
        self._sock.sendall(encode_deadline(self._id, seconds))

    def disconnect(self):
        """Ends the answer; the application runs on, and what it still sends is thrown away."""
        if self._is_disconnected:
            return
        if self._status and not self._head_sent:
            self._send_data(b"")
        self._sock.sendall(encode_disconnect(self._id))
        self._head_sent = True
        self._is_disconnected = True
        self._is_noted = True

    def _send_notes(self):
        """Sends what belongs to the request's line in the log; returns flags for the end of the answer."""
        flags = LOG if self._logs_this else 0
        if self.logvars:
            self._sock.sendall(b"".join(encode_logvar(self._id, *pair) for pair in self.logvars.items()))
            self.logvars = {}
        self._is_noted = self._logs_this = self._is_disconnected = False
        return flags

    def _report(self, error):
        """Writes the traceback to the log; returns the flags for the end of the answer."""
        traceback.print_exception(type(error), error, own_frames_cut(error.__traceback__), file=sys.stderr)
        sys.stderr.flush()
        if self._recycling.monitors_exceptions:
            self._recycling.exception_raised(error)
        if self._head_sent:
            return EXCEPTION if self._is_whole else EXCEPTION | ABORTED
        if self._shows_exceptions:
            self._show(error)
        return EXCEPTION

    def _show(self, error):
        """`catch-exceptions`: the client sees what the log says."""
        variables = ("%s = %s" % item for item in sorted(self.environ.items()) if type(item[1]) is str)
        parts = traceback.format_exception(type(error), error, own_frames_cut(error.__traceback__))
        text = "".join([*parts, "\n", *(line + "\n" for line in variables)])
        self._status = 0
        self.start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        self._send_data(text.encode("utf-8", "backslashreplace"))


def _answer_packet(environ, start_response):
    import reeve_packets

    answer = reeve_packets.answer(environ["wsgi.input"].read())
    start_response("200 OK", [])
    return [answer]


def _as_bytes(data):
    """Other bytes-like objects are taken as well, as with uWSGI's `wsgi-accept-buffers`."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError("the application yielded %s, not bytes" % type(data).__name__)
    return bytes(data)


def _parse_length(value):
    if not value.isdigit() or not value.isascii() or len(value) > 15:
        raise ValueError("%r is not a Content-Length" % (value,))
    return int(value)
