"""What an ASGI application is told of a request (its scope), made of the variables that the gateway sends.

Specification: https://asgi.readthedocs.io/en/latest/specs/www.html. The path is the whole one, with that of the mount
(`root_path`) at its begin, as the specification has it.
"""

ASGI = {"version": "3.0", "spec_version": "2.3"}

# The name of a header by that of its variable; None: the variable is no header.
_names = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}
_MAX_NAMES = 1024


def _learn(key):
    name = None
    if key.startswith("HTTP_") and key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
        name = key[5:].lower().replace("_", "-").encode("latin-1")
    if len(_names) < _MAX_NAMES:
        _names[key] = name
    return name


def http_scope(environ, state):
    """The scope of type `http`."""
    headers = []
    for key, value in environ.items():
        name = _names.get(key, key)
        if name is key:
            name = _learn(key)
        # A front server says with an empty value that there is no such header.
        if name is not None and (value or key[:5] == "HTTP_"):
            headers.append((name, value.encode("latin-1")))
    get = environ.get
    root = get("SCRIPT_NAME", "")
    path = root + get("PATH_INFO", "")
    uri = get("REQUEST_URI") or path
    if not path.isascii():
        path = path.encode("latin-1").decode("utf-8", "replace")
    if not root.isascii():
        root = root.encode("latin-1").decode("utf-8", "replace")
    scope = {
        "type": "http",
        "asgi": ASGI,
        "http_version": get("SERVER_PROTOCOL", "HTTP/1.1")[5:],
        "method": environ["REQUEST_METHOD"],
        "scheme": get("wsgi.url_scheme", "http"),
        "path": path,
        "raw_path": uri.partition("?")[0].encode("latin-1"),
        "query_string": get("QUERY_STRING", "").encode("latin-1"),
        "root_path": root,
        "headers": headers,
        "client": _address(get("REMOTE_ADDR", ""), get("REMOTE_PORT", "")),
        "server": _address(get("SERVER_ADDR") or get("SERVER_NAME", ""), get("SERVER_PORT", "")),
    }
    if state is not None:
        scope["state"] = state.copy()
    return scope


def websocket_scope(environ, state):
    """The scope of type `websocket`."""
    scope = http_scope(environ, state)
    del scope["method"]
    scope["type"] = "websocket"
    scope["scheme"] = "wss" if scope["scheme"] == "https" else "ws"
    offered = environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "")
    scope["subprotocols"] = [word.strip() for word in offered.split(",") if word.strip()]
    scope["extensions"] = {"websocket.http.response": {}}
    return scope


def _address(host, port):
    """None: a peer on a unix socket has none."""
    if not host:
        return None
    return (host, int(port)) if port.isdigit() else (host, 0)
