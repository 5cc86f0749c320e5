# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import signal
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "gluster/files/samba-ha-brick-return")

# The words of a brick's process of GlusterFS 11.1, those in the middle left out, and of its healer.
BRICK = b"/usr/sbin/glusterfsd\0-s\x0010.0.0.11\0--process-name\0brick\0--brick-port\x0049230\0--xlator-option\0x=y\0"
HEALER = b"/usr/sbin/glusterfs\0-s\0localhost\0--process-name\0glustershd\0--client-pid=-6\0"


def test_only_a_brick_has_a_port() -> None:
    assert program.brick_port(BRICK) == 49230
    assert program.brick_port(HEALER) is None


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for /proc, and has a brick's process, 123, and its healer's, 124."""
    for pid, words in ((123, BRICK), (124, HEALER)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "cmdline").write_bytes(words)
    monkeypatch.setattr(program, "PROC", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("text", "pid"), [("123\n", 123), ("124\n", None), ("125\n", None), ("", None)])
def test_a_number_that_is_no_brick_s_any_more_is_nobody_s(proc: Path, text: str, pid: int | None) -> None:
    (proc / "pidfile").write_text(text)
    brick = program.find(proc / "pidfile", ["10.0.0.12"])
    assert (brick and brick.pid) == pid


def test_without_the_file_there_is_no_brick(proc: Path) -> None:
    assert program.find(proc / "none", []) is None


def test_a_new_process_is_ready_when_glusterd_waits_for_it_no_more(proc: Path) -> None:
    (proc / "pidfile").write_text("123")
    brick = program.find(proc / "pidfile", [])
    # A name may have anything in it.
    stat = "123 (gluster) fsd) S {} 34710 34710 0 -1 4194624"
    (proc / "1").mkdir()
    (proc / "1" / "cmdline").write_bytes(b"/sbin/init\0")
    (proc / "122").mkdir()
    (proc / "122" / "cmdline").write_bytes(BRICK)
    assert not brick.ready()
    (proc / "123" / "stat").write_text(stat.format(122))
    assert not brick.ready()
    (proc / "123" / "stat").write_text(stat.format(1))
    assert brick.ready()


def looks(*counts: int, near: bool = True, start: float = 0) -> t.Iterator[t.Any]:
    """Looks that are half a second apart."""
    return (program.Look(start + number / 2, count, near) for number, count in enumerate(counts))


def test_it_waits_until_no_more_have_come_for_longer_than_clients_pause() -> None:
    seen = looks(1, 1, 2, 2, 2, 2, 2, 4, *[4] * 7, 9)
    assert program.have_come(seen) == 4
    # The last look was not taken.
    assert len(list(seen)) == 1


def test_those_that_come_and_go_prolong_nothing() -> None:
    assert program.have_come(looks(2, 3, 2, 3, 2, 3, 2, 3, 2, 9)) == 2


def test_it_waits_for_ever_while_it_is_alone_and_not_for_long_when_others_are_near() -> None:
    alone, near = looks(*[0] * 200, near=False), looks(*[0] * 200, start=100)
    assert program.have_come(itertools.chain(alone, near)) == 0
    assert list(alone) == []
    # It took as many as there are half seconds in its patience, since the last one at which it was alone.
    assert len(list(near)) == 200 - 20


def test_it_ends_when_the_process_has() -> None:
    assert program.have_come(looks(0, 0)) == 0


@pytest.mark.parametrize(("ready", "clients", "held"), [(True, 0, True), (True, 2, False), (False, 0, False)])
def test_it_is_held_back_only_if_nobody_has_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ready: bool, clients: int, held: bool
) -> None:
    monkeypatch.setattr(program, "START", 0.1)
    monkeypatch.setattr(program, "ENDING", 0.1)
    brick = program.Brick(123, 49230, ["10.0.0.12"])
    sent: list[signal.Signals] = []
    monkeypatch.setattr(brick, "send", sent.append)
    monkeypatch.setattr(brick, "ready", lambda: ready)
    monkeypatch.setattr(brick, "clients", lambda: clients)
    # As if it had ended by then.
    monkeypatch.setattr(brick, "lives", lambda: False)
    program.hold(brick)
    assert sent == ([signal.SIGSTOP] if held else [])
    assert ("held back" in capsys.readouterr().out) is held
