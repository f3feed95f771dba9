"""uwsgi packets that are no requests: how a worker answers those that the configuration allows (`uwsgi-modifiers`),
and calls of functions at other servers.

A packet is `modifier1 u8 | size u16le | modifier2 u8 | block | body`; a block is a run of `u16le length, bytes`, or raw
bytes. What is malformed or not known is answered with nothing, and the connection ends, as uWSGI does.
"""

import socket
import struct

SPOOL, SIGNAL, CACHE, RPC = 17, 110, 111, 173
HEADER_BYTES = 4
_MAX_BLOCK_BYTES = 0xFFFF
# A value of the cache beyond this is not taken from a packet, whatever `limit-post` says.
_MAX_VALUE_BYTES = 16 * 1024 * 1024
# An answer beyond this is not taken.
_MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CALL_SECONDS = 4
_MAGIC = 17

_header = struct.Struct("<BHB")
_size = struct.Struct("<H")
_NOT_FOUND = b"HTTP/1.0 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nNot Found"


class Malformed(ValueError):
    """The lengths in a block do not fit it."""


def packet_bytes(data, block_limit, body_limit):
    """How long the packet is of which `data` is the begin (at least the header); -1: malformed, or over a limit.

    As engine/gateway/packet-size.ts.
    """
    modifier1, size, modifier2 = _header.unpack_from(data)
    if size > block_limit:
        return -1
    end = HEADER_BYTES + size
    if modifier1 != CACHE or modifier2 != _MAGIC or len(data) < end:
        return end
    try:
        items = dict(parse_pairs(data[HEADER_BYTES:end]))
    except Malformed:
        return -1
    if items.get(b"cmd") not in (b"set", b"update"):
        return end
    value = items.get(b"size", b"")
    if not value.isdigit() or len(value) > 15:
        return -1
    most = min(body_limit or _MAX_VALUE_BYTES, _MAX_VALUE_BYTES)
    return -1 if int(value) > most else end + int(value)


def answer(packet):
    """The bytes that answer a packet; b"": none."""
    modifier1, size, modifier2 = _header.unpack_from(packet)
    block = packet[HEADER_BYTES : HEADER_BYTES + size]
    try:
        if modifier1 == RPC:
            return _answer_call(modifier2, block)
        if modifier1 == SIGNAL:
            return _status(_raise_signal(modifier2))
        if modifier1 == CACHE:
            return _answer_cache(modifier2, block, packet[HEADER_BYTES + size :])
        if modifier1 == SPOOL:
            return _status(_spool(block))
    except Malformed:
        return b""
    return b""


def _status(is_done):
    return _header.pack(255, 0, 1 if is_done else 0)


def _raise_signal(number):
    import uwsgi

    try:
        return uwsgi.signal(number) is not False
    except (OSError, ValueError, RuntimeError):
        return False


def _spool(block):
    from reeve_uwsgi_spooler import spool_packet

    return spool_packet(parse_pairs(block))


def _answer_call(kind, block):
    """modifier2: 0 a packet, 2 an answer to HTTP for PATH_INFO `/function/argument/...`, otherwise the value as it is."""
    from reeve_uwsgi_rpc import answer_call

    if kind == 2:
        path = dict(parse_pairs(block)).get(b"PATH_INFO", b"").lstrip(b"/")
        name, *arguments = path.split(b"/")
        value = answer_call(name, arguments)
        if not value:
            return _NOT_FOUND
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: application/binary\r\n\r\n"
        return head % len(value) + value
    values = parse_array(block)
    value = answer_call(values[0], values[1:]) if values else b""
    if not value or kind != 0:
        return value
    if len(value) <= _MAX_BLOCK_BYTES:
        return _header.pack(RPC, len(value), 0) + value
    # Too long for the size in the header: a dictionary says how long, and the value follows.
    length = encode_array([b"CONTENT_LENGTH", b"%d" % len(value)])
    return _header.pack(RPC, len(length), 5) + length + value


def _answer_cache(kind, block, body):
    """modifier2: 0 get, 1 set, 2 delete, 3 and 4 get by a dictionary, 5 get and stream, 17 a command in a dictionary."""
    import uwsgi

    if kind == _MAGIC:
        return _answer_cache_command(dict(parse_pairs(block)), body)
    if kind == 0:
        return uwsgi.cache_get(block) or b""
    if kind == 1:
        key, value, *rest = parse_array(block) + [b"", b""]
        if key:
            uwsgi.cache_set(key, value, _number(rest[0]) if rest else 0)
        return b""
    if kind == 2:
        uwsgi.cache_del(block)
        return b""
    if kind in (3, 4, 5):
        items = dict(parse_pairs(block))
        value = uwsgi.cache_get(items.get(b"key") or items.get(b"get") or b"")
        return (b"" if kind == 5 else _NOT_FOUND) if value is None else value
    return b""


def _answer_cache_command(items, body):
    import uwsgi

    command, key, cache = items.get(b"cmd"), items.get(b"key", b""), items.get(b"cache", b"")
    names = (cache,) if cache else ()
    try:
        if command == b"get":
            value = uwsgi.cache_get(key, *names)
            if value is None:
                return b""
            return _cache_packet([b"status", b"ok", b"size", b"%d" % len(value)]) + value
        if command in (b"set", b"update"):
            store = uwsgi.cache_set if command == b"set" else uwsgi.cache_update
            is_done = len(body) == _number(items.get(b"size")) and store(key, body, _number(items.get(b"expires")), *names)
        elif command == b"del":
            is_done = uwsgi.cache_del(key, *names)
        elif command == b"exists":
            is_done = uwsgi.cache_exists(key, *names)
        elif command == b"clear":
            uwsgi.cache_clear(*names)
            is_done = True
        else:
            is_done = False
    except (ValueError, OSError):
        return b""
    return _cache_packet([b"status", b"ok"]) if is_done else b""


def _cache_packet(items):
    block = encode_array(items)
    return _header.pack(CACHE, len(block), _MAGIC) + block


def _number(text):
    return int(text) if text and text.isdigit() and len(text) < 16 else 0


# ---------------------------------------------------------------------------------------------- blocks


def parse_array(block):
    """The values of a block. @raises Malformed"""
    values = []
    at = 0
    while at < len(block):
        if at + 2 > len(block):
            raise Malformed("a length is cut off")
        end = at + 2 + _size.unpack_from(block, at)[0]
        if end > len(block):
            raise Malformed("a value ends behind the block")
        values.append(bytes(block[at + 2 : end]))
        at = end
    return values


def parse_pairs(block):
    """The pairs of a block. @raises Malformed"""
    values = parse_array(block)
    if len(values) % 2:
        raise Malformed("a key has no value")
    return list(zip(values[::2], values[1::2]))


def encode_array(values):
    """The block of these values. @raises ValueError when one is longer than its length can say"""
    if any(len(value) > _MAX_BLOCK_BYTES for value in values):
        raise ValueError("a value is longer than %d bytes" % _MAX_BLOCK_BYTES)
    return b"".join(part for value in values for part in (_size.pack(len(value)), value))


# ---------------------------------------------------------------------------------------------- calls


def call_remotely(server, values):
    """Calls a function at another server: its name and arguments. @raises OSError, ValueError"""
    block = encode_array(values)
    if len(block) > _MAX_BLOCK_BYTES:
        raise ValueError("the arguments of a remote call have %d bytes, %d is the most" % (len(block), _MAX_BLOCK_BYTES))
    with connect(server, _CALL_SECONDS) as connection:
        connection.sendall(_header.pack(RPC, len(block), 0) + block)
        head = _receive(connection, HEADER_BYTES)
        if len(head) < HEADER_BYTES:
            return b""  # no such function, or it gave nothing
        modifier1, size, modifier2 = _header.unpack(head)
        if modifier1 != RPC:
            raise OSError("the answer is no answer to a remote call (modifier %d)" % modifier1)
        value = _receive_all(connection, size)
        if modifier2 == 5:
            return _receive_all(connection, _number(dict(parse_pairs(value)).get(b"CONTENT_LENGTH")))
        return value


def connect(server, seconds):
    """A connection to `host:port`, or to a unix socket's path. @raises OSError"""
    host, colon, port = server.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(seconds)
    try:
        connection.connect("\0" + server[1:] if server.startswith("@") else server)
    except OSError:
        connection.close()
        raise
    return connection


def _receive(connection, size):
    parts = []
    while size:
        part = connection.recv(min(size, 65536))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _receive_all(connection, size):
    if size > _MAX_ANSWER_BYTES:
        raise OSError("the answer announces %d bytes, which is too much" % size)
    value = _receive(connection, size)
    if len(value) < size:
        raise OSError("the answer ended before it was complete")
    return value
