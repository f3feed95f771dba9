"""The part of `uwsgi` about locks and caches, which all processes share; the work is done by the commons (reeve_commons.py).

Arguments, results and exceptions are uWSGI's own: a key or value is bytes or text, a function that can not do what it is
asked returns None.
"""

import operator
import struct

import reeve_commons as commons

_SET = struct.Struct("<IB")
_CALCULATE = struct.Struct("<IBq")
_MAX_TEXT_BYTES = 65535
_MAX_SECONDS = 0xFFFFFFFF
_ADD, _SUBTRACT, _MULTIPLY, _DIVIDE = range(4)


# ------------------------------------------------------------------------------------------------- locks


def lock(number=0, /):
    """Waits until this thread holds the lock."""
    name = _lock_name(number)
    if commons.are_greenlets() and name in commons.held():
        raise RuntimeError("uwsgi.lock(%d): this greenlet holds the lock already" % number)
    connection, status, value = commons.exchange(commons.LOCK, commons.text(name))
    if status == commons.DONE:
        commons.held()[name] = connection
        return
    commons.give_back(connection)
    if status == commons.NOTHING:
        raise ValueError("Invalid lock number")
    raise RuntimeError("uwsgi.lock(%d): %s" % (number, value.decode()))


def unlock(number=0, /):
    """Gives the lock back; when this thread does not hold it, nothing happens."""
    name = _lock_name(number)
    connection = commons.held().pop(name, None)
    if connection is not None:
        # What is given back with the connection is this thread's, and thus a lock that there is.
        commons.give_back(connection)
    if commons.call(commons.UNLOCK, commons.text(name)) is None:
        raise ValueError("Invalid lock number")


def is_locked(number=0, /):
    """Whether anybody holds the lock."""
    locked = commons.call(commons.IS_LOCKED, commons.text(_lock_name(number)))
    if locked is None:
        raise ValueError("Invalid lock number")
    return locked == b"\x01"


def _lock_name(number):
    return b"user %d" % operator.index(number)


# ------------------------------------------------------------------------------------------------- caches


def cache_get(key, cache="", /):
    """The value as bytes, or None."""
    fields = _fields(cache, key)
    return None if fields is None else commons.call(commons.CACHE_GET, fields)


def cache_set(key, value, expires=0, cache="", /):
    """Sets a value that is not there yet: True, or None when it is, or when there is no room."""
    return _set(key, value, expires, cache, 0)


def cache_update(key, value, expires=0, cache="", /):
    """Sets a value whether it is there or not: True, or None when there is no room."""
    return _set(key, value, expires, cache, 1)


def cache_del(key, cache="", /):
    """Removes an item: True, or None when there is none."""
    return _true(commons.CACHE_DELETE, _fields(cache, key))


def cache_exists(key, cache="", /):
    """True, or None."""
    return _true(commons.CACHE_EXISTS, _fields(cache, key))


def cache_clear(cache="", /):
    """Removes all items: True, or None when there is no such cache."""
    return _true(commons.CACHE_CLEAR, _name(cache))


def cache_inc(key, amount=1, expires=0, cache="", /):
    """Adds to the 64-bit integer that the value is, little endian; a missing one begins with the cache's first value."""
    return _calculate(key, amount, expires, cache, _ADD)


def cache_dec(key, amount=1, expires=0, cache="", /):
    """As cache_inc, subtracting."""
    return _calculate(key, amount, expires, cache, _SUBTRACT)


def cache_mul(key, amount=2, expires=0, cache="", /):
    """As cache_inc, multiplying."""
    return _calculate(key, amount, expires, cache, _MULTIPLY)


def cache_div(key, amount=2, expires=0, cache="", /):
    """As cache_inc, dividing; by zero gives zero."""
    return _calculate(key, amount, expires, cache, _DIVIDE)


def cache_keys(cache="", /):
    """All keys, as bytes. Raises ValueError when there is no such cache."""
    try:
        found = commons.call(commons.CACHE_KEYS, _name(cache))
    except commons.CommonsError as error:
        raise ValueError(str(error)) from None
    return commons.items(found)


def cache_num(cache="", /):
    """How many items there are; 0 when there is no such cache."""
    count = commons.call(commons.CACHE_COUNT, _name(cache))
    return 0 if count is None else int.from_bytes(count, "little")


FUNCTIONS = (
    *(lock, unlock, is_locked),
    *(cache_get, cache_set, cache_update, cache_del, cache_exists, cache_clear),
    *(cache_inc, cache_dec, cache_mul, cache_div, cache_keys, cache_num),
)


# ------------------------------------------------------------------------------------------------- helpers


def _set(key, value, expires, cache, mode):
    fields = _fields(cache, key)
    value = commons.as_bytes(value)
    seconds = _seconds(expires)
    return None if fields is None else _true(commons.CACHE_SET, fields + _SET.pack(seconds, mode) + value)


def _calculate(key, amount, expires, cache, calculation):
    fields = _fields(cache, key)
    amount = operator.index(amount)
    if not -(1 << 63) <= amount < 1 << 63:
        raise OverflowError("Python int too large to convert to C long")
    seconds = _seconds(expires)
    if fields is None:
        return None
    return _true(commons.CACHE_CALCULATE, fields + _CALCULATE.pack(seconds, calculation, amount))


def _true(operation, fields):
    return None if fields is None or commons.call(operation, fields) is None else True


def _fields(cache, key):
    """The cache's name and the key as the first fields of a request; None: no cache can have such a key."""
    key = commons.as_bytes(key)
    return None if len(key) > _MAX_TEXT_BYTES else _name(cache) + commons.text(key)


def _name(cache):
    if cache == "":
        return b"\0\0"
    if not isinstance(cache, str):
        raise TypeError("the name of a cache must be str, not %s" % type(cache).__name__)
    return commons.text(cache.encode()[:_MAX_TEXT_BYTES])


def _seconds(expires):
    """0 is for ever; what is over already goes with the next second."""
    seconds = operator.index(expires)
    return 1 if seconds < 0 else min(seconds, _MAX_SECONDS)
