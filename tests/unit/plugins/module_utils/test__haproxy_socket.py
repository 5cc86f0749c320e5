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
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import HaproxyDown, socket_ask

Serve = t.Callable[[t.Callable[[socket.socket], None]], str]


@pytest.fixture
def serve(tmp_path: Path) -> t.Iterator[Serve]:
    """A function that has a socket served, one line at a time, and returns its path."""
    path = str(tmp_path / "sock")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    threads: list[threading.Thread] = []

    def start(handle: t.Callable[[socket.socket], None]) -> str:
        server.bind(path)
        server.listen()

        def accept() -> None:
            link, _address = server.accept()
            with link:
                handle(link)

        threads.append(threading.Thread(target=accept))
        threads[0].start()
        return path

    yield start
    for thread in threads:
        thread.join()
    server.close()


def read_all(link: socket.socket) -> bytes:
    received = b""
    while chunk := link.recv(4096):
        received += chunk
    return received


def test_a_question_and_its_answer(serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(link: socket.socket) -> None:
        seen.append(read_all(link))
        link.sendall(b"line\n" * 50_000)

    assert socket_ask(serve(handle), 3)("show stat") == "line\n" * 50_000
    assert seen == [b"show stat\nquit\n"]


def test_bytes_that_are_no_text_do_not_break_it(serve: Serve) -> None:
    def handle(link: socket.socket) -> None:
        read_all(link)
        link.sendall(b"a\xff\n")

    assert socket_ask(serve(handle), 3)("show stat") == "a\ufffd\n"


def silent(link: socket.socket) -> None:
    read_all(link)
    time.sleep(0.6)


def trickle(link: socket.socket) -> None:
    # The other side is not there to the end.
    with contextlib.suppress(BrokenPipeError):
        for _turn in range(12):
            link.sendall(b"x")
            time.sleep(0.05)


@pytest.mark.parametrize("handle", [silent, trickle])
def test_the_time_limit_holds(serve: Serve, handle: t.Callable[[socket.socket], None]) -> None:
    path = serve(handle)
    begin = time.monotonic()
    with pytest.raises(HaproxyDown, match=r"no answer within 0\.2 s") as caught:
        socket_ask(path, 0.2)("show info")
    assert 0.2 <= time.monotonic() - begin < 0.5
    assert path in str(caught.value)


def test_questions_can_share_a_time_limit(tmp_path: Path) -> None:
    with pytest.raises(HaproxyDown, match="no answer within 3 s"):
        socket_ask(str(tmp_path / "none"), 3, since=time.monotonic() - 3)("show info")


def test_no_socket_means_no_haproxy(tmp_path: Path) -> None:
    with pytest.raises(HaproxyDown) as caught:
        socket_ask(str(tmp_path / "none"), 3)("show info")
    assert caught.value.found == "no such socket: HAProxy does not run, or is not installed"


def test_a_socket_that_nobody_serves(tmp_path: Path) -> None:
    path = str(tmp_path / "left")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
    with pytest.raises(HaproxyDown) as caught:
        socket_ask(path, 3)("show info")
    assert caught.value.found == "Connection refused"


def test_a_path_that_is_too_long_is_told() -> None:
    with pytest.raises(HaproxyDown, match="path too long"):
        socket_ask("/" + "x" * 200, 3)("show info")
