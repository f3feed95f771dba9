"""The part of `uwsgi` about the queue of `queue`, which all processes share. Without that option the functions are there
and return None, and `queue_size` is not: applications ask for it."""

import operator
import struct

import reeve_commons as commons

_SLOT = struct.Struct("<I")
_MAX_SLOT = 0xFFFFFFFF


def queue_push(value, /):
    """Puts a value into the next slot, over what stands there: True, or None when it is empty or too long."""
    return _true(commons.call(commons.QUEUE_PUSH, commons.as_bytes(value)))


def queue_pop():
    """Takes the value that was pushed last, or None."""
    return commons.call(commons.QUEUE_POP, b"")


def queue_pull():
    """Takes the oldest value, or None."""
    return commons.call(commons.QUEUE_PULL, b"")


def queue_get(slot, /):
    """The value of a slot, which stays there, or None."""
    return commons.call(commons.QUEUE_GET, _slot(slot))


def queue_set(slot, value, /):
    """Sets the value of a slot: True, or None when there is no such slot, or the value is too long."""
    return _true(commons.call(commons.QUEUE_SET, _slot(slot) + commons.as_bytes(value)))


def queue_last(count=0, /):
    """The value that was pushed last; with a number a list of so many, the last one first."""
    count = operator.index(count)
    found = commons.call(commons.QUEUE_LAST, _SLOT.pack(max(1, min(count, _MAX_SLOT))))
    values = [] if found is None else commons.items(found)
    return values if count > 0 else values[0] if values else None


def queue_slot():
    """The slot that the next push goes to."""
    return _position(0)


def queue_pull_slot():
    """The slot that the next pull takes from."""
    return _position(1)


FUNCTIONS = (queue_push, queue_pop, queue_pull, queue_get, queue_set, queue_last, queue_slot, queue_pull_slot)


def values(boot):
    """`queue_size` is a number, as in uWSGI."""
    return {"queue_size": boot["queueSlots"]} if boot.get("queueSlots") else {}


def _position(which):
    position = commons.call(commons.QUEUE_POSITION, bytes((which,)))
    return None if position is None else int.from_bytes(position, "little")


def _slot(number):
    number = operator.index(number)
    return _SLOT.pack(number if 0 <= number < _MAX_SLOT else _MAX_SLOT)


def _true(answer):
    return None if answer is None else True
