"""Sends datagrams to a unix socket for the engine, which can not: syslog, the journal, `logger = socket:/path`.

Started by engine/log/sinks.ts with the socket's path as JSON. Standard input carries `u32le length | bytes` for each
datagram. A receiver that is away, full or not there costs its datagrams, nothing else; it is found again when it is back.
"""

import json
import socket
import struct
import sys
import time

_RETRY_SECONDS = 1.0


class Sender:
    """The connection to the receiver; `send` never blocks and never raises."""

    def __init__(self, path):
        self.path = path.encode("utf-8", "surrogateescape")
        self.sock = None
        self.retry_at = 0.0

    def send(self, data):
        for _ in range(2):
            if self.sock is None and not self._connect():
                return
            try:
                self.sock.send(data)
                return
            except BlockingIOError:
                return
            except OSError:
                # The receiver was restarted, or takes no datagram of this size: once more with a new socket.
                self.sock.close()
                self.sock = None

    def _connect(self):
        if time.monotonic() < self.retry_at:
            return False
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sock.setblocking(False)
        try:
            sock.connect(self.path)
        except OSError:
            sock.close()
            self.retry_at = time.monotonic() + _RETRY_SECONDS
            return False
        self.sock = sock
        return True


def main():
    sender = Sender(json.loads(sys.argv[1]))
    read = sys.stdin.buffer.read
    while True:
        head = read(4)
        if len(head) < 4:
            return
        data = read(struct.unpack("<I", head)[0])
        sender.send(data)


if __name__ == "__main__":
    main()
