"""A mule: a process beside the workers, with a script or a function, or waiting for messages and signals."""


def run(companion):
    """Runs the mule; it ends when this returns."""
    while not companion.leaving:
        companion.wait()
