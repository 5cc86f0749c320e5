# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import struct
import threading
import time
import uuid
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client, Refused, status_name
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.tests.unit.one_connection import Handler, server

ANSWER = bytes.fromhex(
    (Path(__file__).parents[2] / "fixtures" / "smb" / "trixie-4.22.11" / "negotiate-response.txt").read_text()
)
# The status is 8 bytes into the header, which follows 4 bytes of transport: [MS-SMB2] 2.2.1.2.
PENDING = ANSWER[:12] + struct.pack("<I", 0x103) + ANSWER[16:]
DENIED = ANSWER[:12] + struct.pack("<I", 0xC0000022) + ANSWER[16:]
DELETED = ANSWER[:12] + struct.pack("<I", 0xC0000203) + ANSWER[16:]


def answer_with(*parts: bytes, pause: float = 0) -> Handler:
    def handler(connection: socket.socket) -> None:
        connection.recv(4096)
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return handler


def hang_up(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def connect(port: int, timeout: float = 0.4) -> tuple[str, float]:
    """Why there is no connection, and after how many seconds."""
    threads = threading.active_count()
    begin = time.monotonic()
    with pytest.raises((Broken, Refused)) as caught:
        Client(Target("127.0.0.1", "files", "data", "alice", "secret", timeout, port), uuid.uuid4())
    took = time.monotonic() - begin
    while threading.active_count() > threads:  # the library's own ends, too
        assert time.monotonic() < begin + 5
        time.sleep(0.01)
    return str(caught.value), took


@pytest.mark.parametrize(
    "handler",
    [
        answer_with(),
        answer_with(ANSWER[:-1]),
        # The library, left alone, would wait for ever for what follows this.
        answer_with(PENDING),
        answer_with(PENDING, PENDING, pause=0.1),
        # Frozen between two requests.
        answer_with(ANSWER),
    ],
)
def test_a_server_that_does_not_answer_is_given_up(handler: Handler) -> None:
    with server(handler) as port:
        why, took = connect(port)
    assert why == "no answer within 0.4 s"
    assert 0.35 < took < 2


def test_each_request_has_its_own_time() -> None:
    with server(answer_with(PENDING, ANSWER, pause=0.3)) as port:
        why, took = connect(port)
    assert why == "no answer within 0.4 s"
    assert took > 0.65


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (hang_up, "closed by the server"),
        (reset, "Connection reset by peer"),
        (answer_with(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "not SMB"),
        (answer_with(b"\0\xff\xff\xff"), "announced length"),
        (answer_with(b"\0\0\0\4what"), ""),
        (answer_with(DENIED), "STATUS_ACCESS_DENIED"),
        (answer_with(DELETED), "STATUS_USER_SESSION_DELETED"),
    ],
)
def test_what_goes_wrong_is_told_at_once(handler: Handler, why: str) -> None:
    with server(handler) as port:
        text, took = connect(port, timeout=5)
    assert why in text and text
    assert took < 3


def test_an_error_of_the_server_is_no_broken_connection() -> None:
    with server(answer_with(DENIED)) as port, pytest.raises(Refused):
        Client(Target("127.0.0.1", "files", "data", "alice", "secret", 5, port), uuid.uuid4())
    # Without its session a client must connect anew, whatever the server says in words.
    with server(answer_with(DELETED)) as port, pytest.raises(Broken):
        Client(Target("127.0.0.1", "files", "data", "alice", "secret", 5, port), uuid.uuid4())


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert connect(port)[0] == "no connection: Connection refused"


def test_a_target_keeps_its_password() -> None:
    assert "secret" not in repr(Target("192.0.2.10", "files", "data", "alice", "secret", 5))


@pytest.mark.parametrize(
    ("status", "name"),
    [(0xC0000055, "STATUS_LOCK_NOT_GRANTED"), (0xC0000034, "STATUS_OBJECT_NAME_NOT_FOUND"), (0xC0FFEE00, "0xC0FFEE00")],
)
def test_a_status_has_a_name(status: int, name: str) -> None:
    assert status_name(status) == name
