"""One core's connection to one gateway, as far as it concerns reading: bytes in, whole frames out."""

from reeve_frames import HEADER_BYTES, unpack_u32

_RECV_BYTES = 65536


class Line:
    """One core's connection to one gateway: what was received, and which requests of it have begun."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.position = 0
        # Request ids rise on a connection, so this one number says of every id whether it has begun.
        self.begun = 0
        self.taken = set()
        # Id of the request whose client has gone, when it is the one that runs.
        self.cancelled = -1

    def ready(self):
        return len(self.buffer) - self.position >= HEADER_BYTES

    def fill(self):
        """Receives until a whole frame is there; returns its payload's end, or -1 when the gateway is gone."""
        buffer = self.buffer
        position = self.position
        have = len(buffer) - position
        need = HEADER_BYTES
        if have >= HEADER_BYTES:
            need += unpack_u32(buffer, position)[0]
        if have >= need:
            return position + need
        recv = self.sock.recv
        parts = [buffer[position:]] if have else []
        while True:
            data = recv(_RECV_BYTES if need - have < _RECV_BYTES else need - have)
            if not data:
                return -1
            parts.append(data)
            have += len(data)
            if have < need:
                continue
            buffer = b"".join(parts) if len(parts) > 1 else data
            need = HEADER_BYTES + unpack_u32(buffer, 0)[0]
            if have >= need:
                self.buffer = buffer
                self.position = 0
                return need
            parts = [buffer]
