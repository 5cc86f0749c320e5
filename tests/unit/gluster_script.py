# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runner that replays requests to gluster of both forms, with XML and without, and requests that hang."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    DEFAULT_TIMEOUT,
    CommandMissing,
    CommandTimeout,
    Result,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import GLUSTER, gluster_fixture

BOOKWORM = "bookworm-10.3"
RELEASES = (GLUSTER, BOOKWORM)
HOSTS = {GLUSTER: "10.229.13.1", BOOKWORM: "10.229.12.1"}
"""Addresses of the hosts in the fixtures named after pools, without the last digit: 1 to 3."""


@dataclass(frozen=True)
class Step:
    argv: tuple[str, ...]
    stdout: str = ""
    rc: int = 0
    hangs: bool = False
    missing: bool = False


def xml(request: str, fixture: str, release: str = GLUSTER) -> Step:
    return Step(("gluster", "--mode=script", *request.split(), "--xml"), gluster_fixture(fixture, release))


def text(request: str, fixture: str, rc: int = 0, release: str = GLUSTER) -> Step:
    return Step(("gluster", "--mode=script", *request.split()), gluster_fixture(fixture, release), rc)


def hangs(request: str, *more: str) -> Step:
    return Step(("gluster", "--mode=script", *request.split(), *more), hangs=True)


def brick(number: int, volume: str = "data", release: str = GLUSTER) -> str:
    return f"{HOSTS[release]}{number}:/srv/gluster/{volume}"


class Script:
    """Stands in for ``run`` and insists on the sequence. ``timeouts`` holds the limit that each command was given."""

    def __init__(self, *steps: Step) -> None:
        self._left = list(steps)
        self.timeouts: list[float] = []

    def __call__(
        self,
        argv: t.Sequence[str],
        *,
        stdin: str | None = None,
        ok: t.Container[int] = (0,),
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Result:
        assert self._left, f"unexpected command: {argv}"
        step = self._left.pop(0)
        assert tuple(argv) == step.argv
        self.timeouts.append(timeout)
        if step.hangs:
            raise CommandTimeout(" ".join(argv), wanted="an answer", found="none", remedy="Look for a hung daemon.")
        if step.missing:
            raise CommandMissing(argv[0], wanted="the program", found="no such program", remedy="Install it.")
        assert step.rc in ok
        return Result(tuple(argv), step.rc, step.stdout, "")

    def done(self) -> None:
        assert not self._left, f"commands that were not run: {self._left}"
