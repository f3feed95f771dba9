"""The WSGI call of a worker that has accepted the connection itself: answers go to the client as HTTP bytes, and what
the request log needs goes to the gateway, which writes all of its lines (LOGGED in engine/gateway/frames.ts).
"""

import socket
import struct

from reeve_frames import ABORTED, EXCEPTION, LOG, LOGGED, MAX_DATA_BYTES, encode_logvar
from reeve_intake import Outbox
from reeve_uwsgi_request import encode_error
from reeve_wsgi import ClientGone, Exchange

_DONTWAIT = getattr(socket, "MSG_DONTWAIT", 0)
_record = struct.Struct("<IBBHIdIHHIdHBBiI")
_RECORD_BYTES = 40
# What a front server hears in the status line is the protocol that its client speaks.
_PROTOCOLS = {"HTTP/1.1": b"HTTP/1.1 ", "HTTP/1.0": b"HTTP/1.0 "}


class DirectExchange(Exchange):
    """One core's exchange; `serve` answers a request on its connection."""

    def __init__(self, worker, core, *arguments):
        super().__init__(*arguments)
        self._worker = worker
        self._core = core
        self._row = worker.rows[core]
        # Guarded by `worker.lock`: harakiri answers in place of the application.
        self.given_up = False
        self.number = 0
        self._connection = None
        self._outbox = None

    def serve(self, connection, request, number):
        """Serves one request, and closes its connection or leaves it to the intake."""
        self._is_packet = request.environ is None
        environ = request.environ or {}
        self._connection = connection
        self._outbox = None
        self._request = request
        self._protocol = environ.get("SERVER_PROTOCOL", "")
        self._line_start = _PROTOCOLS.get(self._protocol) or _line_start(self._protocol)
        self._head_bytes = self._body_bytes = self._parts = 0
        self._is_cut = self._is_bodiless = False
        self.given_up = False
        self._final_status = 500
        self._header_count = 0
        self._started_ms = self._row.begin(number, request.message, self._worker.harakiri_seconds)
        self.number = number
        if self._is_packet:
            self.run_packet(number & 0xFFFFFFFF, request.body)
        else:
            self.run(number & 0xFFFFFFFF, environ, request.body)

    def give_up(self, number, reason):
        """Harakiri, in the control thread and under the worker's lock: the client hears 504."""
        if self.number != number or self.given_up:
            return
        self.given_up = True
        if self._head_sent:
            _shut(self._connection)
            return
        self._refuse(504, reason)
        if self._outbox is None:
            _shut(self._connection)
        self._log(0, self._app_number, int(self._worker.harakiri_seconds * 1e6))
        self._worker.flush_log()

    def _end(self, flags, micros, parts, answer):
        with self._worker.lock:
            self.number = 0
            if not self.given_up:
                self._answer(flags, answer)
        if parts:
            self._parts = max(self._parts, parts)
        app = self._app_number
        self._row.end(flags, app, micros, self._head_bytes + self._body_bytes, self._is_cut)
        if not self.given_up:
            self._log(flags, app, micros)
        outbox = self._outbox
        # Counted first: whoever has the whole answer finds it in the statistics.
        if outbox is not None:
            outbox.finish()
        else:
            self._connection.close()
        self._connection = self._request = self._outbox = None
        if flags & ~(EXCEPTION | ABORTED | LOG):
            self._worker.had_enough(flags)

    def _answer(self, flags, answer):
        if answer is not None:
            self._parts = 1 if answer else 0
            self._put(self._head() if self._is_bodiless_status() else self._head() + answer)
            self._body_bytes = len(answer)
        elif not self._head_sent and not flags & ABORTED:
            self._refuse(500)

    def _is_bodiless_status(self):
        return self._status in (204, 304)

    def _head(self):
        head = b"" if self._is_packet else self._line_start + b"%d " % self._status + self._block + b"\r\n"
        self._head_bytes = len(head)
        self._final_status = self._status
        self._header_count = self._count
        return head

    def _send_data(self, data):
        if self.given_up or self._is_disconnected:
            return
        if self._is_cut or (self._outbox is not None and self._outbox.is_gone):
            self._is_cut = True
            raise ClientGone("write error: the client has gone")
        prefix = b""
        with self._worker.lock:
            if self.given_up:
                return
            if not self._head_sent:
                if not self._status:
                    raise AssertionError("the application sent data before it called start_response")
                prefix = self._head()
                self._head_sent = True
        # As many as the gateway counts, which gets large ones in pieces.
        self._parts += -(-len(data) // MAX_DATA_BYTES)
        self._body_bytes += len(data)
        if self._is_bodiless_status():
            data = b""
        self._put(prefix + data if prefix else data)
        if self._is_cut:
            raise ClientGone("write error: the client has gone")

    def _put(self, data):
        """Sends as much as the client takes now; the rest is left to the intake's thread."""
        outbox = self._outbox
        if outbox is not None:
            outbox.write(data)
            return
        try:
            sent = self._connection.send(data, _DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._is_cut = True
            return
        if sent < len(data):
            self._outbox = Outbox(self._connection, self._worker.intake)
            self._outbox.write(memoryview(data)[sent:])

    def _refuse(self, status, reason=""):
        if self._is_packet:
            return  # the end of the connection says it
        head, body = encode_error(self._line_start[:-1].decode("latin-1"), status, reason)
        self._final_status = status
        self._header_count = head.count(b"\r\n") - 2
        self._head_bytes, self._body_bytes = len(head), len(body)
        self._put(head + body)

    # What applications say through the module `uwsgi`

    def set_deadline(self, seconds):
        self._row.set_deadline(seconds)

    def disconnect(self):
        if self._is_disconnected:
            return
        if self._status and not self._head_sent:
            self._send_data(b"")
        self._head_sent = True
        self._is_disconnected = True
        self._is_noted = True
        if self._outbox is None:
            _shut(self._connection)
        else:
            self._outbox.finish()

    def _send_notes(self):
        # The variables travel with the record of the request.
        self._is_noted = self._is_disconnected = False
        return LOG if self._logs_this else 0

    def _log(self, flags, app, micros):
        worker = self._worker
        logvars = b""
        if self.logvars:
            logvars = b"".join(encode_logvar(0, *pair) for pair in self.logvars.items())
            self.logvars = {}
        self._logs_this = False
        # As uWSGI: packets of other modifiers have no line.
        if self._is_packet or (not worker.logs_requests and not flags & LOG):
            return
        message = self._request.message
        fixed = _record.pack(
            _RECORD_BYTES + len(logvars) + len(message),
            LOGGED,
            flags,
            app,
            0,
            self._started_ms,
            micros,
            self._core,
            self._final_status,
            self._head_bytes,
            self._body_bytes,
            self._header_count,
            self._is_cut,
            self._request.is_trusted,
            self._parts,
            len(logvars),
        )
        worker.log(b"".join((fixed, logvars, message)))


def _shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has gone already


def _line_start(protocol):
    parts = protocol[5:].split(".")
    is_version = protocol[:5] == "HTTP/" and len(parts) <= 2
    if is_version and all(len(part) == 1 and part.isascii() and part.isdigit() for part in parts):
        return protocol.encode("latin-1") + b" "
    return b"HTTP/1.0 "
