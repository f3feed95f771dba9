"""A worker that runs ASGI applications: one event loop, many requests at a time on one connection to each gateway.

A second thread listens to the master (so that questions of `uwsgi.workers()` are answered while the loop waits for
them) and sees when the loop does not turn. Everything else happens in the loop. Requests are reeve_asgi.py, WebSockets
reeve_asgi_socket.py, begin and end of the application reeve_lifespan.py.
"""

import asyncio
import contextvars
import gc
import os
import select
import socket
import sys
import threading
import time

import reeve_handlers
import reeve_uwsgi
import reeve_worker
from reeve_asgi import Exchange
from reeve_asgi_socket import SocketExchange
from reeve_asgi_stacks import describe_task, main_stack
from reeve_frames import (
    BEGUN,
    CANCEL,
    CONTROL_CORE,
    EXCEPTION,
    GO_ON,
    HOLD,
    INPUT,
    PACKET,
    REQUEST,
    SHARED_CORES,
    TAKE_BACK,
    WEBSOCKET,
    encode_reply,
)
from reeve_lifespan import Lifespan, LifespanFailed
from reeve_recycling import Recycling
from reeve_shared import FrameFeed, read_request

_LOAD_FAILED_EXIT_CODE = 22
_WATCH_SECONDS = 1.0
_WRITE_BUFFER_BYTES = 1024 * 1024
# So much at most is written before the loop turns: an application that only sends would let it turn never.
_TURN_BYTES = 256 * 1024

_current = contextvars.ContextVar("reeve_request", default=None)


class Line(asyncio.Protocol):
    """The connection to one gateway that all requests share: what is written in one turn leaves together."""

    def __init__(self, worker):
        self._worker = worker
        self._feed = FrameFeed(self._frame)
        self._transport = None
        self._out = []
        self._out_bytes = 0
        self._completed = []
        self._is_scheduled = False
        self._drained = asyncio.Event()
        self._drained.set()
        self._is_full = False
        # Who streams is to wait for `drained` before it writes more.
        self.wants_turn = False

    # Of asyncio.Protocol

    def connection_made(self, transport):
        self._transport = transport
        transport.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)

    def data_received(self, data):
        self._feed.feed(data)

    def connection_lost(self, exc):
        # The gateway is gone; the end of the master's connection ends this process.
        self._transport = None
        self.resume_writing()

    def pause_writing(self):
        self._is_full = self.wants_turn = True
        self._drained.clear()

    def resume_writing(self):
        self._is_full = self.wants_turn = False
        self._drained.set()

    async def drained(self):
        # In the turn of the loop that this gives away, HOLD and CANCEL are heard and the neighbours go on.
        await asyncio.sleep(0)
        if self._is_full:
            await self._drained.wait()

    async def finished(self):
        """Comes back when all that was written has left: the process ends behind it."""
        self.flush()
        if self._transport is not None:
            # Whatever waits is too much now, until nothing does.
            self._transport.set_write_buffer_limits(high=0)
            await self.drained()

    # Frames

    def _frame(self, kind, flags, core, request_id, payload):
        worker = self._worker
        if kind == REQUEST:
            environ, body = read_request(flags, payload)
            worker.begin(self, flags, request_id, core, environ, body)
            return
        exchange = worker.running.get(request_id)
        if exchange is None:
            return  # it has ended meanwhile
        if kind == HOLD:
            exchange.hold()
        elif kind == GO_ON:
            exchange.go_on()
        elif kind == INPUT:
            exchange.input(flags, payload)

    def write(self, data):
        self._out.append(data)
        self._out_bytes += len(data)
        if self._out_bytes > _TURN_BYTES:
            self.wants_turn = True
        if not self._is_scheduled:
            self._schedule()

    def completed(self, exchange):
        """Its answer is complete; most often its call ends before this turn of the loop does."""
        self._completed.append(exchange)
        if not self._is_scheduled:
            self._schedule()

    def _schedule(self):
        self._is_scheduled = True
        self._worker.loop.call_soon(self.flush)

    def flush(self):
        """Sends what was written since the last time."""
        completed, self._completed = self._completed, []
        for exchange in completed:
            if exchange.id in self._worker.running:
                exchange.part()
        out, self._out = self._out, []
        self._out_bytes = 0
        self.wants_turn = self._is_full
        self._is_scheduled = False
        if self._transport is not None and out:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))


class Worker:
    """The process: its loop, the requests that run in it, and its end."""

    def __init__(self, boot, apps, control):
        self.boot = boot
        self.apps = apps
        self.control = control
        self.recycling = Recycling(boot)
        self.shows_exceptions = bool(boot["app"].get("catchExceptions"))
        self.running = {}
        self.served = 0
        self.loop = None
        # Applications put what they share among their requests here (the lifespan's `state`); None: no lifespan.
        self.state = None
        self._lifespans = []
        self._lines = []
        self._controls = []
        self._only = apps.only
        self._is_stopping = False
        self._is_leaving = False
        self._turned = time.monotonic()
        self._pid = os.getpid()
        self._make_task = None
        self.handlers = reeve_worker.runner_of(boot, control)

    def run(self):
        """Serves requests until the master says `exit` or goes away; never returns."""
        reeve_worker.begin(self.control, self.handlers, reeve_handlers.run_in_thread(self.handlers))
        reeve_uwsgi.find_exchange(_current.get)
        self.loop = self._new_loop()
        asyncio.set_event_loop(self.loop)
        sys.modules["uwsgi"].loop = b"uvloop" if self.boot["loop"]["isUvloop"] else b"asyncio"
        self._make_task = _task_maker(self.loop)
        main = self.loop.create_task(self._main())
        gc.freeze()
        self.loop.run_forever()
        main.cancel()

    def _new_loop(self):
        if self.boot["loop"]["isUvloop"]:
            try:
                import uvloop
            except ImportError as error:
                self._fail("'loop = uvloop' needs the package uvloop, which can not be imported: %s" % error)
            return uvloop.new_event_loop()
        return asyncio.new_event_loop()

    def _fail(self, text):
        self.control.send({"type": "load-failed", "text": text})
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_LOAD_FAILED_EXIT_CODE)

    async def _main(self):
        try:
            await self._startup()
        except LifespanFailed as error:
            self._fail(str(error))
        threading.Thread(target=self._listen, name="reeve-control", daemon=True).start()
        # The last connections, with which it counts as ready.
        for endpoint in self.boot["gatewayEndpoints"]:
            await self._open(reeve_worker.greet(self.boot, endpoint, SHARED_CORES))
        for endpoint in self.boot["gatewayEndpoints"]:
            sock = reeve_worker.greet(self.boot, endpoint, CONTROL_CORE)
            sock.setblocking(False)
            self.loop.add_reader(sock.fileno(), self._control_received, sock, FrameFeed(self._answerer(sock)).feed)
            self._controls.append(sock)

    async def _startup(self):
        mode = self.boot["loop"]["lifespan"]
        if mode == "off":
            return
        self.state = {}
        for app in self.apps.all:
            lifespan = Lifespan(app.call, self.state, mode == "on")
            self._lifespans.append(lifespan)
            await lifespan.startup()

    async def _open(self, sock):
        sock.setblocking(False)
        is_unix = hasattr(socket, "AF_UNIX") and sock.family == socket.AF_UNIX
        create = self.loop.create_unix_connection if is_unix else self.loop.create_connection
        _, line = await create(lambda: Line(self), sock=sock)
        self._lines.append(line)

    # Requests

    def begin(self, line, flags, request_id, core, environ, body):
        """A request has come: it runs from now on."""
        if flags & PACKET:
            exchange = _PacketExchange(self, line, request_id, core, environ, body)
            app = exchange.answer_packet
        else:
            kind = SocketExchange if flags & WEBSOCKET else Exchange
            exchange = kind(self, line, request_id, core, environ, body)
            app = self._only
            if app is None:
                exchange.app_number, app = self.apps.choose(environ)
        self.running[request_id] = exchange
        if app is None:
            sys.stderr.write("--- no python application found, check your startup logs for errors ---\n")
            sys.stderr.flush()
            self.ended(exchange, EXCEPTION)
            return
        _current.set(exchange)
        exchange.task = self._make_task(exchange.run(app))

    def ended(self, exchange, flags):
        """The call of a request has come back."""
        if self.running.pop(exchange.id, None) is None:
            return
        if self.recycling.active:
            flags |= self.recycling.end_flags()
        self.served += 1
        exchange.end(flags)
        if self._is_stopping and not self.running:
            self._leave()

    # The control connections

    def _control_received(self, sock, feed):
        try:
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.loop.remove_reader(sock.fileno())
            return
        feed(data)

    def _answerer(self, sock):
        def handle(kind, _flags, _core, request_id, _payload):
            if kind == CANCEL:
                exchange = self.running.get(request_id)
                if exchange is not None:
                    exchange.gone()
            elif kind == TAKE_BACK:
                # Whatever has come has begun.
                try:
                    sock.send(encode_reply(BEGUN, request_id))
                except OSError:
                    pass  # the gateway is gone

        return handle

    def _listen(self):
        """In a thread of its own: the master's messages, and a look at the loop."""
        self.control.listener = threading.get_ident()
        poll = select.poll()
        poll.register(self.control.sock, select.POLLIN)
        blocked_since = 0
        while True:
            if poll.poll(_WATCH_SECONDS * 1000):
                messages = self.control.receive()
                if messages is None:
                    os._exit(0)
                for message in messages:
                    self._obey(message)
                continue
            blocked_since = self._watch(blocked_since)

    def _watch(self, told_of):
        """Says once of a loop that does not turn what it is at. Returns the turn that this was said of."""
        turned = self._turned
        if self.running and time.monotonic() - turned > 2 * _WATCH_SECONDS and turned != told_of:
            sys.stderr.write(
                "*** the event loop of worker %d (pid: %d) has not turned for %.0f s: until it does, none of its %d "
                "requests goes on. It is here: ***\n%s"
                % (self.boot["wid"], self._pid, time.monotonic() - turned, len(self.running), main_stack())
            )
            sys.stderr.flush()
            return turned
        self.loop.call_soon_threadsafe(self._turn)
        return told_of

    def _turn(self):
        self._turned = time.monotonic()

    def _obey(self, message):
        if reeve_worker.obey(message, self.control, self.handlers):
            return
        if message["type"] == "cancel":
            self.loop.call_soon_threadsafe(self._cancel, message["requestId"])
        elif message["type"] == "exit":
            self.loop.call_soon_threadsafe(self._stop)

    def _cancel(self, request_id):
        """Harakiri: the client has its 504."""
        exchange = self.running.get(request_id)
        if exchange is None or exchange.task is None:
            return
        exchange.is_cancelled = True
        sys.stderr.write("*** the request that is given up stands here: ***\n%s" % describe_task(exchange.task))
        sys.stderr.flush()
        exchange.task.cancel()

    # The end

    def _stop(self):
        self._is_stopping = True
        if not self.running:
            self._leave()

    def _leave(self):
        if not self._is_leaving:
            self._is_leaving = True
            self._make_task(self._shutdown())

    async def _shutdown(self):
        for lifespan in reversed(self._lifespans):
            await lifespan.shutdown()
        for line in self._lines:
            await line.finished()
        if os.getpid() == self._pid:
            reeve_uwsgi.end_process()
        os._exit(0)


class _PacketExchange(Exchange):
    """A uwsgi packet that is no request: the client gets the body alone."""

    async def answer_packet(self, _scope, _receive, send):
        import reeve_packets

        answer = reeve_packets.answer(self.body if type(self.body) is bytes else self.body.read())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    def scope(self):
        return {}


def _task_maker(loop):
    """Makes the task of a request; it begins at once where Python can do that (3.12): most never wait."""
    if sys.version_info >= (3, 12):
        return lambda coroutine: asyncio.Task(coroutine, loop=loop, eager_start=True)
    return loop.create_task
