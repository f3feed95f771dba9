"""What becomes of tasks that fail: they are put off, for longer each time, and moved to the folder `failed` after
`spooler-max-attempts` runs; with 0 they are tried at every look for ever, as uWSGI does.

A task that is put off gets a time of modification in the future, which uWSGI on the same folder respects as well. How
often it has failed stands in `.attempts/NAME` beside the tasks, as JSON: {"attempts", "last" (epoch seconds),
"reason"}; uWSGI does not look there. All of this happens under the task's lock.
"""

import errno
import json
import os
import time

import reeve_spool_file
from reeve_spool_file import FAILED_FOLDER

LONGEST_DELAY_SECONDS = 3600
_ATTEMPTS_FOLDER = ".attempts"
_REASON_CHARACTERS = 500


class Failures:
    """Of one folder. `log(text)` writes a line."""

    def __init__(self, folder, setting, log):
        self._folder = folder
        self._setting = setting
        self._log = log
        self._memory = {}

    def failed(self, path, descriptor, reason):
        """Counts a failed run. False: the file itself is not put off; the caller is to remember it."""
        most = self._setting["maxAttempts"]
        if most == 0:
            return False
        name = os.path.basename(path)
        attempts = self._attempts_of(name) + 1
        if attempts >= most:
            return self._give_up(path, descriptor, attempts, reason)
        delay = self._delay(attempts)
        self._remember(name, attempts, reason)
        text = "task %s failed, attempt %d of %d; it is tried again in %d seconds: %s"
        self._log(text % (name, attempts, most, delay, reason))
        return self.put_off(descriptor, delay)

    def count(self, path, reason):
        """Counts a failed run of a task that somebody else holds now, if it is still there."""
        name = os.path.basename(path)
        if self._setting["maxAttempts"] and os.path.exists(path):
            self._remember(name, self._attempts_of(name) + 1, reason)

    def put_off(self, descriptor, seconds):
        """Not before so many seconds are over, for any spooler. False: the file is left as it is."""
        if self._setting["maxAttempts"] == 0:
            return False
        due = time.time() + seconds
        try:
            os.utime(descriptor, (due, due))
            return True
        except OSError:
            return False

    def give_up_broken(self, path, descriptor, reason):
        """The file is no task and will never be. False: it is still there, and not put off."""
        if self._setting["maxAttempts"] == 0:
            self._log("%s is no task and is deleted, as by uWSGI: %s" % (path, reason))
            os.unlink(path)
            return True
        return self._give_up(path, descriptor, 1, "it is no task: %s" % reason)

    def forget(self, path):
        """The task is done."""
        name = os.path.basename(path)
        self._memory.pop(name, None)
        try:
            os.unlink(self._record(name))
        except OSError:
            return  # most often there is none

    def sweep(self):
        """Removes what is known of tasks that are gone."""
        try:
            names = os.listdir(os.path.join(self._folder, _ATTEMPTS_FOLDER))
            with os.scandir(self._folder) as entries:
                places = [entry.path for entry in entries if entry.is_dir() and entry.name != _ATTEMPTS_FOLDER]
        except OSError:
            return
        # Where they are moved to comes last.
        places.sort(key=lambda place: os.path.basename(place) == FAILED_FOLDER)
        there = set(os.listdir(self._folder))
        for place in places:
            for _, _, files in os.walk(place):
                there.update(files)
        for name in names:
            if name not in there:
                self.forget(name)

    def _give_up(self, path, descriptor, attempts, reason):
        name = os.path.basename(path)
        # One with a priority keeps it: failed/5/NAME.
        folder = os.path.join(self._folder, FAILED_FOLDER, os.path.relpath(os.path.dirname(path), self._folder))
        folder = os.path.normpath(folder)
        # When somebody moves it back it has all its attempts again.
        self._remember(name, 0, reason)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            _move(path, descriptor, folder)
        except OSError as error:
            self._log("task %s can not be moved to %s (%s): %s" % (name, folder, error.strerror, reason))
            self._remember(name, attempts, reason)
            return self.put_off(descriptor, LONGEST_DELAY_SECONDS)
        self._log("task %s failed %d times and is moved to %s: %s" % (name, attempts, folder, reason))
        return True

    def _delay(self, attempts):
        first = self._setting["retryDelaySeconds"]
        return max(first, min(first * 2 ** min(attempts - 1, 30), LONGEST_DELAY_SECONDS))

    def _attempts_of(self, name):
        try:
            with open(self._record(name), "rb") as file:
                return int(json.load(file)["attempts"])
        except (OSError, ValueError, KeyError, TypeError):
            return self._memory.get(name, 0)

    def _remember(self, name, attempts, reason):
        self._memory[name] = attempts
        record = {"attempts": attempts, "last": int(time.time()), "reason": reason[:_REASON_CHARACTERS]}
        try:
            os.makedirs(os.path.dirname(self._record(name)), mode=0o700, exist_ok=True)
            with open(self._record(name), "w") as file:
                json.dump(record, file)
        except OSError:
            return  # this process remembers

    def _record(self, name):
        return os.path.join(self._folder, _ATTEMPTS_FOLDER, name)


def _move(path, descriptor, folder):
    """`failed` may be on another file system: then the task is copied before it is removed."""
    name = os.path.basename(path)
    try:
        os.rename(path, os.path.join(folder, name))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # By the descriptor: a second one would give the lock away when it is closed.
        reeve_spool_file.write(folder, name, reeve_spool_file.read(descriptor))
        os.unlink(path)
