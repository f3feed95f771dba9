"""One WebSocket of an ASGI application. The gateway does the protocol itself (RFC 6455): here come and go whole
messages (engine/gateway/frames.ts). Until it is accepted it can be answered like any other request.
"""

import asyncio
import struct
from collections import deque

from reeve_asgi import ClientGone, Exchange, encode_block
from reeve_asgi_scope import websocket_scope
from reeve_frames import (
    ABORTED,
    BINARY,
    CLOSED,
    CONSUMED_STEP_BYTES,
    EXCEPTION,
    HEADER_BYTES,
    TEXT,
    WEBSOCKET,
    encode_consumed,
    encode_data_header,
    encode_upgrade,
)
from reeve_websocket import has_harakiri

_SWITCHING = 101
_NO_STATUS = 1005
_LOST = 1006
_NORMAL = 1000
_close_code = struct.Struct("<H")


class SocketExchange(Exchange):
    """A request for a WebSocket, and what is said on it."""

    def __init__(self, worker, line, request_id, core, environ, body):
        super().__init__(worker, line, request_id, core, environ, body)
        # What the application has not received: (flags, payload).
        self._messages = deque()
        self._arrived = asyncio.Event()
        self._consumed = 0
        self._tells_waits = has_harakiri()
        self._is_greeted = False
        self._is_accepted = False
        # The close code, once it is closed from either side.
        self._closed = None
        self._reason = ""

    def scope(self):
        return websocket_scope(self.environ, self.worker.state)

    def returned(self):
        # A call that comes back ends its socket.
        return 0 if self._is_accepted else super().returned()

    def failed(self):
        return EXCEPTION | ABORTED if self._is_accepted else super().failed()

    # What the application calls

    async def receive(self):
        """ASGI's receive: connect, messages, disconnect."""
        if not self._is_greeted:
            self._is_greeted = True
            return {"type": "websocket.connect"}
        while not self._messages:
            if self._closed is not None or self.client_gone or self.is_complete:
                return {"type": "websocket.disconnect", "code": self._closed or _LOST, "reason": self._reason}
            # How long it waits is not its own time: harakiri stands still.
            self._tell_consumed(self._tells_waits)
            self._arrived.clear()
            await self._arrived.wait()
        flags, payload = self._messages.popleft()
        self._consumed += HEADER_BYTES + len(payload)
        self._tell_consumed(self._consumed >= CONSUMED_STEP_BYTES)
        if flags & TEXT:
            return {"type": "websocket.receive", "text": payload.decode("utf-8", "replace")}
        return {"type": "websocket.receive", "bytes": payload}

    async def send(self, message):
        """ASGI's send: accept, messages, close, or the answer that refuses."""
        kind = message["type"]
        if kind == "websocket.send":
            await self._send_message(message)
        elif kind == "websocket.accept":
            self._accept(message)
        elif kind == "websocket.close":
            self._close(message.get("code", _NORMAL), message.get("reason") or "")
        elif kind in ("websocket.http.response.start", "websocket.http.response.body") and not self._is_accepted:
            await super().send(dict(message, type=kind[len("websocket.") :]))
        else:
            raise RuntimeError("%r can not be sent on this websocket now" % (kind,))

    def _accept(self, message):
        if self._is_accepted or self.status:
            raise RuntimeError("'websocket.accept' was sent twice, or after an answer")
        headers = [pair for pair in message.get("headers", ()) if bytes(pair[0]).lower() != b"sec-websocket-protocol"]
        chosen = message.get("subprotocol")
        if chosen is not None:
            headers.append((b"sec-websocket-protocol", chosen.encode("latin-1")))
        block, count, _ = encode_block("Switching Protocols", headers)
        self._is_accepted = self.head_sent = True
        self.status = _SWITCHING
        self.line.write(encode_upgrade(self.id, WEBSOCKET, _SWITCHING, count, block))

    async def _send_message(self, message):
        if not self._is_accepted:
            raise RuntimeError("'websocket.send' was sent before 'websocket.accept'")
        if self._closed is not None or self.client_gone:
            raise ClientGone("the websocket is closed")
        text = message.get("text")
        data = message.get("bytes") if text is None else text.encode("utf-8")
        flag = BINARY if text is None else TEXT
        if data is None:
            raise ValueError("'websocket.send' has neither text nor bytes")
        self.line.write(encode_data_header(self.id, len(data), flag) + bytes(data))
        if self._room is not None or self.line.wants_turn:
            await self._wait_for_room()

    def _close(self, code, reason):
        if not self._is_accepted:
            if self.status == 0:
                self._begin(403, ())
                self._finish(b"")
            return
        if self._closed is not None:
            return
        self._closed = code
        payload = _close_code.pack(code) + reason.encode("utf-8")[:123]
        self.line.write(encode_data_header(self.id, len(payload), CLOSED) + payload)
        self._arrived.set()

    # What happens meanwhile

    def input(self, flags, payload):
        """A message from the client, or the end."""
        if flags & CLOSED:
            if self._closed is None:
                self._closed = _close_code.unpack_from(payload)[0] if len(payload) >= 2 else _NO_STATUS
                self._reason = payload[2:].decode("utf-8", "replace")
            self.go_on()
        else:
            self._messages.append((flags, payload))
        self._arrived.set()

    def gone(self):
        super().gone()
        self._arrived.set()

    def _tell_consumed(self, is_due):
        if is_due and self._consumed and self._is_accepted:
            self.line.write(encode_consumed(self.id, self._consumed))
            self._consumed = 0
