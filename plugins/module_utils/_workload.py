# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workload on a share: many clients at once, each of which reconnects by itself, until a deadline or an order."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
import typing as t
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    Entry,
    Error,
    History,
    Moment,
    Reconnect,
    Run,
    Tally,
    now,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client, Refused
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import first_content
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_jobs import JOBS, Job, Place

FOLDER = ".samba_ha_workload"
"""How the names of the folders begin that workloads make in a share."""

_PAUSES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Seconds before the next attempt, by the number of failures: at once, and never so long that it would be measured."""

_LOOK = 0.1
"""Seconds between two looks for the file that ends a run."""

_GRACE = 2.0
"""Seconds beyond the timeouts of requests in which a worker has ended, unless it is stuck in the operating system."""

Dial = t.Callable[[Target, uuid.UUID, int], Client]
"""Signature of :class:`Client`; tests give a share of their own."""


@dataclass(frozen=True)
class Plan:
    """What to do. ``interval`` is the pause of a worker between two operations; it and ``seconds`` are in seconds.

    ``sources`` are the addresses that workers come from, in turn; any if there is none. ``servers`` are those that they
    go to, the target's if there is none: each worker begins with another, and tries the next where it cannot connect.
    ``until`` is a file that ends the run before ``seconds`` are over, when each worker has worked once more.
    """

    target: Target
    seconds: float
    interval: float
    writers: int
    lockers: int
    others: bool
    sources: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    until: Path | None = None

    def workers(self) -> tuple[str, ...]:
        number = {
            "writer": self.writers,
            "locker": self.lockers,
            **dict.fromkeys(("opener", "lister", "renamer"), int(self.others)),
        }
        return tuple(f"{part}-{index}" for part, count in number.items() for index in range(count))


def run(plan: Plan, dial: Dial = Client) -> History:
    """Make a folder and its files, let the workers work in it, and return what they saw.

    It ends by itself, whatever the server does, a few requests' timeouts after ``plan.seconds`` at the latest.

    :raises StateError: the service does not work even before the beginning.
    """
    target = plan.target
    name = uuid.uuid4().hex[:12]
    about = Run(
        run=name,
        server=target.server,
        server_name=target.server_name,
        share=target.share,
        folder=f"{FOLDER}-{name}",
        workers=plan.workers(),
        begin=now(),
        end=now(),
    )
    entries: list[Entry] = []
    place = Place(about, entries.append)
    servers = plan.servers or (target.server,)
    workers = [
        _Worker(
            JOBS[worker.split("-")[0]](worker, place),
            replace(plan, target=replace(target, source=source), servers=servers[number:] + servers[:number]),
            dial,
        )
        for worker, source, number in zip(
            about.workers, itertools.cycle(plan.sources or (None,)), itertools.cycle(range(len(servers))), strict=False
        )
    ]
    _prepare(about, target, dial, workers)
    begin = now()
    end = Moment(begin.wall + plan.seconds, begin.mono + plan.seconds)
    for worker in workers:
        worker.deadline = end.mono
        worker.start()
    end = _wait(end, plan.until, workers)
    for worker in workers:
        worker.deadline = end.mono
    # A connection takes several requests, and closing a handle one more.
    patience = end.mono + 6 * target.timeout + _GRACE
    for worker in workers:
        worker.join(max(patience - time.monotonic(), 0))
    for worker in workers:
        if worker.crash is not None:
            raise worker.crash
        if worker.is_alive():
            entries.append(Error(worker.name, now(), worker.job.doing, "still waits after the end"))
    return History(replace(about, begin=begin, end=end), tuple(entries))


def _wait(end: Moment, until: Path | None, workers: list[_Worker]) -> Moment:
    """Return when its time is over, then: at ``end``, or after the order of ``until`` when no outage would be cut."""
    ordered: float | None = None
    while (left := end.mono - time.monotonic()) > 0:
        if ordered is None and until is not None and until.exists():
            ordered = time.monotonic()
        if ordered is not None and all(worker.worked > ordered or not worker.is_alive() for worker in workers):
            return now()
        time.sleep(min(_LOOK, left))
    return end


def _prepare(about: Run, target: Target, dial: Dial, workers: list[_Worker]) -> None:
    """Make the files, and connect the workers: how long a first connection takes is no outage.

    :raises StateError: it cannot be done.
    """
    try:
        client = dial(target, uuid.uuid4(), 0)
        try:
            client.make_folder(about.folder)
            for name, content in first_content(about).items():
                file = client.open(rf"{about.folder}\{name}", create=True)
                if content:
                    file.write(content, 0)
                file.close()
        finally:
            client.cut()
        for worker in workers:
            worker.prepare()
    except (Broken, Refused) as exc:
        for worker in workers:
            worker.cut()
        raise StateError(
            rf"share \\{target.server_name}\{target.share} through {target.server}",
            wanted=f"a new folder {about.folder} with files, as {target.username}",
            found=str(exc),
            remedy="Make the service work before its failover is tried. smb_probe tells how far a client gets.",
        ) from exc


class _Worker(threading.Thread):
    """Does a job until the ``deadline``, on one connection after the other.

    ``worked`` is when it succeeded last, by the monotonic clock; ``crash`` is what nobody expected.
    """

    def __init__(self, job: Job, plan: Plan, dial: Dial) -> None:
        """``plan.servers`` are in the order in which this worker tries them."""
        # The program does not wait for a thread that is stuck.
        super().__init__(name=job.name, daemon=True)
        self.job = job
        self.deadline = 0.0
        self.worked = 0.0
        self.crash: Exception | None = None
        self._plan = plan
        self._dial = dial
        self._servers = itertools.cycle(plan.servers)
        self._server = next(self._servers)
        self._guid = uuid.uuid4()
        self._session = 0
        self._client: Client | None = None
        self._opened = False
        self._asked = now()
        self._lost: Reconnect | None = None
        self._failures = 0
        self._operations = 0

    def run(self) -> None:
        try:
            while time.monotonic() < self.deadline:
                pause = self._step()
                time.sleep(max(min(pause, self.deadline - time.monotonic()), 0))
            self._leave()
        except Exception as exc:  # noqa: BLE001  a workload without one of its workers would prove less than it says
            self.crash = exc

    def _step(self) -> float:
        """Do an operation, and what must come before it. Return the seconds to pause after it."""
        self._asked = now()
        try:
            self.prepare()
            done = self.job.turn()
        except (Broken, Refused) as exc:
            self._fail(exc)
            pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
            self._failures += 1
            return pause
        self._failures = 0
        if done:
            self._operations += 1
            self.worked = time.monotonic()
            if self._lost is not None:
                self.job.place.log(replace(self._lost, first=now()))
                self._lost = None
        return self._plan.interval * self.job.pace

    def prepare(self) -> None:
        """Connect and open, where that is not done yet.

        :raises Broken, Refused: the server does not let it.
        """
        if self._client is None:
            self._client = self._dial(replace(self._plan.target, server=self._server), self._guid, self._session)
            self._session = self._client.session_id
            if self._lost is not None:
                self._lost = replace(self._lost, attempts=self._lost.attempts + 1, up=now())
        if not self._opened:
            self.job.begin(self._client)
            self._opened = True

    def cut(self) -> None:
        """End the connection, if there is one."""
        if self._client is not None:
            self._client.cut()
            self._client = None

    def _fail(self, exc: Broken | Refused) -> None:
        """Enter an error where an application would see it, and drop what is of no more use."""
        moment = now()
        if self._opened:
            self.job.place.log(Error(self.name, moment, self.job.doing, str(exc)))
        if self._opened and isinstance(exc, Refused):
            # The connection stands. Open anew on it, without the old handle and its locks.
            with contextlib.suppress(Broken, Refused):
                self.job.close()
            self._opened = False
            return
        self._opened = False
        reached = self._client is not None
        self.cut()
        if not reached:
            self._server = next(self._servers)
        if self._lost is None:
            self._lost = Reconnect(self.name, self._asked, moment, str(exc), 0, None, None, None)
        else:
            failed = 0 if reached else 1
            self._lost = replace(self._lost, attempts=self._lost.attempts + failed, hindrance=str(exc), up=None)

    def _leave(self) -> None:
        self.job.end()
        if self._lost is not None:
            self.job.place.log(self._lost)
        self.job.place.log(Tally(self.name, self._operations))
        if self._opened:
            with contextlib.suppress(Broken, Refused):
                self.job.close()
        self.cut()
