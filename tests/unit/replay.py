# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runner that replays real output and insists on the exact sequence of commands."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    DEFAULT_TIMEOUT,
    CommandFailed,
    CommandMissing,
    CommandTimeout,
    Result,
    words,
)

FIXTURES = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class Answer:
    """A command that is expected, and what it leaves behind.

    ``missing`` stands for a program that is not installed, ``hangs`` for one that does not end in time.
    """

    argv: tuple[str, ...]
    rc: int
    stdout: str
    stderr: str
    missing: bool = False
    hangs: bool = False


def answer(argv: t.Sequence[str], rc: int = 0, stdout: str = "", stderr: str = "") -> Answer:
    return Answer(tuple(argv), rc, stdout, stderr)


def missing(argv: t.Sequence[str]) -> Answer:
    return Answer(tuple(argv), 127, "", "", missing=True)


def hangs(argv: t.Sequence[str]) -> Answer:
    return Answer(tuple(argv), -9, "", "", hangs=True)


class Replay:
    """Stands in for ``run``. ``stdin`` and ``timeouts`` hold what each command was given, the latter in seconds."""

    def __init__(self, *answers: Answer) -> None:
        self._left = list(answers)
        self.stdin: list[str | None] = []
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
        expected = self._left.pop(0)
        assert tuple(argv) == expected.argv
        self.stdin.append(stdin)
        self.timeouts.append(timeout)
        shown = " ".join(argv)
        if expected.missing:
            raise CommandMissing(shown, wanted="the program", found="no such program", remedy="Install it.")
        if expected.hangs:
            raise CommandTimeout(
                shown, wanted=f"an answer within {timeout:g} s", found="none", remedy="Look for a hung daemon."
            )
        if expected.rc not in ok:
            said = words(expected.stderr, expected.stdout) or "no output"
            raise CommandFailed(
                shown, wanted="success", found=f"exit status {expected.rc}: {said}", remedy="See above."
            )
        return Result(tuple(argv), expected.rc, expected.stdout, expected.stderr)

    def done(self) -> None:
        assert not self._left, f"commands that were not run: {self._left}"
