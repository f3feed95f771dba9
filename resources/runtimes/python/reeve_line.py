"""One core's connection to one gateway, as far as it concerns reading: bytes in, whole frames out."""

import socket

from reeve_frames import HEADER_BYTES, INPUT, unpack_header, unpack_u32

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
        # Files for the gateway to send (reeve_files.py), where a thread hears its answers.
        self.offers = None

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

    def open_input(self, request_id):
        """What comes for the request that runs, after its upgrade."""
        return LineInput(self, request_id)


class LineInput:
    """INPUT frames of one request. From `fileno` on no more is received than belongs to a frame: whoever waits on the
    descriptor finds it readable as long as there is another one.
    """

    def __init__(self, line, request_id):
        self._line = line
        self._sock = line.sock
        self._id = request_id
        # Nothing waits behind a request for an upgrade; what is here came for an earlier one.
        self._have = line.buffer[line.position :]
        line.position = len(line.buffer)
        self._is_exact = False

    def fileno(self):
        self._is_exact = True
        return self._sock.fileno()

    def next(self, is_waiting):
        """(flags, payload), or None while nothing has come. @raises OSError the gateway is gone"""
        how = 0 if is_waiting else socket.MSG_DONTWAIT
        while True:
            have = self._have
            need = HEADER_BYTES
            if len(have) >= HEADER_BYTES:
                size, kind, flags, _, request_id = unpack_header(have)
                need += size
                if len(have) >= need:
                    self._have = have[need:]
                    if kind != INPUT:
                        raise OSError("frame of type %d from the gateway" % kind)
                    if request_id == self._id:
                        return flags, have[HEADER_BYTES:need]
                    continue
            missing = need - len(have)
            try:
                data = self._sock.recv(missing if self._is_exact or missing > _RECV_BYTES else _RECV_BYTES, how)
            except BlockingIOError:
                return None
            if not data:
                raise OSError("the gateway is gone")
            self._have = have + data if have else data

    def close(self):
        """What has come of the next frame belongs to the line again."""
        self._line.buffer = self._have
        self._line.position = 0
