# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import time

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _nfs_null
from ansible_collections.samba_ha.cluster.plugins.module_utils._nfs_null import (
    NoAnswer,
    ask,
    build_null,
    judge_reply,
    reply_length,
)
from ansible_collections.samba_ha.cluster.tests.unit.one_connection import Handler, server

XID = 0x01020304
# Of nfs-ganesha 6.5 (Debian 13) to NULL of NFS 4, of NFS 3, and of mountd, which it does not serve.
ANSWER = bytes.fromhex("80000018010203040000000100000000000000000000000000000000")
NO_NFS_3 = bytes.fromhex("800000200102030400000001000000000000000000000000000000020000000400000004")
NO_MOUNTD = bytes.fromhex("80000018010203040000000100000000000000000000000000000001")


def reply(*parts: bytes, xid: bytes | None = None) -> Handler:
    """Answer with the number that the question has, in several pieces."""

    def handler(connection: socket.socket) -> None:
        asked = connection.recv(4096)[4:8]
        for number, part in enumerate(parts):
            if number:
                time.sleep(0.05)
            connection.sendall(part.replace(XID.to_bytes(4), xid or asked))

    return handler


def close(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.close()


def test_the_question_is_the_one_that_a_server_knows() -> None:
    words = "80000028 01020304 00000000 00000002 000186a3 00000004 00000000 00000000 00000000 00000000 00000000"
    assert build_null(XID) == bytes.fromhex(words)


@pytest.mark.parametrize("parts", [(ANSWER,), (ANSWER[:2], ANSWER[2:9], ANSWER[9:])], ids=["whole", "pieces"])
def test_a_server_that_answers(parts: tuple[bytes, ...]) -> None:
    with server(reply(*parts)) as port:
        assert ask("127.0.0.1", port, 5) is None


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (reply(NO_NFS_3), "it serves no NFS 4"),
        (reply(NO_MOUNTD), "it serves no NFS"),
        (reply(ANSWER, xid=bytes(4)), "it speaks another protocol"),
        (reply(b"SSH-2.0-OpenSSH_10.0p2\r\n"), "it speaks another protocol"),
        (reply(bytes.fromhex("8000000c") + ANSWER[4:16]), "its answer ends too soon"),
        (reply(bytes.fromhex("80000018") + ANSWER[4:12] + bytes([0, 0, 0, 1]) + ANSWER[16:]), "it refused"),
        (close, "it closed the connection without an answer"),
    ],
)
def test_what_is_no_answer_is_told_in_words(handler: Handler, words: str) -> None:
    with server(handler) as port:
        error = ask("127.0.0.1", port, 5)
    assert error is not None
    assert error.startswith(words)


@pytest.mark.parametrize("sent", [b"", ANSWER[:7]], ids=["nothing", "a part"])
def test_a_server_that_is_stuck_is_given_up_in_time(sent: bytes) -> None:
    begin = time.monotonic()
    with server(lambda connection: connection.sendall(sent)) as port:
        assert ask("127.0.0.1", port, 0.3) == "no answer in time"
    assert 0.25 < time.monotonic() - begin < 3


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert ask("127.0.0.1", port, 1) == "Connection refused"


@pytest.mark.parametrize("head", ["00000018", "80000004", "ffffffff"])
def test_a_length_that_is_none_is_not_waited_for(head: str) -> None:
    with pytest.raises(NoAnswer, match="another protocol"):
        reply_length(bytes.fromhex(head))


@pytest.mark.parametrize(
    ("result", "words"), [*_nfs_null._REFUSED.items(), (9, "it refused the question with number 9")]
)
def test_a_refusal_says_which(result: int, words: str) -> None:
    verified = ANSWER[4:20] + bytes.fromhex("00000004 61626364") + result.to_bytes(4)
    with pytest.raises(NoAnswer, match=f"^{words}$"):
        judge_reply(XID, verified)
