# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import itertools
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

PROGRAM = ROLES / "ctdb/files/samba-ha-cluster-lock"
program = load(PROGRAM)


@pytest.fixture
def start() -> t.Iterator[t.Callable[[Path], subprocess.Popen[str]]]:
    """Start the program as CTDB does, and end what is left of it."""
    started: list[subprocess.Popen[str]] = []

    def run(path: Path) -> subprocess.Popen[str]:
        argv = [sys.executable, str(PROGRAM), str(path)]
        started.append(subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.read(1)


def test_one_holds_it_until_it_is_told_to_end(tmp_path: Path, start: t.Callable[[Path], subprocess.Popen[str]]) -> None:
    first = start(tmp_path / "lock")
    assert answer(first) == program.HELD
    rival = start(tmp_path / "lock")
    assert answer(rival) == program.TAKEN
    assert rival.communicate()[1] == ""
    assert first.poll() is None
    first.terminate()
    first.wait()
    assert answer(start(tmp_path / "lock")) == program.HELD


def test_a_file_that_cannot_be_opened_is_an_error(
    tmp_path: Path, start: t.Callable[[Path], subprocess.Popen[str]]
) -> None:
    failed = start(tmp_path / "nowhere" / "lock")
    assert answer(failed) == program.FAILED
    assert failed.communicate()[1] == f"cluster lock {tmp_path}/nowhere/lock: No such file or directory\n"


def hold(monkeypatch: pytest.MonkeyPatch, path: Path, answers: t.Iterable[int], parents: t.Iterable[int] = ()) -> str:
    """Why it is let go of when requests are answered so (0 or an errno), a second between two of them."""
    now, coming, parent = [0.0], iter(answers), itertools.chain(parents, itertools.repeat(1000))

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def request(_lock: int) -> None:
        if (number := next(coming)) != 0:
            raise OSError(number, f"error {number}")

    monkeypatch.setattr(program.time, "sleep", sleep)
    monkeypatch.setattr(program.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(program.os, "getppid", lambda: next(parent))
    monkeypatch.setattr(program, "request", request)
    with path.open("w") as file:
        return str(program.hold(str(path), file.fileno(), 1000))


def test_it_is_asked_for_again_and_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert hold(monkeypatch, tmp_path / "lock", [0] * 9 + [errno.EAGAIN]) == "somebody else holds it"


def test_it_is_let_go_of_when_ctdb_has_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert hold(monkeypatch, tmp_path / "lock", [0, 0], [1000, 1000, 1]) == "CTDB has ended"


def test_a_file_system_that_fails_for_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fails = errno.ENOTCONN
    answers = [0, fails, fails, fails, fails, 0, fails, fails, fails, fails, fails, fails, 0, 0]
    told = iter(answers)
    assert hold(monkeypatch, tmp_path / "lock", told) == f"error {fails}"
    assert list(told) == [0, 0]


def test_another_file_in_its_place_is_not_the_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "lock"

    def answers() -> t.Iterator[int]:
        yield 0
        path.rename(tmp_path / "old")
        path.touch()
        yield 0

    assert hold(monkeypatch, path, answers()) == "the file was replaced"
