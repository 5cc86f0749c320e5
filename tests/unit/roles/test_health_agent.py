# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

SCRIPT = ROLES / "health_agent/files/samba-ha-agent"
NOW, PATH_DEADLINE, CTDB_DEADLINE = 1000.0, 15.0, 5.0
OLD, NEW = "bookworm-4.17.12", "trixie-4.22.11"

T = t.TypeVar("T")


agent = load(SCRIPT)


def fixture(name: str, release: str = NEW) -> str:
    return (FIXTURES / "ctdb" / release / f"{name}.machine.txt").read_text(encoding="utf-8")


def nodes(*flags: str) -> tuple[t.Any, ...]:
    """Nodes with these flags (several in one string); the first is this one."""
    return tuple(agent.Node(number == 0, frozenset(words.split())) for number, words in enumerate(flags))


def judge(*flags: str, age: float = 1.0, mounts: t.Sequence[t.Any] | None = None) -> str:
    """What is said of nodes with these flags, as CTDB told them `age` seconds ago."""
    seen = [agent.Mount("/data", NOW - 1)] if mounts is None else mounts
    cluster = agent.Cluster(NOW - age, nodes(*flags)) if flags else None
    answer: str = agent.judge(NOW, seen, agent.Brick(), cluster, agent.Deadlines(PATH_DEADLINE, CTDB_DEADLINE))
    return answer


@pytest.mark.parametrize(
    ("flags", "answer"),
    [
        (("", "", ""), "up 100%"),
        (("", "Banned Inactive", "Unhealthy"), "up 100%"),
        (("Banned Inactive", "", ""), "down #banned"),
        (("Stopped Inactive", "", ""), "down #stopped"),
        # Also where nobody is better: such a node has no access to the databases.
        (("Banned Inactive", "Banned Inactive", "Banned Inactive"), "down #banned"),
        (("Stopped Inactive",), "down #stopped"),
        (("", "Disconnected Inactive", ""), "up 100%"),
        (("", "Disconnected Inactive", "Disconnected Inactive"), "down #minority"),
        (("", "Disconnected Inactive"), "down #minority"),
        (("", "", "Disconnected", "Disconnected"), "down #minority"),
        (("", "", "", "Disconnected", "Disconnected"), "up 100%"),
        (("",), "up 100%"),
        (("Disabled", "", ""), "up 0%"),
        (("Unhealthy", "", ""), "down #unhealthy"),
        (("Disabled Unhealthy", "", ""), "down #unhealthy"),
        # Another one that is better is enough, and one with any flag is no better.
        (("Disabled", "", "Unhealthy"), "up 0%"),
        (("Unhealthy", "Disconnected Inactive", ""), "down #unhealthy"),
        (("Disabled", "Disabled", "Unhealthy"), "up 100%"),
        (("Unhealthy", "Unhealthy", "Disabled"), "up 100%"),
        (("Unhealthy", "PartiallyOnline", "Unknown"), "up 100%"),
        (("Unhealthy",), "up 100%"),
        (("Disabled",), "up 100%"),
    ],
)
def test_a_node_is_judged_by_its_flags_and_the_others(flags: tuple[str, ...], answer: str) -> None:
    assert judge(*flags) == answer


@pytest.mark.parametrize(("age", "answer"), [(5.0, "up 100%"), (5.1, "down #ctdb does not answer")])
def test_the_last_good_answer_of_ctdb_counts_until_its_deadline(age: float, answer: str) -> None:
    assert judge("", "", "", age=age) == answer


@pytest.mark.parametrize(
    ("age", "failure", "answer"),
    [
        (15.0, None, "up 100%"),
        (15.1, None, "down #/data: hangs"),
        # A failure does not wait for the deadline.
        (0.1, "not mounted", "down #/data: not mounted"),
        (None, "not mounted", "down #/data: not mounted"),
        (None, None, "down #starting"),
    ],
)
def test_a_mount_point_has_its_deadline_and_an_error_none(age: float | None, failure: str | None, answer: str) -> None:
    bad = agent.Mount("/data", None if age is None else NOW - age, failure)
    assert judge("", "", "", mounts=[agent.Mount("/lock", NOW), bad]) == answer


def test_the_worst_counts() -> None:
    failed, unread = agent.Mount("/data", failure="not mounted"), agent.Mount("/lock")
    assert judge() == "down #starting"
    assert judge(mounts=[unread, failed]) == "down #/data: not mounted"
    assert judge("Banned", "", "", mounts=[unread]) == "down #banned"
    assert judge("Disabled", "", "", mounts=[unread]) == "down #starting"
    assert judge("Disabled", "", "", mounts=[failed]) == "down #/data: not mounted"


@pytest.mark.parametrize("flags", [("", "", ""), ("Banned", ""), ("Disabled", ""), ("", "Disconnected"), ("",), ()])
def test_no_word_is_ever_the_operators(flags: tuple[str, ...]) -> None:
    # HAProxy takes for words what stands before the first sharp.
    words = set(judge(*flags).split("#", maxsplit=1)[0].split())
    assert words <= {"up", "down", "0%", "100%"}


@pytest.mark.parametrize(
    ("name", "release", "answer"),
    [
        ("ok", OLD, "up 100%"),
        ("ok", NEW, "up 100%"),
        ("banned_self", NEW, "down #banned"),
        ("banned", NEW, "up 100%"),
        ("stopped_self", OLD, "down #stopped"),
        ("stopped_self", NEW, "down #stopped"),
        ("disconnected", NEW, "up 100%"),
        ("starting", NEW, "down #minority"),
        ("recovery", OLD, "up 100%"),
        ("recovery", NEW, "up 100%"),
        ("continued_self", NEW, "up 100%"),
    ],
)
def test_what_ctdb_really_prints_is_understood(name: str, release: str, answer: str) -> None:
    assert agent.judge_nodes(agent.parse_status(fixture(name, release))) == answer


def test_flags_are_read_and_nothing_else() -> None:
    first, second, third = agent.parse_status(fixture("disabled"))
    assert (first.here, second.here, third.here) == (True, False, False)
    assert (first.flags, second.flags, third.flags) == (frozenset(), {"Disabled"}, frozenset())


@pytest.mark.parametrize("text", ["", "connect() failed, errno=2\n", fixture("ok").replace("|Y|", "|N|")])
def test_what_is_no_answer_names_no_nodes(text: str) -> None:
    assert agent.parse_status(text) == ()


def test_a_mount_point_that_answers_has_the_time_of_it() -> None:
    watch = agent.MountWatch("/proc")
    before = time.monotonic()
    watch.look()
    assert watch.seen.failure is None
    assert before <= watch.seen.answered <= time.monotonic()


def test_a_folder_is_no_mount_point_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    for path, failure in ((tmp_path, "not mounted"), (tmp_path / "missing", "No such file or directory")):
        watch = agent.MountWatch(str(path))
        watch.look()
        assert watch.seen == agent.Mount(str(path), None, failure)


def test_a_failure_passes_when_the_mount_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = agent.MountWatch("/proc")
    watch.look()
    first = watch.seen.answered
    with monkeypatch.context() as patch:
        patch.setattr(os, "statvfs", raising(OSError(107, "Transport endpoint is not connected")))
        watch.look()
    assert watch.seen == agent.Mount("/proc", first, "Transport endpoint is not connected")
    watch.look()
    assert watch.seen.failure is None and watch.seen.answered >= first


def raising(error: Exception) -> t.Callable[..., t.Any]:
    def call(*_args: t.Any, **_options: t.Any) -> t.Any:
        raise error

    return call


def test_only_a_good_answer_of_ctdb_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = agent.ClusterWatch(CTDB_DEADLINE)
    # The exit status says nothing that the rows do not say.
    told = subprocess.CompletedProcess(["ctdb"], 3, fixture("ok").encode(), b"")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: told)
    watch.look()
    good = watch.seen
    assert len(good.nodes) == 3
    told.stdout = b"\xff connect() failed, errno=2\n"
    watch.look()
    for error in (FileNotFoundError("ctdb"), subprocess.TimeoutExpired("ctdb", 5)):
        monkeypatch.setattr(subprocess, "run", raising(error))
        watch.look()
    assert watch.seen is good


def serve(answer: t.Callable[[], str]) -> t.Any:
    server = agent.Server(("127.0.0.1", 0), answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


def ask(address: tuple[str, int]) -> bytes:
    """All that is said until the other side hangs up."""
    with socket.create_connection(address, 5) as client, client.makefile("rb") as stream:
        return stream.read()


def test_a_client_gets_one_line_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter(["up 100%", "down #banned"])
    with serve(lambda: next(answers)) as server:
        assert [ask(server.server_address), ask(server.server_address)] == [b"up 100%\n", b"down #banned\n"]
        server.shutdown()
    assert capsys.readouterr().err == ""


def test_neither_clients_that_do_not_read_nor_a_hung_mount_block_the_server() -> None:
    released, hung = threading.Event(), threading.Event()

    def hang() -> None:
        hung.set()
        released.wait()

    agent.repeat(hang, 0.01)
    assert hung.wait(5)
    try:
        with serve(lambda: "up 100%") as server:
            silent = [socket.create_connection(server.server_address, 5) for _number in range(3)]
            assert ask(server.server_address) == b"up 100%\n"
            for client in silent:
                client.close()
            assert ask(server.server_address) == b"up 100%\n"
            server.shutdown()
    finally:
        released.set()


def test_the_log_tells_changes_only(capsys: pytest.CaptureFixture[str]) -> None:
    brick, cluster = agent.BrickWatch("/proc", "10.0.0.1"), agent.ClusterWatch(CTDB_DEADLINE)
    brick.look()
    asked = agent.Agent([], brick, cluster, agent.Deadlines(PATH_DEADLINE, CTDB_DEADLINE))
    for flags in ("", "", "Banned", "Banned", ""):
        cluster.seen = agent.Cluster(time.monotonic(), nodes(flags, "", ""))
        asked.answer()
    lines = ["down #starting -> up 100%", "up 100% -> down #banned", "down #banned -> up 100%"]
    assert capsys.readouterr().err.splitlines() == lines


@pytest.mark.parametrize("brick", ["--brick-path /proc --brick-address 10.0.0.1", ""], ids=["brick", "none"])
@pytest.mark.parametrize(("name", "first"), [("ok", b"up 100%\n"), ("banned_self", b"down #banned\n")])
def test_the_program_listens_only_when_it_knows(tmp_path: Path, name: str, first: bytes, brick: str) -> None:
    gate, asked, ctdb = (tmp_path / word for word in ("gate", "asked", "ctdb"))
    # No answer for as long as the test likes.
    ctdb.write_text(f'#!/bin/sh\necho >> "{asked}"\n[ -e "{gate}" ] || exit 1\ncat <<"END"\n{fixture(name)}END\n')
    ctdb.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    words = f"--listen 127.0.0.1 --port {address[1]} --path /proc {brick}"
    words += " --path-deadline 30 --ctdb-deadline 30 --interval 0.05"
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with subprocess.Popen([sys.executable, str(SCRIPT), *words.split()], env=env, stderr=subprocess.PIPE) as process:
        try:
            soon(lambda: asked.stat().st_size >= 3)
            with pytest.raises(ConnectionRefusedError):
                ask(address)
            gate.touch()
            assert soon(lambda: ask(address)) == first
        finally:
            process.terminate()
        _output, said = process.communicate(timeout=10)
    assert said == b"down #starting -> " + first


def soon(read: t.Callable[[], T]) -> T:
    """What is read as soon as it can be, and is not false."""
    deadline = time.monotonic() + 30
    while True:
        with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
            if value := read():
                return value
        assert time.monotonic() < deadline, "not within 30 s"
        time.sleep(0.02)
