"""`uwsgi.websocket_*`, and the descriptor that an application waits on for messages. Errors have uWSGI's words."""

from reeve_uwsgi_state import need_exchange, serving_exchange


def websocket_handshake(key=None, origin=None, proto=None):
    """Makes the request's connection a websocket. The gateway has seen to the key; `origin` is not answered."""
    need_exchange("websocket_handshake").open_websocket(_as_text(proto))


def websocket_recv(request_context=None):
    """The next message, as bytes. @raises OSError the websocket is closed"""
    return _socket("receive").receive(True)


def websocket_recv_nb(request_context=None):
    """The next message, or b"" when none has come. @raises OSError the websocket is closed"""
    return _socket("receive").receive(False)


def websocket_send(message, request_context=None):
    """Sends a text. @raises OSError the websocket is closed"""
    _socket("send").send(_as_bytes(message), True)


def websocket_send_binary(message, request_context=None):
    """Sends bytes. @raises OSError the websocket is closed"""
    _socket("send").send(_as_bytes(message), False)


def connection_fd():
    """A descriptor that is readable when the websocket has a message, or has ended; also before the handshake."""
    descriptor = need_exchange("connection_fd").input_descriptor()
    if descriptor is None:
        raise OSError("uwsgi.connection_fd() is not possible here: the client's connection belongs to the gateway")
    return descriptor


def connected_websocket(descriptor):
    """Whether it is connected, when the descriptor is the present request's; otherwise None."""
    exchange = serving_exchange()
    socket = None if exchange is None else exchange.websocket
    return None if socket is None or exchange.input_descriptor() != descriptor else not socket.is_closed


def _socket(what):
    exchange = serving_exchange()
    socket = None if exchange is None else exchange.websocket
    if socket is None:
        raise OSError("unable to %s websocket message" % what)
    return socket


def _as_bytes(message):
    if isinstance(message, str):
        return message.encode("utf-8")
    return message if type(message) is bytes else bytes(memoryview(message))


def _as_text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""


FUNCTIONS = (
    *(websocket_handshake, websocket_recv, websocket_recv_nb, websocket_send, websocket_send_binary),
    connection_fd,
)
