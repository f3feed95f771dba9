"""A worker's request loop: its connections to the gateways, its control thread, and its end.

`serve` is called by reeve_runtime.py in the process that shall be the worker, with the application loaded.
Core 0 runs in the main thread, further cores in threads of their own, and one control thread waits for
the gateways (TAKE_BACK) and the master (`exit`). A request begins at most once: whether a queued request
has begun is decided under one lock, where the control thread can also mark it as taken.
"""

import atexit
import faulthandler
import json
import marshal
import os
import selectors
import signal
import socket
import struct
import sys
import threading
import time

import reeve_process
from reeve_frames import (
    BEGUN,
    BODY_FILE,
    CONTROL_CORE,
    HEADER_BYTES,
    REQUEST,
    RETIRING,
    TAKE_BACK,
    TAKEN,
    encode_hello,
    encode_reply,
    unpack_header,
    unpack_u16,
    unpack_u32,
)
from reeve_wsgi import Exchange

_RECV_BYTES = 65536
_NO_BODY = b""


def connect(endpoint):
    """Connects to `host:port` or to a unix socket's path."""
    if not endpoint.startswith("/") and ":" in endpoint:
        host, _, port = endpoint.rpartition(":")
        sock = socket.create_connection((host.strip("[]"), int(port)))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(endpoint)
    return sock


def serve(boot, spawn_id, wid, app, control_sock):
    """Serves requests until the master says `exit` or goes away; never returns."""
    Worker(boot, spawn_id, app, control_sock).run()


class _Line:
    """One core's connection to one gateway: what was received, and which requests of it have begun."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.position = 0
        # Request ids rise on a connection, so this one number says of every id whether it has begun.
        self.begun = 0
        self.taken = set()

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


class Worker:
    """The process's state that is shared between its threads; `lock` guards all of it."""

    def __init__(self, boot, spawn_id, app, control_sock):
        self.app = app
        self.threads = max(1, boot["threads"])
        self.processes = boot["processes"]
        self.max_requests = boot["recycling"]["maxRequests"]
        self.retire_after = time.monotonic() + boot["recycling"]["minLifetimeSeconds"]
        self.lock = threading.Lock()
        self.leaving = threading.Lock()
        self.stopping = False
        self.retiring = False
        self.running = 0
        self.served = 0
        self.control_sock = control_sock
        token = bytes.fromhex(boot["token"])
        self.controls = []
        self.cores = [[] for _ in range(self.threads)]
        for endpoint in boot["gatewayEndpoints"]:
            for core, lines in enumerate(self.cores):
                lines.append(_Line(self._greet(endpoint, spawn_id, core, token)))
            self.controls.append(self._greet(endpoint, spawn_id, CONTROL_CORE, token))

    def _greet(self, endpoint, spawn_id, core, token):
        sock = connect(endpoint)
        sock.sendall(encode_hello(spawn_id, core, token))
        return sock

    def run(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if hasattr(signal, "SIGPIPE"):
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        faulthandler.enable(file=sys.__stderr__, all_threads=True)
        threading.Thread(target=self._control, name="reeve-control", daemon=True).start()
        for core in range(1, self.threads):
            threading.Thread(target=self._serve_core, args=(core,), name="core-%d" % core, daemon=True).start()
        self._serve_core(0)

    # One core

    def _serve_core(self, core):
        try:
            if len(self.cores[core]) == 1:
                self._serve_line(core, self.cores[core][0])
            else:
                self._serve_lines(core, self.cores[core])
        except OSError:
            pass  # the gateway is gone; the end of the master's connection ends this process
        self._park()

    def _serve_line(self, core, line):
        exchange = Exchange(line.sock, self.app, core, self.threads, self.processes)
        while not self.stopping and self._serve_one(line, exchange):
            pass

    def _serve_lines(self, core, lines):
        """With several gateways: one frame of whichever connection has one."""
        exchange = Exchange(lines[0].sock, self.app, core, self.threads, self.processes)
        # A frame that was received together with an earlier one is in the buffer, where no selector sees it.
        selector = selectors.DefaultSelector()
        for line in lines:
            selector.register(line.sock, selectors.EVENT_READ, line)
        while not self.stopping:
            for key, _ in selector.select(0 if any(line.ready() for line in lines) else None):
                line = key.data
                exchange.use(line.sock)
                if not self._serve_one(line, exchange):
                    return
            for line in lines:
                if line.ready():
                    exchange.use(line.sock)
                    if not self._serve_one(line, exchange):
                        return

    def _serve_one(self, line, exchange):
        """Serves the next request; False when this core shall take no more."""
        end = line.fill()
        if end < 0:
            return False
        buffer = line.buffer
        position = line.position
        line.position = end
        _, kind, flags, _, request_id = unpack_header(buffer, position)
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
        try:
            exchange.run(request_id, environ, body, self._end_flags)
        finally:
            if flags & BODY_FILE:
                body.close()
            with self.lock:
                self.running -= 1
                stopping = self.stopping
                retiring = self.retiring
        if stopping and self.running == 0:
            self._exit()
        return not retiring

    def _end_flags(self):
        """Asked when an answer is about to be sent: does the worker retire after it?"""
        if not self.max_requests:
            return 0
        with self.lock:
            self.served += 1
            if self.retiring or self.served < self.max_requests or time.monotonic() < self.retire_after:
                return RETIRING if self.retiring else 0
            self.retiring = True
            return RETIRING

    def _park(self):
        """This core serves no more; the control thread ends the process."""
        with self.lock:
            leave = self.stopping and self.running == 0
        if leave:
            self._exit()
        threading.Event().wait()

    # The control thread

    def _control(self):
        selector = selectors.DefaultSelector()
        selector.register(self.control_sock, selectors.EVENT_READ, None)
        pending = [b""] * len(self.controls)
        for gateway, sock in enumerate(self.controls):
            selector.register(sock, selectors.EVENT_READ, gateway)
        from_master = b""
        while True:
            for key, _ in selector.select():
                data = self._receive(key.fileobj)
                gateway = key.data
                if gateway is None:
                    if not data:
                        os._exit(0)
                    from_master = self._obey(from_master + data)
                elif data:
                    pending[gateway] = self._answer(gateway, key.fileobj, pending[gateway] + data)
                else:
                    selector.unregister(key.fileobj)

    @staticmethod
    def _receive(sock):
        try:
            return sock.recv(_RECV_BYTES)
        except OSError:
            return b""

    def _obey(self, data):
        """Handles the master's messages; returns what is not yet complete."""
        while len(data) >= 4:
            (size,) = struct.unpack_from("<I", data)
            if len(data) < 4 + size:
                break
            message = json.loads(data[4 : 4 + size].decode("utf-8"))
            data = data[4 + size :]
            if message["type"] == "reopen-log":
                reeve_process.reopen_log(message["path"])
            elif message["type"] == "exit":
                with self.lock:
                    self.stopping = True
                    idle = self.running == 0
                if idle:
                    self._exit()
        return data

    def _answer(self, gateway, sock, data):
        """Answers TAKE_BACK frames; returns what is not yet complete."""
        replies = []
        while len(data) >= HEADER_BYTES + 2:
            _, kind, _, _, request_id = unpack_header(data)
            (core,) = unpack_u16(data, HEADER_BYTES)
            data = data[HEADER_BYTES + 2 :]
            if kind != TAKE_BACK:
                continue
            line = self.cores[core][gateway]
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
        """Ends the process as Python would, without waiting for the parked threads; the master sees to it that it ends."""
        if not self.leaving.acquire(blocking=False):
            threading.Event().wait()  # another thread runs the exit handlers: once is enough
        try:
            atexit._run_exitfuncs()
        finally:
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(0)
