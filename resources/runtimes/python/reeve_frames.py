"""The worker's half of the wire between a gateway and its workers.

The layout is described in engine/gateway/frames.ts. A frame is a 12-byte header (payload length, type,
flags, zero, request id; little endian) and its payload. Everything here is a plain function or a
precompiled struct: this module is on the path of every request.
"""

import struct

REQUEST = 1
TAKE_BACK = 2
HELLO = 16
HEAD = 17
DATA = 18
END = 19
RESPONSE = 20
TAKEN = 21
BEGUN = 22

BODY_FILE = 1
EXCEPTION = 2
ABORTED = 4
RETIRING = 8

CONTROL_CORE = 0xFFFF
HEADER_BYTES = 12
# A DATA frame carries at most this much, so that the gateway never has to hold a large frame together.
MAX_DATA_BYTES = 256 * 1024

_header = struct.Struct("<IBBHI")
_head = struct.Struct("<IBBHIHHidI")
_response = struct.Struct("<IBBHIIHHidI")
_end = struct.Struct("<IBBHII")
_hello = struct.Struct("<IBBHIIH")

unpack_header = _header.unpack_from
unpack_u32 = struct.Struct("<I").unpack_from
unpack_u16 = struct.Struct("<H").unpack_from


def encode_hello(spawn_id, core, token):
    """The first frame of every connection; `token` is 32 bytes."""
    return _hello.pack(6 + len(token), HELLO, 0, 0, 0, spawn_id, core) + token


def encode_response(request_id, flags, micros, status, count, length, block, body):
    """A whole answer in one frame. `block` is the reason line and the header lines, `length` -1 if the app gave none."""
    block_bytes = len(block)
    fixed = _response.pack(
        24 + block_bytes + len(body), RESPONSE, flags, 0, request_id, micros, status, count, 0, length, block_bytes
    )
    return b"".join((fixed, block, body))


def encode_head(request_id, status, count, length, block):
    """The head of an answer whose body follows in DATA frames."""
    block_bytes = len(block)
    return _head.pack(20 + block_bytes, HEAD, 0, 0, request_id, status, count, 0, length, block_bytes) + block


def encode_data_header(request_id, size):
    return _header.pack(size, DATA, 0, 0, request_id)


def encode_end(request_id, flags, micros):
    return _end.pack(4, END, flags, 0, request_id, micros)


def encode_reply(kind, request_id):
    """TAKEN or BEGUN."""
    return _header.pack(0, kind, 0, 0, request_id)
