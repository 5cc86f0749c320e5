# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the workers of a workload do on the share, one operation after the other, and what they enter in its history.

A job knows nothing of connections. Where one breaks, or the server refuses, :class:`Broken` or :class:`Refused` goes
through it, and it begins again on the next client.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    Count,
    Entry,
    Handle,
    Hold,
    Moment,
    Oddity,
    Rename,
    Run,
    Write,
    now,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Client, File, Refused, Ticket
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import (
    COUNTER,
    RECORD_SIZE,
    count_record,
    parse_count,
    record,
    renamer_names,
    steady_files,
)


@dataclass(frozen=True)
class Place:
    """Where workers work, and where they enter what they see."""

    run: Run
    log: t.Callable[[Entry], None]

    def path(self, name: str) -> str:
        return rf"{self.run.folder}\{name}"


class Job:
    """What one worker does. Any of it may raise :class:`Broken` or :class:`Refused`."""

    pace = 1
    """How many times as long as the plan says it pauses between two operations."""

    def __init__(self, name: str, place: Place) -> None:
        self.name = name
        self.place = place
        self.doing = "open"

    def begin(self, client: Client) -> None:
        """Open what is needed, on a new connection or after the server refused something."""
        self._client = client

    def turn(self) -> bool:
        """Do one operation. Return whether it was done; a lock that another one holds is no error, and no success."""
        raise NotImplementedError

    def close(self) -> None:
        """Close what :meth:`begin` opened."""

    def end(self) -> None:
        """Enter what is still open."""

    def odd(self, subject: str, wanted: str, found: str) -> None:
        """Enter what a service must not say."""
        self.place.log(Oddity(self.name, now(), subject, wanted, found))


class _FileJob(Job):
    """A job with one handle."""

    _file: File

    def close(self) -> None:
        self._file.close()


class Writer(_FileJob):
    """Write record after record through to the disk, and go on to the next only when one is acknowledged."""

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name, place)
        self._number = 0
        self._sent: Moment | None = None

    def begin(self, client: Client) -> None:
        self.doing = "open"
        self._file = client.open(self.place.path(self.name))

    def turn(self) -> bool:
        self.doing = "write"
        data = record(self.place.run.run, self.name, self._number)
        # A record that is sent again keeps its place, so that it does not matter whether it was written before.
        self._sent = self._sent or now()
        self._file.write(data, self._number * RECORD_SIZE)
        self.place.log(Write(self.name, self._number, self._sent, now()))
        self._number += 1
        self._sent = None
        return True

    def end(self) -> None:
        if self._sent is not None:
            self.place.log(Write(self.name, self._number, self._sent, None))


class Locker(_FileJob):
    """Add one to the counter under its lock."""

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name, place)
        self._number = 0

    def begin(self, client: Client) -> None:
        self.doing = "open"
        self._file = client.open(self.place.path(COUNTER))

    def turn(self) -> bool:
        self.doing = "lock"
        if not self._file.lock(RECORD_SIZE):
            return False
        granted = until = now()
        base: Count | None = None
        sent: Moment | None = None
        acked: Moment | None = None
        run = self.place.run.run
        try:
            self.doing = "read"
            asked = now()
            data = self._file.read(0, RECORD_SIZE)
            until = asked
            base = parse_count(run, data)
            if base is None:
                self.odd(f"file {COUNTER}", "a whole record of the counter", repr(data))
            else:
                self.doing = "write"
                # Never the same number twice: of two attempts, one might have taken place.
                self._number += 1
                sent = now()
                self._file.write(count_record(run, Count(base.value + 1, self.name, self._number)), 0)
                acked = now()
                until = sent
            self.doing = "unlock"
            asked = now()
            self._file.unlock(RECORD_SIZE)
            until = asked
        finally:
            self.place.log(Hold(self.name, self._number, granted, until, base, sent, acked))
        return base is not None


class Opener(_FileJob):
    """Keep one handle open for ever, read through it, and take it back after a disturbance."""

    pace = 5

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name, place)
        self._ticket: Ticket | None = None
        self._opened = False

    def begin(self, client: Client) -> None:
        self.doing = "open"
        path = self.place.path(self.name)
        kept = False
        if self._ticket is not None:
            try:
                self._file = client.open_durable(path, self._ticket)
                kept = True
            except Refused:
                self._ticket = None
        if not kept:
            self._file = client.open_durable(path)
        if self._opened:
            self.place.log(Handle(self.name, now(), kept))
        self._ticket = self._file.ticket
        self._opened = True

    def turn(self) -> bool:
        self.doing = "read"
        data = self._file.read(0, RECORD_SIZE)
        if data != record(self.place.run.run, self.name, 0):
            self.odd(f"file {self.name}", "the record that it was made with", repr(data))
        return True


class Lister(Job):
    """List the folder, in which some names stand from beginning to end."""

    pace = 5

    def turn(self) -> bool:
        self.doing = "list"
        listed = self._client.names(self.place.run.folder)
        for name in steady_files(self.place.run):
            if name not in listed:
                self.odd(f"the folder's listing without {name}", "all files", f"{len(listed)} others")
        return True


class Renamer(Job):
    """Rename a file to and fro. After a disturbance it must have one of its names, and not both."""

    pace = 5

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name, place)
        self._names = renamer_names(name)
        self._number = 0
        self._sent: Moment | None = None
        self._astray = False

    def begin(self, client: Client) -> None:
        super().begin(client)
        self.doing = "list"
        if self._sent is None:
            return
        # A listing may be read while a rename that was given up takes place after all: look twice.
        for _look in range(2):
            there = self._client.names(self.place.run.folder, f"{self.name}-*")
            if len(there) == 1:
                break
        else:
            found = " and ".join(sorted(there)) or "neither"
            self.odd(f"the file of {self.name}", f"one of its names, {' or '.join(self._names)}", found)
            # Whatever it did now would hide what happened.
            self._astray = True
        self._note(None)
        if self._names[self._number % 2] not in there:
            self._number += 1

    def turn(self) -> bool:
        if self._astray:
            return False
        self.doing = "rename"
        self._sent = now()
        old, new = self._names if self._number % 2 == 0 else reversed(self._names)
        self._client.rename(self.place.path(old), self.place.path(new))
        self._note(now())
        self._number += 1
        return True

    def end(self) -> None:
        if self._sent is not None:
            self._note(None)

    def _note(self, acked: Moment | None) -> None:
        if self._sent is not None:
            self.place.log(Rename(self.name, self._number, self._sent, acked))
            self._sent = None


JOBS: dict[str, t.Callable[[str, Place], Job]] = {
    "writer": Writer,
    "locker": Locker,
    "opener": Opener,
    "lister": Lister,
    "renamer": Renamer,
}
"""What each kind of worker does; a worker's name begins with its kind."""
