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
    Result,
)

FIXTURES = Path(__file__).parent / "fixtures"
GLUSTER = "trixie-11.1"
NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Answer:
    """A command that is expected, and what it leaves behind; ``missing`` for a program that is not installed."""

    argv: tuple[str, ...]
    rc: int
    stdout: str
    stderr: str
    missing: bool = False


def answer(argv: t.Sequence[str], rc: int = 0, stdout: str = "", stderr: str = "") -> Answer:
    return Answer(tuple(argv), rc, stdout, stderr)


def missing(argv: t.Sequence[str]) -> Answer:
    return Answer(tuple(argv), 127, "", "", missing=True)


class Replay:
    """Stands in for ``run``. ``stdin`` holds what each command was given."""

    def __init__(self, *answers: Answer) -> None:
        self._left = list(answers)
        self.stdin: list[str | None] = []

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
        if expected.missing:
            raise CommandMissing(argv[0], wanted="the program", found="no such program", remedy="Install it.")
        if expected.rc not in ok:
            raise CommandFailed(
                argv[0], wanted="success", found=expected.stderr or expected.stdout, remedy="See above."
            )
        return Result(tuple(argv), expected.rc, expected.stdout, expected.stderr)

    def done(self) -> None:
        assert not self._left, f"commands that were not run: {self._left}"


def gluster_fixture(name: str, release: str = GLUSTER) -> str:
    return (FIXTURES / "gluster" / release / name).read_text(encoding="utf-8")


def gluster(*script: tuple[str, str]) -> Replay:
    """A replay of requests to gluster, given without the constant arguments, and the fixtures that answer them."""
    answers = []
    for request, name in script:
        argv = ["gluster", "--mode=script", *request.split(), "--xml"]
        if name == NOT_INSTALLED:
            answers.append(missing(argv))
        else:
            answers.append(answer(argv, 1 if name.endswith(".txt") else 0, gluster_fixture(name)))
    return Replay(*answers)
