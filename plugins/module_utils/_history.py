# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a workload saw: typed entries, each with the client's own times, and the file that keeps them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError


class Moment(t.NamedTuple):
    """Seconds since the epoch, to compare with other hosts, and seconds of the clock that nobody sets, to subtract."""

    wall: float
    mono: float

    def __str__(self) -> str:
        """The time of day in UTC, for people."""
        return f"{dt.datetime.fromtimestamp(self.wall, dt.UTC):%H:%M:%S.%f}Z"


class Count(t.NamedTuple):
    """What the counter holds: its value, who wrote it, and the how manieth increment of that worker it was."""

    value: int
    author: str
    number: int


START = Count(0, "nobody", 0)
"""The counter before the first increment."""


@dataclass(frozen=True)
class Run:
    """The workload itself. ``workers`` are named by what they do: ``writer-0``, ``locker-1``."""

    kind: t.ClassVar = "run"
    run: str
    server: str
    server_name: str
    share: str
    folder: str
    workers: tuple[str, ...]
    begin: Moment
    end: Moment

    def having(self, part: str) -> list[str]:
        """Return the workers of one kind, such as ``writer``."""
        return [name for name in self.workers if name.startswith(f"{part}-")]


@dataclass(frozen=True)
class Entry:
    """What one worker saw or did."""

    kind: t.ClassVar = ""
    worker: str


@dataclass(frozen=True)
class Write(Entry):
    """A writer's record. ``sent`` is the first time; ``acked`` is None if nobody acknowledged it before the end."""

    kind: t.ClassVar = "write"
    number: int
    sent: Moment
    acked: Moment | None


@dataclass(frozen=True)
class Hold(Entry):
    """A lock that a locker was granted, and what it did under it.

    It was certainly held from ``granted``, when the grant came in, to ``until``, when the last request was sent whose
    success proved that the handle still stood. ``base`` is the count it read, None if it read none. It then wrote
    ``base.value + 1`` as its increment ``number``: ``sent`` is None if it did not, ``acked`` if the outcome is unknown.
    """

    kind: t.ClassVar = "hold"
    number: int
    granted: Moment
    until: Moment
    base: Count | None
    sent: Moment | None
    acked: Moment | None

    @property
    def wrote(self) -> Count | None:
        """What it sent."""
        if self.base is None or self.sent is None:
            return None
        return Count(self.base.value + 1, self.worker, self.number)


@dataclass(frozen=True)
class Rename(Entry):
    """A renamer's step: from its first name to its second if ``number`` is even, back if it is odd."""

    kind: t.ClassVar = "rename"
    number: int
    sent: Moment
    acked: Moment | None


@dataclass(frozen=True)
class Handle(Entry):
    """A handle after a disturbance: taken back with all its state, or lost."""

    kind: t.ClassVar = "handle"
    at: Moment
    kept: bool


@dataclass(frozen=True)
class Error(Entry):
    """What an application would have seen: the name of an NT status, or why the connection broke."""

    kind: t.ClassVar = "error"
    at: Moment
    doing: str
    error: str


@dataclass(frozen=True)
class Oddity(Entry):
    """What the service said and must not: a file missing in a listing, both names of one file."""

    kind: t.ClassVar = "oddity"
    at: Moment
    subject: str
    wanted: str
    found: str


@dataclass(frozen=True)
class Reconnect(Entry):
    """From a connection found ``broken`` for ``reason``, over the share connected again (``up``), to the first success.

    ``asked`` is when the request was sent that found it so. ``hindrance`` is the error of the last of ``attempts`` that
    failed. What did not happen before the end is None.
    """

    kind: t.ClassVar = "reconnect"
    asked: Moment
    broken: Moment
    reason: str
    attempts: int
    hindrance: str | None
    up: Moment | None
    first: Moment | None


@dataclass(frozen=True)
class Tally(Entry):
    """How many times a worker did what it is there for."""

    kind: t.ClassVar = "tally"
    operations: int


E = t.TypeVar("E", bound=Entry)

_CLASSES: dict[str, t.Any] = {
    cls.kind: cls for cls in (Run, Write, Hold, Rename, Handle, Error, Oddity, Reconnect, Tally)
}
_MOMENTS = ("begin", "end", "sent", "acked", "granted", "until", "at", "asked", "broken", "up", "first")
_SHAPES: dict[str, t.Any] = {
    **dict.fromkeys(_MOMENTS, Moment._make),
    "base": Count._make,
    "workers": tuple,
}


@dataclass(frozen=True)
class History:
    """All of it, in no particular order."""

    run: Run
    entries: tuple[Entry, ...]

    def of(self, cls: type[E]) -> list[E]:
        return [entry for entry in self.entries if isinstance(entry, cls)]


def sentence(subject: str, wanted: str, found: str) -> str:
    """Return a violation of a promise as people read it."""
    return f"{subject}: wanted {wanted}; found {found}"


def now() -> Moment:
    return Moment(round(time.time(), 6), round(time.monotonic(), 6))


def dump(history: History) -> str:
    """Return the history as lines of JSON: an object with its ``kind`` each, the run first."""
    everything: list[Run | Entry] = [history.run, *history.entries]
    return "".join(json.dumps({"kind": entry.kind, **dataclasses.asdict(entry)}) + "\n" for entry in everything)


def load(text: str, path: str) -> History:
    """Parse what :func:`dump` made.

    :param path: where it was read from, for the error.
    :raises StateError: it is something else, or not all of it.
    """
    try:
        run, *entries = [_revive(json.loads(line)) for line in text.splitlines()]
        if not isinstance(run, Run):
            raise ValueError(f"it begins with {run.kind}")
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise StateError(
            f"history {path}",
            wanted="the lines that smb_workload writes",
            found=f"{type(exc).__name__}: {exc}",
            remedy="Give the file that smb_workload named as dest, and wait for its end.",
        ) from exc
    return History(run, tuple(entries))


def _revive(line: dict[str, t.Any]) -> t.Any:
    kind = line.pop("kind")
    values = {
        name: _SHAPES[name](value) if name in _SHAPES and value is not None else value for name, value in line.items()
    }
    return _CLASSES[kind](**values)
