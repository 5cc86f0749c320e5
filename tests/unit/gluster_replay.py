# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runner that replays recorded answers of gluster and insists on the exact sequence of requests."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import DEFAULT_TIMEOUT, CommandMissing, Result

FIXTURES = Path(__file__).parent / "fixtures" / "gluster"
TRIXIE = "trixie-11.1"
NOT_INSTALLED = "not installed"


def fixture(name: str, release: str = TRIXIE) -> str:
    return (FIXTURES / release / name).read_text(encoding="utf-8")


class Replay:
    """``script`` is a list of requests (without the constant arguments) and the fixtures that answer them."""

    def __init__(self, *script: tuple[str, str]) -> None:
        self.script = list(script)

    def __call__(
        self,
        argv: t.Sequence[str],
        *,
        stdin: str | None = None,
        ok: t.Container[int] = (0,),
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Result:
        assert argv[:2] == ["gluster", "--mode=script"] and argv[-1] == "--xml"
        assert self.script, f"a request too many: {argv}"
        request, answer = self.script.pop(0)
        assert " ".join(argv[2:-1]) == request
        if answer == NOT_INSTALLED:
            raise CommandMissing("gluster", wanted="the program gluster", found="no such program", remedy="Install it.")
        rc = 1 if answer.endswith(".txt") else 0
        assert rc in ok
        return Result(tuple(argv), rc, fixture(answer), "")

    def done(self) -> bool:
        return not self.script
