"""The connection between a Python process and the master: `u32le length | UTF-8 JSON` both ways.

The messages are those of engine/master/control.ts. Sending is safe from any thread; receiving belongs to one
thread at a time (the zygote's loop, a worker's control thread). A process that the application forks can send, too; it is
given no answers.
"""

import json
import os
import socket
import struct
import threading

ASK_SECONDS = 10
# As it is before the application patches it (gevent does): what is said here is said at once.
_Socket = socket.socket
_Lock = threading.Lock


class Control:
    """One connection to the master."""

    def __init__(self, endpoint):
        self.sock = connect(endpoint)
        self._lock = _Lock()
        self._received = b""
        # The thread that receives; until there is one, nothing can be asked.
        self.listener = None
        self._answers = {}
        self._last_question = 0
        # Where all requests are in one thread, something that lets the others go on.
        self.new_event = threading.Event
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self):
        # A child of the application's own: nobody listens here, and whoever held the lock is in the parent.
        self.listener = None
        self._lock = _Lock()
        self._answers = {}

    def send(self, message):
        payload = json.dumps(message).encode()
        with self._lock:
            self.sock.sendall(struct.pack("<I", len(payload)) + payload)

    def receive(self):
        """Waits for bytes; returns the messages that are complete, or None when the master has gone."""
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            return None
        self._received += data
        messages = []
        while len(self._received) >= 4:
            (size,) = struct.unpack_from("<I", self._received)
            if len(self._received) < 4 + size:
                break
            messages.append(json.loads(self._received[4 : 4 + size].decode("utf-8")))
            self._received = self._received[4 + size :]
        return messages

    def ask(self, what):
        """Asks the master a question and waits for `answered`; None when nobody listens or the answer is late."""
        if self.listener in (None, threading.get_ident()):
            return None
        answer = [self.new_event(), None]
        with self._lock:
            self._last_question += 1
            question = self._last_question
            self._answers[question] = answer
        try:
            self.send({"type": "question", "id": question, "what": what})
            answer[0].wait(ASK_SECONDS)
        finally:
            del self._answers[question]
        return answer[1]

    def answered(self, message):
        """Hands the master's answer to the thread that asked."""
        answer = self._answers.get(message["id"])
        if answer is not None:
            answer[1] = message["value"]
            answer[0].set()


def connect(endpoint):
    """Connects to `host:port` or to a unix socket's path."""
    if not endpoint.startswith("/") and ":" in endpoint:
        host, _, port = endpoint.rpartition(":")
        sock = socket.create_connection((host.strip("[]"), int(port)))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    sock = _Socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(endpoint)
    return sock
