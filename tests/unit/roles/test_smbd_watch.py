# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import contextlib
import subprocess
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
        if watch.hangs(now):
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
    assert not watch.hangs(0.25)
    # The host was suspended, or had no processor time for anybody.
    assert not watch.hangs(60.0)
    assert not any(watch.hangs(60.0 + number * INTERVAL) for number in range(1, 5))
    assert watch.hangs(61.25)


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


def test_what_is_killed_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda words, check: called.append(words))
    program.kill()
    assert called == [
        ["systemctl", "kill", "--signal=KILL", "smbd.service"],
        ["systemctl", "restart", "--no-block", "smbd.service"],
    ]
