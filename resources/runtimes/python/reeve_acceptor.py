"""A worker that accepts the connections of front servers itself (`worker-accept`).

Its cores take connections from the sockets that the keeper holds (reeve_keeper.py), as long as the master says
`accept`. The gateways have its connections as those of any worker, for its life and for the request log; they send it
no requests. What a request must not wait for is done by the intake's thread (reeve_intake.py).
"""

import errno
import itertools
import os
import select
import socket
import sys
import threading
import time
from collections import deque

import reeve_uwsgi
from reeve_board import make_rows
from reeve_direct import DirectExchange
from reeve_environ import base_environ
from reeve_frames import RETIRING
from reeve_intake import Arrival, Intake, Request, Rules, answer_special
from reeve_keeper import fetch
from reeve_serve import Worker
from reeve_uwsgi_request import ProtocolError, Special, Trust, parse_head

_RECV_BYTES = 65536
# So long a core waits for the rest of a request before the intake does.
_WAIT_SECONDS = 0.01
# A connection wakes one core. When that one is just about to take no more, another looks after this time.
_LOOK_SECONDS = 0.25
_LOG_RECORDS = 32
_LOG_SECONDS = 0.1
_DONTWAIT = getattr(socket, "MSG_DONTWAIT", 0)
_EXCLUSIVE = getattr(select, "EPOLLEXCLUSIVE", 0)


class Acceptor(Worker):
    """The worker's state beyond that of Worker; `lock` guards `running` and what harakiri touches."""

    def __init__(self, boot, apps, control):
        setting = boot["direct"]
        # First: when the gateways have all connections the master opens it.
        self.rows = make_rows("%s/board-%d" % (setting["folder"], boot["spawnId"]), max(1, boot["threads"]))
        super().__init__(boot, apps, control)
        self.harakiri_seconds = setting["harakiriSeconds"]
        self.logs_requests = setting["logsRequests"]
        rules = Rules(setting, Trust(setting["trustedProxies"]))
        self.rules = rules
        self.intake = Intake(rules, self._arrived, self._settle, self._note_refusal)
        self.is_accepting = False
        # Takes what waits in the sockets, and then no more.
        self.is_draining = False
        self.is_retiring = False
        # It ends when what has come is answered, slow uploads and slow readers too.
        self._is_leaving = False
        self._has_said_retired = False
        self._has_said_enough = False
        self._numbers = itertools.count(boot["spawnId"] << 24 | 1)
        self._sockets = fetch(setting["keeper"], boot["token"])
        self._arrivals = deque()
        self._arrival_read, self._arrival_write = _pipe()
        self._wakeups = [_pipe() for _ in range(self.threads)]
        self._log_lock = threading.Lock()
        self._records = []
        self._log_due = 0.0
        self.exchanges = [None] * self.threads
        self._busy = [False] * self.threads

    def _after_fork(self):
        super()._after_fork()
        for sock in self._sockets:
            sock.close()

    # One core

    def _serve_core(self, core):
        setting = self.boot["app"]
        has_file_wrapper = not setting.get("disableFileWrapper")
        base = base_environ(core, self.threads, self.boot["processes"], has_file_wrapper)
        arguments = self.apps, base, self.recycling, setting.get("catchExceptions", False)
        exchange = self.exchanges[core] = DirectExchange(self, core, *arguments)
        reeve_uwsgi.serve_in_this_thread(exchange)
        sockets = list(self._sockets)
        epoll = _Epoll()
        wakeup = self._wakeups[core][0]
        epoll.register(wakeup, 0)
        epoll.register(self._arrival_read, _EXCLUSIVE)
        is_watching = False
        handlers = self.handlers
        while not self.stopping:
            if self._arrivals and self._serve_arrival(core, exchange):
                continue
            wants = (self.is_accepting or self.is_draining) and not exchange.is_retired
            if wants and self._accept(core, exchange, sockets, epoll):
                continue
            if self.is_draining:
                self._drained(core)
            if wants != is_watching and not self.is_draining:
                is_watching = wants
                for sock in sockets:
                    (epoll.register if wants else epoll.unregister)(sock, _EXCLUSIVE)
            if self._records:
                self.flush_log()
            handlers.is_waiting = True
            if handlers.due:
                handlers.run_pending()
            ready = epoll.wait(_LOOK_SECONDS if is_watching else None)
            handlers.is_waiting = False
            for fd in ready:
                if fd == wakeup:
                    _read(wakeup, 4096)
                elif fd == self._arrival_read:
                    _read(fd, 1)
        self._park()

    def _accept(self, core, exchange, sockets, epoll):
        """Serves one connection of each socket that has one; False: none had."""
        has_served = False
        for sock in tuple(sockets):
            if not self._begin(core):
                return False
            try:
                fd, peer = sock._accept()
            except BlockingIOError:
                self._finish(core)
                continue
            except OSError as error:
                self._finish(core)
                if error.errno == errno.EINVAL:  # closed: a reload has left it out
                    sockets.remove(sock)
                    epoll.forget(sock)
                continue
            connection = socket.socket(sock.family, sock.type, sock.proto, fd)
            try:
                self._receive(connection, peer, exchange)
            finally:
                self._finish(core)
            has_served = True
            if exchange.is_retired:
                break
        return has_served

    def _receive(self, connection, peer, exchange):
        """Serves the request if it comes at once; otherwise the intake collects it."""
        rules = self.rules
        arrival = None
        try:
            try:
                data = connection.recv(_RECV_BYTES, _DONTWAIT)
            except BlockingIOError:
                data = _recv_soon(connection, _WAIT_SECONDS)
            if data and data[0] not in rules.modifiers:
                is_trusted = rules.trust.is_default or rules.trust.has(peer)
                head = parse_head(data, rules.block_bytes, rules.body_bytes, is_trusted)
                if head is not None and head.length <= 0:
                    request = Request(head.environ, data[: head.end], b"", is_trusted)
                    exchange.serve(connection, request, next(self._numbers))
                    return
            arrival = Arrival(rules, peer)
            until = time.monotonic() + _WAIT_SECONDS
            while data:
                request = arrival.feed(data)
                if request is not None:
                    return self._serve(connection, request, exchange)
                if arrival.is_large:
                    break
                data = _recv_soon(connection, until - time.monotonic())
            if data == b"":
                # It has ended, with a request half said or none.
                if not arrival.idle:
                    raise _EndedEarly
                connection.close()
                return
            self.intake.collect(connection, arrival)
        except ProtocolError as error:
            self.intake.refuse(connection, error.status, error.reason)
        except _EndedEarly:
            self.intake.refuse(connection, 400, "the connection ended before the request did")
        except Special as special:
            answer_special(connection, special)
            connection.close()
        except OSError:
            connection.close()

    def _serve(self, connection, request, exchange):
        try:
            exchange.serve(connection, request, next(self._numbers))
        finally:
            if type(request.body) is not bytes:
                request.body.close()

    def _serve_arrival(self, core, exchange):
        if not self._begin(core):
            return False
        try:
            try:
                connection, request = self._arrivals.popleft()
            except IndexError:
                return False  # another core was faster
            self._serve(connection, request, exchange)
            return True
        finally:
            self._finish(core)

    def _begin(self, core):
        with self.lock:
            if self.stopping:
                return False
            self.running += 1
            self._busy[core] = True
        return True

    def _finish(self, core):
        with self.lock:
            self.running -= 1
            self._busy[core] = False
            is_over = self.running == 0 and self.is_retiring
        if is_over:
            self._settle()

    def _drained(self, core):
        """The sockets are empty: this worker accepts no more."""
        self.is_draining = False
        self.is_accepting = False
        self._wake_all()
        self._settle()

    def _settle(self):
        """Something has ended: was it the last thing?"""
        with self.lock:
            is_idle = self.running == 0 and self.intake.is_empty and not self._arrivals
            says = is_idle and self.is_retiring and not self.is_draining and not self._has_said_retired
            self._has_said_retired |= says
            leaves = is_idle and self._is_leaving
            self.stopping |= leaves
        if says:
            self.flush_log()
            self.control.send({"type": "retired"})
        if leaves:
            self._exit()

    def _park(self):
        if os.getpid() != self.pid:
            self._exit()
        self._settle()
        threading.Event().wait()

    def _arrived(self, connection, request):
        """From the intake's thread: a request is complete."""
        self._arrivals.append((connection, request))
        _write(self._arrival_write)

    def _wake_all(self):
        for _, write in self._wakeups:
            _write(write)

    # Life

    def _exit(self):
        self.flush_log()
        super()._exit()

    def had_enough(self, flags):
        """`max-requests` and its kin: told once."""
        with self.lock:
            if self._has_said_enough:
                return
            self._has_said_enough = True
            if flags & RETIRING:
                self.is_accepting = False
        self._wake_all()
        self.control.send({"type": "retiring" if flags & RETIRING else "worn"})

    def _obey(self, messages):
        for message in messages or ():
            kind = message["type"]
            if kind == "accept":
                with self.lock:
                    self.is_accepting = message["on"] and not self.is_retiring and not self._is_worn_out
                self._wake_all()
            elif kind == "retire":
                with self.lock:
                    self.is_draining = message["drain"] and not self._is_worn_out
                    self.is_accepting = False
                    self.is_retiring = True
                self._wake_all()
                self._settle()
            elif kind == "exit":
                with self.lock:
                    self._is_leaving = self.is_retiring = True
                    self.is_accepting = self.is_draining = False
                self._wake_all()
                self._settle()
            elif kind == "harakiri":
                self._harakiri(message)
        super()._obey(None if messages is None else [one for one in messages if one["type"] != "exit"])

    def _begin_handler(self):
        with self.lock:
            if self._is_leaving:
                return False
            self.running += 1
        return True

    def _end_handler(self):
        with self.lock:
            self.running -= 1
            is_over = self.running == 0 and self.is_retiring
        if is_over:
            self._settle()

    @property
    def _is_worn_out(self):
        return self.recycling.retiring

    def _harakiri(self, message):
        exchange = self.exchanges[message["core"]]
        with self.lock:
            self.is_accepting = self.is_draining = False
            self.is_retiring = True
            if exchange is not None:
                exchange.give_up(message["requestId"], "The application did not answer in time.")
        self._wake_all()
        self.control.send({"type": "given-up", "requestId": message["requestId"]})

    # The request log

    def log(self, record):
        """A record for the gateway; several leave together."""
        with self._log_lock:
            self._records.append(record)
            now = time.monotonic()
            if len(self._records) == 1:
                self._log_due = now + _LOG_SECONDS
            if len(self._records) < _LOG_RECORDS and now < self._log_due:
                return
        self.flush_log()

    def flush_log(self):
        with self._log_lock:
            records, self._records = self._records, []
            if records:
                try:
                    self.controls[0].sendall(b"".join(records))
                except OSError:
                    return  # the gateway is gone, and this process with it

    def _note_refusal(self, status, reason):
        sys.stderr.write("*** a request was refused with %d: %s ***\n" % (status, reason))
        sys.stderr.flush()


class _EndedEarly(Exception):
    pass


class _Epoll:
    """epoll where there is one, poll elsewhere."""

    def __init__(self):
        self._is_epoll = hasattr(select, "epoll")
        self._poll = select.epoll() if self._is_epoll else select.poll()
        self._in = getattr(select, "EPOLLIN", 0) or select.POLLIN

    def register(self, what, flags):
        self._poll.register(what, self._in | flags)

    def unregister(self, what, _flags=0):
        self._poll.unregister(what)

    def forget(self, what):
        try:
            self._poll.unregister(what)
        except (OSError, KeyError):
            return  # it was not watched

    def wait(self, seconds):
        unit = 1 if self._is_epoll else 1000
        return [fd for fd, _ in self._poll.poll(None if seconds is None else seconds * unit)]


def _pipe():
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return read, write


def _write(fd):
    try:
        os.write(fd, b"w")
    except BlockingIOError:
        return  # full: whoever reads it is awake for long


def _read(fd, size):
    try:
        os.read(fd, size)
    except BlockingIOError:
        return  # another core was faster


def _recv_soon(connection, seconds):
    """The next bytes if they come in this time; None when they do not, b"" at the end."""
    if seconds <= 0:
        return None
    connection.settimeout(seconds)
    try:
        return connection.recv(_RECV_BYTES)
    except socket.timeout:
        return None
    finally:
        connection.settimeout(None)
