# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Against a stand-in for keepalived that is a process of its own: a shell under that name."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp import canonical, parse_addresses
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp_dump import (
    VrrpDown,
    _read,
    dump,
    held_addresses,
    load_holders,
    load_vrrp,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.vrrp_cases import (
    ADDRESSES,
    BOOKWORM,
    JOURNAL,
    RELEASES,
    SHOW,
    SIGNUM,
    TRIXIE,
    VIP,
    fixture,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer, missing

SIGNAL = int(signal.SIGUSR1)
STATE = fixture(TRIXIE, "master.json")

# Counted before the state is there: who reads it may look at the count at once.
WHOLE = 'echo dump >>log; cp state "$out.part"; mv "$out.part" "$out"'
IN_PARTS = 'echo dump >>log; { head -c 10 state; sleep 0.1; tail -c +11 state; } >"$out"'
MUTE = "echo dump >>log"

Start = t.Callable[..., "Daemon"]


class Daemon:
    """A process that writes what is in ``state`` when it gets the signal."""

    def __init__(self, directory: Path, action: str, program: str) -> None:
        self.directory = directory
        self.out = directory / "keepalived.json"
        (directory / "state").write_text(STATE)
        shell = shutil.which("bash")
        assert shell is not None
        shutil.copy(shell, directory / program)
        script = f"out=$TMPDIR/keepalived.json; trap '{action}' {SIGNAL}; echo up; while :; do sleep 0.02; done"
        self.process = subprocess.Popen(
            [str(directory / program), "-c", script],
            cwd=directory,
            env={"TMPDIR": str(directory), "PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"up\n"

    def dumps(self) -> int:
        log = self.directory / "log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> t.Iterator[Start]:
    daemons: list[Daemon] = []

    def begin(action: str = WHOLE, program: str = "keepalived") -> Daemon:
        daemons.append(Daemon(tmp_path, action, program))
        return daemons[-1]

    yield begin
    for daemon in daemons:
        daemon.end()


@pytest.mark.parametrize("action", [WHOLE, IN_PARTS])
def test_the_state_is_read_when_it_is_complete_and_no_file_is_left(start: Start, action: str) -> None:
    daemon = start(action)
    assert dump(daemon.process.pid, SIGNAL) == STATE
    assert not daemon.out.exists() and daemon.dumps() == 1


def test_what_lay_there_before_is_not_taken_for_an_answer(start: Start) -> None:
    daemon = start(MUTE)
    daemon.out.write_text(STATE)
    begin = time.monotonic()
    with pytest.raises(VrrpDown) as caught:
        dump(daemon.process.pid, SIGNAL, 0.4)
    assert caught.value.found == "no answer within 0.4 s"
    assert time.monotonic() - begin < 1
    assert not daemon.out.exists()


def test_several_who_ask_at_once_all_get_an_answer(start: Start) -> None:
    daemon = start(IN_PARTS)
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(dump(daemon.process.pid, SIGNAL, 10))) for _turn in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [STATE] * 4
    assert not daemon.out.exists() and daemon.dumps() == 4


def test_waiting_for_the_turn_ends(start: Start) -> None:
    daemon = start()
    with open(daemon.directory / "keepalived", "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(VrrpDown, match=r"left no turn within 0\.2 s"):
            dump(daemon.process.pid, SIGNAL, 0.2)
    assert daemon.dumps() == 0


def test_a_stranger_gets_no_signal(start: Start) -> None:
    daemon = start(program="other")
    with pytest.raises(VrrpDown, match="is not keepalived"):
        dump(daemon.process.pid, SIGNAL)
    time.sleep(0.1)
    assert daemon.dumps() == 0


def test_a_program_that_was_replaced_still_answers(start: Start) -> None:
    daemon = start()
    (daemon.directory / "keepalived").unlink()
    assert dump(daemon.process.pid, SIGNAL) == STATE


def test_a_process_that_has_ended_is_told(start: Start) -> None:
    daemon = start()
    daemon.end()
    with pytest.raises(VrrpDown, match="has ended"):
        dump(daemon.process.pid, SIGNAL)


def test_a_file_of_somebody_else_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "keepalived.json"
    assert _read(str(path), os.geteuid()) is None
    path.write_text("[]")
    assert _read(str(path), os.geteuid()) == "[]"
    assert _read(str(path), os.geteuid() + 1) is None
    link = tmp_path / "link"
    link.symlink_to(path)
    assert _read(str(link), os.geteuid()) is None
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert _read(str(fifo), os.geteuid()) is None


class Ask:
    """Stands in for ``dump``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[tuple[int, int]] = []

    def __call__(self, pid: int, number: int, timeout: float = 3) -> str:
        self.asked.append((pid, number))
        return self.text


@pytest.mark.parametrize(("release", "pid"), [(BOOKWORM, 172), (TRIXIE, 207)])
def test_all_questions_to_a_running_keepalived(release: str, pid: int) -> None:
    replay = Replay(
        answer(SHOW, stdout=fixture(release, "active.show.txt")),
        answer(SIGNUM, stdout="36\n"),
        answer(JOURNAL, stdout=fixture(release, "journal.txt")),
    )
    ask = Ask(fixture(release, "master.json"))
    vrrp = load_vrrp(replay, ask)
    replay.done()
    assert ask.asked == [(pid, 36)]
    assert [instance.state for instance in vrrp.instances] == ["master"]
    assert len(vrrp.transitions) == 5 and vrrp.warnings == ()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("stopped", "keepalived.service is inactive (dead)"),
        ("failed", "keepalived.service is failed (failed)"),
        ("not_installed", "not installed"),
    ],
)
def test_a_keepalived_that_does_not_run_gets_no_signal(release: str, name: str, found: str) -> None:
    ask = Ask("")
    with pytest.raises(VrrpDown) as caught:
        load_vrrp(Replay(answer(SHOW, stdout=fixture(release, f"{name}.show.txt"))), ask)
    assert caught.value.found == found and ask.asked == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("ActiveState=active", "ActiveState=activating"), "keepalived.service is activating (running)"),
        (("MainPID=207", "MainPID=0"), "keepalived.service is active (running)"),
        (("LoadState=loaded", "LoadState=masked"), "unit masked"),
    ],
)
def test_one_that_is_about_to_start_would_die_of_the_signal(change: tuple[str, str], found: str) -> None:
    ask = Ask("")
    with pytest.raises(VrrpDown) as caught:
        load_vrrp(Replay(answer(SHOW, stdout=fixture(TRIXIE, "active.show.txt").replace(*change))), ask)
    assert caught.value.found == found and ask.asked == []


@pytest.mark.parametrize(
    "signum", [answer(SIGNUM, 1, "", "Unknown sigfunc JSON"), answer(SIGNUM, 0, "strange\n"), missing(SIGNUM)]
)
def test_without_the_signals_number_nothing_is_sent(signum: t.Any) -> None:
    ask = Ask("")
    with pytest.raises(StateError):
        load_vrrp(Replay(answer(SHOW, stdout=fixture(TRIXIE, "active.show.txt")), signum), ask)
    assert ask.asked == []


@pytest.mark.parametrize("journal", [answer(JOURNAL, 1), missing(JOURNAL)])
def test_without_a_journal_the_state_is_told_all_the_same(journal: t.Any) -> None:
    replay = Replay(answer(SHOW, stdout=fixture(TRIXIE, "active.show.txt")), answer(SIGNUM, stdout="36\n"), journal)
    vrrp = load_vrrp(replay, Ask(STATE))
    assert len(vrrp.instances) == 1 and vrrp.transitions == ()
    assert [line.split(":")[0] for line in vrrp.warnings] == (["no transitions"] if journal.missing else [])


@pytest.mark.parametrize("reply", [answer(ADDRESSES, 0, "strange"), missing(ADDRESSES)])
def test_interfaces_that_cannot_be_read_are_a_warning(reply: t.Any) -> None:
    holders, warnings = load_holders(Replay(reply))
    assert holders is None and len(warnings) == 1 and warnings[0].startswith("ip address show: ")


def test_held_addresses_are_told_as_they_were_asked_for() -> None:
    holders = parse_addresses(fixture(TRIXIE, "master.ip.json"))
    asked = [VIP[TRIXIE], f"{VIP[TRIXIE]}/32", "10.213.1.99", "0:0:0:0:0:0:0:1", "10.213.2.21"]
    assert held_addresses(asked, holders) == [asked[0], asked[1], asked[3], asked[4]]
    assert canonical(asked[3]) == "::1"
