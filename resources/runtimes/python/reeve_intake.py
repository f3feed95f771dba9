"""What a worker that accepts connections itself must not wait for: requests that come slowly and clients that take
their answers slowly. One thread does both for all cores; a request that is complete goes back to a core.
"""

import os
import selectors
import socket
import tempfile
import threading
import time

from reeve_uwsgi_request import PONG, ProtocolError, Special, encode_error, parse_head

# A body beyond this goes to a temporary file, as in engine/gateway/body-store.ts.
BODY_MEMORY_BYTES = 1024 * 1024
# What an outbox holds in memory, as in engine/gateway/outbox.ts.
_ANSWER_MEMORY_BYTES = 512 * 1024
_PART_BYTES = 65536
_HEAD_SECONDS = 60
_LINGER_SECONDS = 2
_TICK_SECONDS = 0.25


class Request:
    """A complete request: `message` is its head as it came, `body` bytes or an open file.

    Without an environ it is a uwsgi packet of another modifier, and `body` is all of it.
    """

    __slots__ = ("environ", "message", "body", "is_trusted")

    def __init__(self, environ, message, body, is_trusted):
        self.environ = environ
        self.message = message
        self.body = body
        self.is_trusted = is_trusted


class Rules:
    """What holds for every request (settings of the configuration)."""

    def __init__(self, setting, trust):
        self.block_bytes = setting["bufferSizeBytes"]
        self.body_bytes = setting["limitPostBytes"]
        self.timeout_seconds = setting["socketTimeoutSeconds"]
        self.body_folder = setting["bodyFolder"]
        self.modifiers = frozenset(setting["modifiers"])
        self.trust = trust


class Arrival:
    """A request that is on its way: fed with bytes until it is complete or refused."""

    def __init__(self, rules, peer):
        self._rules = rules
        self._is_trusted = rules.trust.has(peer)
        self._data = b""
        self._head = None
        self._message = b""
        self._file = None
        self._parts = []
        self._left = 0
        self.in_body = False

    def feed(self, data):
        """The request when it is complete, otherwise None. @raises ProtocolError, Special, OSError (disk)"""
        if self._head is None:
            self._data = data = self._data + data if self._data else data
            rules = self._rules
            if data[:1] and data[0] in rules.modifiers:
                return self._feed_packet(data)
            self._head = head = parse_head(data, rules.block_bytes, rules.body_bytes, self._is_trusted)
            if head is None:
                return None
            self._message = data[: head.end]
            self._left = max(0, head.length)
            self.in_body = True
            data = data[head.end :]
            self._data = b""
            if self._left > BODY_MEMORY_BYTES:
                self._file = tempfile.TemporaryFile(dir=rules.body_folder)
        if len(data) > self._left:
            data = data[: self._left]
        self._left -= len(data)
        if self._file is not None:
            self._file.write(data)
        elif data:
            self._parts.append(data)
        if self._left:
            return None
        if self._file is not None:
            self._file.seek(0)
        body = self._file or b"".join(self._parts)
        return Request(self._head.environ, self._message, body, self._is_trusted)

    def _feed_packet(self, data):
        """A packet that is no request, and that the configuration allows (reeve_packets.py)."""
        import reeve_packets

        rules = self._rules
        if len(data) < reeve_packets.HEADER_BYTES:
            return None
        size = reeve_packets.packet_bytes(data, rules.block_bytes, rules.body_bytes)
        if size < 0:
            raise Special(data[0], data[3])
        return Request(None, b"", data[:size], self._is_trusted) if len(data) >= size else None

    @property
    def is_large(self):
        return self._file is not None

    @property
    def idle(self):
        return self._head is None and not self._data

    def dispose(self):
        if self._file is not None:
            self._file.close()


class Intake:
    """The thread; it starts when there is something to do. `ready(connection, request)` gets complete requests."""

    def __init__(self, rules, ready, settled, refused):
        self.rules = rules
        self._ready = ready
        self._settled = settled
        self._refused = refused
        self._lock = threading.Lock()
        self._inbox = []
        self._tasks = set()
        # Those in the inbox too.
        self._size = 0
        self._selector = None
        self._wakeup = None

    @property
    def is_empty(self):
        return not self._size

    def collect(self, connection, arrival):
        """Receives the rest of a request."""
        self.add(_Slow(self, connection, arrival))

    def refuse(self, connection, status, reason):
        """Answers and reads on for a moment, so that the client sees the answer."""
        self._refused(status, reason)
        head, body = encode_error("HTTP/1.0", status, reason)
        try:
            connection.send(head + body, getattr(socket, "MSG_DONTWAIT", 0))
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()
            return
        self.add(_Linger(self, connection))

    def add(self, task):
        """Takes a task over from another thread."""
        with self._lock:
            self._size += 1
            self._inbox.append(task)
            if self._selector is None:
                self._selector = selectors.DefaultSelector()
                read, self._wakeup = socket.socketpair()
                read.setblocking(False)
                self._wakeup.setblocking(False)
                self._selector.register(read, selectors.EVENT_READ, None)
                threading.Thread(target=self._run, args=(read,), name="reeve-intake", daemon=True).start()
        self.wake()

    def wake(self):
        """Something was added, or an outbox that was empty has something to do."""
        try:
            self._wakeup.send(b"w")
        except BlockingIOError:
            return  # it is awake already

    def _run(self, read):
        selector = self._selector
        next_tick = 0.0
        while True:
            for key, _ in selector.select(_TICK_SECONDS if self._size else None):
                if key.data is None:
                    read.recv(4096)
                elif not key.data.proceed():
                    self._leave(key.data)
            with self._lock:
                added, self._inbox = self._inbox, []
            for task in added:
                task.connection.setblocking(False)
                self._tasks.add(task)
            now = time.monotonic()
            if now >= next_tick:
                next_tick = now + _TICK_SECONDS
                for task in [task for task in self._tasks if not task.tick(now)]:
                    self._leave(task)
            for task in self._tasks:
                # An outbox with nothing to send is not watched: its connection would always be ready.
                if task.is_watched == task.rests:
                    task.is_watched = not task.is_watched
                    if task.is_watched:
                        selector.register(task.connection, task.events, task)
                    else:
                        selector.unregister(task.connection)

    def _leave(self, task):
        self._tasks.discard(task)
        if task.is_watched:
            self._selector.unregister(task.connection)
        task.leave()
        with self._lock:
            self._size -= 1
            is_empty = not self._size
        if is_empty:
            self._settled()

    def deliver(self, connection, request):
        self._ready(connection, request)


class _Task:
    events = selectors.EVENT_READ
    is_watched = False
    rests = False


class _Slow(_Task):
    """A request whose rest is still to come."""

    def __init__(self, intake, connection, arrival):
        self._intake = intake
        self.connection = connection
        self._arrival = arrival
        self._began = self._active = time.monotonic()
        self._request = None
        self._error = None

    def proceed(self):
        """Returns whether there is more to do."""
        try:
            data = self.connection.recv(_PART_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        if not data:
            if not self._arrival.idle:
                self._error = 400, "the connection ended before the request did"
            return False
        self._active = time.monotonic()
        try:
            self._request = self._arrival.feed(data)
        except ProtocolError as error:
            self._error = error.status, error.reason
        except Special as special:
            answer_special(self.connection, special)
            return False
        except OSError:
            self._error = 507, "the request body could not be stored"
        return self._request is None and self._error is None

    def tick(self, now):
        timeout = self._intake.rules.timeout_seconds
        if now - self._active > timeout or (not self._arrival.in_body and now - self._began > _HEAD_SECONDS):
            if not self._arrival.idle:
                self._error = 408, "The request did not arrive in time."
            return False
        return True

    def leave(self):
        if self._request is not None:
            self.connection.setblocking(True)
            self._intake.deliver(self.connection, self._request)
            return
        self._arrival.dispose()
        if self._error is not None:
            self._intake.refuse(self.connection, *self._error)
        else:
            self.connection.close()


class _Linger(_Task):
    """Reads what comes behind a request that was refused."""

    def __init__(self, _intake, connection):
        self.connection = connection
        self._until = time.monotonic() + _LINGER_SECONDS

    def proceed(self):
        try:
            return bool(self.connection.recv(_PART_BYTES))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def tick(self, now):
        return now < self._until

    def leave(self):
        self.connection.close()


class Outbox(_Task):
    """What a client has still to take of its answer: in memory first, then in a temporary file."""

    events = selectors.EVENT_WRITE

    def __init__(self, connection, intake):
        self.connection = connection
        self._intake = intake
        self._lock = threading.Lock()
        self._memory = bytearray()
        self._file = None
        self._read_at = self._write_at = 0
        self._is_finished = False
        self._is_added = False
        self._progress = time.monotonic()
        self.is_gone = False

    def write(self, data):
        """From the application's thread; never waits for the client."""
        with self._lock:
            if self.is_gone:
                return
            if self._file is None and len(self._memory) + len(data) > _ANSWER_MEMORY_BYTES:
                self._file = tempfile.TemporaryFile(dir=self._intake.rules.body_folder, buffering=0)
            if self._file is None:
                self._memory += data
            else:
                data = memoryview(data)
                while data:
                    written = os.pwrite(self._file.fileno(), data, self._write_at)
                    self._write_at += written
                    data = data[written:]
            is_new, self._is_added = not self._is_added, True
        if is_new:
            self._intake.add(self)
        elif not self.is_watched:
            self._intake.wake()

    def finish(self):
        """No more is written; the connection is closed when all is sent."""
        with self._lock:
            self._is_finished = True
        self._intake.wake()

    @property
    def rests(self):
        with self._lock:
            return not (self._memory or self._read_at < self._write_at or self._is_finished)

    def proceed(self):
        """Sends what there is; returns whether more may come."""
        with self._lock:
            if not self._memory and self._read_at < self._write_at:
                size = min(_ANSWER_MEMORY_BYTES, self._write_at - self._read_at)
                self._memory += os.pread(self._file.fileno(), size, self._read_at)
                self._read_at += size
            if not self._memory:
                return not self._is_finished
            try:
                sent = self.connection.send(self._memory)
            except BlockingIOError:
                return True
            except OSError:
                self.is_gone = True
                return False
            del self._memory[:sent]
            self._progress = time.monotonic()
            return True

    def tick(self, now):
        with self._lock:
            if self._memory or self._read_at < self._write_at:
                return now - self._progress <= self._intake.rules.timeout_seconds
            self._progress = now
            return True

    def leave(self):
        with self._lock:
            self.is_gone = True
            if self._file is not None:
                self._file.close()
        self.connection.close()


def answer_special(connection, special):
    """Answers a ping; anything else does nothing. The connection ends."""
    if special.is_ping:
        try:
            connection.send(PONG)
        except OSError:
            return  # it has gone
