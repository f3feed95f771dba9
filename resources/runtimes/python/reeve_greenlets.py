"""A worker that runs WSGI applications in greenlets: one thread, many requests at a time on one connection to each
gateway.

What makes them take turns is a hub (reeve_gevent.py, reeve_asyncio.py); everything happens in it, on sockets that it
watches. A core is a place for one request (reeve_wsgi.py has its exchange); a request that takes too long is ended
alone.

A hub has `begin()` for the new process and `run(over)`, which serves until the event `over`; `Event`;
`io(descriptor, 1 or 2)` with `start(callback)` and `stop()`, for reading or writing; `run_callback(callback)`;
`spawn(exchange, function, *arguments)`; `current()`; `turn()`, which lets the others go on; `throw(greenlet, error)`;
`exchange()` of the present greenlet; `forget(greenlet)`, whose request is over; `closes(descriptor)`, before one is
closed that the application may watch; `share_commons()`; `join()`, which waits for greenlets of the application's own;
and `name`, which is `uwsgi.loop`.
"""

import gc
import os
import socket
import sys
import traceback
from collections import deque
from errno import EAGAIN, EWOULDBLOCK

import reeve_uwsgi
import reeve_worker
from reeve_environ import base_environ
from reeve_frames import (
    BEGUN,
    BODY_FILE,
    CANCEL,
    CONTROL_CORE,
    GO_ON,
    HOLD,
    INPUT,
    PACKET,
    REQUEST,
    SHARED_CORES,
    TAKE_BACK,
    encode_reply,
)
from reeve_recycling import Recycling
from reeve_shared import FrameFeed, read_request
from reeve_wsgi import Exchange

_RECV_BYTES = 65536
_socketpair = socket.socketpair
_WRITE_BUFFER_BYTES = 1024 * 1024
# So much at most is written before the hub turns: an application that only sends would let it turn never.
_TURN_BYTES = 256 * 1024


class HarakiriExpired(BaseException):
    """Raised in a request that is given up; the client has its 504."""


class Pipe:
    """A connection that the hub reads and writes."""

    def __init__(self, hub, sock, feed):
        self.sock = sock
        sock.setblocking(False)
        self._feed = feed
        self._out = []
        self._out_bytes = 0
        self._is_scheduled = False
        self._hub = hub
        self._reader = hub.io(sock.fileno(), 1)
        self._writer = hub.io(sock.fileno(), 2)
        self._has_room = hub.Event()
        self._has_room.set()
        self._reader.start(self._readable)

    def close(self):
        self._reader.stop()
        self._writer.stop()

    def _readable(self):
        try:
            data = self.sock.recv(_RECV_BYTES)
        except OSError as error:
            if error.errno in (EAGAIN, EWOULDBLOCK):
                return
            data = b""
        if data:
            try:
                self._feed(data)
            except BaseException:
                # Requests that nobody answers are worse than a worker that is replaced.
                traceback.print_exc()
                os._exit(1)
            return
        # The gateway is gone; the end of the master's connection ends this process.
        self.close()
        self._out = []
        self._out_bytes = 0
        self._has_room.set()

    def write(self, data):
        """What is written in one turn of the hub leaves together."""
        self._out.append(data)
        self._out_bytes += len(data)
        if not self._is_scheduled:
            self._is_scheduled = True
            self._hub.run_callback(self.flush)

    def wait_for_room(self):
        """Waits while too much is on its way."""
        if self._out_bytes > _TURN_BYTES:
            # HOLD is heard meanwhile, and the neighbours go on.
            self._hub.turn()
        while self._out_bytes > _WRITE_BUFFER_BYTES:
            self._has_room.clear()
            self._has_room.wait()

    def flush(self):
        self._is_scheduled = False
        if not self._out:
            return
        data = self._out[0] if len(self._out) == 1 else b"".join(self._out)
        self._out = []
        try:
            sent = self.sock.send(data)
        except OSError as error:
            sent = 0 if error.errno in (EAGAIN, EWOULDBLOCK) else len(data)
        self._out_bytes = len(data) - sent
        if self._out_bytes <= _WRITE_BUFFER_BYTES:
            self._has_room.set()
        if sent < len(data):
            self._out.append(memoryview(data)[sent:])
            self._is_scheduled = True
            self._writer.start(self._writable)

    def _writable(self):
        self._writer.stop()
        self.flush()

    def finish(self):
        """Sends all that is left, however long the gateway takes: the process ends behind it."""
        out, self._out = self._out, []
        try:
            self.sock.setblocking(True)
            self.sock.sendall(b"".join(out))
        except OSError:
            pass  # the gateway is gone


class Core:
    """A place for one request at a time; to its exchange it looks like a connection of its own."""

    def __init__(self, worker, index):
        self.hub = worker.hub
        self.exchange = worker.exchange(index)
        self.sock = self
        self.pipe = None
        self.cancelled = -1
        self.greenlet = None
        # What comes for the request that runs, after its upgrade.
        self.input = None
        self._room = None

    def use(self, pipe):
        self.pipe = pipe
        self._room = None
        self.exchange.use(self)

    def sendall(self, data):
        """As a socket's: it comes back when there is room for more."""
        self.pipe.write(bytes(data) if type(data) is memoryview else data)
        if self.hub.current() is self.greenlet:
            self.pipe.wait_for_room()
            if self._room is not None:
                self._room.wait()

    def open_input(self, _request_id):
        self.input = Input(self)
        return self.input

    def hold(self):
        if self._room is None:
            self._room = self.hub.Event()

    def go_on(self):
        room, self._room = self._room, None
        if room is not None:
            room.set()


class Input:
    """What has come from the client of an upgraded request and is not yet taken (reeve_websocket.py)."""

    def __init__(self, core):
        self._core = core
        self._frames = deque()
        self._arrived = core.hub.Event()
        self._ends = None

    def put(self, flags, payload):
        self._frames.append((flags, payload))
        self._arrived.set()
        self._show()

    def next(self, is_waiting):
        """(flags, payload), or None while nothing has come."""
        while not self._frames:
            if not is_waiting:
                return None
            self._arrived.clear()
            self._arrived.wait()
        frame = self._frames.popleft()
        if self._ends is not None and not self._frames:
            self._ends[0].recv(_RECV_BYTES)
        return frame

    def fileno(self):
        """A descriptor that is readable when something has come: the connection itself is shared."""
        if self._ends is None:
            self._ends = _socketpair()
            for end in self._ends:
                end.setblocking(False)
            if self._frames:
                self._show()
        return self._ends[0].fileno()

    def close(self):
        self._core.input = None
        for end in self._ends or ():
            self._core.hub.closes(end.fileno())
            end.close()

    def _show(self):
        if self._ends is not None:
            try:
                self._ends[1].send(b"x")
            except BlockingIOError:
                pass  # it is readable as it is


class Worker:
    """The process: its cores, the requests that run on them, and its end."""

    def __init__(self, boot, apps, control, hub, exchange=Exchange):
        hub.begin()
        self.hub = hub
        self.boot = boot
        self.apps = apps
        self.control = control
        self.recycling = Recycling(boot)
        self.running = {}
        self._cores = {}
        self._is_stopping = False
        self._over = hub.Event()
        self._exchange_type = exchange
        self._pid = os.getpid()
        self._pipes = []
        self._watchers = []
        self.handlers = reeve_worker.runner_of(boot, control)

    def run(self):
        """Serves requests until the master says `exit` or goes away; never returns."""
        reeve_worker.begin(self.control, self.handlers, lambda: self.hub.spawn(None, self.handlers.run_pending))
        reeve_uwsgi.find_exchange(self._current_exchange)
        sys.modules["uwsgi"].loop = self.hub.name
        self.hub.share_commons()
        self.control.new_event = self.hub.Event
        # Questions to the master are answered in the hub, whoever asks waits.
        self.control.listener = 0
        watcher = self.hub.io(self.control.sock.fileno(), 1)
        watcher.start(self.hear_master)
        self._watchers.append(watcher)
        for endpoint in self.boot["gatewayEndpoints"]:
            self._pipes.append(self._open(endpoint, SHARED_CORES, self._frame))
        for endpoint in self.boot["gatewayEndpoints"]:
            self._pipes.append(self._open(endpoint, CONTROL_CORE, self._control_frame))
        gc.freeze()
        self.hub.run(self._over)
        self._end()

    def _open(self, endpoint, core, handle):
        sock = reeve_worker.greet(self.boot, endpoint, core)
        pipe = Pipe(self.hub, sock, FrameFeed(lambda *frame: handle(pipe, *frame)).feed)
        return pipe

    def exchange(self, index):
        """The exchange of a core, which it keeps."""
        setting = self.boot["app"]
        cores = self.boot["threads"]
        base = base_environ(index, cores, self.boot["processes"], not setting.get("disableFileWrapper"))
        # As uWSGI: the application is not called by several threads.
        base["wsgi.multithread"] = False
        return self._exchange_type(self.apps, base, self.recycling, setting.get("catchExceptions", False))

    def _current_exchange(self):
        exchange = self.hub.exchange()
        return None if exchange is None or exchange.environ is None else exchange

    # Frames

    def _frame(self, pipe, kind, flags, index, request_id, payload):
        if kind == REQUEST:
            core = self._cores.get(index)
            if core is None:
                core = self._cores[index] = Core(self, index)
            environ, body = read_request(flags, payload)
            core.use(pipe)
            core.exchange.request_flags = flags
            self.running[request_id] = core
            core.greenlet = self.hub.spawn(core.exchange, self._serve, core, flags, request_id, environ, body)
            return
        core = self.running.get(request_id)
        if core is None:
            return  # it has ended meanwhile
        if kind == HOLD:
            core.hold()
        elif kind == GO_ON:
            core.go_on()
        elif kind == INPUT and core.input is not None:
            core.input.put(flags, payload)

    def _serve(self, core, flags, request_id, environ, body):
        try:
            if flags & PACKET:
                core.exchange.run_packet(request_id, body)
            else:
                core.exchange.run(request_id, environ, body)
        except OSError:
            pass  # the gateway is gone
        finally:
            if flags & BODY_FILE:
                body.close()
            # What has been said about the request is sent before the next one can come.
            del self.running[request_id]
            core.go_on()
            self.hub.forget(core.greenlet)
            if self._is_stopping and not self.running:
                self._over.set()

    def _control_frame(self, pipe, kind, _flags, _core, request_id, _payload):
        if kind == CANCEL:
            core = self.running.get(request_id)
            if core is not None:
                core.cancelled = request_id
                core.go_on()
        elif kind == TAKE_BACK:
            # Whatever has come has begun.
            pipe.write(encode_reply(BEGUN, request_id))

    # The master

    def hear_master(self):
        """Obeys the messages that have come, or come next."""
        messages = self.control.receive()
        if messages is None:
            os._exit(0)
        for message in messages:
            if reeve_worker.obey(message, self.control, self.handlers):
                continue
            if message["type"] == "cancel":
                self._cancel(message["requestId"])
            elif message["type"] == "exit":
                self._is_stopping = True
                if not self.running:
                    self._over.set()

    def _cancel(self, request_id):
        """Harakiri: the exception's traceback in the log is where the request stood."""
        core = self.running.get(request_id)
        if core is not None:
            self.hub.throw(core.greenlet, HarakiriExpired("it has taken longer than 'harakiri' allows"))

    def _end(self):
        for pipe in self._pipes:
            pipe.finish()
        if os.getpid() != self._pid:
            os._exit(0)  # a child of the application has come back from the request that forked it
        if self.boot["loop"].get("waitsForHub"):
            self._wait_for_others()
        reeve_uwsgi.end_process()

    def _wait_for_others(self):
        """`gevent-wait-for-hub`: greenlets that the application has started may finish."""
        for pipe in self._pipes:
            pipe.close()
        for watcher in self._watchers:
            watcher.stop()
        self.hub.join()
