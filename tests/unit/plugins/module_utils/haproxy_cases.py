# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real answers of HAProxy, and a stand-in for its sockets that insists on the exact sequence of commands."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy import Server, Status, load_status
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

BOOKWORM, TRIXIE = "bookworm-2.6.12", "trixie-3.0.11"
RELEASES = [BOOKWORM, TRIXIE]
SUBJECT = {BOOKWORM: "pool3", TRIXIE: "pool2"}
"""The server that the fixtures of a release are about; all is well with the others."""

OLD_SUBJECT = {BOOKWORM: "pool2", TRIXIE: "pool3"}
"""The server that the old worker of the ``reloaded`` fixtures still has a session with, and nothing else."""

OLD_PID = {BOOKWORM: 1280, TRIXIE: 4892}

Line: t.TypeAlias = "tuple[str, str, str | Exception]"
"""Which socket is asked, the command and the answer."""


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "haproxy" / release / name).read_text(encoding="utf-8")


class Script:
    """Both sockets; ``done`` tells whether every command of the script was given."""

    def __init__(self, *lines: Line) -> None:
        self._left = list(lines)

    def worker(self, command: str) -> str:
        return self._answer("worker", command)

    def master(self, command: str) -> str:
        return self._answer("master", command)

    def _answer(self, who: str, command: str) -> str:
        assert self._left, f"unexpected command: {who}: {command}"
        expected_who, expected, answer = self._left.pop(0)
        assert (who, command) == (expected_who, expected)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def done(self) -> None:
        assert not self._left, f"commands that were not given: {self._left}"


def status_lines(release: str, name: str) -> list[Line]:
    """The questions of ``load_status``."""
    return [
        ("worker", "show info", fixture(release, "info.txt")),
        ("worker", "show servers state", fixture(release, f"{name}.state.txt")),
        ("worker", "show stat", fixture(release, f"{name}.stat.csv")),
    ]


def no_old_workers(release: str) -> Line:
    return ("master", "show proc", fixture(release, "no_old_worker.proc.txt"))


def looks(release: str, *names: str) -> list[Line]:
    """The questions of one ``Haproxy.look`` after another, answered as in the states ``names``, without a reload."""
    return [line for name in names for line in [*status_lines(release, name), no_old_workers(release)]]


def old_worker_lines(release: str, answer: str | Exception | None = None) -> list[Line]:
    """The questions of ``load_old_workers`` after a reload; the old worker says what it said, or ``answer``."""
    return [
        ("master", "show proc", fixture(release, "reloaded.proc.txt")),
        (
            "master",
            f"@!{OLD_PID[release]} show stat",
            fixture(release, "old_worker.stat.csv") if answer is None else answer,
        ),
    ]


def load(release: str, name: str) -> Status:
    script = Script(*status_lines(release, name))
    status = load_status(script.worker)
    script.done()
    return status


def subject(release: str, servers: t.Iterable[Server]) -> Server:
    return next(server for server in servers if server.name == SUBJECT[release])
