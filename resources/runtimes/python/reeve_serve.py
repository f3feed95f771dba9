"""A worker's request loop: its connections to the gateways, its control thread, and its end.

A Worker runs in the process that serves, with the applications loaded. Core 0 runs in the main thread, further
cores in threads of their own, and one control thread waits for the gateways (TAKE_BACK, CANCEL) and the master
(`exit`). A request begins at most once: whether a queued request has begun is decided under one lock, where the
control thread can also mark it as taken.
"""

import itertools
import marshal
import os
import select
import selectors
import threading

import reeve_handlers
import reeve_uwsgi
import reeve_worker
from reeve_environ import base_environ
from reeve_files import Offers
from reeve_frames import (
    BEGUN,
    BODY_FILE,
    CANCEL,
    CONTROL_CORE,
    FILE_LEFT,
    FILE_TAKEN,
    HEADER_BYTES,
    INPUT,
    PACKET,
    REQUEST,
    TAKE_BACK,
    TAKEN,
    encode_reply,
    unpack_header,
    unpack_u16,
    unpack_u32,
)
from reeve_line import Line
from reeve_recycling import Recycling
from reeve_wsgi import Exchange

_RECV_BYTES = 65536
_NO_BODY = b""


class Worker:
    """The process's state that is shared between its threads; `lock` guards all of it."""

    def __init__(self, boot, apps, control):
        self.boot = boot
        self.apps = apps
        self.control = control
        self.threads = max(1, boot["threads"])
        self.recycling = Recycling(boot)
        self.lock = threading.Lock()
        self.leaving = threading.Lock()
        self.stopping = False
        self.running = 0
        self.controls = []
        self.cores = [[] for _ in range(self.threads)]
        self.handlers = reeve_worker.runner_of(boot, control)
        self.handlers.begin, self.handlers.end = self._begin_handler, self._end_handler
        for endpoint in boot["gatewayEndpoints"]:
            for core, lines in enumerate(self.cores):
                line = Line(reeve_worker.greet(boot, endpoint, core))
                line.offers = Offers()
                lines.append(line)
        self.pid = os.getpid()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self):
        # A child of the application's own: requests are its parent's, and when that ends its connections must, too.
        for line in itertools.chain.from_iterable(self.cores):
            line.sock.close()
        for sock in self.controls:
            sock.close()
        self.lock = threading.Lock()
        self.stopping = True

    def run(self):
        """Serves requests until the master says `exit` or goes away; never returns."""
        choose = reeve_handlers.kick_main_thread if self.threads == 1 else reeve_handlers.run_in_thread
        reeve_worker.begin(self.control, self.handlers, choose(self.handlers))
        for core in range(1, self.threads):
            name = "uWSGIWorker%dCore%d" % (self.boot["wid"], core)
            threading.Thread(target=self._serve_core, args=(core,), name=name, daemon=True).start()
        is_greeted = threading.Event()
        threading.Thread(target=self._listen, args=(is_greeted,), name="reeve-control", daemon=True).start()
        # The last connections, with which it counts as ready: it has all its threads.
        for endpoint in self.boot["gatewayEndpoints"]:
            self.controls.append(reeve_worker.greet(self.boot, endpoint, CONTROL_CORE))
        is_greeted.set()
        self._serve_core(0)

    # One core

    def _serve_core(self, core):
        lines = self.cores[core]
        exchange = self._exchange(core)
        exchange.use(lines[0])
        try:
            if len(lines) > 1:
                self._serve_lines(exchange, lines)
            else:
                while not self.stopping and self._serve_one(lines[0], exchange):
                    pass
        except OSError:
            pass  # the gateway is gone; the end of the master's connection ends this process
        self._park()

    def _exchange(self, core):
        setting = self.boot["app"]
        has_file_wrapper = not setting.get("disableFileWrapper")
        base = base_environ(core, self.threads, self.boot["processes"], has_file_wrapper)
        exchange = Exchange(self.apps, base, self.recycling, setting.get("catchExceptions", False))
        reeve_uwsgi.serve_in_this_thread(exchange)
        return exchange

    def _serve_lines(self, exchange, lines):
        """With several gateways: the frames of the one that has claimed this core."""
        poll = select.poll()
        handlers = self.handlers
        line_of = {}
        for line in lines:
            poll.register(line.sock, select.POLLIN)
            line_of[line.sock.fileno()] = line
        while not self.stopping:
            handlers.is_waiting = True
            if handlers.due:
                handlers.run_pending()
            ready = poll.poll()
            handlers.is_waiting = False
            for fd, _ in ready:
                line = line_of[fd]
                exchange.use(line)
                if not self._serve_one(line, exchange):
                    return
                # Frames that were received together with the first are in the buffer, where poll does not see them.
                while line.ready():
                    if not self._serve_one(line, exchange):
                        return

    def _serve_one(self, line, exchange):
        """Serves the next request; False when this core shall take no more."""
        handlers = self.handlers
        handlers.is_waiting = True
        if handlers.due:
            handlers.run_pending()
        end = line.fill()
        handlers.is_waiting = False
        if end < 0:
            return False
        buffer = line.buffer
        position = line.position
        line.position = end
        _, kind, flags, _, request_id = unpack_header(buffer, position)
        if kind == INPUT:
            return True  # for a request that has ended meanwhile
        if kind != REQUEST:
            raise OSError("frame of type %d from the gateway" % kind)
        with self.lock:
            if self.stopping:
                return False
            line.begun = request_id
            if line.taken and request_id in line.taken:
                line.taken.discard(request_id)
                return True
            self.running += 1
        start = position + HEADER_BYTES + 4
        split = start + unpack_u32(buffer, start - 4)[0]
        environ = marshal.loads(buffer[start:split])
        if split == end:
            body = _NO_BODY
        elif flags & BODY_FILE:
            body = open(buffer[split:end].decode("utf-8"), "rb")
        else:
            body = buffer[split:end]
        exchange.request_flags = flags
        try:
            if flags & PACKET:
                exchange.run_packet(request_id, body)
            else:
                exchange.run(request_id, environ, body)
        finally:
            if flags & BODY_FILE:
                body.close()
            with self.lock:
                self.running -= 1
                is_last = self.stopping and self.running == 0
        if is_last:
            self._exit()
        return not exchange.is_retired

    def _begin_handler(self):
        """A handler of a signal counts as a request: the process ends after it."""
        with self.lock:
            if self.stopping:
                return False
            self.running += 1
        return True

    def _end_handler(self):
        with self.lock:
            self.running -= 1
            is_last = self.stopping and self.running == 0
        if is_last:
            self._exit()

    def _park(self):
        """This core serves no more; the control thread ends the process."""
        with self.lock:
            leave = self.stopping and self.running == 0
        if leave:
            self._exit()
        threading.Event().wait()

    # The control thread

    def _listen(self, is_greeted):
        is_greeted.wait()
        self.control.listener = threading.get_ident()
        selector = selectors.DefaultSelector()
        selector.register(self.control.sock, selectors.EVENT_READ, None)
        pending = [b""] * len(self.controls)
        for gateway, sock in enumerate(self.controls):
            selector.register(sock, selectors.EVENT_READ, gateway)
        while True:
            for key, _ in selector.select(self.handlers.kick_again()):
                if key.data is None:
                    self._obey(self.control.receive())
                    continue
                data = self._receive(key.fileobj)
                if data:
                    pending[key.data] = self._answer(key.data, key.fileobj, pending[key.data] + data)
                else:
                    selector.unregister(key.fileobj)

    @staticmethod
    def _receive(sock):
        try:
            return sock.recv(_RECV_BYTES)
        except OSError:
            return b""

    def _obey(self, messages):
        """Handles the master's messages; None: it has gone."""
        if messages is None:
            os._exit(0)
        for message in messages:
            if reeve_worker.obey(message, self.control, self.handlers):
                continue
            if message["type"] == "exit":
                with self.lock:
                    self.stopping = True
                    is_idle = self.running == 0
                if is_idle:
                    self._exit()

    def _answer(self, gateway, sock, data):
        """Answers TAKE_BACK frames and notes CANCEL frames; returns what is not yet complete."""
        replies = []
        while len(data) >= HEADER_BYTES + 2:
            _, kind, _, _, request_id = unpack_header(data)
            (core,) = unpack_u16(data, HEADER_BYTES)
            data = data[HEADER_BYTES + 2 :]
            line = self.cores[core][gateway]
            if kind == CANCEL:
                line.cancelled = request_id
            elif kind in (FILE_TAKEN, FILE_LEFT):
                line.offers.answered(request_id, kind == FILE_TAKEN)
            if kind != TAKE_BACK:
                continue
            with self.lock:
                # Ids are 32 bits wide and may wrap: the distance tells which is later.
                waits = 0 < ((request_id - line.begun) & 0xFFFFFFFF) < 0x80000000
                if waits:
                    line.taken.add(request_id)
            replies.append(encode_reply(TAKEN if waits else BEGUN, request_id))
        if replies:
            try:
                sock.sendall(b"".join(replies))
            except OSError:
                pass  # the gateway is gone; its end is seen by the next poll
        return data

    def _exit(self):
        """Ends the process as Python would, without waiting for the parked threads; the master sees to it."""
        if os.getpid() != self.pid:
            os._exit(0)  # a child of the application has come back from the request that forked it
        if not self.leaving.acquire(blocking=False):
            threading.Event().wait()  # another thread runs the exit handlers: once is enough
        reeve_uwsgi.end_process()
