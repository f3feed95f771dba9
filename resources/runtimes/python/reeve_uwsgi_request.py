"""The uwsgi protocol as a worker reads it when it accepts connections itself (`worker-accept`).

The rules are those of engine/gateway/uwsgi-parser.ts and environ.ts, and the same recorded vectors hold for both
(engine/gateway/vectors/uwsgi.md, engine/goldens/environ).
"""

import ipaddress
import struct

MAX_VARS = 512
HEADER_BYTES = 4
MAX_SAFE_INTEGER = 2**53 - 1
PONG = b"\x64\x00\x00\x01"

# engine/gateway/protocol-error.ts: status and what is wrong.
_ERRORS = {
    "block-too-large": (431, "the variables block is larger than buffer-size"),
    "block-malformed": (400, "a length in the variables block points outside it"),
    "block-empty": (400, "the variables block is empty"),
    "key-empty": (400, "a variable has an empty name"),
    "too-many-vars": (431, "the request has too many variables"),
    "content-length-invalid": (400, "the Content-Length is not a number"),
    "body-too-large": (413, "the body is larger than limit-post"),
}
# engine/gateway/environ.ts: variables that would make uWSGI load code, read files or change settings.
_COMMANDS = frozenset(
    "UWSGI_" + name
    for name in "FILE SCRIPT MODULE CALLABLE CHDIR HOME PYHOME SCHEME SETENV POSTFILE TOUCH_RELOAD CACHE_GET".split()
)
_DROP, _LENGTH, _HTTPS, _FORWARDED_SSL, _FORWARDED_PROTO = range(1, 6)
_SPECIAL = dict.fromkeys(_COMMANDS, _DROP)
_SPECIAL["CONTENT_LENGTH"] = _LENGTH
_SPECIAL["HTTPS"] = _HTTPS
_SPECIAL["HTTP_X_FORWARDED_SSL"] = _FORWARDED_SSL
_SPECIAL["HTTP_X_FORWARDED_PROTO"] = _FORWARDED_PROTO

_unpack_header = struct.Struct("<BHB").unpack_from
_unpack_u16 = struct.Struct("<H").unpack_from


class ProtocolError(Exception):
    """Malformed bytes; `offset` counts from the first byte of the message."""

    def __init__(self, code, offset):
        self.status, self.reason = _ERRORS[code]
        super().__init__(self.reason)
        self.code = code
        self.offset = offset


class Special(Exception):
    """The message is no request: a ping, or a modifier that is not served."""

    def __init__(self, modifier1, modifier2):
        super().__init__(modifier1, modifier2)
        self.is_ping = modifier1 == 100
        self.modifiers = modifier1, modifier2


class Head:
    """What comes before the body: the variables, and how long the body is (-1: not said)."""

    __slots__ = ("environ", "length", "end")

    def __init__(self, environ, length, end):
        self.environ = environ
        self.length = length
        self.end = end


def parse_head(data, block_limit, body_limit, is_trusted):
    """The head of the request in `data`, or None when it is not complete."""
    have = len(data)
    if have < HEADER_BYTES:
        return None
    modifier1, size, modifier2 = _unpack_header(data)
    if modifier1:
        raise Special(modifier1, modifier2)
    if size > block_limit:
        raise ProtocolError("block-too-large", 1)
    if not size:
        raise ProtocolError("block-empty", 1)
    end = HEADER_BYTES + size
    if have < end:
        return None
    text = data[:end].decode("latin-1")
    environ = {}
    length = -1
    https = False
    count = 0
    at = HEADER_BYTES
    special = _SPECIAL.get
    while at < end:
        key_start = at + 2
        if key_start > end:
            raise ProtocolError("block-malformed", at)
        key_end = key_start + _unpack_u16(data, at)[0]
        value_start = key_end + 2
        if value_start > end:
            raise ProtocolError("block-malformed", at if key_end > end else key_end)
        at = value_start + _unpack_u16(data, key_end)[0]
        if at > end:
            raise ProtocolError("block-malformed", key_end)
        if count == MAX_VARS:
            raise ProtocolError("too-many-vars", key_start)
        if key_start == key_end:
            raise ProtocolError("key-empty", key_start)
        count += 1
        key = text[key_start:key_end]
        value = text[value_start:at]
        kind = special(key)
        if kind is not None:
            if kind == _DROP:
                continue
            if kind == _LENGTH:
                length = _parse_length(value, value_start)
            elif kind == _HTTPS or (kind == _FORWARDED_SSL and is_trusted):
                https = https or value[:1] == "1" or value.lower() == "on"
            elif kind == _FORWARDED_PROTO and is_trusted:
                https = value.lower() == "https"
        environ[key] = value
    if 0 < body_limit < length:
        raise ProtocolError("body-too-large", end)
    environ["wsgi.url_scheme"] = "https" if https else "http"
    return Head(environ, length, end)


def _parse_length(value, start):
    if not value:
        return -1
    if not (value.isascii() and value.isdigit()):
        digits = next(at for at, char in enumerate(value) if char not in "0123456789")
        if digits and _number(value[:digits]) > MAX_SAFE_INTEGER:
            raise ProtocolError("body-too-large", start)
        raise ProtocolError("content-length-invalid", start)
    number = _number(value)
    if number > MAX_SAFE_INTEGER:
        raise ProtocolError("body-too-large", start)
    return number


def _number(digits):
    # Python refuses to convert very long ones.
    return int(digits) if len(digits) < 400 else MAX_SAFE_INTEGER + 1


class Trust:
    """`trusted-proxy`: whose X-Forwarded-* counts. Nothing configured: every front server's."""

    _MAX_KNOWN = 1024

    def __init__(self, networks):
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]
        self.is_default = not networks
        self._known = {}

    def has(self, peer):
        """`peer` is what `accept` gave: a peer on a unix socket is always believed."""
        if self.is_default or type(peer) is not tuple:
            return True
        address = peer[0]
        known = self._known.get(address)
        if known is None:
            parsed = ipaddress.ip_address(address.partition("%")[0])
            parsed = getattr(parsed, "ipv4_mapped", None) or parsed
            known = any(parsed in network for network in self._networks)
            if len(self._known) >= self._MAX_KNOWN:
                self._known.clear()
            self._known[address] = known
        return known


_NAMES = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Payload Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    504: "Gateway Timeout",
    507: "Insufficient Storage",
}


def encode_error(protocol, status, reason=""):
    """The engine's own answer (engine/gateway/answer.ts): head and body."""
    name = _NAMES[status]
    lines = ["%s %d %s" % (protocol, status, name), "Connection: close", "Content-Type: text/plain"]
    # uWSGI's own answer when there is no application has these bytes and no more.
    text = name if status == 500 else "%d %s\n%s" % (status, name, reason + "\n" if reason else "")
    if status != 500:
        lines.append("Content-Length: %d" % len(text))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), text.encode("latin-1")
