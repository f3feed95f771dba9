"""The part of `uwsgi` about metrics: those of the configuration can be changed by every process, all can be read."""

import operator
import struct

import reeve_commons as commons

_CHANGE = struct.Struct("<Bq")
_SET, _INC, _DEC, _MUL, _DIV, _MAX, _MIN = range(7)


def metric_get(name, /):
    """The value; 0 when there is no such metric."""
    value = commons.call(commons.METRIC_GET, _name(name))
    return 0 if value is None else int.from_bytes(value, "little", signed=True)


def metric_set(name, value, /):
    """True, or None when there is no such metric, or none that can be set."""
    return _change(name, _SET, value)


def metric_inc(name, amount=1, /):
    """As metric_set, adding."""
    return _change(name, _INC, amount)


def metric_dec(name, amount=1, /):
    """As metric_set, subtracting."""
    return _change(name, _DEC, amount)


def metric_mul(name, amount=1, /):
    """As metric_set, multiplying."""
    return _change(name, _MUL, amount)


def metric_div(name, amount=1, /):
    """As metric_set, dividing; by zero changes nothing."""
    return _change(name, _DIV, amount)


def metric_set_max(name, value, /):
    """Sets the value when it is larger than the present one."""
    return _change(name, _MAX, value)


def metric_set_min(name, value, /):
    """Sets the value when it is smaller than the present one."""
    return _change(name, _MIN, value)


FUNCTIONS = (metric_get, metric_set, metric_inc, metric_dec, metric_mul, metric_div, metric_set_max, metric_set_min)


def _change(name, change, amount):
    amount = operator.index(amount)
    if not -(1 << 63) <= amount < 1 << 63:
        raise OverflowError("Python int too large to convert to C long")
    done = commons.call(commons.METRIC_CHANGE, _name(name) + _CHANGE.pack(change, amount))
    return None if done is None else True


def _name(name):
    if not isinstance(name, str):
        raise TypeError("the name of a metric must be str, not %s" % type(name).__name__)
    return commons.text(name.encode()[:65535])
