"""`uwsgi` beside requests: connections of the application's own, files, what only makes sense in another engine mode."""

import os
import socket

from reeve_uwsgi_state import as_bytes, state
from reeve_uwsgi_websocket import connected_websocket

_CONNECT_SECONDS = 3


def connect(server, timeout=_CONNECT_SECONDS):
    """Connects to `host:port` or a unix socket; returns the descriptor, -1 when that fails."""
    from reeve_packets import connect as open_connection

    if not isinstance(server, str):
        raise TypeError("connect() argument 1 must be str, not %s" % type(server).__name__)
    try:
        connection = open_connection(server, timeout or _CONNECT_SECONDS)
    except OSError:
        return -1
    connection.setblocking(True)
    return connection.detach()


def send(*arguments):
    """send(descriptor, data): sends on a connection that `connect` has made; True when all of it has gone."""
    if len(arguments) != 2:
        raise OSError("uwsgi.send(data) is not possible here: answers go through WSGI; send(descriptor, data) works")
    descriptor, data = arguments
    data = memoryview(as_bytes(data))
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        return None
    return True


def recv(*arguments):
    """recv(descriptor, size): what has come on a connection that `connect` has made; None at its end."""
    if len(arguments) != 2:
        raise OSError("uwsgi.recv(size) is not possible here: read wsgi.input; recv(descriptor, size) works")
    descriptor, size = arguments
    try:
        return os.read(descriptor, size) or None
    except OSError:
        return None


def close(descriptor):
    """Closes a connection that `connect` has made."""
    try:
        os.close(descriptor)
    except OSError:
        return  # it was closed


def is_connected(descriptor):
    """Whether a connection that `connect` has made stands, or the websocket of the request."""
    is_open = connected_websocket(descriptor)
    if is_open is not None:
        return is_open
    try:
        connection = socket.socket(fileno=descriptor)
    except OSError:
        return False
    try:
        connection.getpeername()
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    except OSError:
        return False
    finally:
        connection.detach()


def sendfile(source, chunk=0):
    """The file (its path, or an open one) as something to return from the application."""
    from reeve_environ import FileWrapper

    return FileWrapper(open(source, "rb") if isinstance(source, (str, bytes)) else source, chunk or 65536)


def extract(path):
    """The bytes of a file. @raises ValueError for addresses with a scheme, OSError when it can not be read"""
    scheme, colon, _ = os.fsdecode(path).partition("://")
    if colon:
        raise ValueError("uwsgi.extract() reads files; the engine does not follow '%s://'" % scheme)
    with open(path, "rb") as file:
        return file.read()


def embedded_data(name):
    """uWSGI's data inside its own program; the engine has none."""
    raise ValueError("unable to find symbol %s" % name)


def parsefile(path):
    """The variables of a file that holds a uwsgi packet (a spool file, say); None when it is none."""
    import reeve_packets

    try:
        with open(path, "rb") as file:
            packet = file.read(reeve_packets.HEADER_BYTES + 0xFFFF)
    except OSError:
        return None
    size = int.from_bytes(packet[1:3], "little")
    block = packet[reeve_packets.HEADER_BYTES : reeve_packets.HEADER_BYTES + size]
    if len(packet) < reeve_packets.HEADER_BYTES or len(block) < size:
        return None
    try:
        return dict(reeve_packets.parse_pairs(block))
    except reeve_packets.Malformed:
        return None


def i_am_the_lord(legion):
    """Whether this instance leads a legion; the engine has no legions."""
    return False


def lord_scroll(legion):
    """What the lord of a legion proclaims; the engine has no legions."""


def scrolls(legion):
    """What the members of a legion proclaim; the engine has no legions."""


def values(_boot):
    """Attributes: as in a uWSGI whose worker has no listening socket of its own."""
    return {"sockets": [], "magic_table": magic_table()}


def magic_table():
    """The values of the magic variables, as bytes, at the moment of loading."""
    import pwd
    import grp
    import time

    import reeve_uwsgi

    uid, gid = os.getuid(), os.getgid()
    return {
        b"%": b"%",
        b"(": b"%(",
        b"G": _name(lambda: grp.getgrgid(gid).gr_name, gid),
        b"T": b"%d" % (time.time_ns() // 1000),
        b"U": _name(lambda: pwd.getpwuid(uid).pw_name, uid),
        b"V": reeve_uwsgi.VERSION,
        b"[": b"\x1b",
        b"g": b"%d" % gid,
        b"h": socket.gethostname().encode(),
        b"k": b"%d" % (os.cpu_count() or 1),
        b"t": b"%d" % state.boot["startedOn"],
        b"u": b"%d" % uid,
        b"v": os.fsencode(os.getcwd()),
    }


def _name(read, number):
    try:
        return read().encode()
    except KeyError:
        return b"%d" % number


FUNCTIONS = (
    *(connect, send, recv, close, is_connected, sendfile, extract, embedded_data, parsefile),
    *(i_am_the_lord, lord_scroll, scrolls),
)
