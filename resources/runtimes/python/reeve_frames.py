"""The worker's half of the wire between a gateway and its workers.

The layout is described in engine/gateway/frames.ts. A frame is a 12-byte header (payload length, type,
flags, number of the application, request id; little endian) and its payload. Everything here is a plain
function or a precompiled struct: this module is on the path of every request.
"""

import struct

REQUEST = 1
TAKE_BACK = 2
CANCEL = 3
HOLD = 8
GO_ON = 9
INPUT = 4
FILE_TAKEN = 5
FILE_LEFT = 6
HELLO = 16
HEAD = 17
DATA = 18
END = 19
RESPONSE = 20
TAKEN = 21
BEGUN = 22
DEADLINE = 23
LOGVAR = 24
DISCONNECT = 25
LOGGED = 26
CONSUMED = 27
FILE = 28

BODY_FILE = 1
EXCEPTION = 2
ABORTED = 4
RETIRING = 8
WORN = 16
LOG = 32
PACKET = 64
# REQUEST: what the connection may become. HEAD: what it becomes.
WEBSOCKET = 2
TUNNEL = 4
# INPUT, DATA
TEXT = 1
BINARY = 2
CLOSED = 4

CONTROL_CORE = 0xFFFF
# In HELLO: this connection is for all cores of the worker.
SHARED_CORES = 0xFFFE
# Say CONSUMED once this much of INPUT was taken: half of what the gateway sends ahead.
CONSUMED_STEP_BYTES = 32 * 1024
HEADER_BYTES = 12
# A DATA frame carries at most this much, so that the gateway never has to hold a large frame together.
MAX_DATA_BYTES = 256 * 1024

_header = struct.Struct("<IBBHI")
_head = struct.Struct("<IBBHIHHidI")
_response = struct.Struct("<IBBHIIHHidI")
_end = struct.Struct("<IBBHII")
_file = struct.Struct("<IBBHIdddd")
_hello = struct.Struct("<IBBHIIH")

unpack_header = _header.unpack_from
unpack_u32 = struct.Struct("<I").unpack_from
_u16 = struct.Struct("<H")
unpack_u16 = _u16.unpack_from


def encode_hello(spawn_id, core, token):
    """The first frame of every connection; `token` is 32 bytes."""
    return _hello.pack(6 + len(token), HELLO, 0, 0, 0, spawn_id, core) + token


def encode_response(request_id, flags, app, micros, status, count, parts, length, block, body):
    """A whole answer in one frame. `block`: reason line and header lines; `length`: -1 if the app gave none."""
    block_bytes = len(block)
    size = 24 + block_bytes + len(body)
    fixed = _response.pack(
        size, RESPONSE, flags, app, request_id, micros, status, count, parts, length, block_bytes
    )
    return b"".join((fixed, block, body))


def encode_head(request_id, status, count, length, block):
    """The head of an answer whose body follows in DATA frames."""
    block_bytes = len(block)
    return _head.pack(20 + block_bytes, HEAD, 0, 0, request_id, status, count, 0, length, block_bytes) + block


def encode_upgrade(request_id, flags, status, count, block):
    """The head with which the connection becomes a websocket or a tunnel."""
    block_bytes = len(block)
    return _head.pack(20 + block_bytes, HEAD, flags, 0, request_id, status, count, 0, -1, block_bytes) + block


def encode_data_header(request_id, size, flags=0):
    """`flags`: TEXT, BINARY or CLOSED for what goes to a websocket."""
    return _header.pack(size, DATA, flags, 0, request_id)


def encode_consumed(request_id, size):
    """So many bytes of INPUT frames were taken by the application."""
    return _end.pack(4, CONSUMED, 0, 0, request_id, size)


def encode_end(request_id, flags, app, micros):
    return _end.pack(4, END, flags, app, request_id, micros)


def encode_file(request_id, device, inode, start, size, path):
    """An open file is offered as the body of the answer; `path` is bytes."""
    return _file.pack(32 + len(path), FILE, 0, 0, request_id, device, inode, start, size) + path


def encode_deadline(request_id, seconds):
    """Harakiri for the request that runs is due in so many seconds; 0: never."""
    return _end.pack(4, DEADLINE, 0, 0, request_id, seconds)


def encode_logvar(request_id, name, value):
    """A variable for the request's line in the log; both are bytes."""
    return _header.pack(2 + len(name) + len(value), LOGVAR, 0, 0, request_id) + _u16.pack(len(name)) + name + value


def encode_disconnect(request_id):
    """The client has all it shall get; the request runs on."""
    return _header.pack(0, DISCONNECT, 0, 0, request_id)


def encode_reply(kind, request_id):
    """TAKEN or BEGUN."""
    return _header.pack(0, kind, 0, 0, request_id)
