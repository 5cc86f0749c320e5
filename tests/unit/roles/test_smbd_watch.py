# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import time
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "smbd_watch/files/samba-ha-smbd-watch")
DEADLINE, INTERVAL = 1.0, 0.25
Answer = program.Answer
ANSWER, TAKEN, SILENCE, NOBODY = Answer.GIVEN, Answer.TAKEN, Answer.NONE, Answer.NOBODY_LISTENS


def kills(*events: tuple[float, object]) -> list[float]:
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
    events: t.Sequence[tuple[float, object]], killed: list[float]
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
    ("answer", "expected"), [(b"\x00\x00\x00\x40\xfeSMB", ANSWER), (None, TAKEN), (b"", ANSWER), (b"\x00", ANSWER)]
)
def test_what_counts_as_an_answer(answer: bytes | None, expected: object) -> None:
    async def ask() -> object:
        async with server(answer) as (address, port):
            return await program.ask(address, b"ping", 0.3, port)

    assert asyncio.run(ask()) is expected


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
@pytest.mark.parametrize("waiting", [0, 3], ids=["in the queue", "no room in the queue"])
def test_a_connection_that_nobody_takes(family: socket.AddressFamily, waiting: int) -> None:
    with socket.create_server(("", 0), family=family, backlog=1, dualstack_ipv6=family == socket.AF_INET6) as listening:
        port = listening.getsockname()[1]
        with contextlib.ExitStack() as stack:
            for _number in range(waiting):
                client = stack.enter_context(socket.socket())
                client.setblocking(False)
                client.connect_ex(("127.0.0.1", port))
            assert asyncio.run(program.ask("127.0.0.1", b"ping", 0.3, port)) is SILENCE


def test_a_connection_that_is_taken_by_way_of_ipv6() -> None:
    with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            ends = ("127.0.0.1", port), client.getsockname()
            assert not program.is_taken(*ends)
            with listening.accept()[0]:
                assert program.is_taken(*ends)


def test_nobody_who_listens_is_no_silence() -> None:
    async def ask() -> object:
        async with server(b"") as (address, port):
            pass
        return await program.ask(address, b"ping", 0.3, port)

    assert asyncio.run(ask()) is NOBODY


class Killed(Exception):
    """Ends the watch when it kills."""


def killed_after(monkeypatch: pytest.MonkeyPatch, seconds: float, *again: object) -> float | None:
    """After how many seconds a smbd is killed whose answers when it is asked again are these, the last one for ever.

    None if it is not. What it is asked in between has none.
    """
    answers = list(again)

    async def ask(_address: str, _request: bytes, timeout: float) -> object:
        if timeout == 0.1:
            return SILENCE
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def kill() -> None:
        raise Killed

    async def run() -> None:
        async with asyncio.timeout(seconds):
            await program.watch("own", b"", program.Watch(0.1, 0.05, answered=time.monotonic()))

    monkeypatch.setattr(program, "ask", ask)
    monkeypatch.setattr(program, "kill", kill)
    began = time.monotonic()
    try:
        asyncio.run(run())
    except Killed:
        return time.monotonic() - began
    except TimeoutError:
        pass
    return None


# Longer than any test takes where it is killed: a busy machine puts it off, since the watch takes account of that.
PATIENT = 30.0


@pytest.mark.parametrize("again", [(SILENCE,), (TAKEN, SILENCE), (ANSWER, SILENCE)])
def test_it_is_killed_if_it_takes_no_connections(monkeypatch: pytest.MonkeyPatch, again: tuple[object, ...]) -> None:
    assert killed_after(monkeypatch, PATIENT, *again) is not None


@pytest.mark.parametrize("again", [TAKEN, ANSWER, NOBODY])
def test_it_is_left_alone_while_it_takes_connections(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], again: object
) -> None:
    """The process of each waits for CTDB then, and nobody is helped by killing them."""
    assert killed_after(monkeypatch, 0.6, again) is None
    said = capsys.readouterr().err
    assert said.count("it is left alone") == (again is TAKEN) and "it is killed" not in said


def test_one_that_stays_silent_is_killed_though_it_takes_connections(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = killed_after(monkeypatch, PATIENT, TAKEN)
    assert killed is not None and killed > 0.1 * program.PATIENCE
    assert capsys.readouterr().err.count("left alone") == 1


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
