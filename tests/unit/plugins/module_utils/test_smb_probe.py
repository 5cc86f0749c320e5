# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import socket
import threading
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _smb_probe
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_probe import Target, probe

ANSWER = bytes.fromhex(
    (Path(__file__).parents[2] / "fixtures" / "smb" / "trixie-4.22.11" / "negotiate-response.txt").read_text()
)
Handler = t.Callable[[socket.socket], None]
LEVELS = [
    "negotiate",
    pytest.param("write", marks=pytest.mark.skipif(not _smb_probe.HAS_SMBPROTOCOL, reason="no library")),
]


@contextlib.contextmanager
def server(handler: Handler) -> t.Iterator[int]:
    """Serve one connection with ``handler``, then keep it open until the test ends."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _address = listener.accept()
            with connection:
                handler(connection)
                over.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()


def ask(port: int, level: str = "negotiate", timeout: float = 0.5) -> _smb_probe.Outcome:
    outcome = probe(Target("127.0.0.1", port, "files", level, "data", "alice", "secret", timeout))
    assert "secret" not in str(outcome)
    return outcome


def answer_with(data: bytes) -> Handler:
    def handler(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)

    return handler


def drip(connection: socket.socket) -> None:
    connection.sendall(b"\0\0\1\0")
    for _index in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def test_a_real_answer_is_success() -> None:
    with server(answer_with(ANSWER)) as port:
        outcome = ask(port)
    assert (outcome.error, outcome.level, outcome.dialect) == (None, "negotiate", "3.1.1")
    assert outcome.server_guid == "00317368-0000-0000-0000-000000000000"
    assert [(step["step"], step["ok"]) for step in outcome.steps] == [("connect", True), ("negotiate", True)]


def test_the_request_carries_the_dialled_name() -> None:
    seen = []
    with server(lambda connection: seen.append(connection.recv(4096))) as port:
        ask(port, timeout=0.2)
    assert seen[0].endswith("files".encode("utf-16-le"))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("handler", [answer_with(b""), drip, answer_with(ANSWER[:-1])])
def test_a_server_that_does_not_finish_its_answer_is_given_up_at_the_deadline(level: str, handler: Handler) -> None:
    with server(handler) as port:
        begin = time.monotonic()
        outcome = ask(port, level)
        took = time.monotonic() - begin
    assert outcome.error == "no answer within 0.5 s, in step negotiate"
    assert outcome.reachable is True
    assert outcome.level is None
    assert outcome.steps[-1]["ok"] is False
    assert 0.45 < took < 1.5


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not SMB"),
        (b"\0\xff\xff\xffx", "announced length"),
    ],
)
def test_garbage_is_told_at_once(level: str, data: bytes, words: str) -> None:
    with server(answer_with(data)) as port:
        outcome = ask(port, level, timeout=5)
    assert words in str(outcome.error)
    assert outcome.steps[-1]["seconds"] < 4


@pytest.mark.parametrize("level", LEVELS)
def test_a_server_that_hangs_up_is_told_at_once(level: str) -> None:
    def hang_up(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.shutdown(socket.SHUT_RDWR)

    with server(hang_up) as port:
        outcome = ask(port, level, timeout=5)
    assert outcome.error == "connection closed by the server after 0 of 4 bytes"


@pytest.mark.skipif(not _smb_probe.HAS_SMBPROTOCOL, reason="no library")
def test_a_server_that_freezes_after_the_negotiation_is_given_up_at_the_deadline() -> None:
    with server(answer_with(ANSWER)) as port:
        outcome = ask(port, "session")
    assert outcome.error == "no answer within 0.5 s, in step session"
    assert outcome.level == "negotiate"
    assert outcome.server_guid == "00317368-0000-0000-0000-000000000000"


@pytest.mark.parametrize("level", LEVELS)
def test_a_closed_port_is_not_reachable(level: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = ask(port, level)
    assert "refused" in str(outcome.error)
    assert outcome.reachable is False
    assert [step["step"] for step in outcome.steps] == ["connect"]


def test_a_resolver_that_hangs_is_given_up_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(5))
    begin = time.monotonic()
    assert ask(445).error == "no answer within 0.5 s, in step connect"
    assert time.monotonic() - begin < 1.5
