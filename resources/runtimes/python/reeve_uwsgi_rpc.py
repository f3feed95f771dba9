"""`uwsgi` for remote calls: functions that are registered under a name, called in this process, or at another server
with a packet of modifier 173 (a real uWSGI or the engine).

Each process has the functions that were registered before it was forked, and its own. What this process answers
when it is called is reeve_packets.py.
"""

import sys
import traceback

from reeve_uwsgi_state import as_bytes, as_number, state

_MAX_ARGUMENTS = 255
_DEFAULT_MAX = 64

# name -> (function, how many arguments it takes at most; 0: any number)
_functions = {}


def register_rpc(name, function, argc=0):
    """Makes a function of bytes to bytes callable by name. @raises ValueError when there are `rpc-max` already"""
    name = as_bytes(name)
    if name not in _functions and len(_functions) >= _max_functions():
        raise ValueError("unable to register rpc function: there are as many as 'rpc-max' allows")
    _functions[name] = (function, int(argc))
    return True


def rpc(server, name, *arguments):
    """Calls a function here (`server` is None or empty) or at `host:port`. None: it gave nothing, or failed."""
    if server is None or not as_bytes(server):
        return call(name, *arguments)
    from reeve_packets import call_remotely

    values = _values((name, *arguments))
    try:
        return call_remotely(as_bytes(server).decode("utf-8", "surrogateescape"), values) or None
    except OSError as error:
        sys.stderr.write("[uwsgi-rpc] %s at %s: %s\n" % (values[0].decode("latin-1"), server, error))
        return None


def call(name, *arguments):
    """Calls a function of this process. None: there is no such function, it gave nothing, or it failed."""
    name, *values = _values((name, *arguments))
    return answer_call(name, values) or None


def rpc_list():
    """Names of the functions that can be called in this process, as bytes."""
    return tuple(_functions)


def answer_call(name, arguments):
    """What the function of this name gives, b"" when there is none, or it can not be called with so many arguments."""
    function, most = _functions.get(name, (None, 0))
    if function is None or 0 < most < len(arguments):
        return b""
    try:
        answer = function(*arguments)
    except Exception:
        traceback.print_exc()
        return b""
    if isinstance(answer, str):
        return answer.encode("utf-8")
    return bytes(answer) if isinstance(answer, (bytes, bytearray, memoryview)) else b""


def _values(values):
    if len(values) > _MAX_ARGUMENTS + 1:
        raise ValueError("unable to call rpc function: it takes %d arguments at most" % _MAX_ARGUMENTS)
    try:
        return [as_bytes(value) for value in values]
    except TypeError:
        raise ValueError("unable to call rpc function: its name and arguments must be bytes") from None


def _max_functions():
    for key, value in state.boot["options"]:
        if key == "rpc-max":
            return as_number(value) or _DEFAULT_MAX
    return _DEFAULT_MAX


FUNCTIONS = (register_rpc, rpc, call, rpc_list)
