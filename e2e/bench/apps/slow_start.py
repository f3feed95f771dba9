"""An application whose imports take three seconds."""

import time

from basic import application

time.sleep(3)

__all__ = ["application"]
