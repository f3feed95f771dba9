"""The worker's end of a connection that all its cores share: bytes in, whole frames out (engine/gateway/frames.ts)."""

import marshal

from reeve_frames import BODY_FILE, HEADER_BYTES, unpack_header, unpack_u32

NO_BODY = b""


class FrameFeed:
    """Cuts what is received into frames; `handle(kind, flags, core, request_id, payload)` gets each."""

    def __init__(self, handle):
        self._handle = handle
        self._parts = []
        self._have = 0
        self._need = HEADER_BYTES

    def feed(self, data):
        """Takes the next bytes."""
        if self._parts:
            self._parts.append(data)
            self._have += len(data)
            if self._have < self._need:
                return
            data = b"".join(self._parts)
            self._parts = []
        handle = self._handle
        size = len(data)
        at = 0
        while size - at >= HEADER_BYTES:
            payload_bytes, kind, flags, core, request_id = unpack_header(data, at)
            end = at + HEADER_BYTES + payload_bytes
            if end > size:
                self._keep(data, at, HEADER_BYTES + payload_bytes)
                return
            handle(kind, flags, core, request_id, data[at + HEADER_BYTES : end])
            at = end
        if at < size:
            self._keep(data, at, HEADER_BYTES)

    def _keep(self, data, at, need):
        self._parts = [data[at:]]
        self._have = len(data) - at
        self._need = need


def read_request(flags, payload):
    """The variables and the body (bytes, or an open file) of a REQUEST frame."""
    split = 4 + unpack_u32(payload)[0]
    environ = marshal.loads(payload[4:split])
    if split == len(payload):
        return environ, NO_BODY
    if flags & BODY_FILE:
        return environ, open(payload[split:].decode("utf-8"), "rb")
    return environ, payload[split:]
