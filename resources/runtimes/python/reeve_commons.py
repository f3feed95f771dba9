"""What the processes of an instance share: a blocking client of the engine's commons (engine/commons/wire.ts).

`call(operation, fields)` sends one request and waits for its answer. Each thread has connections of its own, made when
they are first needed; a lock is held by a connection, so that it is given back when its holder dies. Greenlets share the
connections of their thread (`use_greenlets`). To add an operation:
its number below as in wire.ts, and a function in the topic's reeve_uwsgi_*.py that calls `call`.

The socket is the C type itself: frameworks that replace `socket.socket` (gevent) must not switch tasks in the middle of a
request. Python 3.8 or newer, standard library only.
"""

import _socket
import _thread
import itertools
import os
import struct
import time

HELLO = 0
LOCK, UNLOCK, IS_LOCKED = 1, 2, 3
CACHE_GET, CACHE_SET, CACHE_DELETE, CACHE_EXISTS, CACHE_CLEAR, CACHE_CALCULATE, CACHE_KEYS, CACHE_COUNT = range(16, 24)
QUEUE_PUSH, QUEUE_POP, QUEUE_PULL, QUEUE_GET, QUEUE_SET, QUEUE_LAST, QUEUE_POSITION = range(32, 39)
METRIC_GET, METRIC_CHANGE = 48, 49
MESSAGE_PUSH, MESSAGE_PULL = 64, 65

DONE, NOTHING, ERROR = 0, 1, 2
_HEADER = struct.Struct("<IB")
_TEXT = struct.Struct("<H")
_LENGTH = struct.Struct("<I")
_RECEIVE_BYTES = 65536
CONNECT_SECONDS = 20

_place = {"endpoint": "", "token": b""}
_local = _thread._local()
# Where requests are greenlets: what each keeps for itself, and how it waits while others go on.
_greenlets = {"local": None, "wait": None, "numbers": itertools.count(1)}
# Every connection of this process: a fork closes them, since they belong to its parent.
_connections = set()


class CommonsError(RuntimeError):
    """The commons can not be reached, or the request makes no sense to them."""


class TooLong(Exception):
    """No value that the instance shares can be as long as this request."""


class Connection:
    """One connection, for one request at a time."""

    __slots__ = ("sock", "longest", "__weakref__")

    def __init__(self):
        self.sock = None
        self.longest = 0
        deadline = time.monotonic() + CONNECT_SECONDS
        while True:
            try:
                self._greet()
                return
            except (ConnectionError, FileNotFoundError) as error:
                self.close()
                # Their thread is being started, for the first time or again.
                if time.monotonic() > deadline:
                    raise CommonsError("the engine's commons can not be reached: %s" % error) from None
                time.sleep(0.02)

    def _greet(self):
        self.sock = _connect(_place["endpoint"])
        _connections.add(self.sock)
        holder = _thread.get_ident() if _greenlets["wait"] is None else next(_greenlets["numbers"])
        hello = _place["token"] + struct.pack("<Iq", os.getpid(), holder & 0x7FFFFFFFFFFFFFFF)
        self.longest = struct.unpack("<I", self.exchange(HELLO, hello)[1])[0]

    def exchange(self, operation, fields):
        """The answer's status and value. After an exception the connection is of no use any more."""
        if len(fields) >= self.longest > 0:
            raise TooLong()
        self.send(operation, fields)
        if operation == LOCK and _greenlets["wait"] is not None:
            _greenlets["wait"](self.sock.fileno())
        return self.receive()

    def send(self, operation, fields):
        """The first half of a request whose answer may be long in coming."""
        self.sock.sendall(_HEADER.pack(len(fields) + 1, operation) + fields)

    def receive(self):
        """The second half."""
        data = self.sock.recv(_RECEIVE_BYTES)
        while len(data) < 5:
            data += self._more(5 - len(data))
        length, status = _HEADER.unpack_from(data)
        if length + 4 > len(data):
            return status, self._rest(data[5:], length - 1)
        return status, data[5:]

    def _rest(self, begun, size):
        """A value that does not come in one piece, received where it is to be."""
        value = bytearray(size)
        value[: len(begun)] = begun
        at = len(begun)
        with memoryview(value) as view:
            while at < size:
                count = self.sock.recv_into(view[at:])
                if count == 0:
                    raise ConnectionResetError("the connection to the engine has ended")
                at += count
        return bytes(value)

    def _more(self, count):
        piece = self.sock.recv(count)
        if not piece:
            raise ConnectionResetError("the connection to the engine has ended")
        return piece

    def close(self):
        sock, self.sock = self.sock, None
        if sock is not None:
            _connections.discard(sock)
            sock.close()

    def __del__(self):
        # Its thread has ended: a lock that it held is free then.
        self.close()


def install(endpoint, token):
    """Where the commons are; `token` in hex."""
    _place.update(endpoint=endpoint, token=bytes.fromhex(token))


def use_greenlets(thread_local, greenlet_local, wait):
    """Requests are greenlets: each holds its own locks, and `wait(descriptor)` lets the others go on meanwhile."""
    global _local
    _local = thread_local
    _greenlets.update(local=greenlet_local, wait=wait)


def are_greenlets():
    """Whether each connection is a holder of its own for the commons, which then see no lock that is taken twice."""
    return _greenlets["wait"] is not None


def as_bytes(value):
    """Keys and values of the application: text is UTF-8, anything else has to be like bytes."""
    if type(value) is bytes:
        return value
    if isinstance(value, str):
        return value.encode()
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise TypeError("a bytes-like object is required, not '%s'" % type(value).__name__) from None


def text(value):
    """A field of bytes in the midst of others; at most 65535 bytes."""
    return _TEXT.pack(len(value)) + value


def call(operation, fields):
    """The answer's value, or None when there is nothing. Raises CommonsError with the commons' own words."""
    connection, status, value = exchange(operation, fields)
    give_back(connection)
    if status == DONE:
        return value
    if status == NOTHING:
        return None
    raise CommonsError(value.decode("utf-8", "replace"))


def exchange(operation, fields):
    """`(connection, status, value)`; the connection is to be given back, or kept as long as it holds something."""
    connection = take()
    try:
        status, value = connection.exchange(operation, fields)
    except ConnectionError:
        # The commons were started again, and all connections from before are dead.
        connection.close()
        _local.free = []
        connection = Connection()
        status, value = connection.exchange(operation, fields)
    except TooLong:
        return connection, NOTHING, b""
    except BaseException:
        # A signal's handler has raised: the answer is still to come, and goes with the connection.
        connection.close()
        raise
    return connection, status, value


def push(mailbox, message):
    """Puts a message into a mailbox (`mule 1`, `farm web`). False: it is full."""
    return call(MESSAGE_PUSH, text(mailbox.encode()) + message) is not None


def pull(mailboxes, timeout=None):
    """Waits for a message in one of these mailboxes: `(mailbox, message)`, or None when the seconds are over."""
    milliseconds = 0xFFFFFFFF if timeout is None else min(max(0, int(timeout * 1000)), 0x7FFFFFFF)
    names = b"".join(text(mailbox.encode()) for mailbox in mailboxes)
    found = call(MESSAGE_PULL, struct.pack("<IB", milliseconds, len(mailboxes)) + names)
    return None if found is None else (mailboxes[found[0]], found[1:])


def items(value):
    """The members of a list in an answer; each is bytes or None."""
    found, at = [], 0
    while at < len(value):
        (length,) = _LENGTH.unpack_from(value, at)
        at += 4
        if length == 0xFFFFFFFF:
            found.append(None)
        else:
            found.append(value[at : at + length])
            at += length
    return found


def take():
    """A connection of this thread that nothing else uses, until `give_back`. A signal handler may need a second one."""
    try:
        return _local.free.pop()
    except (AttributeError, IndexError):
        return Connection()


def give_back(connection):
    """The request is over; one that failed must be closed instead."""
    try:
        _local.free.append(connection)
    except AttributeError:
        _local.free = [connection]


def held():
    """The connections of this thread (this greenlet) that hold a lock, by its name."""
    holder = _greenlets["local"] or _local
    try:
        return holder.held
    except AttributeError:
        holder.held = {}
        return holder.held


def _connect(endpoint):
    if not endpoint:
        raise CommonsError("the engine has no commons for this process")
    if not endpoint.startswith("/"):
        host, _, port = endpoint.rpartition(":")
        sock = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        sock.connect((host, int(port)))
        sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    else:
        sock = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        sock.connect(endpoint)
    return sock


def _after_fork():
    global _local
    _local = _thread._local()
    for sock in _connections:
        sock.close()
    _connections.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
