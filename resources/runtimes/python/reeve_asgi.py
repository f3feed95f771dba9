"""One ASGI call: from the decoded request variables to frames on the connection that all requests of the worker share.

An `Exchange` lives for one request. Which requests run, and in which loop, is the business of reeve_asgi_worker.py;
WebSockets are in reeve_asgi_socket.py. Specification: https://asgi.readthedocs.io/en/latest/specs/www.html.
"""

import asyncio
import http
import sys
import time
import traceback

from reeve_apps import own_frames_cut
from reeve_asgi_scope import http_scope
from reeve_frames import (
    ABORTED,
    EXCEPTION,
    LOG,
    MAX_DATA_BYTES,
    encode_data_header,
    encode_deadline,
    encode_disconnect,
    encode_end,
    encode_head,
    encode_logvar,
    encode_response,
)
from reeve_websocket import handshake_error

_REASONS = {status.value: status.phrase for status in http.HTTPStatus}
# Headers that speak about one connection belong to the gateway, which owns the client's connection.
_DROPPED = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
_prefixes = {}
_MAX_PREFIXES = 512
_LENGTH_PREFIX_BYTES = len(b"content-length: ")
# Bodies up to this size are copied behind their head and leave with it.
_JOIN_BYTES = 128 * 1024
_READ_BYTES = 256 * 1024
_MAX_MICROS = 0xFFFFFFFF
_NAME_CHARS = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

_clock = time.perf_counter


class ClientGone(OSError):
    """Nobody reads the answer any more; applications that stream see it as an error of `send`."""


class Exchange:
    """One request: its scope, `receive` and `send`, and what becomes of it."""

    # `uwsgi.websocket_*` are for WSGI applications.
    websocket = None

    # What most requests never change: an instance is made for each.
    app_number = 0
    status = 0
    block = b""
    count = 0
    length = -1
    head_sent = False
    # The whole body, as long as nothing of the answer has been sent.
    answer = None
    # The application has given all of its answer.
    is_complete = False
    client_gone = False
    input_ended = False
    is_cancelled = False
    # The application runs on without a client: the end of the answer has been sent.
    is_disconnected = False
    logvars = None
    logs_this = False
    task = None
    _ended = None
    _room = None

    def __init__(self, worker, line, request_id, core, environ, body):
        self.worker = worker
        self.line = line
        self.id = request_id
        self.core = core
        self.environ = environ
        self.body = body
        self.started = _clock()

    def open_websocket(self, _protocol):
        """`uwsgi.websocket_handshake`: an ASGI application accepts in its own way."""
        raise handshake_error()

    def input_descriptor(self):
        """`uwsgi.connection_fd`: there is none."""
        return None

    @property
    def served(self):
        """`uwsgi.request_id()`: how many requests the worker has served before."""
        return self.worker.served

    def scope(self):
        return http_scope(self.environ, self.worker.state)

    async def run(self, app):
        """Calls the application and ends the request, whatever happens."""
        flags = 0
        try:
            await app(self.scope(), self.receive, self.send)
            flags = self.returned()
        except asyncio.CancelledError:
            if not self.is_cancelled:
                self._write_error("the task of a request was cancelled by the application")
            flags = self.failed()
        except ClientGone:
            flags = ABORTED
        except BaseException as error:  # an application that raises SystemExit must not end the worker
            flags = self.report(error)
        finally:
            self._close_body()
            self.worker.ended(self, flags)

    def returned(self):
        """Flags for the end of a call that has come back."""
        if self.is_complete:
            return 0
        if self.client_gone or self.input_ended:
            return ABORTED  # it has been told of it
        if self.status == 0:
            self._write_error("the ASGI application ended without an answer")
        else:
            self._write_error("the ASGI application ended before its answer was complete")
        return self.failed()

    def failed(self):
        """Flags for the end of a call that did not get to its end: what has been sent is cut off."""
        if self.is_complete:
            return EXCEPTION
        self.answer = None
        return EXCEPTION | ABORTED if self.head_sent else EXCEPTION

    def report(self, error):
        """Writes the traceback to the log; returns the flags for the end."""
        traceback.print_exception(type(error), error, own_frames_cut(error.__traceback__), file=sys.stderr)
        sys.stderr.flush()
        recycling = self.worker.recycling
        if recycling.monitors_exceptions:
            recycling.exception_raised(error)
        if self.worker.shows_exceptions and not self.head_sent and not self.is_complete:
            text = "".join(traceback.format_exception(type(error), error, own_frames_cut(error.__traceback__)))
            self._begin(500, [(b"content-type", b"text/plain; charset=utf-8")])
            self._finish(text.encode("utf-8", "backslashreplace"))
            return EXCEPTION
        return self.failed()

    def _write_error(self, text):
        sys.stderr.write("*** %s: %s %s ***\n" % (text, self.environ["REQUEST_METHOD"], self.environ["REQUEST_URI"]))
        sys.stderr.flush()

    # What the application calls

    async def receive(self):
        """ASGI's receive: the body in parts, then the end of the answer or of the client."""
        body = self.body
        if body is not None:
            if type(body) is bytes:
                self.body = None
                return {"type": "http.request", "body": body, "more_body": False}
            part = body.read(_READ_BYTES)
            more = len(part) == _READ_BYTES
            if not more:
                self._close_body()
                self.body = None
            return {"type": "http.request", "body": part, "more_body": more}
        if not (self.client_gone or self.input_ended or self.is_complete):
            if self._ended is None:
                self._ended = asyncio.Event()
            await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        """ASGI's send."""
        kind = message["type"]
        if kind == "http.response.body":
            if not self.status:
                raise RuntimeError("'http.response.body' was sent before 'http.response.start'")
            if self.is_complete:
                raise RuntimeError("'http.response.body' was sent after the end of the answer")
            body = message.get("body", b"")
            if type(body) is not bytes:
                body = _as_bytes(body)
            if not message.get("more_body", False):
                self._finish(body)
                return
            if self.client_gone:
                raise ClientGone("the client has gone")
            self._send_data(body)
            if self._room is not None or self.line.wants_turn:
                await self._wait_for_room()
        elif kind == "http.response.start":
            if self.status:
                raise RuntimeError("'http.response.start' was sent twice")
            self._begin(message["status"], message.get("headers", ()))
        else:
            raise RuntimeError("%r can not be sent for an HTTP request" % (kind,))

    # The answer

    def _begin(self, status, headers):
        status = int(status)
        if not 200 <= status <= 999:
            raise ValueError("%r is not the status of an answer" % (status,))
        self.block, self.count, self.length = encode_block(_REASONS.get(status, ""), headers)
        self.status = status

    def _finish(self, body):
        """The last part of the answer. It waits for the end of the call, which most often is just to come."""
        self.is_complete = True
        if self._ended is not None:
            self._ended.set()
        if self.head_sent:
            if body and not self.client_gone:
                self._send_data(body)
        elif len(body) > _JOIN_BYTES:
            self._send_data(body)
        else:
            self.answer = body
        self.line.completed(self)

    def _send_data(self, body):
        if self.head_sent:
            out = []
        else:
            out = [encode_head(self.id, self.status, self.count, self.length, self.block)]
            self.head_sent = True
        if len(body) <= MAX_DATA_BYTES:
            if body:
                out += (encode_data_header(self.id, len(body)), body)
        else:
            for start in range(0, len(body), MAX_DATA_BYTES):
                part = body[start : start + MAX_DATA_BYTES]
                out += (encode_data_header(self.id, len(part)), part)
        self.line.write(b"".join(out))

    def part(self):
        """The answer is complete and the application runs on: the client gets its end now."""
        if self.answer is not None:
            body, self.answer = self.answer, None
            self._send_data(body)
        self.disconnect()

    def end(self, flags):
        """Sends the end of the request."""
        micros = min(int((_clock() - self.started) * 1e6), _MAX_MICROS)
        if self.logvars is not None:
            self.line.write(b"".join(encode_logvar(self.id, *pair) for pair in self.logvars.items()))
        if self.logs_this:
            flags |= LOG
        answer = self.answer
        if answer is None:
            self.line.write(encode_end(self.id, flags, self.app_number, micros))
            return
        self.line.write(
            encode_response(
                self.id,
                flags,
                self.app_number,
                micros,
                self.status,
                self.count,
                1 if answer else 0,
                self.length,
                self.block,
                answer,
            )
        )

    # What happens meanwhile

    def input(self, _flags, _payload):
        """The client has closed its side. It may still read: its answer goes on if the application gives one."""
        self.input_ended = True
        if self._ended is not None:
            self._ended.set()

    def gone(self):
        """The client has gone."""
        self.client_gone = True
        if self._ended is not None:
            self._ended.set()
        self.go_on()

    def hold(self):
        """The client is slow: `send` waits."""
        if self._room is None:
            self._room = asyncio.Event()

    def go_on(self):
        room, self._room = self._room, None
        if room is not None:
            room.set()

    async def _wait_for_room(self):
        if self.line.wants_turn:
            await self.line.drained()
        if self._room is not None:
            await self._room.wait()
        if self.client_gone:
            raise ClientGone("the client has gone")

    def _close_body(self):
        if self.body is not None and type(self.body) is not bytes:
            self.body.close()

    # What applications say through the module `uwsgi` (reeve_uwsgi.py)

    def set_logvar(self, name, value):
        """A variable for the request's line in the log."""
        if self.logvars is None:
            self.logvars = {}
        self.logvars[name] = value

    def log_this_request(self):
        """The request is logged even though request logging is off."""
        self.logs_this = True

    def set_deadline(self, seconds):
        """Harakiri is due in so many seconds from now; 0: never."""
        self.line.write(encode_deadline(self.id, seconds))

    def disconnect(self):
        """Ends the answer; the application runs on."""
        if not self.is_disconnected:
            self.is_disconnected = True
            self.line.write(encode_disconnect(self.id))


def _prefix_of(name):
    """Learns how a header's line begins; empty: the header is the gateway's."""
    if not name or not _NAME_CHARS.issuperset(name):
        raise ValueError("%r is not a header name" % (name,))
    prefix = b"" if name.lower() in _DROPPED else name + b": "
    if len(_prefixes) < _MAX_PREFIXES:
        _prefixes[name] = prefix
    return prefix


def encode_block(reason, headers):
    """Reason and header lines as they go on the wire, how many headers, and the Content-Length (-1: none is given)."""
    lines = [reason.encode("latin-1")]
    length = -1
    for name, value in headers:
        if type(name) is not bytes or type(value) is not bytes:
            name, value = _as_bytes(name), _as_bytes(value)
        prefix = _prefixes.get(name)
        if prefix is None:
            prefix = _prefix_of(name)
        if not prefix:
            continue
        if len(prefix) == _LENGTH_PREFIX_BYTES and prefix.lower() == b"content-length: ":
            if not value.isdigit() or len(value) > 15:
                raise ValueError("%r is not a Content-Length" % (value,))
            length = int(value)
        lines.append(prefix + value)
    count = len(lines)
    lines.append(b"")
    block = b"\r\n".join(lines)
    # Every line break must be one of ours: an embedded one would let data become headers.
    if block.count(b"\n") != count or block.count(b"\r") != count or b"\0" in block:
        raise ValueError("a header value holds a line break or a NUL")
    return block, count - 1, length


def _as_bytes(data):
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError("the application sent %s, not bytes" % type(data).__name__)
    return bytes(data)
