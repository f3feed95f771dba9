"""A websocket of a WSGI application: `uwsgi.websocket_*`. The gateway does the protocol itself (RFC 6455): here come
and go whole messages (engine/gateway/frames.ts). Errors have uWSGI's words, which applications look for.

Where messages come from is the line's business (reeve_line.py, or gevent's): `open_input(request_id)` gives an object
with `next(is_waiting)`, which is (flags, payload), or None while nothing has come.
"""

from reeve_frames import (
    BINARY,
    CLOSED,
    CONSUMED_STEP_BYTES,
    HEADER_BYTES,
    TEXT,
    WEBSOCKET,
    encode_consumed,
    encode_data_header,
    encode_upgrade,
)
from reeve_uwsgi_state import state

_SWITCHING = 101
_REASON = "Web Socket Protocol Handshake"
_TOO_LARGE = 64 * 1024 * 1024


class WebSocket:
    """One request's connection, after its handshake."""

    def __init__(self, line, request_id, source, block, count):
        self._line = line
        self._input = source
        self._id = request_id
        self._consumed = 0
        self.is_closed = False
        # How long the application waits is not its own time, which the gateway has to know when harakiri is on.
        self._tells_waits = has_harakiri()
        line.sock.sendall(encode_upgrade(request_id, WEBSOCKET, _SWITCHING, count, block))

    def receive(self, is_waiting):
        """The next message, or b"" when none has come and the call does not wait. @raises OSError it is closed"""
        if self.is_closed:
            raise receive_error()
        try:
            frame = self._input.next(is_waiting and not self._tells_waits)
            if frame is None and is_waiting:
                self._tell_consumed()
                frame = self._input.next(True)
        except OSError:
            self.is_closed = True
            raise receive_error() from None
        if frame is None:
            return b""
        flags, payload = frame
        if flags & CLOSED:
            self.is_closed = True
            raise receive_error()
        self._consumed += HEADER_BYTES + len(payload)
        if self._consumed >= CONSUMED_STEP_BYTES:
            self._tell_consumed()
        return payload

    def send(self, data, is_text):
        """One message. @raises OSError the client has gone"""
        size = len(data)
        if size > _TOO_LARGE:
            raise OSError("unable to send websocket message: it has %d bytes, more than %d" % (size, _TOO_LARGE))
        if self.is_closed or self._line.cancelled == self._id:
            self.is_closed = True
            raise send_error()
        try:
            self._line.sock.sendall(encode_data_header(self._id, size, TEXT if is_text else BINARY) + data)
        except OSError:
            self.is_closed = True
            raise send_error() from None

    def _tell_consumed(self):
        if self._consumed:
            self._line.sock.sendall(encode_consumed(self._id, self._consumed))
            self._consumed = 0


def encode_handshake(environ, protocol):
    """The answer's head, as the block of a HEAD frame, and how many headers are in it."""
    asked = environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "")
    # A client that offers several has to be told one of them.
    protocol = protocol or asked.partition(",")[0].strip()
    if "\r" in protocol or "\n" in protocol:
        raise ValueError("the protocol holds a line break")
    lines = [_REASON] + (["Sec-WebSocket-Protocol: " + protocol] if protocol else []) + [""]
    return "\r\n".join(lines).encode("latin-1"), len(lines) - 2


def handshake_error():
    """As uWSGI's."""
    return OSError("unable to complete websocket handshake")


def receive_error():
    return OSError("unable to receive websocket message")


def send_error():
    return OSError("unable to send websocket message")


def has_harakiri():
    """Is some time set for each request?"""
    return any(name == "harakiri" and value != "0" for name, value in state.boot["options"])
