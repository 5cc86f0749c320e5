# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import time
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "smbd_watch/files/samba-ha-smbd-watch")
DEADLINE, INTERVAL = 1.0, 0.25
ANSWER, SILENCE, NOBODY = True, False, None


def kills(*events: tuple[float, bool | None]) -> list[float]:
    """When smbd is killed that gives these answers; looked at every interval for three seconds."""
    watch = program.Watch(DEADLINE, INTERVAL)
    left, killed = list(events), []
    for number in range(1, 13):
        now = number * INTERVAL
        while left and left[0][0] <= now:
            watch.note(*left.pop(0))
        if watch.silent(now) > 1:
            watch.note(now, NOBODY)
            killed.append(now)
    return killed


@pytest.mark.parametrize(
    ("events", "killed"),
    [
        ((), []),
        (((0.1, SILENCE), (0.2, SILENCE)), []),
        ([(number / 4, ANSWER) for number in range(13)], []),
        (((0.1, ANSWER),), [1.25]),
        (((0.1, ANSWER), (0.9, SILENCE)), [1.25]),
        (((0.1, ANSWER), (1.2, ANSWER)), [2.25]),
        (((0.1, ANSWER), (0.9, NOBODY)), []),
        # Never twice without an answer in between.
        (((0.1, ANSWER), (1.3, SILENCE), (1.5, SILENCE)), [1.25]),
    ],
    ids=["never answered", "only silence", "always", "once", "then silence", "twice", "then stopped", "killed already"],
)
def test_smbd_is_killed_when_it_is_silent_for_the_deadline(
    events: t.Sequence[tuple[float, bool | None]], killed: list[float]
) -> None:
    assert kills(*events) == killed


def test_a_pause_of_the_watch_itself_does_not_count() -> None:
    watch = program.Watch(DEADLINE, INTERVAL)
    watch.note(0.0, ANSWER)
    assert watch.silent(0.25) < 1
    # The host was suspended, or had no processor time for anybody.
    assert watch.silent(60.0) == 0
    assert all(watch.silent(60.0 + number * INTERVAL) <= 1 for number in range(1, 5))
    assert watch.silent(61.25) > 1


@contextlib.asynccontextmanager
async def server(answer: bytes | None) -> t.AsyncIterator[tuple[str, int]]:
    """A server that gives this answer and hangs up, or for None says nothing."""
    released = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        if answer is None:
            await released.wait()
        else:
            writer.write(answer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()
        released.set()


@pytest.mark.parametrize(
    ("answer", "expected"), [(b"\x00\x00\x00\x40\xfeSMB", ANSWER), (None, SILENCE), (b"", ANSWER), (b"\x00", ANSWER)]
)
def test_what_counts_as_an_answer(answer: bytes | None, expected: bool) -> None:
    async def ask() -> bool | None:
        async with server(answer) as (address, port):
            said: bool | None = await program.ask(address, b"ping", 0.3, port)
            return said

    assert asyncio.run(ask()) is expected


def test_nobody_who_listens_is_no_silence() -> None:
    async def ask() -> bool | None:
        async with server(b"") as (address, port):
            pass
        said: bool | None = await program.ask(address, b"ping", 0.3, port)
        return said

    assert asyncio.run(ask()) is NOBODY


class Killed(Exception):
    """Ends the watch when it kills."""


def killed_beside(monkeypatch: pytest.MonkeyPatch, others: list[Exception | None], seconds: float) -> float | None:
    """After how many seconds a silent smbd is killed, where other nodes' give these answers; None if it is not."""
    asked = {"own": TimeoutError(), **{f"peer{number}": answer for number, answer in enumerate(others)}}

    async def negotiate(address: str, *_more: object) -> None:
        if (error := asked[address]) is not None:
            raise error

    def kill() -> None:
        raise Killed

    async def run() -> None:
        state = program.Watch(0.1, 0.05, answered=time.monotonic())
        async with asyncio.timeout(seconds):
            await program.watch("own", b"", state, [name for name in asked if name != "own"])

    monkeypatch.setattr(program, "negotiate", negotiate)
    monkeypatch.setattr(program, "kill", kill)
    began = time.monotonic()
    try:
        asyncio.run(run())
    except Killed:
        return time.monotonic() - began
    except TimeoutError:
        pass
    return None


CLOSED = asyncio.IncompleteReadError(b"", 8)
# Longer than any test takes where it is killed: a busy machine puts it off, since the watch takes account of that.
PATIENT = 30.0


@pytest.mark.parametrize("others", [[None], [TimeoutError(), None], []])
def test_it_is_killed_if_another_nodes_answers_or_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], others: list[Exception | None]
) -> None:
    assert killed_beside(monkeypatch, others, PATIENT) is not None
    assert "left alone" not in capsys.readouterr().err


def test_it_is_left_alone_while_no_other_nodes_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All are silent while CTDB recovers, and nobody is helped by killing them."""
    assert killed_beside(monkeypatch, [TimeoutError(), CLOSED], 0.6) is None
    assert "it is killed" not in capsys.readouterr().err


def test_one_that_answers_when_it_is_asked_again_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was born while CTDB recovered answers late, and one that is born afterwards at once."""
    asked: list[str] = []

    async def negotiate(address: str, *_more: object) -> None:
        asked.append(address)
        if address == "own" and asked[-2:-1] != ["peer"]:
            raise TimeoutError

    async def run() -> None:
        async with asyncio.timeout(0.6):
            await program.watch("own", b"", program.Watch(0.1, 0.05, answered=time.monotonic()), ["peer"])

    monkeypatch.setattr(program, "negotiate", negotiate)
    monkeypatch.setattr(program, "kill", lambda: pytest.fail("it is killed"))
    with pytest.raises(TimeoutError):
        asyncio.run(run())
    assert "peer" in asked


def test_one_that_stays_silent_is_killed_though_no_other_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = killed_beside(monkeypatch, [TimeoutError()], PATIENT)
    assert killed is not None and killed > 0.1 * program.PATIENCE
    assert "left alone" in capsys.readouterr().err


KILLED_AND_STARTED = [
    "kill --signal=KILL smbd.service",
    "restart --no-block smbd.service",
]


def kill_with(monkeypatch: pytest.MonkeyPatch, members: t.Callable[[], list[int]]) -> list[str]:
    """What is done, in its order, where ``members`` are the service's processes but the main one."""
    done: list[str] = []
    monkeypatch.setattr(program, "client_processes", members)
    monkeypatch.setattr(program, "kill_and_wait", lambda pids, seconds: done.append(f"kill {pids}"))
    monkeypatch.setattr(subprocess, "run", lambda words, check: done.append(" ".join(words[1:])))
    program.kill()
    return done


def test_the_clients_processes_die_first_and_the_service_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kill_with(monkeypatch, lambda: [11, 12]) == ["kill [11, 12]", *KILLED_AND_STARTED]


def test_all_are_killed_at_once_where_the_processes_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def members() -> list[int]:
        raise FileNotFoundError(2, "No such file", "cgroup.procs")

    assert kill_with(monkeypatch, members) == KILLED_AND_STARTED
    assert "cgroup.procs" in capsys.readouterr().err


def test_the_processes_are_dead_when_it_goes_on_whatever_their_state() -> None:
    with subprocess.Popen(["sleep", "60"]) as running, subprocess.Popen(["sleep", "60"]) as stopped:
        with subprocess.Popen(["true"]) as gone:
            pass
        stopped.send_signal(signal.SIGSTOP)
        program.kill_and_wait([running.pid, gone.pid, stopped.pid], 5)
        assert [running.poll(), stopped.poll()] == [-signal.SIGKILL, -signal.SIGKILL]


def test_a_process_that_does_not_die_is_waited_for_no_longer_than_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda *_: None)
    with subprocess.Popen(["sleep", "60"]) as stuck:
        began = time.monotonic()
        program.kill_and_wait([stuck.pid], 0.2)
        taken = time.monotonic() - began
        assert stuck.poll() is None
        stuck.kill()
    assert 0.2 <= taken < 5
